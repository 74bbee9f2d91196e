# SPDX-License-Identifier: GPL-2.0
"""A card reached through vfio-pci, behind an IOMMU: mappings by wish, interrupts by eventfd."""

import ctypes
import fcntl
import mmap
import os
import select
import struct
import subprocess

from emucard import HOST
from emusysfs import Region, Sysfs
from tapcase import check, Failure, GUARD_S

BASE = 0x3B64			# _IO(';', 100)
SET_IOMMU, SET_CONTAINER, DEVICE_FD, REGION_INFO, SET_IRQS, MAP, UNMAP = (
    BASE + number for number in (2, 4, 6, 8, 10, 13, 14))
TYPE1V2 = 3
CONFIG_REGION = 7
MSI, MSIX = 1, 2
EVENTFD, NO_DATA, TRIGGER = 1 << 2, 1 << 0, 1 << 5
UNSAFE = "/sys/module/vfio_iommu_type1/parameters"
FIRST_IOVA = 0x1000000000


def bind(name):
    """Gives a card to vfio-pci."""
    subprocess.run(["modprobe", "vfio-pci"], check=True)
    subprocess.run(["modprobe", "vfio_iommu_type1"], check=True)
    path = f"/sys/bus/pci/devices/{name}"
    if os.path.exists(f"{path}/driver"):
        return
    # Without interrupt remapping vfio wants to be told that this is no matter.
    for file, text in ((f"{UNSAFE}/allow_unsafe_interrupts", "Y"),
                       (f"{path}/driver_override", "vfio-pci"),
                       ("/sys/bus/pci/drivers_probe", name)):
        with open(file, "w", encoding="ascii") as control:
            control.write(text)
    check(os.path.exists(f"{path}/driver"), "vfio-pci takes the card")


def unbind(name):
    """Takes a card from vfio-pci."""
    path = f"/sys/bus/pci/devices/{name}"
    with open(f"{path}/driver/unbind", "w", encoding="ascii") as control:
        control.write(name)
    with open(f"{path}/driver_override", "w", encoding="ascii") as control:
        control.write("\n")


class Mapped:
    """Memory of this process at an address of the card's choice, in one piece."""

    def __init__(self, vfio, size, iova):
        self.vfio, self.size, self.iova = vfio, size, iova
        self.view = mmap.mmap(-1, size)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.view))
        fcntl.ioctl(vfio.container, MAP,
                    struct.pack("<IIQQQ", 32, 3, self.address, iova, size))

    def unmap(self):
        """The card cannot reach it any more."""
        fcntl.ioctl(self.vfio.container, UNMAP,
                    bytearray(struct.pack("<IIQQ", 24, 0, self.iova, self.size)))

    def at(self, offset):
        """Bus address of a byte."""
        return self.iova + offset

    def device(self, offset):
        """Device address of a byte."""
        return HOST | self.at(offset)

    def pieces(self, offset, length):
        """Device addresses and lengths of a range."""
        yield self.device(offset), length


class Vfio:
    """A card bound to vfio-pci; opening it resets it."""

    def __init__(self, name):
        bind(name)
        self.name = name
        self.capability = Sysfs.capability.__get__(self)
        group = os.path.basename(os.readlink(f"/sys/bus/pci/devices/{name}/iommu_group"))
        self.container = os.open("/dev/vfio/vfio", os.O_RDWR | os.O_CLOEXEC)
        self.group = os.open(f"/dev/vfio/{group}", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(self.group, SET_CONTAINER, struct.pack("<I", self.container))
        fcntl.ioctl(self.container, SET_IOMMU, TYPE1V2)
        self.device = fcntl.ioctl(self.group, DEVICE_FD, bytearray(name.encode() + b"\0"))
        self.regions = {}
        self.next_iova = FIRST_IOVA
        self.vectors = []

    def close(self):
        """Gives the card back; mappings of its BARs have to be gone by then."""
        self.regions.clear()
        for file in self.vectors + [self.device, self.group, self.container]:
            os.close(file)

    def place(self, region):
        """Offset in the device's file, and bytes, of a region."""
        info = bytearray(struct.pack("<IIIIQQ", 32, 0, region, 0, 0, 0))
        fcntl.ioctl(self.device, REGION_INFO, info)
        _, _, _, _, size, offset = struct.unpack("<IIIIQQ", info)
        return offset, size

    def region(self, bar):
        """The mapping of a BAR, or of the first 256 MiB of it."""
        if bar not in self.regions:
            offset, size = self.place(bar)
            self.regions[bar] = Region(self.device, offset, min(size, 1 << 28))
        return self.regions[bar]

    def store(self, bar, offset, value, width=4):
        """A store to a BAR."""
        self.region(bar).store(offset, value, width)

    def load(self, bar, offset, width=4):
        """A load from a BAR."""
        return self.region(bar).load(offset, width)

    def memory(self, size):
        """Memory that the card can reach."""
        iova = self.next_iova
        # A hole behind each, so that what runs over the end is found.
        self.next_iova += size + (1 << 20)
        return Mapped(self, size, iova)

    def config_read(self, offset, size):
        """Bytes of configuration space."""
        return os.pread(self.device, size, self.place(CONFIG_REGION)[0] + offset)

    def config_write(self, offset, data):
        """Stores bytes to configuration space."""
        os.pwrite(self.device, data, self.place(CONFIG_REGION)[0] + offset)

    def grant(self, kind, count):
        """Asks for count vectors, each with an eventfd; False if there are not so many."""
        self.vectors = [os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC) for _ in range(count)]
        words = bytearray(struct.pack(f"<5I{count}i", 20 + 4 * count, EVENTFD | TRIGGER, kind, 0,
                                      count, *self.vectors))
        return fcntl.ioctl(self.device, SET_IRQS, words) == 0

    def revoke(self, kind):
        """Gives all vectors back."""
        fcntl.ioctl(self.device, SET_IRQS,
                    bytearray(struct.pack("<5I", 20, NO_DATA | TRIGGER, kind, 0, 0)))
        for file in self.vectors:
            os.close(file)
        self.vectors = []

    def wait(self, vector):
        """Waits for an interrupt; answers how many were told at once."""
        if not select.select([self.vectors[vector]], [], [], GUARD_S)[0]:
            raise Failure(f"vector {vector} stayed silent")
        return os.eventfd_read(self.vectors[vector])

    def came(self, vector):
        """How many interrupts have come without waiting."""
        try:
            return os.eventfd_read(self.vectors[vector])
        except BlockingIOError:
            return 0

    def drain(self):
        """Forgets what has come."""
        for vector in range(len(self.vectors)):
            self.came(vector)
