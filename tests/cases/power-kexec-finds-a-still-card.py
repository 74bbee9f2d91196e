#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 exclusive=yes kexec=yes timeout=400 kernels="6.1 6.12 latest"
# Not on the debug kernel, which is not relocatable: kexec cannot load it beside itself.
# power-reboot-stops-the-card goes the same way through the driver there.
"""Another kernel starts in this memory, by kexec: the card is still, and works for the new one.

The case runs twice. In the first kernel it leaves work on the card and starts the next
kernel, in which the bed runs it again, without the module; there it looks and judges.
"""

import ctypes
import json
import os
import subprocess

from neuroncase import case, check, Context, COPY_ENGINES, emu, entry, equal, main, stall, vmctl
from restartcase import both_work, MIB

SECOND = "bed-no-module"
NEXT = "/boot/next"
SYS_KEXEC_FILE_LOAD = 320		# x86-64
RB_KEXEC = 0x45584543
STALLED = 1


def words():
    """The kernel's command line."""
    with open("/proc/cmdline", encoding="ascii") as file:
        return file.read().split()


def next_kernel():
    """Loads and starts the next kernel: as `systemctl kexec` does, devices are shut down."""
    libc = ctypes.CDLL(None, use_errno=True)
    line = " ".join(words() + [SECOND]).encode() + b"\0"
    kernel = os.open(f"{NEXT}/kernel", os.O_RDONLY)
    initramfs = os.open(f"{NEXT}/initramfs", os.O_RDONLY)
    if libc.syscall(SYS_KEXEC_FILE_LOAD, kernel, initramfs, ctypes.c_ulong(len(line)), line,
                    ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), "kexec_file_load()")
    libc.reboot(RB_KEXEC)
    raise OSError(ctypes.get_errno(), "reboot()")


def leave_work():
    """Entries, a copy and a notification queue, all about host memory, then the end of this kernel."""
    with Context() as ctx, Context(1) as other:
        src, _ = ctx.host(MIB)
        mem = ctx.device(8 * MIB)
        ring = ctx.ring(STALLED, 2)
        ctx.queue(1)
        stall((STALLED,) + COPY_ENGINES)
        ctx.write(ring, [entry(src, mem, MIB), entry(mem, src, MIB)])
        ctx.start("mem-copy", transfer=[entry(mem, src, MIB)])
        other.host(MIB)
        check(emu(0, "show")["bus-master"], "the card may reach memory")
        next_kernel()


def judged():
    """Test points in the next kernel."""

    @case("the next kernel finds both cards without the right to reach memory")
    def _():
        check(not os.path.isdir("/sys/module/neuron"), "the module is not loaded yet")
        equal([emu(card, "show")["bus-master"] for card in (0, 1)], [False, False], "bus masters")

    @case("work that waited on a card is not done any more, although nothing stalls it")
    def _():
        vmctl("trace", 0, "dma,record,fwio")
        emu(0, "inject", "dma", "none")
        running = [engine["engine"] for engine in emu(0, "show")["engines"]
                   if engine["engine"] in (STALLED,) + COPY_ENGINES
                   and "normal" in (engine["m2s"], engine["s2m"])]
        lines = [line for line in map(json.loads, vmctl("trace", 0).splitlines())
                 if line["kind"] in ("dma", "record", "fwio")]
        equal((running, lines), ([], []), "engines that run, what the card did")

    @case("the module of the next kernel brings both cards up, and they work")
    def _():
        subprocess.run(["modprobe", "neuron"], check=True)
        both_work((STALLED,))


if SECOND in words():
    judged()
    main()
else:
    leave_work()
