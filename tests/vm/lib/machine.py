# SPDX-License-Identifier: GPL-2.0
"""QEMU's command line for one guest."""

import json
import os

from image import base_image
from paths import CACHE, kernel_dir

# BAR0 lies in the 32-bit window; 8 GiB of BAR4 beside BAR2 in the 64-bit one.
RESERVE = "pref64-reserve=16G,mem-reserve=32M"

# After a reset of the bus, Linux waits for the link of a fast port to be told
# up, which QEMU's never is, and gives the card up. To a slow one it gives time.
SLOW = ",x-speed=5"

# The bus of the other node, if there are two.
FAR = "far"

GUEST_ARGS = ("console=ttyS0 loglevel=5 panic=-1 nokaslr mitigations=off "
              "tsc=reliable no_timer_check cryptomgr.notests "
              "random.trust_cpu=on")

IOMMU = {
    "none": ([], ""),
    "intel": (["-device", "intel-iommu,caching-mode=on"], " intel_iommu=on"),
    "virtio": (["-device", "virtio-iommu-pci"], ""),
}

CPU = {
    "kvm": ["-accel", "kvm", "-cpu", "host"],
    # Not an AMD part, or the 64-bit PCI window is reserved against hot-plug.
    "tcg": ["-accel", "tcg,thread=multi",
            "-cpu", "max,vendor=GenuineIntel,-la57"],
}


def card_device(name, path, port):
    """Return the properties of a card behind a root port."""
    return {"driver": "vfio-user-pci", "id": name, "bus": port, "rombar": 0,
            "socket": {"type": "unix", "path": path}}


def root_ports(options):
    """Return the root ports: one per card, every other one slow, then the empty slots."""
    names = ["rp%d" % n for n in range(options.devices)]
    names += ["slot%d" % n for n in range(options.hotplug)]
    argv = []
    if options.nodes > 1:
        argv = ["-device", "pxb-pcie,id=%s,bus=pcie.0,bus_nr=128,numa_node=1"
                % FAR]
    for number, name in enumerate(names, 1):
        other = number % 2 == 0
        argv += ["-device", "pcie-root-port,id=%s,bus=%s,chassis=%d,slot=%d,%s%s"
                 % (name, FAR if other and options.nodes > 1 else "pcie.0", number,
                    number, RESERVE, SLOW if other else "")]
    return argv


def disk(name, path):
    """Return a read-only disk that the guest finds by its serial number."""
    return ["-drive", "if=none,id=%s,format=raw,readonly=on,file=%s"
            % (name, path.replace(",", ",,")),
            "-device", "virtio-blk-pci,drive=%s,serial=%s" % (name, name)]


def serial_ports(descriptors, interactive):
    """Return the virtio ports, each on a connected socket."""
    argv = ["-device", "virtio-serial-pci"]
    for name, number in descriptors.items():
        argv += ["-chardev", "socket,id=%s,fd=%d" % (name, number)]
        if name != "qmp":
            argv += ["-device", "virtserialport,chardev=%s,name=%s"
                     % (name, name)]
    if interactive:
        argv += ["-chardev", "stdio,id=con,signal=off",
                 "-device", "virtconsole,chardev=con"]
    return argv + ["-mon", "chardev=qmp,mode=control"]


def machine(options):
    """Return the machine, with its memory on both sides of 4 GiB if wanted."""
    words = "q35"
    if options.nodes == 1:
        words += ",memory-backend=ram0"
    if options.low_mem:
        words += ",max-ram-below-4g=%dM" % options.low_mem
    return ["-M", words]


def memory(options):
    """Return the memory, the same share of it and one processor to each node."""
    argv = ["-m", "%dM" % options.mem, "-smp", "2"]
    for node in range(options.nodes):
        argv += ["-object", "memory-backend-memfd,id=ram%d,size=%dM,share=on"
                 % (node, options.mem // options.nodes)]
        if options.nodes > 1:
            argv += ["-numa", "node,nodeid=%d,memdev=ram%d,cpus=%d"
                     % (node, node, node)]
    return argv


def command_line(options, accel, run_image, emulator, log, descriptors):
    """Return QEMU's whole command line."""
    folder = kernel_dir(options.kernel)
    iommu_device, iommu_arg = IOMMU[options.iommu]
    argv = [os.path.join(CACHE, "qemu/run"),
            "-nodefaults", "-display", "none", "-no-reboot",
            "-chardev", "file,id=log,path=" + log.replace(",", ",,"),
            "-serial", "chardev:log",
            "-kernel", os.path.join(folder, "image"),
            "-initrd", os.path.join(folder, "initramfs"),
            "-append", " ".join((GUEST_ARGS + iommu_arg, options.append)).strip(),
            ] + machine(options) + memory(options) + CPU[accel] + iommu_device
    argv += disk("base", base_image())
    argv += disk("modules", os.path.join(folder, "modules.img"))
    argv += disk("run", run_image)
    argv += serial_ports(descriptors, options.interactive)
    argv += root_ports(options)
    for card in range(options.devices):
        argv += ["-device", json.dumps(card_device(
            "card%d" % card, emulator.socket(card), "rp%d" % card))]
    return argv + options.qemu_args
