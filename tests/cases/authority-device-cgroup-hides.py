#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Who asks what cards there are is not shown those that his device cgroup excludes."""

import ctypes
import errno
import os
import struct

from neuroncase import (case, check, child, Context, devices, equal, family, libc, main, NlError,
                        ready, refused)

CGROUP = "/sys/fs/cgroup/hides"
SYS_BPF = 321
PROG_LOAD, PROG_ATTACH = 5, 8
PROG_TYPE_CGROUP_DEVICE, CGROUP_DEVICE = 15, 6
LOOKS = ("device-get", "neighbor-get", "engine-get", "core-get", "stats-get")


def bpf(command, attr):
    """One call of bpf(2), as kernels of this machine have it."""
    buffer = ctypes.create_string_buffer(attr, 128)
    result = libc().syscall(SYS_BPF, command, buffer, ctypes.c_size_t(128))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf {command}")
    return result


def excluding(rdev):
    """A program for device cgroups that lets everything but one device through."""
    def insn(code, registers=0, offset=0, value=0):
        return struct.pack("BBhi", code, registers, offset, value)
    code = b"".join((
        insn(0xb7, 0, 0, 1),			# r0 = 1
        insn(0x61, 0x12, 4),			# r2 = major
        insn(0x55, 2, 3, os.major(rdev)),	# not it: to the end
        insn(0x61, 0x12, 8),			# r2 = minor
        insn(0x55, 2, 1, os.minor(rdev)),
        insn(0xb7, 0, 0, 0),			# r0 = 0
        insn(0x95)))
    insns = ctypes.create_string_buffer(code, len(code))
    name = ctypes.create_string_buffer(b"GPL")
    attr = struct.pack("IIQQIIQII16sII", PROG_TYPE_CGROUP_DEVICE, len(code) // 8,
                       ctypes.addressof(insns), ctypes.addressof(name), 0, 0, 0, 0, 0, b"", 0,
                       CGROUP_DEVICE)
    return bpf(PROG_LOAD, attr)


def confine(rdev):
    """Makes a cgroup that excludes a device."""
    os.makedirs(CGROUP, exist_ok=True)
    directory = os.open(CGROUP, os.O_RDONLY)
    program = excluding(rdev)
    bpf(PROG_ATTACH, struct.pack("IIII", directory, program, CGROUP_DEVICE, 0))
    os.close(program)
    os.close(directory)


def inside(function):
    """Runs function in a process of that cgroup."""
    def run(writer):
        with open(f"{CGROUP}/cgroup.procs", "w", encoding="ascii") as procs:
            procs.write(str(os.getpid()))
        function()
        os.write(writer, b"")
    pid, reader = child(run)
    text = os.read(reader, 65536).decode()
    status = os.waitpid(pid, 0)[1]
    os.close(reader)
    check(status == 0, text)


def shown(ynl, operation, **filters):
    """Cards that a dump has something of."""
    return {reply["dev-index"] for reply in ynl.dump(operation, filters)}


@case("looking shows neither by dump nor by name what the cgroup excludes, and shows the rest")
def looking():
    name, every = devices()[1]["bus-name"], set(devices())

    def look():
        ynl = family()
        try:
            os.close(os.open("/dev/neuron1", os.O_RDWR))
            check(False, "the card can be opened")
        except PermissionError:
            pass
        for operation in LOOKS:
            equal(shown(ynl, operation), every - {1}, f"cards of a {operation}")
            equal(shown(ynl, operation, **{"dev-index": 0}), {0}, f"cards of a {operation} of one")
            try:
                equal(shown(ynl, operation, **{"dev-index": 1}), None, f"{operation} of the hidden")
            except NlError as error:
                equal(error.error, errno.ENODEV, "errno of a dump")
        refused(errno.ENODEV, lambda: ynl.do("device-get", {"dev-index": 1}), attr="dev-index",
                text="no such card")
        refused(errno.ENODEV, lambda: ynl.do("stats-get", {"bus-name": name}), attr="bus-name")
        equal(ynl.do("device-get", {"dev-index": 0})["dev-index"], 0, "the card that is let through")
    ready(1)
    confine(os.stat("/dev/neuron1").st_rdev)
    inside(look)
    for operation in LOOKS:
        equal(shown(family(), operation), every, f"cards of a {operation} outside")


@case("a file that was open before carries its authority on")
def open_before():
    with Context(1) as ctx:
        def use():
            ynl = family()
            mem = ynl.do("mem-alloc", {"ctx-fd": ctx.fd, "kind": "host", "size": 4096,
                                       "wait-us": 20000})
            equal(mem["dev-index"], 1, "card")
            equal(shown(ynl, "context-get", **{"ctx-fd": ctx.fd}), {1}, "card of the own context")
            refused(errno.ENODEV, lambda: ynl.do("device-get", {"dev-index": 1}))
        inside(use)


main()
