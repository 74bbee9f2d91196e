#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=4 topology=ring timeout=300
"""The module cannot be unloaded under an unfinished dump or a request; it goes when they have ended."""

import errno
import os
import socket
import subprocess
import threading

from neuroncase import (case, check, Context, devices, empty, emu, equal, looker, main, NlError, ready,
                        reloaded, settled, until)
from opcase import REVISION
from wirecase import ACK, attr, command_of, Control, DONE, DUMP, number_of, Raw, REQUEST, u32

CARDS = len(devices())


def unload():
    """Asks for it; 0, or 1 with a refusal that says that it is in use."""
    done = subprocess.run(["rmmod", "neuron"], capture_output=True, text=True, check=False)
    if done.returncode:
        # rmmod looks by itself first; what is taken after that look, the kernel refuses.
        check("in use" in done.stderr or os.strerror(errno.EAGAIN) in done.stderr, f"rmmod: {done.stderr}")
    return done.returncode


def load():
    """Brings it back, and waits for the cards."""
    subprocess.run(["modprobe", "neuron"], check=True)
    reloaded()
    for index in range(CARDS):
        ready(index)


def gone():
    """It is unloaded as soon as nothing keeps it."""
    until("the module goes", lambda: unload() == 0)


def stays():
    """It cannot be unloaded now."""
    if unload() == 0:
        load()
        check(False, "the module went")


def kinds(data):
    """Types of the messages of a datagram."""
    while data:
        size, kind = int.from_bytes(data[:4], "little"), int.from_bytes(data[4:6], "little")
        yield kind
        data = data[(size + 3) // 4 * 4:]


class Unfinished(Raw):
    """A socket with so small a buffer that a dump of it stops until it is read."""

    def __init__(self):
        super().__init__()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

    def begin(self):
        """Asks for a dump that takes more than one buffer, and reads nothing of it."""
        self.sock.send(self.message(command_of("engine-get"), b"", REQUEST | DUMP))

    def rest(self):
        """Reads it all; answers in how many pieces it came."""
        pieces = 0
        while True:
            pieces += 1
            if DONE in kinds(self.sock.recv(65536)):
                return pieces


def quiet():
    """No context is open, so nothing but what a point does keeps the module."""
    for index in range(CARDS):
        ready(index)
        settled(index)
        until("nothing is open", lambda i=index: devices()[i]["contexts"] == 0)


@case("an unfinished dump keeps it, and is finished as if nobody had tried")
def unfinished_dump():
    quiet()
    with Unfinished() as raw:
        raw.begin()
        stays()
        check(raw.rest() > 1, "the dump fitted into one piece, so that it was finished at once")
    equal(looker().do("device-get", {"dev-index": 0})["state"], "ready", "card")


@case("a dump whose reader goes away without having read it keeps it no longer")
def left_dump():
    quiet()
    with Unfinished() as raw:
        raw.begin()
        stays()
    gone()
    check(not os.path.exists("/dev/neuron0"), "the node is there")
    load()


class Askers:
    """Threads that look all the time, whatever they hear."""

    def __init__(self, count):
        self.end = threading.Event()
        self.answers = {}
        self.wrong = []
        # Looked up now: there is no family to ask while the module is away.
        self.command = command_of("device-get")
        self.card = attr(number_of("device", "dev-index"), u32(0))
        self.threads = [threading.Thread(target=self.ask, args=(number,)) for number in range(count)]

    def ask(self, number):
        """One of them: a do, a dump, a do..."""
        with Raw() as raw, Control() as control:
            while not self.end.is_set():
                for body, flags in ((b"", REQUEST | DUMP), (self.card, REQUEST | ACK)):
                    answer = raw.ask(self.command, body, flags)
                    # Without the module there is no family, and then for a while no card. Of
                    # a module that is about to go netlink begins no dump.
                    going = -errno.EPROTONOSUPPORT if flags & DUMP else 0
                    if answer.error not in (0, -errno.ENOENT, -errno.ENODEV, going):
                        self.wrong.append((flags, answer.error, answer.text))
                    if answer.error == -errno.ENOENT:
                        raw.family = control.number("neuron") or raw.family
                    elif not answer.error:
                        self.answers[number] = self.answers.get(number, 0) + 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        until("everybody asks", lambda: len(self.answers) == len(self.threads))
        return self

    def __exit__(self, *_):
        self.end.set()
        for thread in self.threads:
            thread.join()


@case("requests and dumps that run while it goes are answered, and it goes and comes again and again")
def asked_meanwhile():
    quiet()
    with Askers(3) as askers:
        for _ in range(3):
            before = dict(askers.answers)
            gone()
            load()
            until("everybody was answered", lambda b=before: all(
                askers.answers[number] > b[number] for number in b))
    equal(askers.wrong, [], "answers (flags, errno, text)")
    equal(len(devices()), len({dev["bus-name"] for dev in devices().values()}), "cards")


@case("a request that waits for the firmware keeps it, and gets its answer")
def waiting_request():
    quiet()
    with Context() as ctx:
        emu(0, "inject", "fwio", "delay", 300, 1)
        answers = []

        def ask():
            try:
                answers.append(ctx.finish(ctx.start("reg-read", offset=[REVISION])))
            except NlError as error:
                answers.append(error)
        asker = threading.Thread(target=ask)
        asker.start()
        try:
            while asker.is_alive():
                stays()
        finally:
            asker.join()
            emu(0, "inject", "none")
        check(len(answers) == 1 and len(answers[0].get("value", ())) == 1, f"{answers}")
    empty()


main()
