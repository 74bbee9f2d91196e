# SPDX-License-Identifier: GPL-2.0
"""One guest from start to end: its processes, its ports, its time limits."""

import os
import selectors
import socket
import subprocess
import sys
import time

import child
from accel import BROKEN
from control import Control
from emulator import Emulator
from jolt import Jolt
from machine import command_line
from paths import (BED_FAILED, EMULATOR_DIED, GUEST_DIED, NO_NODES,
                   QEMU_DIED, TIMED_OUT, BedError)
from qmp import Qmp

PORTS = ("qmp", "agent", "out", "err", "ctl")
POLL_S = 0.5
DRAIN_S = 60


class KvmBroken(BedError):
    """KVM could not go on; emulation can."""


class Stream:
    """One output of the guest, passed on byte for byte up to the mark."""

    def __init__(self, sock, target, mark):
        """Pass what comes from sock to target, without the final mark."""
        self.sock = sock
        self.target = target
        self.mark = mark
        self.held = b""
        self.ended = False

    def ready(self):
        """Read and pass on; what may be the mark's start is held back."""
        self.held += self.sock.recv(1 << 16)
        place = self.held.find(self.mark)
        if place >= 0:
            self.ended = True
            out = self.held[:place]
        else:
            keep = len(self.mark) - 1
            while keep and not self.mark.startswith(self.held[-keep:]):
                keep -= 1
            out = self.held[:len(self.held) - keep]
            self.held = self.held[len(out):]
        self.target.write(out)
        self.target.flush()


class Agent:
    """What the guest's first process tells: lines, and files it sends."""

    def __init__(self, sock, gets):
        """Listen on sock; gets are the host paths of the wanted files."""
        self.sock = sock
        self.gets = gets
        self.buffer = b""
        self.lines = []
        self.missing = []

    def ready(self):
        """Take in what came, complete lines and complete files."""
        self.buffer += self.sock.recv(1 << 20)
        while b"\n" in self.buffer:
            line, rest = self.buffer.split(b"\n", 1)
            words = line.decode().split()
            if words[:1] == ["get"] and words[2] != "missing":
                size = int(words[2])
                if len(rest) < size:
                    return
                with open(self.gets[int(words[1])], "wb") as file:
                    file.write(rest[:size])
                rest = rest[size:]
            elif words[:1] == ["get"]:
                self.missing.append(int(words[1]))
            else:
                self.lines.append(line.decode(errors="replace"))
            self.buffer = rest


class Session:
    """Processes and sockets of one guest."""

    def __init__(self, options, folder, logs):
        """Prepare a guest; folder is for sockets, logs maps names to paths."""
        self.options = options
        self.folder = folder
        self.logs = logs
        self.emulator = None
        self.qemu = None
        self.jolts = []
        self.status = None
        self.state = "boot"
        self.ends = {}

    def start(self, accel, run_image, mark, gets):
        """Start the emulator, QEMU, and the service for vmctl."""
        options = self.options
        if options.devices + options.hotplug:
            self.emulator = Emulator(self.folder, options,
                                     self.logs["emulator"])
        guest_ends = {}
        for name in PORTS:
            self.ends[name], guest_ends[name] = socket.socketpair()
        numbers = {n: s.fileno() for n, s in guest_ends.items()}
        argv = command_line(options, accel, run_image, self.emulator,
                            self.logs["kernel"], numbers)
        with open(self.logs["qemu"], "wb") as log:
            self.qemu = child.start(
                argv, pass_fds=numbers.values(), stderr=log,
                stdin=None if options.interactive else subprocess.DEVNULL,
                stdout=None if options.interactive else log)
        if options.jolt is not None:
            self.jolts.append(Jolt(self.qemu, options.jolt))
        if options.jolt_cards is not None and self.emulator:
            self.jolts.append(Jolt(self.emulator.process, options.jolt_cards))
        for sock in guest_ends.values():
            sock.close()
        self.qmp = Qmp(self.ends["qmp"])
        self.agent = Agent(self.ends["agent"], gets)
        self.streams = [Stream(self.ends["out"], sys.stdout.buffer, mark),
                        Stream(self.ends["err"], sys.stderr.buffer, mark)]
        Control(self.ends["ctl"], self.qmp, self.emulator, options).start()

    def limit_s(self):
        """Return the time that the present state may take, None: any."""
        if self.state == "boot":
            return self.options.boot_timeout
        if self.state == "command":
            return self.options.timeout
        return DRAIN_S

    def enter(self, state):
        """Go to a state; its time starts now."""
        self.state = state
        self.since = time.monotonic()

    def check(self):
        """Raise if somebody died or time is over."""
        if self.emulator and self.emulator.is_dead():
            raise BedError(EMULATOR_DIED, "the emulator died while the guest "
                           "ran: status %d" % self.emulator.process.poll())
        status = self.qemu.poll()
        if BROKEN in open(self.logs["qemu"], "rb").read(1 << 16):
            raise KvmBroken(QEMU_DIED, "KVM gave up on the guest")
        if status is not None and self.state != "over":
            log = open(self.logs["kernel"], "rb").read()
            if b"Kernel panic" in log:
                raise BedError(GUEST_DIED, "the guest's kernel panicked")
            if status == 0:
                raise BedError(GUEST_DIED, "the guest went down by itself")
            raise BedError(QEMU_DIED, "QEMU ended with status %d" % status)
        limit = self.limit_s()
        if limit and time.monotonic() - self.since > limit:
            raise BedError(TIMED_OUT, "no end after %d s (%s)" % (
                limit, {"boot": "booting", "command": "the command ran",
                        "over": "fetching output and files"}[self.state]))

    def heard(self, line):
        """Act on a line of the guest's first process."""
        words = line.split()
        if words[0] == "fail":
            raise BedError(NO_NODES, " ".join(words[1:]))
        if words[0] == "ready":
            self.enter("command")
        elif words[0] == "exit":
            self.status = int(words[1])
            self.enter("over")
        elif words[0] == "done":
            self.state = "done"

    def finished(self):
        """Return True when status, output and files are all here."""
        return self.state == "done" and (
            self.options.interactive or all(s.ended for s in self.streams))

    def loop(self):
        """Serve the guest until it has finished; returns its status."""
        selector = selectors.DefaultSelector()
        for item in self.streams + [self.agent]:
            selector.register(item.sock, selectors.EVENT_READ, item)
        self.enter("boot")
        while not self.finished():
            for key, _ in selector.select(POLL_S):
                try:
                    key.data.ready()
                except ConnectionError:
                    selector.unregister(key.fileobj)
            for line in self.agent.lines:
                self.heard(line)
            self.agent.lines.clear()
            self.check()
        if self.agent.missing:
            raise BedError(BED_FAILED, "the guest has no file %s" % ", ".join(
                self.options.gets[n][0] for n in self.agent.missing))
        return self.status

    def stop(self):
        """End every process. Returns the emulator's status, None: no word."""
        for jolt in self.jolts:
            jolt.end()
        if self.qemu:
            child.stop(self.qemu, gently_s=2)
        status = self.emulator.stop() if self.emulator else None
        for sock in self.ends.values():
            sock.close()
        return status
