#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 module=no kernels="6.1 6.12" timeout=300 emu-args="--dma inline --irq msix --bar4-mib 1024 --true-bar-reads"
"""With --true-bar-reads loads from BAR0 and BAR2 answer the registers."""

from emucard import APB, CORES, DEVICE_ID, EVENTS, MISC, READY, SEMAPHORES, STATUS
from emufresh import fresh
from tapcase import case, check, emu, equal, main


@case("loads answer what the firmware reads, and are counted")
def registers():
    card = fresh()
    engine = card.engine(3)
    engine.init()
    card.misc(DEVICE_ID, 99)
    before = emu(0, "show")["counters"]["direct_loads"]
    places = [MISC + DEVICE_ID, MISC + STATUS] + [engine.base + offset for offset in (
        0x604, 0x200, 0x254, 0x310, 0x1020, 0x1034, 0x1074, 0x20380)]
    loaded = [card.bus.load(0, place) for place in places]
    equal(emu(0, "show")["counters"]["direct_loads"], before + len(places), "loads counted")
    equal(loaded, card.read(*(APB + place for place in places)), "registers")
    equal((loaded[0], loaded[1] & READY, loaded[2]), (99, READY, 4), "known ones")


@case("semaphores and events answer, by loads of one word and of two")
def cores():
    card = fresh()
    card.bus.store(2, SEMAPHORES + 0x100, 7)
    card.bus.store(2, SEMAPHORES + 0x104, 8)
    card.set_event(0, 3, 1)
    equal(card.bus.load(2, SEMAPHORES), 7, "semaphore 0")
    equal(card.bus.load(2, SEMAPHORES, 8), 8 << 32 | 7, "two semaphores")
    equal(card.bus.load(2, EVENTS + 12), card.read(CORES + EVENTS + 12), "event 3")


@case("odd widths and places still answer ones or nothing, and never hang")
def odd():
    card = fresh()
    equal(card.bus.load(0, MISC + STATUS, 1), 0xFF, "one byte")
    equal(card.bus.load(0, MISC + STATUS, 2), 0xFFFF, "two bytes")
    check(card.bus.load(0, 0x7F0000) in (0, 0xFFFFFFFF), "an unknown register")
    equal(card.bus.sizes[4], 1 << 30, "bytes of BAR4")


main()
