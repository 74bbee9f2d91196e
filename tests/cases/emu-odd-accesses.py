#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 module=no kernels="6.1 6.12" timeout=300
"""Loads, odd widths and places where nothing is: nothing hangs, and memory alone answers."""

import os

from emucard import CORES, EVENTS, MISC, SEMAPHORES, STATUS
from emufresh import fresh, MIB, own_ring, round_trip
from emusysfs import Dram
from tapcase import case, check, emu, equal, main

WIDTHS = (1, 2, 4, 8)
EVENT = 0x4000000 + EVENTS + 4 * 20		# of core 1
GIB = 1 << 30


def count(name):
    """One of the emulator's counters."""
    return emu(0, "show")["counters"][name]


@case("loads of every width from registers answer all ones, at once, and each is counted")
def loads():
    card = fresh()
    before = count("direct_loads")
    places = [(0, MISC + STATUS - 4), (0, 0x40604 // 8 * 8), (0, card.bus.sizes[0] - 8),
              (0, 0x7F0000), (2, SEMAPHORES), (2, card.bus.sizes[2] - 8), (2, 0x1000000)]
    for bar, offset in places:
        for width in WIDTHS:
            equal(card.bus.load(bar, offset, width), (1 << 8 * width) - 1,
                  f"{width} bytes of BAR{bar} + {offset:#x}")
    equal(count("direct_loads"), before + len(places) * len(WIDTHS), "loads that were counted")


@case("unaligned loads come in parts, and answer all ones too")
def unaligned_loads():
    card = fresh()
    before = count("direct_loads")
    for offset, width in ((MISC + STATUS + 1, 4), (MISC + STATUS + 2, 4), (MISC + 1, 2),
                          (MISC + STATUS + 4, 8)):
        equal(card.bus.load(0, offset, width), (1 << 8 * width) - 1, f"at {offset:#x}")
    check(count("direct_loads") >= before + 4, "they are counted")


@case("stores of one and two bytes and unaligned ones change nothing and are counted")
def narrow_stores():
    card = fresh()
    card.set_event(1, 20, 1)
    before = count("ignored_stores")
    card.bus.store(2, EVENT, 0, 1)
    card.bus.store(2, EVENT, 0, 2)
    equal(count("ignored_stores"), before + 2, "narrow stores that were counted")
    card.bus.store(2, EVENT + 1, 0, 4)
    card.bus.store(2, EVENT - 2, 0, 4)
    check(count("ignored_stores") >= before + 4, "unaligned stores are counted")
    equal(card.read(CORES + EVENT), 1, "the event")


@case("a 64-bit store is two words, the low one first")
def wide_stores():
    card = fresh()
    queue = card.event_queue(1)
    card.bus.store(2, EVENT, 1 << 32 | 1, 8)
    equal(card.read(CORES + EVENT, CORES + EVENT + 4), [1, 1], "both events")
    equal((queue.next()[3], queue.next()[3]), (20, 21), "events in the order of their records")


@case("BAR4 is memory: every width, aligned or not, over the border of its channels, to its end")
def memory():
    card = fresh()
    for place in (MIB, 4 * GIB - 4096, card.bus.sizes[4] - 8192):
        window = card.bus.window(4, place, 8192)
        want = bytearray(window.map[:])
        for offset in (0, 1, 4093, 4096, 8184):
            for width in WIDTHS:
                value = int.from_bytes(os.urandom(width), "little")
                window.store(offset, value, width)
                want[offset:offset + width] = value.to_bytes(width, "little")
                equal(window.load(offset, width), value, f"{width} bytes at {place + offset:#x}")
        equal(window.map[:] == bytes(want), True, "all the bytes around them")
    data = card.bus.memory(4096)
    own_ring(card).copy([(0x1000000000, 4096)], list(data.pieces(0, 4096)))
    equal(data.view[:] == card.bus.window(4, 4 * GIB, 4096).map[:], True,
          "channel 1 seen by a copy")


@case("with memory decoding switched off nothing is reached and nothing hangs")
def decoding_off():
    card = fresh()
    card.set_event(1, 20, 1)
    card.bus.config_write(4, b"\0\0")
    card.bus.store(2, EVENT, 0)
    check(card.bus.load(0, MISC) in (0, 0xFFFFFFFF), "a load")
    card.enable()
    equal(card.read(CORES + EVENT), 1, "the event")


@case("a card that is dead answers ones everywhere, and lives again when it is told to")
def dead():
    card = fresh()
    Dram(card.bus, 0, 4096).view[0:4] = b"abcd"
    emu(0, "inject", "device", "dead")
    equal(card.bus.load(0, MISC), 0xFFFFFFFF, "a load")
    card.misc(0x800, 1)
    emu(0, "inject", "device", "alive")
    card = fresh()
    round_trip(card, own_ring(card), 5000)


main()
