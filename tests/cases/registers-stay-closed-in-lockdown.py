#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 append="swiotlb=force" low-mem=512 mem=1536 kernels=6.1
# A kernel that is locked down stays so, and loads no module of ours: the case is the last
# of a boot that data-path-swiotlb, which comes before it, has anyway. Not on the debug
# kernel: lockdown wants signed modules, and with them a cryptography that it does not have.
"""In a kernel that is locked down not even root stores to registers; all the rest works."""

import errno
import os
import subprocess

from clicase import doctor, run
from modulecase import module_file
from neuroncase import adds, case, check, Context, empty, entry, equal, main, refused

LOCKDOWN = "/sys/kernel/security/lockdown"
STORAGE = 0x78E0C0		# a word of misc RAM that nothing gives a meaning to
REVISION = 0x40604		# on the allow-list
KIB = 1 << 10


def lockdown(level=None):
    """What the kernel says, after it was told a level."""
    if not os.path.exists(LOCKDOWN):
        subprocess.run(["mount", "-t", "securityfs", "securityfs", "/sys/kernel/security"], check=True)
    if level:
        with open(LOCKDOWN, "w", encoding="ascii") as file:
            file.write(level)
    with open(LOCKDOWN, encoding="ascii") as file:
        return next(word for word in file.read().split() if word.startswith("["))


def store(ctx, value):
    """One store to a register."""
    return ctx.do("reg-write", write=[{"offset": STORAGE, "value": value}])


def load(ctx):
    """The register, raw."""
    return ctx.do("reg-read", offset=[STORAGE], raw=True)["value"]


@case("before it is locked down root may store to a register, and reads it")
def before():
    equal(lockdown(), "[none]", "lockdown")
    with Context() as ctx:
        store(ctx, 7)
        equal(load(ctx), [7], "register")


@case("locked down, stores and raw reads are refused, also through files that were open before")
def locked():
    with Context() as old:
        equal(lockdown("integrity"), "[integrity]", "lockdown")
        with Context() as new:
            def ask_both():
                for ctx in (old, new):
                    for ask in (lambda one=ctx: store(one, 8), lambda one=ctx: load(one)):
                        refused(errno.EPERM, ask, attr="ctx-fd", text="The kernel is locked down")
            adds("reg-writes", 0, ask_both)
            equal(new.do("reg-read", offset=[REVISION])["value"], [4], "what the allow-list has")


@case("locked down, copies and rings go on")
def works():
    with Context() as ctx:
        src, inp = ctx.host(64 * KIB)
        dst, out = ctx.host(64 * KIB)
        dram = ctx.device(64 * KIB)
        inp[:] = os.urandom(64 * KIB)
        ctx.do("mem-copy", transfer=[{"src-mem": src, "dst-mem": dram, "length": 64 * KIB}])
        ring = ctx.ring(0, 0)
        ctx.write(ring, [entry(dram, dst, 64 * KIB)])
        ctx.acked(ring, 1)
        check(out[:] == inp[:], "what was copied")
    empty()


@case("locked down, no unsigned module is loaded any more, and doctor knows why")
def modules():
    ended = run("insmod", module_file("foreign", "neuron_foreign"))
    check("Operation not permitted" in ended.stderr, ended)
    line = doctor(0)["signature"][0]
    equal(line["result"], "warn", str(line))
    check("locked down" in line["text"] and "mokutil --import" in line["next"], line)


main()
