# SPDX-License-Identifier: GPL-2.0
"""A card reached without any driver: sysfs resource files and locked memory."""

import ctypes
import glob
import mmap
import os
import struct

from emucard import HOST
from tapcase import check, until

PAGE = 4096
SYSFS = "/sys/bus/pci/devices"
LIBC = ctypes.CDLL(None, use_errno=True)
WIDTHS = {1: "B", 2: "H", 4: "I", 8: "Q"}


def cards():
    """Bus addresses of all cards, in the order of the slots they are in."""
    found = []
    for path in sorted(glob.glob(f"{SYSFS}/*")):
        with open(f"{path}/vendor", encoding="ascii") as vendor, \
                open(f"{path}/device", encoding="ascii") as device:
            if vendor.read().strip() == "0x1d0f" and \
                    device.read().strip() in ("0x7064", "0x7065", "0x7066", "0x7067"):
                found.append(os.path.basename(path))
    return found


class Region:
    """Part of a file that is a BAR, in this process' memory."""

    def __init__(self, file, offset, size):
        self.map = mmap.mmap(file, size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE,
                             offset=offset)
        self.size = size
        self.view = memoryview(self.map)

    def word(self, offset, width):
        """A view of one word: one instruction of that width moves it."""
        check(offset + width <= self.size, f"offset {offset:#x} is not mapped")
        return self.view[offset:offset + width].cast(WIDTHS[width])

    def store(self, offset, value, width=4):
        """One store instruction of that width."""
        self.word(offset, width)[0] = value

    def load(self, offset, width=4):
        """One load instruction of that width."""
        return self.word(offset, width)[0]


class Locked:
    """Memory of the host that stays where it is; its pages lie anywhere."""

    def __init__(self, size):
        # Shared: no fork makes a copy of what the card knows by its address.
        self.view = mmap.mmap(-1, size)
        self.view[:] = bytes(size)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.view))
        check(LIBC.mlock(ctypes.c_void_p(address), ctypes.c_size_t(size)) == 0, "mlock")
        with open("/proc/self/pagemap", "rb") as pagemap:
            pagemap.seek(address // PAGE * 8)
            entries = struct.unpack(f"<{size // PAGE}Q", pagemap.read(size // PAGE * 8))
        check(all(entry >> 63 for entry in entries), "a page is not there")
        self.frames = [entry & (1 << 55) - 1 for entry in entries]

    def at(self, offset):
        """Bus address of a byte."""
        return self.frames[offset // PAGE] * PAGE + offset % PAGE

    def device(self, offset):
        """Device address of a byte."""
        return HOST | self.at(offset)

    def pieces(self, offset, length):
        """Device addresses and lengths of a range."""
        while length:
            part = min(length, PAGE - offset % PAGE)
            yield self.device(offset), part
            offset += part
            length -= part


class Sysfs:
    """A card without a driver."""

    def __init__(self, name):
        self.name = name
        self.path = f"{SYSFS}/{name}"
        check(not os.path.exists(f"{self.path}/driver"), f"{name} has a driver")
        # Migration of locked pages would change their addresses.
        knob = "/proc/sys/vm/compact_unevictable_allowed"
        if os.path.exists(knob):
            with open(knob, "w", encoding="ascii") as file:
                file.write("0")
        self.regions = {}
        self.sizes = {bar: os.stat(f"{self.path}/resource{bar}").st_size for bar in (0, 2, 4)}

    def region(self, bar):
        """The mapping of a BAR, or of the first 1 GiB of it."""
        if bar not in self.regions:
            self.regions[bar] = self.window(bar, 0, min(self.sizes[bar], 1 << 30))
        return self.regions[bar]

    def window(self, bar, offset, size):
        """A mapping of a part of a BAR."""
        file = os.open(f"{self.path}/resource{bar}", os.O_RDWR | os.O_CLOEXEC)
        try:
            return Region(file, offset, size)
        finally:
            os.close(file)

    def store(self, bar, offset, value, width=4):
        """A store to a BAR."""
        self.region(bar).store(offset, value, width)

    def load(self, bar, offset, width=4):
        """A load from a BAR."""
        return self.region(bar).load(offset, width)

    def memory(self, size):
        """Memory of the host for the card's DMA."""
        return Locked(size)

    def config_read(self, offset, size):
        """Bytes of configuration space."""
        with open(f"{self.path}/config", "rb", buffering=0) as file:
            file.seek(offset)
            return file.read(size)

    def config_write(self, offset, data):
        """Stores bytes to configuration space."""
        with open(f"{self.path}/config", "wb", buffering=0) as file:
            file.seek(offset)
            file.write(data)

    def capability(self, ident):
        """Offset of a capability of configuration space, 0 if there is none."""
        space = self.config_read(0, 256)
        at = space[0x34]
        while at and space[at] != ident:
            at = space[at + 1]
        return at

    def port(self):
        """The root port that the card is plugged into."""
        return os.path.basename(os.path.dirname(os.path.realpath(self.path)))

    def attribute(self, name, text=None):
        """Reads or writes a file of the card's folder in sysfs."""
        with open(f"{self.path}/{name}", "r" if text is None else "w", encoding="ascii") as file:
            if text is None:
                return file.read().strip()
            file.write(text)
        return text


class Dram:
    """A page or more of the card's memory, seen through BAR4."""

    def __init__(self, bus, offset, size):
        self.offset = offset
        self.view = bus.window(4, offset, size).map

    def device(self, offset):
        """Device address of a byte, section 2.2; channel 0 only."""
        return self.offset + offset


def plugged(before):
    """Waits until a card that was not there before is complete; answers its bus address."""
    new = until("a new card", lambda: set(cards()) - set(before)).pop()
    until("its last BAR", lambda: os.path.exists(f"{SYSFS}/{new}/resource4"))
    return new
