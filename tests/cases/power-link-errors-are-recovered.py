#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Errors of PCI Express, injected at the root port: the card is stopped, reset, and usable again."""

import errno
import os
import struct
import subprocess

from neuroncase import (card_of, case, check, Context, COPY_ENGINES, devices, empty, emu, entry,
                        entry_refused, equal, family, main, ready, Skip, stall, stats, until)

KIB = 1 << 10

# Bits of the AER capability.
UNSUPPORTED_REQUEST = 1 << 20	# not fatal
MALFORMED_TLP = 1 << 18		# fatal
BAD_TLP = 1 << 6		# corrected
LINK_TIMEOUT = "/sys/module/neuron/parameters/link_timeout_ms"


def inject(uncorrectable=0, corrected=0, index=0):
    """The kernel's own injection makes the root port tell an error of a card."""
    subprocess.run(["modprobe", "-q", "aer_inject"], check=False)
    if not os.path.exists("/dev/aer_inject"):
        raise Skip("the kernel has no aer_inject")
    domain, bus, rest = devices()[index]["bus-name"].split(":")
    slot, function = rest.split(".")
    error = struct.pack("=BBBxIIIIIII", int(bus, 16), int(slot, 16), int(function), uncorrectable,
                        corrected, 0, 0, 0, 0, int(domain, 16))
    file = os.open("/dev/aer_inject", os.O_WRONLY)
    try:
        os.write(file, error)
    finally:
        os.close(file)


def no_more_injection():
    """What injects stands in the way of all configuration accesses of the card, with a
    lock that is wrong where interrupts are freed: it goes before something else happens.
    """
    subprocess.run(["modprobe", "-q", "-r", "aer_inject"], check=False)


def works(ctx):
    """Data moves through device memory by a new ring."""
    src, inp = ctx.host(64 * KIB)
    dst, out = ctx.host(64 * KIB)
    mem = ctx.device(64 * KIB)
    inp[:] = os.urandom(64 * KIB)
    ring = ctx.ring(0, 1)
    ctx.write(ring, [entry(src, mem, 64 * KIB), entry(mem, dst, 64 * KIB)])
    ctx.acked(ring, 2)
    equal(out[:], inp[:], "data after the error")


def recovered(bit, index):
    """An error while a ring is attached, an engine stalled and a copy at work."""
    card, before = card_of(index), devices()[index]["reset-count"]
    told = stats(index)["pcie-errors"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context(index) as ctx:
        src, inp = ctx.host(64 * KIB)
        inp[:] = b"\x5a" * 64 * KIB
        mem = ctx.device(8 << 20)
        ring = ctx.ring(1, 2)
        stall((1,) + COPY_ENGINES, index=card)
        ctx.write(ring, [entry(src, mem, 64 * KIB)])
        job = ctx.start("mem-fill", transfer=[entry(None, mem, 8 << 20, pattern=7)])
        inject(uncorrectable=bit, index=index)
        until("the error was told", lambda: stats(index)["pcie-errors"] > told)
        until("the card was reset", lambda: devices()[index]["reset-count"] > before)
        emu(card, "inject", "dma", "none")
        no_more_injection()
        equal((ready(index)["health"], stats(index)["pcie-errors"]), ("ok", told + 1), "card")
        ctx.fails(job, errno.ECANCELED, errno.ETIMEDOUT, errno.EIO)
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        entry_refused(errno.ENOTCONN, ctx, ring, entry(src, mem, 4))
        equal(inp[:], b"\x5a" * 64 * KIB, "host memory through its mapping")
        check(ctx.do("mem-get", mem_id=mem).get("content-lost"), "device memory says that it lost its content")
        healths = []
        for note in listener.poll_ntf(120):
            healths.append((note["msg"]["health"], note["msg"]["cause"]))
            if healths[-1][0] == "ok":
                break
        check(("degraded", "The card's link told an error; the card is being reset") in healths,
              f"health events: {healths}")
        works(ctx)
    empty()


def bus_resets(index):
    """How often the card has seen a reset from outside."""
    return emu(card_of(index), "show")["counters"]["resets_power_on"]


@case("an error that is not fatal: the card's own reset is enough")
def not_fatal():
    seen = bus_resets(0)
    recovered(UNSUPPORTED_REQUEST, 0)
    equal(bus_resets(0), seen, "resets of the bus")


@case("a fatal error: the system resets the bus, and the card is usable again")
def fatal_and_recovered():
    seen = bus_resets(1)
    recovered(MALFORMED_TLP, 1)
    check(bus_resets(1) > seen, "the bus was reset")


def link_timeout_ms(value):
    """Sets how long the system may take; answers what it was."""
    with open(LINK_TIMEOUT, "r+", encoding="ascii") as file:
        before = int(file.read())
        file.write(str(value))
    return before


def told_failed(listener):
    """The cause in the event that says that the card has failed."""
    for note in listener.poll_ntf(120):
        if note["msg"]["health"] == "failed":
            return note["msg"]["cause"]
    return None


def rescan(bus_name):
    """What an administrator does about a card that the system has given up."""
    for path in (f"devices/{bus_name}/remove", "rescan"):
        with open(f"/sys/bus/pci/{path}", "w", encoding="ascii") as file:
            file.write("1")


@case("a fatal error that the system does not recover from: the card has failed, and comes back by hand")
def fatal():
    # The root port of this card does not tell that its link is up again, so that the
    # kernel gives up after the reset of the bus. Old ones say nothing to the driver, new ones that
    # the card is gone.
    bus_name, before = devices()[0]["bus-name"], devices()[0]["reset-count"]
    listener = family()
    listener.ntf_subscribe("health")
    timeout_ms = link_timeout_ms(1000)
    try:
        with Context() as ctx:
            ring = ctx.ring(1, 2)
            inject(uncorrectable=MALFORMED_TLP)
            until("the card has failed", lambda: devices()[0]["state"] == "failed")
            equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
            cause = told_failed(listener)
            no_more_injection()
            if cause == "The system did not bring the card's link back in time":
                ctx.do("device-reset")
                equal(ready(0)["reset-count"], before + 1, "resets")
                works(ctx)
        if cause == "The card is gone":
            rescan(bus_name)
        equal(ready(0)["health"], "ok", f"health after '{cause}'")
        with Context() as ctx:
            works(ctx)
    finally:
        link_timeout_ms(timeout_ms)
    empty()


@case("corrected errors are counted where the kernel tells them, and disturb nobody")
def corrected():
    before, count = stats()["pcie-corrected"], devices()[0]["reset-count"]
    with Context() as ctx:
        ring = ctx.ring(1, 2)
        inject(corrected=BAD_TLP)
        if tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (6, 2):
            until("it is counted", lambda: stats()["pcie-corrected"] == before + 1)
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "ring")
        works(ctx)
    no_more_injection()
    equal(devices()[0]["reset-count"], count, "resets")
    empty()


main()
