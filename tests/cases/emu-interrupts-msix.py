#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 iommu=intel module=no timeout=300 kernels="6.1 6.12" emu-args="--irq msix"
"""Interrupts by MSI-X; a vector can be masked."""

from emuinterrupts import give_back, granted
from tapcase import case, equal, main

VECTOR_CONTROL = 0xF00000 + 12	# of vector 0; 16 bytes on for each further one


@case("a vector masked in the table keeps its interrupt until it is unmasked, others go on")
def masked_vector():
    card, vector = granted(32)
    number = vector(25)
    card.event_queue(0)
    card.event_queue(1)
    card.bus.drain()
    card.bus.store(0, VECTOR_CONTROL + 16 * number, 1)
    for turn in (1, 0, 1):
        card.set_event(0, 1, turn)
        card.set_event(1, 1, turn)
        card.bus.wait(vector(26))
    equal(card.bus.came(number), 0, "interrupts of a masked vector")
    card.bus.store(0, VECTOR_CONTROL + 16 * number, 0)
    equal(card.bus.wait(number), 1, "interrupts at unmask")


case("vectors that were given back interrupt nobody, and the card goes on")(give_back)
main()
