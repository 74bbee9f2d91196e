# SPDX-License-Identifier: GPL-2.0
"""What a driver that others wrote does with a card; run for each way of doing DMA."""

import itertools
import os
import struct

from emucard import (APB, CORES, DEVICE_ID, EAST, EVENTS, GEN, LINK_EAST,
                     LINK_WEST, METRIC, MISC, POST_METRIC, READ, READY, Refused, Ring,
                     S2M, SEMAPHORES, STATUS, WEST)
from emufresh import fresh, KIB, MIB, own_ring, OWN_ENGINE, round_trip
from emusysfs import Dram
from tapcase import case, check, emu, equal, Failure, until


@case("its ids and an answer of the firmware are all that is needed to begin")
def begin():
    card = fresh()
    card.misc(DEVICE_ID, 0x1234)
    status, ident, revision = card.read(APB + MISC + STATUS, APB + MISC + DEVICE_ID,
                                        APB + card.engine(0).base + 0x604)
    equal(status & READY, READY, "ready bit")
    equal((ident, revision), (0x1234, 4), "device id and DMA revision")


@case("host to DRAM to DRAM to host: the bytes come back, before and after a reset")
def copies():
    card = fresh()
    round_trip(card, own_ring(card))
    card.misc(DEVICE_ID, 77)
    card.reset()
    equal(card.read_misc(DEVICE_ID), 0, "the device id after a reset")
    engine = card.engine(OWN_ENGINE)
    equal(engine.read(0x1000 * 16 + 0x30, 0x1000 * 16 + 0x20), [0, 0x03000000],
          "ring length and configuration after a reset")
    round_trip(card, own_ring(card))


@case("64 KiB is one descriptor of length 0, and every engine copies")
def engines():
    card = fresh()
    ring = own_ring(card)
    source, target = card.bus.memory(64 * KIB), card.bus.memory(64 * KIB)
    source.view[:] = os.urandom(64 * KIB)
    ring.copy(list(source.pieces(0, 64 * KIB)), [(0, 64 * KIB)])
    for number in range(12):
        engine = card.engine(number)
        engine.init()
        Ring(engine, number).copy([(number * MIB, 64 * KIB)], [((number + 1) * MIB, 64 * KIB)])
    own_ring(card).copy([(12 * MIB, 64 * KIB)], list(target.pieces(0, 64 * KIB)))
    equal(target.view[:] == source.view[:], True, "the bytes went through all engines")


def user_ring(card, memory):
    """Packets of three buffers into two, over several wraps, told by completion entries."""
    engine = card.engine(4)
    engine.init()
    ring = Ring(engine, 7, memory=memory, completions=True, entries=64)
    data = memory(4096)
    for turn in range(100):
        text = struct.pack("<I", turn) * 25
        data.view[0:100] = text
        data.view[1024:1124] = bytes(100)
        ring.packet([(data.device(0), 10), (data.device(10), 70), (data.device(80), 20)],
                    [(data.device(1024), 64), (data.device(1088), 64)])
        ring.start()
        equal([entry[0] >> 26 & 3 for entry in
               (ring.completed(ring.m2s, 1) for _ in range(3))], [1, 0, 2],
              "FIRST and LAST of the transmitting entries")
        equal([ring.completed(ring.s2m, 4)[1] & 0xFFFF for _ in range(2)], [64, 36],
              "bytes that the receiving entries tell")
        equal(data.view[1024:1124], text, "what arrived")


@case("a user's ring in host memory wraps again and again and tells of each packet")
def ring_in_host():
    card = fresh()
    user_ring(card, card.bus.memory)


@case("a user's ring in the card's own memory does, filled through BAR4")
def ring_in_dram():
    card = fresh()
    pages = itertools.count(MIB, 4096)

    def page(size):
        dram = Dram(card.bus, next(pages), size)
        dram.view[:] = bytes(size)
        return dram
    user_ring(card, page)


@case("a descriptor that writes an event makes the record that ends a program")
def records():
    card = fresh()
    ring = own_ring(card)
    queue = card.event_queue(core=3)
    values = card.bus.memory(4096)
    values.view[0:8] = struct.pack("<II", 0, 1)
    target = CORES + 3 * 0x4000000 + EVENTS + 4 * 200
    for value in (1, 0, 1):
        ring.copy([(values.device(4 * value), 4)], [(target, 4)])
        equal(queue.next(), (2, 0, 3, 200, value), "record")
    equal(card.read(target), 1, "the event")


