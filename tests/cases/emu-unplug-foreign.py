#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 module=no kernels="6.1 6.12" timeout=300
"""A card is pulled while a driver in user space has it mapped and its ring runs."""

import os
import signal

from emucard import Card, Ring
from emufresh import own_ring, round_trip
from emusysfs import cards, plugged, Sysfs
from tapcase import case, check, emu, equal, main, until, vmctl


def plug():
    """A new card, ready, and its number at the emulator: spare cards come behind all others."""
    before = cards()
    vmctl("plug", 0)
    card = Card(Sysfs(plugged(before)))
    card.enable()
    card.wait_ready()
    return card, len(before)


def unplug():
    """Pulls it and waits until the guest has let it go."""
    count = len(cards())
    vmctl("unplug", 0)
    until("the card is gone", lambda: len(cards()) == count - 1)


def gone(number):
    """The emulator has nothing left of its client, who hangs up after the guest let the card go."""
    until("the client has hung up", lambda: not emu(number, "transport")["connected"])
    state = emu(number, "transport")
    equal((state["dma-maps"], state["vectors"]), (0, 0), "mappings and vectors")
    state = emu(number, "show")
    equal((state["attached"], state["dead"]), (False, False), "attached, dead")
    equal([engine["queues"] for engine in state["engines"]], [[]] * 12, "rings")


@case("a plugged card works for a foreign driver, and is clean when it was pulled")
def cycle():
    card, number = plug()
    round_trip(card, own_ring(card))
    del card
    unplug()
    gone(number)


def hammer(card, ring, page, ready):
    """Copies and stores without end; a signal or ones are all that can come of it."""
    told = False
    while True:
        ring.packet([(page.device(0), 4096)], [(0, 4096)])
        ring.start()
        if ring.m2s.next.ident == 2 and not told:
            os.write(ready, b"x")
            told = True
        card.bus.load(0, 0)


@case("pulled while its ring runs and its BARs are mapped: the guest lives, the next card works")
def under_load():
    card, number = plug()
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        engine = card.engine(0)
        engine.init()
        hammer(card, Ring(engine, 0), card.bus.memory(4096), tell)
    os.close(tell)
    equal(os.read(ready, 1), b"x", "the ring runs")
    unplug()
    gone(number)
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        check(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGBUS,
              f"the driver ended with {status:#x}")
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    card, number = plug()
    round_trip(card, own_ring(card))
    unplug()
    gone(number)


@case("pulled while its copies are slow: nothing of them goes on, the next card is fast")
def slow():
    card, number = plug()
    ring = own_ring(card)
    page = card.bus.memory(4096)
    emu(number, "inject", "dma", "slow", 1000000)
    for _ in range(50):
        ring.packet([(0, 4096)], [(page.device(0), 4096)])
    ring.start()
    unplug()
    gone(number)
    page.view[:] = b"\xa5" * 4096
    card, number = plug()
    round_trip(card, own_ring(card))
    equal(page.view[:], b"\xa5" * 4096, "the page of the card that was pulled")
    unplug()


main()
