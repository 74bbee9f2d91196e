# SPDX-License-Identifier: GPL-2.0
"""Interrupts reach a driver in user space, with one vector and with all; for MSI and MSI-X."""

import os
import struct

from emucard import (APB, Card, CAUSE, CAUSE_SET, CONTROL, CORES, EVENTS, GEN, INT, MASK, MISC,
                     READ, Ring, STATUS, UNMASK)
from emusysfs import cards
from emuvfio import MSI, MSIX, unbind, Vfio
from tapcase import case, check, emu, equal, until

AUTO_CLEAR, EDGE, SUPPRESS = 1 << 2, 1 << 3, 1 << 5
COUNTS = (1, 4, 32)
MSIX_CAPABILITY = 0x11


class Opened:
    """The card, opened once for all test points."""

    card = None

    @classmethod
    def get(cls):
        """The card, reset, with no vector granted."""
        if cls.card is None:
            cls.card = Card(Vfio(cards()[0]))
            cls.card.enable()
            cls.card.wait_ready()
        if cls.card.bus.vectors:
            cls.card.bus.revoke(kind(cls.card))
        cls.card.reset()
        return cls.card

    @classmethod
    def close(cls):
        """Lets vfio-pci and the card go."""
        name, bus = cls.card.bus.name, cls.card.bus
        if bus.vectors:
            bus.revoke(kind(cls.card))
        cls.card = None
        bus.close()
        unbind(name)


def kind(card):
    """Which interrupts the card has."""
    return MSIX if card.bus.capability(MSIX_CAPABILITY) else MSI


def granted(count):
    """The card with so many vectors, and which vector a source has, section 8.4."""
    card = Opened.get()
    check(card.bus.grant(kind(card), count), f"{count} vectors are granted")
    return card, lambda source: source % count


def sent():
    """Interrupts that the emulator has sent."""
    return emu(0, "transport")["irqs-sent"]


def listen(engine, queue, group="B", extra=0):
    """Lets one queue of an engine interrupt: edge, clear and mask by itself."""
    engine.group(group, CONTROL, EDGE | AUTO_CLEAR | extra)
    engine.group(group, UNMASK, ~(1 << queue) & 0xFFFFFFFF)
    engine.group("A", CONTROL, EDGE | AUTO_CLEAR)
    engine.group("A", UNMASK, 0xFFFFFFF8)


@case("the probe of section 8: a cause set by hand arrives on its engine's vector, each time")
def probe():
    for count in COUNTS:
        card, vector = granted(count)
        for number in (0, 5, 11):
            engine = card.engine(number)
            listen(engine, 15)
            for _ in range(3):
                card.bus.drain()
                engine.group("B", CAUSE_SET, 1 << 15)
                card.bus.wait(vector(1 + number))


@case("a masked cause, and one of a group that is told to send nothing, stays silent")
def silence():
    card, vector = granted(32)
    engine = card.engine(3)
    listen(engine, 15)
    card.bus.drain()
    before = sent()
    engine.group("B", CAUSE_SET, 1 << 14)
    equal(sent(), before, "interrupts sent for a masked cause")
    engine.group("B", UNMASK, ~(1 << 14) & 0xFFFFFFFF)
    card.bus.wait(vector(1 + 3))
    listen(engine, 13, extra=SUPPRESS)
    before = sent()
    engine.group("B", CAUSE_SET, 1 << 13)
    equal(sent(), before, "interrupts sent by a suppressed group")
    engine.group("B", MASK, 0xFFFFFFFF)
    # The summary remembers the edge of what was suppressed.
    engine.group("A", CAUSE, 0)
    engine.group("B", CONTROL, EDGE | AUTO_CLEAR)
    engine.group("B", CAUSE_SET, 1 << 12)
    equal(sent(), before, "interrupts sent by a group that is masked again")
    equal(card.bus.came(vector(1 + 3)), 0, "interrupts that came")


@case("the answer of the firmware is there when its interrupt is")
def answer():
    for count in COUNTS:
        card, vector = granted(count)
        for _ in range(5):
            card.bus.drain()
            card.request(READ, struct.pack("<Q", APB + MISC + STATUS))
            card.bus.wait(vector(0))
            check(card.answered(), "the answer is there")


