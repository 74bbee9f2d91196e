# SPDX-License-Identifier: GPL-2.0
"""Processes that are somebody else, or somewhere else."""

import ast
import ctypes
import os
import socket

from neuroncase import check, child, Context, Failure, libc, looker
from opcase import outcome

TESTER = 1000
PR_SET_DUMPABLE = 4
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000


def unshare(flags):
    """This process leaves its namespaces."""
    if libc().unshare(ctypes.c_int(flags)):
        raise OSError(ctypes.get_errno(), "unshare")


def in_child(function):
    """Runs function in a process of its own; its failure is this point's."""
    def run(writer):
        function()
        os.write(writer, b"")
    pid, reader = child(run)
    text = b""
    while part := os.read(reader, 65536):
        text += part
    status = os.waitpid(pid, 0)[1]
    os.close(reader)
    check(status == 0, text.decode())


def become_tester():
    """An ordinary user from here on."""
    os.setgroups([])
    os.setgid(TESTER)
    os.setuid(TESTER)


def become_root_inside(flags=0):
    """An ordinary user who is root of a user namespace of his own, and of others with it."""
    become_tester()
    # Who changed his user does not own his files in /proc until he says so.
    libc().prctl(PR_SET_DUMPABLE, 1)
    unshare(NEWUSER | flags)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {TESTER} 1"),
                       ("gid_map", f"0 {TESTER} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def become_first_of_pids():
    """The first process of a pid namespace from here on; who was before waits for it, and ends so."""
    unshare(NEWPID)
    pid = os.fork()
    if pid:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


class Elsewhere:
    """A process that has gone somewhere else and asks there for us, with files that we hand over."""

    def __init__(self, enter):
        self.sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid, self.reader = child(lambda _: self.serve(theirs, enter))
        theirs.close()

    def serve(self, sock, enter):
        """In that process: until nobody wants anything any more."""
        self.sock.close()
        enter()
        while True:
            request, fds, _, _ = socket.recv_fds(sock, 65536, 1)
            if not request:
                return
            name, attrs = ast.literal_eval(request.decode())
            error = outcome(Context.of(fds[0], looker()), name, self.with_fd(attrs, fds[0]))
            os.close(fds[0])
            sock.send(str(error).encode())

    @staticmethod
    def with_fd(attrs, fd):
        """Files have other numbers there; those who look have none."""
        return {**attrs, "ctx-fd": fd} if "ctx-fd" in attrs else attrs

    def ask(self, ctx, name, attrs):
        """0, or the errno that it got."""
        socket.send_fds(self.sock, [repr((name, attrs)).encode()], [ctx.fd])
        answer = self.sock.recv(64)
        if not answer:
            raise Failure(f"{name}: {self.text()}")
        return int(answer)

    def text(self):
        """Why it ended."""
        text = b""
        while part := os.read(self.reader, 65536):
            text += part
        return text.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()
        os.waitpid(self.pid, 0)
        os.close(self.reader)
