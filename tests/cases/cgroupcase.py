# SPDX-License-Identifier: GPL-2.0
"""Processes in a device cgroup that excludes a card."""

import ctypes
import errno
import os
import struct

from neuroncase import check, child, libc, Skip

PLACE = "/sys/fs/cgroup"
SYS_BPF = 321
PROG_LOAD, PROG_ATTACH = 5, 8
PROG_TYPE_CGROUP_DEVICE, CGROUP_DEVICE = 15, 6


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


def confine(name, rdev):
    """Makes a cgroup that excludes a device."""
    os.makedirs(f"{PLACE}/{name}", exist_ok=True)
    directory = os.open(f"{PLACE}/{name}", os.O_RDONLY)
    try:
        program = excluding(rdev)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        raise Skip("this kernel has no programs for device cgroups") from error
    bpf(PROG_ATTACH, struct.pack("IIII", directory, program, CGROUP_DEVICE, 0))
    os.close(program)
    os.close(directory)


def enter(name):
    """This process goes there."""
    with open(f"{PLACE}/{name}/cgroup.procs", "w", encoding="ascii") as procs:
        procs.write(str(os.getpid()))


def inside(name, function):
    """Runs function in a process of that cgroup."""
    def run(writer):
        enter(name)
        function()
        os.write(writer, b"")
    pid, reader = child(run)
    text = os.read(reader, 65536).decode()
    status = os.waitpid(pid, 0)[1]
    os.close(reader)
    check(status == 0, text)