@case("data and completion entry are there when the interrupt of a descriptor's INT bit is")
def completion():
    for count in COUNTS:
        card, vector = granted(count)
        engine = card.engine(8)
        engine.init()
        listen(engine, 6)
        ring = Ring(engine, 6, completions=True)
        data = card.bus.memory(8192)
        for turn in range(5):
            text = os.urandom(4096)
            data.view[0:4096] = text
            card.bus.drain()
            ring.packet([(data.device(0), 4096)], [(data.device(4096), 4096)], target_flags=INT)
            ring.start()
            card.bus.wait(vector(1 + 8))
            equal(data.view[4096:8192] == text, True, "the data arrived")
            entry, = struct.unpack_from("<I", ring.s2m.done.view, turn * 16)
            equal(entry >> 24 & 3, 1, "ring id of the completion entry")


@case("the INT bit works on the reading half, without a completion ring; without it all is silent")
def transmit_completion():
    card, vector = granted(32)
    engine = card.engine(1)
    engine.init()
    listen(engine, 9, group="C")
    ring = Ring(engine, 9)
    data = card.bus.memory(4096)
    before = sent()
    for _ in range(3):
        ring.packet([(data.device(0), 64)], [(data.device(64), 64)])
        ring.finish()
    equal(sent(), before, "interrupts of packets without INT")
    ring.packet([(data.device(0), 64)], [(data.device(64), 64)], flags=INT)
    ring.start()
    card.bus.wait(vector(1 + 1))


@case("a notification record interrupts on its core's vector, and is there")
def record():
    for count in COUNTS:
        card, vector = granted(count)
        for core in range(4):
            queue = card.event_queue(core)
            card.bus.drain()
            card.set_event(core, 17, 1)
            card.bus.wait(vector(25 + core))
            value, = struct.unpack_from("<I", queue.view, 8)
            check(value >> 31, "the record is there")


@case("an abort interrupts on the engine's error vector, unless it is told not to")
def error():
    for count in COUNTS:
        card, vector = granted(count)
        for suppress in (SUPPRESS, 0):
            engine = card.engine(6)
            engine.init()
            listen(engine, 0)
            engine.group("D", CONTROL, EDGE | AUTO_CLEAR | suppress)
            ring = Ring(engine, 2)
            data = card.bus.memory(4096)
            ring.m2s.next.ident = 3
            ring.packet([(data.device(0), 64)], [(data.device(64), 64)])
            card.bus.drain()
            before = sent()
            ring.start()
            if suppress:
                until("the abort", lambda: emu(0, "show")["engines"][6]["m2s"] == "aborted")
                equal(sent(), before, "interrupts of a suppressed error")
                engine.recover(ring)
                engine.store(GEN + 0xC0, 0)
            else:
                card.bus.wait(vector(13 + 6))
                check(engine.aborted(), "the engine is aborted")


@case("the end of a reset and a change of a link interrupt as the firmware does")
def firmware():
    for count in COUNTS:
        card, vector = granted(count)
        card.bus.drain()
        card.misc(0x1EC, 1)
        card.misc(0x800, 1)
        card.bus.wait(vector(0))
        card.wait_ready()
        for state in ("down", "up"):
            card.bus.drain()
            emu(0, "link", "east", state)
            card.bus.wait(vector(0))


@case("an event that a descriptor writes interrupts behind the data")
def event_by_descriptor():
    card, vector = granted(32)
    engine = card.engine(10)
    engine.init()
    ring = Ring(engine, 0)
    queue = card.event_queue(2)
    data = card.bus.memory(8192)
    data.view[0:4096] = os.urandom(4096)
    word = card.bus.memory(4096)
    word.view[0:4] = struct.pack("<I", 1)
    card.bus.drain()
    ring.packet([(data.device(0), 4096)], [(data.device(4096), 4096)])
    ring.packet([(word.device(0), 4)], [(CORES + 2 * 0x4000000 + EVENTS + 4 * 8, 4)])
    ring.start()
    card.bus.wait(vector(25 + 2))
    equal(data.view[4096:8192] == data.view[0:4096], True, "the data arrived")
    equal(queue.next(), (2, 0, 2, 8, 1), "record")


def give_back():
    """The last test point: gives everything back."""
    card, vector = granted(4)
    card.read_misc(STATUS)
    card.bus.wait(vector(0))
    card.bus.revoke(kind(card))
    equal(emu(0, "transport")["vectors"], 0, "vectors at the emulator")
    before = sent()
    card.read_misc(STATUS)
    equal(sent(), before, "interrupts without vectors")
    Opened.close()
