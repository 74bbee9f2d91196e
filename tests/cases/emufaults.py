# SPDX-License-Identifier: GPL-2.0
"""Addresses that an IOMMU does not let through, whichever part of the card uses them."""

import os
import struct

from emucard import APB, Card, HOST, MISC, READ, Ring, STATUS
from emufresh import MIB, own_ring
from emusysfs import cards
from emuvfio import unbind, Vfio
from tapcase import case, check, emu, equal, until

NOWHERE = 0x7F00000000		# an IOVA that nothing is mapped at
GEN_A, GEN_B = 0x3A000, 0x3A040
READ_DATA, FETCH_M2S, COMPLETE_M2S = 8, 11, 5
WRITE_DATA, FETCH_S2M, COMPLETE_S2M = 1, 9, 14


class Opened:
    """The card, opened once for all test points."""

    card = None

    @classmethod
    def get(cls):
        """The card, reset."""
        if cls.card is None:
            cls.card = Card(Vfio(cards()[0]))
            cls.card.enable()
            cls.card.wait_ready()
        cls.card.reset()
        return cls.card


def engine_of(card, number):
    """An engine that was just set up."""
    engine = card.engine(number)
    engine.init()
    return engine


def count(name):
    """One of the emulator's counters."""
    return emu(0, "show")["counters"][name]


def aborts(engine, m2s=None, s2m=None):
    """The engine must abort for the one cause that is named."""
    until("the engine is aborted", engine.aborted)
    causes = engine.read(GEN_A, GEN_B)
    equal(causes, [0 if m2s is None else 1 << m2s, 0 if s2m is None else 1 << s2m],
          "causes of the halves")


def works(card, ring, tries=3):
    """A copy there and back through memory that is mapped."""
    source, target = card.bus.memory(65536), card.bus.memory(65536)
    for _ in range(tries):
        source.view[:] = os.urandom(65536)
        ring.copy([(source.device(0), 65536)], [(MIB, 65536)])
        ring.copy([(MIB, 65536)], [(target.device(0), 65536)])
        equal(target.view[:] == source.view[:], True, "the bytes came back")


@case("through mappings of the IOMMU data come and go")
def mapped():
    card = Opened.get()
    works(card, own_ring(card))


@case("data read from nowhere, and data written to nowhere, abort the engine by their causes and are told")
def data():
    card = Opened.get()
    memory = card.bus.memory(4096)
    for number, addresses, causes in (
            (0, (HOST | NOWHERE, memory.device(0)), {"m2s": READ_DATA}),
            (1, (memory.device(0), HOST | NOWHERE), {"s2m": WRITE_DATA})):
        engine = engine_of(card, number)
        ring = Ring(engine, 4)
        before = count("host_unmapped")
        ring.packet([(addresses[0], 64)], [(addresses[1], 64)])
        ring.start()
        aborts(engine, **causes)
        equal(count("host_unmapped"), before + 1, "faults that the emulator reports")
        fault = emu(0, "show")["host-fault"]
        equal((fault["reason"], fault["address"], fault["access"]),
              ("unmapped", NOWHERE, "write" if "s2m" in causes else "read"), "the last fault")
        engine.recover(ring)
        works(card, ring, 1)


@case("a copy that runs over the end of what is mapped aborts, its ring stands at it")
def over_the_end():
    card = Opened.get()
    engine = engine_of(card, 3)
    ring = Ring(engine, 0)
    memory = card.bus.memory(8192)
    ring.packet([(0, 8192)], [(memory.device(4096), 8192)])
    ring.start()
    aborts(engine, s2m=WRITE_DATA)
    equal(engine.read(0x1034) & 0xFFFFFF, 0, "the head: still at the packet that failed")


class Unmapped:
    """Memory of a ring that the card cannot reach."""

    def __init__(self, size):
        self.view = bytearray(size)

    def device(self, offset):
        """Device address of a byte."""
        return HOST | NOWHERE + offset


@case("descriptors that cannot be fetched abort the engine by the cause of their half")
def descriptors():
    card = Opened.get()
    memory = card.bus.memory(4096)
    for number, half, causes in ((4, "m2s", {"m2s": FETCH_M2S}), (5, "s2m", {"s2m": FETCH_S2M})):
        engine = engine_of(card, number)
        ring = Ring(engine, 1)
        getattr(ring, half).memory = Unmapped(4096)
        getattr(ring, half).base = HOST | NOWHERE
        ring.init()
        ring.packet([(memory.device(0), 64)], [(memory.device(64), 64)])
        ring.start()
        aborts(engine, **causes)


@case("completion entries that cannot be written abort the engine by the cause of their half")
def completions():
    card = Opened.get()
    memory = card.bus.memory(4096)
    for number, half, causes in ((6, "m2s", {"m2s": COMPLETE_M2S}),
                                 (7, "s2m", {"s2m": COMPLETE_S2M})):
        engine = engine_of(card, number)
        ring = Ring(engine, 2)
        getattr(ring, half).done = Unmapped(4096)
        ring.init()
        ring.packet([(memory.device(0), 64)], [(memory.device(64), 64)])
        ring.start()
        aborts(engine, **causes)


@case("the firmware does not answer a mailbox that it cannot reach, and answers the next one")
def mailbox():
    card = Opened.get()
    before = count("fwio_bad_pointer")
    good, card.mail = card.mail, Unmapped(4096)
    card.mail.at = lambda offset: NOWHERE + offset
    card.request(READ, struct.pack("<Q", APB + MISC + STATUS))
    until("the wrong pointer is counted", lambda: count("fwio_bad_pointer") > before)
    card.mail = good
    check(card.read_misc(STATUS) >> 31, "ready")


@case("a record that cannot be written is lost, and counted")
def record():
    card = Opened.get()
    before = count("records_faulted")
    queue = Unmapped(4096)
    queue.at = lambda offset: NOWHERE + offset
    card.event_queue(1, queue)
    card.set_event(1, 3, 1)
    until("the lost record is counted", lambda: count("records_faulted") == before + 1)


@case("memory that is taken away while a ring copies to it is not touched any more")
def taken_away():
    card = Opened.get()
    engine = engine_of(card, 9)
    ring = Ring(engine, 3)
    target = card.bus.memory(MIB)
    for _ in range(ring.room()):
        ring.packet([(0, 65536)], [(target.device(0), 65536)])
    ring.start()
    target.unmap()
    target.view[:] = b"\xa5" * MIB
    # The engine either ended before that, or aborts for it.
    until("the ring stops", lambda: engine.aborted() or engine.read(0x4024) & 0xFFFFFF == 0)
    equal(target.view.find(b"\0"), -1, "first byte that was touched")
    ring.packet([(0, 64)], [(target.device(0), 64)])
    ring.start()
    aborts(engine, s2m=WRITE_DATA)
    equal(target.view.find(b"\0"), -1, "first byte that was touched")


@case("all of that left the card healthy, and nothing mapped when it is given back")
def healthy():
    card = Opened.get()
    works(card, own_ring(card))
    name, bus = card.bus.name, card.bus
    Opened.card = None
    bus.close()
    unbind(name)
    equal(emu(0, "transport")["vectors"], 0, "vectors")
