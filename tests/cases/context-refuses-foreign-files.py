#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Authority is an open file of the right card, and of nobody else."""

import array
import errno
import os
import socket
import struct

from neuroncase import case, check, Context, equal, family, main, ready, refused

SIZE = {"kind": "host", "size": 4096}


def alloc(fd, **more):
    return family().do("mem-alloc", {"ctx-fd": fd, **SIZE, **more})


@case("a request that needs authority names the missing ctx-fd")
def missing():
    refused(errno.EINVAL, lambda: family().do("mem-alloc", SIZE), attr="ctx-fd")


@case("a closed or never opened descriptor is refused")
def closed():
    refused(errno.EBADF, lambda: alloc(999), attr="ctx-fd")


@case("a pipe, a plain file and another character device are refused")
def foreign():
    reader, writer = os.pipe()
    with open("/dev/null", "r+b", buffering=0) as null, open("/proc/self/exe", "rb") as plain:
        for fd in (reader, writer, null.fileno(), plain.fileno()):
            refused(errno.EINVAL, lambda fd=fd: alloc(fd), attr="ctx-fd")
    os.close(reader)
    os.close(writer)


@case("a descriptor opened by O_PATH carries no authority")
def path_only():
    fd = os.open("/dev/neuron0", os.O_PATH)
    refused(errno.EBADF, lambda: alloc(fd), attr="ctx-fd")
    os.close(fd)


@case("a context of another card than the one named is refused")
def other_card():
    ready(1)
    with Context(0) as ctx:
        refused(errno.EINVAL, lambda: alloc(ctx.fd, **{"dev-index": 1}))
        equal(alloc(ctx.fd, **{"dev-index": 0})["dev-index"], 0, "card")


@case("a file opened read-only can look but not use")
def read_only():
    with Context(0, os.O_RDONLY) as ctx:
        refused(errno.EACCES, lambda: alloc(ctx.fd), attr="ctx-fd")
        equal(ctx.do("context-get")["mems"], 0, "mems")


@case("a card that does not exist is refused by name")
def no_card():
    refused(errno.ENODEV, lambda: family().do("device-get", {"dev-index": 77}), attr="dev-index")
    refused(errno.ENODEV, lambda: family().do("device-get", {"bus-name": "0000:ff:1f.7"}),
            attr="bus-name")


def as_tester(function):
    """A socket opened by an ordinary user, handed to us."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setgid(1000)
        os.setuid(1000)
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        fds = array.array("i", [sock.fileno()])
        theirs.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        theirs.recv(1)
        os._exit(0)
    _, ancillary, _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
    fd = struct.unpack("i", ancillary[0][2])[0]
    try:
        function(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16, fileno=fd))
    finally:
        ours.send(b"x")
        os.waitpid(pid, 0)


@case("a privileged process tricked into writing a user's request is refused")
def confused_deputy():
    ready(0)
    with Context(0) as ctx:
        # What a set-uid helper does whose standard output is the user's socket.
        operation = ctx.ynl.ops["mem-alloc"]
        message = ctx.ynl._encode_message(operation, {"ctx-fd": ctx.fd, **SIZE}, None, 7)

        def attack(sock):
            sock.setsockopt(270, 11, 1)	# SOL_NETLINK, NETLINK_EXT_ACK
            os.write(sock.fileno(), message)
            answer = sock.recv(65536)
            kind, = struct.unpack_from("H", answer, 4)
            error, = struct.unpack_from("i", answer, 16)
            equal(kind, 2, "message type (NLMSG_ERROR)")
            equal(-error, errno.EPERM, "errno")
            check(b"socket" in answer, "the refusal says why")
        as_tester(attack)
        equal(ctx.do("context-get")["mems"], 0, "memory after the attack")


@case("a user who cannot open the node can still look")
def looking_needs_nothing():
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setgid(1000)
        os.setuid(1000)
        ynl = family()
        cards = len(ynl.dump("device-get", {}))
        good = cards >= 2 and len(ynl.dump("neighbor-get", {})) == 2 * cards
        good = good and not ynl.dump("mem-get", {}) and ynl.do("stats-get", {"dev-index": 0})
        os._exit(0 if good else 1)
    equal(os.waitpid(pid, 0)[1], 0, "an ordinary user's look")


@case("an ordinary user sees nothing of other users' contexts, the administrator all")
def others():
    with Context(0) as ctx:
        ctx.do("mem-alloc", kind="host", size=4096)
        equal(len(family().dump("mem-get", {})), 1, "memory as root sees it")
        pid = os.fork()
        if pid == 0:
            os.setgroups([])
            os.setgid(1000)
            os.setuid(1000)
            ynl = family()
            os._exit(len(ynl.dump("mem-get", {})) + len(ynl.dump("context-get", {})))
        equal(os.waitpid(pid, 0)[1], 0, "objects of root that a user sees")


main()