@case("semaphores count by stores and by descriptors")
def semaphores():
    card = fresh()
    ring = own_ring(card)
    place = SEMAPHORES + 4 * 31
    card.bus.store(2, place + 0x100, 5)
    card.bus.store(2, place + 0x200, 3)
    values = card.bus.memory(4096)
    values.view[0:4] = struct.pack("<I", 10)
    ring.copy([(values.device(0), 4)], [(CORES + place + 0x300, 4)])
    equal(card.read(CORES + place), (5 + 3 - 10) & 0xFFFFFFFF, "semaphore")


@case("requests that are wrong are answered as wrong, or not at all")
def requests():
    card = fresh()
    for command, data, code in ((3, b"", 2), (READ, bytes(7), 1), (READ, b"\xff" * 8, 1)):
        card.request(command, data)
        try:
            card.answer()
        except Refused as refused:
            equal(refused.code, code, "error code")
        else:
            raise Failure(f"command {command} was answered as good")
    before = emu(0, "show")["counters"]["fwio_bad_crc"]
    card.request(READ, struct.pack("<Q", APB + MISC + STATUS), crc=1)
    until("the wrong CRC is counted",
          lambda: emu(0, "show")["counters"]["fwio_bad_crc"] == before + 1)
    equal(card.mail.view[2048], 0, "the place of the answer")
    check(card.read_misc(STATUS) & READY, "the next request is answered")


@case("a metric is taken")
def metric():
    card = fresh()
    data = os.urandom(128)
    for word in range(32):
        card.misc(METRIC + 4 * word, int.from_bytes(data[4 * word:4 * word + 4], "little"))
    card.request(POST_METRIC, data)
    equal(card.answer(), b"", "answer")
    equal(card.read_misc(METRIC + 124), int.from_bytes(data[124:], "little"), "the last word")


@case("a wrong ring id aborts the engine; recovered, it copies again; others never stopped")
def recovery():
    card = fresh()
    other = own_ring(card)
    engine = card.engine(7)
    engine.init()
    ring = Ring(engine, 0)
    data = card.bus.memory(4096)
    ring.m2s.next.ident = 2
    ring.packet([(data.device(0), 64)], [(0, 64)])
    ring.start()
    until("the engine is aborted", engine.aborted)
    equal(engine.read(GEN + 0x2000) >> 17 & 1, 1, "cause: ring id")
    round_trip(card, other)
    engine.recover(ring)
    equal(engine.aborted(), False, "state after recovery")
    round_trip(card, ring)


@case("neighbours are seen by the ids that their drivers gave them, and their DRAM can be written")
def neighbours():
    both = [fresh(0), fresh(1)]
    for number, card in enumerate(both):
        card.misc(DEVICE_ID, 40 + number)
    for number, card in enumerate(both):
        equal(card.read_misc(STATUS) & (LINK_EAST | LINK_WEST), LINK_EAST | LINK_WEST, "links")
        for side in (EAST, WEST):
            equal(card.read(side + APB + MISC + DEVICE_ID), 41 - number, "id of the neighbour")
    data = both[0].bus.memory(4096)
    data.view[:] = os.urandom(4096)
    own_ring(both[0]).copy([(data.device(0), 4096)], [(EAST + 5 * MIB, 4096)])
    equal(Dram(both[1].bus, 5 * MIB, 4096).view[:] == data.view[:], True, "the neighbour's DRAM")


@case("queues without a ring, stray stores and doubled set-up do no harm")
def tolerance():
    card = fresh()
    engine = card.engine(5)
    engine.init()
    engine.init()
    engine.store(0x1038, 3)
    engine.store(S2M + 0x1038, 3)
    for offset in (0x78F000, 0x7FFFFC, 0xEFFFFC, 0x40F000):
        card.bus.store(0, offset, 0xFFFFFFFF)
    card.set_event(0, 256, 1)
    ring = Ring(engine, 15)
    ring.init()
    round_trip(card, ring)


@case("all of this left the card healthy")
def healthy():
    state = emu(0, "show")
    equal((state["dead"], state["ready"]), (False, True), "dead, ready")
    card = fresh()
    round_trip(card, own_ring(card), 4096)


