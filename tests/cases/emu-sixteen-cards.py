#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=16 module=no kernels="6.1 6.12" timeout=300 exclusive=yes
"""Sixteen cards in one guest, all driven at once by a driver in user space."""

import json
import os

from emucard import APB, Card, DEVICE_ID, EAST, MISC, READY, STATUS, WEST
from emufresh import MIB, own_ring, round_trip
from emusysfs import cards, Dram, Sysfs
from tapcase import case, check, equal, main, vmctl

CARDS = 16
OWN_KIB = 64 << 10


class All:
    """The cards, opened once."""

    cards = []


def every():
    """All sixteen, enabled."""
    if not All.cards:
        names = cards()
        equal(len(names), CARDS, "cards on the bus")
        All.cards = [Card(Sysfs(name)) for name in names]
        for card in All.cards:
            card.enable()
    return All.cards


@case("all have their BARs and answer through their mailboxes")
def answer():
    for number, card in enumerate(every()):
        equal(card.bus.sizes, {0: 16 * MIB, 2: 256 * MIB, 4: 8192 * MIB}, "bytes of the BARs")
        card.wait_ready()
        card.misc(DEVICE_ID, 100 + number)


@case("their requests can be under way at the same time")
def at_once():
    for card in every():
        card.request(1, (APB + MISC + STATUS).to_bytes(8, "little"))
    for card in every():
        equal(int.from_bytes(card.answer(), "little") & READY, READY, "ready bit")


@case("the ids in the neighbours' misc RAM tell a ring of sixteen")
def ring_of_links():
    for number, card in enumerate(every()):
        sides = card.read(EAST + APB + MISC + DEVICE_ID, WEST + APB + MISC + DEVICE_ID)
        equal(sides, [100 + (number + 1) % CARDS, 100 + (number - 1) % CARDS],
              f"ids east and west of card {number}")


@case("all copy, and a page goes around the ring of cards by their windows")
def copies():
    rings = [own_ring(card) for card in every()]
    for card, ring in zip(every(), rings):
        round_trip(card, ring, 20000)
    text = os.urandom(4096)
    Dram(every()[0].bus, 7 * MIB, 4096).view[:] = text
    for ring in rings:
        ring.copy([(7 * MIB, 4096)], [(EAST + 7 * MIB + 4096, 4096)])
        ring.copy([(EAST + 7 * MIB + 4096, 4096)], [(EAST + 7 * MIB, 4096)])
    equal(Dram(every()[0].bus, 7 * MIB + 4096, 4096).view[:] == text, True, "the page came around")


@case("one card's reset is no other card's")
def reset():
    every()[5].reset()
    ids = [card.read_misc(DEVICE_ID) for card in every()]
    equal(ids, [0 if number == 5 else 100 + number for number in range(CARDS)], "device ids")


@case("the emulator keeps less than 64 MiB in memory beside what guest and DRAM hold")
def resident():
    sizes = json.loads(vmctl("emu-memory"))
    check(0 < sizes["own-kib"] < OWN_KIB, f"{sizes}")


main()
