# SPDX-License-Identifier: GPL-2.0
"""A card to begin with, and a copy that shows that it works."""

import os

from emucard import Card, CHANNEL1, Ring
from emusysfs import cards, Sysfs
from tapcase import equal

KIB, MIB = 1 << 10, 1 << 20
OWN_ENGINE, OWN_QUEUE = 2, 15
PM, PMCSR = 1, 4		# capability and its control register


def fresh(number=0):
    """A card, awake, reset by its function-level reset and ready."""
    bus = Sysfs(cards()[number])
    bus.config_write(bus.capability(PM) + PMCSR, b"\0")
    bus.attribute("reset_method", "flr")
    bus.attribute("reset", "1")
    card = Card(bus)
    card.enable()
    card.wait_ready()
    return card


def own_ring(card):
    """The ring that a driver keeps for its own copies, on an engine set up anew."""
    engine = card.engine(OWN_ENGINE)
    engine.init()
    return Ring(engine, OWN_QUEUE)


def round_trip(card, ring, length=300 * KIB + 13):
    """Host to DRAM, to the other channel, and back: every byte comes."""
    source, target = card.bus.memory(512 * KIB), card.bus.memory(512 * KIB)
    source.view[5:5 + length] = os.urandom(length)
    first, second = 0x123457, CHANNEL1 + 0xFFF0001
    ring.copy(list(source.pieces(5, length)), [(first, length)])
    ring.copy([(first, length)], [(second, length)])
    ring.copy([(second, length)], list(target.pieces(9, length)))
    equal(target.view[9:9 + length] == source.view[5:5 + length], True, "the bytes came back")
    equal((target.view[8], target.view[9 + length]), (0, 0), "bytes around them")
