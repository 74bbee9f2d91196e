#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 everywhere=yes
"""Somebody resets function or bus through sysfs: as a reset, and the card comes back by itself."""

import errno
import os

from neuroncase import (case, check, Context, devices, empty, emu, entry, entry_refused, equal,
                        family, main, ready, refused, stall, stats, store, until)

MIB = 1 << 20
KIB = 1 << 10


def reset(method, index=0):
    """The system resets a card; returns when it has, and the card is on its way back."""
    place = f"/sys/bus/pci/devices/{devices()[index]['bus-name']}"
    store(f"{place}/reset_method", method)
    try:
        store(f"{place}/reset", "1")
    except OSError as error:
        # QEMU's root port does not tell that the link is up again, so that the kernel
        # doubts a reset of the bus that was made.
        check(method == "bus" and error.errno == errno.ENOTTY, f"{method}: {error}")


def outside(method, index=0):
    """As reset(); returns when the card is usable again."""
    reset(method, index)
    return ready(index)


def works(ctx):
    """Data moves through device memory by a new ring and by copies."""
    src, inp = ctx.host(64 * KIB)
    dst, out = ctx.host(64 * KIB)
    mem = ctx.device(64 * KIB)
    inp[:] = os.urandom(64 * KIB)
    ring = ctx.ring(0, 1)
    ctx.write(ring, [entry(src, mem, 64 * KIB)])
    ctx.acked(ring, 1)
    ctx.do("mem-copy", transfer=[{"src-mem": mem, "dst-mem": dst, "length": 64 * KIB}])
    equal(out[:], inp[:], "data after the reset")
    ctx.do("ring-destroy", ring_id=ring)


def power_ons(card=0):
    """Resets that the emulated card has seen from outside."""
    return emu(card, "show")["counters"]["resets_power_on"]


def in_use(method):
    """Rings, queues, mappings and an entry at work when the reset comes."""
    before, seen, lost = devices()[0]["reset-count"], power_ons(), stats()["interruptions"]
    listener = family()
    listener.ntf_subscribe("hotplug")
    with Context() as ctx:
        src, inp = ctx.host(MIB)
        mem = ctx.device(MIB, label="kept")
        dst, out = ctx.host(MIB)
        inp[:] = b"\xa5" * MIB
        ring = ctx.ring(1, 2)
        queue = ctx.queue(1)
        ctx.do("core-claim", claim=[3])
        ctx.write(ring, [entry(src, mem, MIB)])
        ctx.acked(ring, 1)
        emu(0, "inject", "dma", "stall", 1)
        ctx.write(ring, [entry(src, mem, MIB)])
        dev = outside(method)
        emu(0, "inject", "dma", "none")
        check(power_ons() > seen, "the card was reset")
        equal((dev["reset-count"], dev["health"]), (before + 1, "ok"), "card")
        equal(stats()["interruptions"], lost + 1, "interruptions")
        states = []
        for note in listener.poll_ntf(120):
            if note["name"] == "device-change-ntf" and note["msg"]["dev-index"] == 0:
                states.append(note["msg"]["state"])
            if states[-1:] == ["ready"]:
                break
        equal(states, ["resetting", "ready"], "events")

        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        equal(ctx.do("nq-get", nq_id=queue.id)["state"], "lost", "queue")
        entry_refused(errno.ENOTCONN, ctx, ring, entry(src, mem, 4))
        equal(queue.poll(), None, "the mapping of a lost queue can be read")
        equal(inp[:], b"\xa5" * MIB, "host memory")
        check(ctx.do("mem-get", mem_id=mem).get("content-lost"), "device memory says so")
        equal(stats()["quarantined"], 0, "quarantined")
        out[:] = b"\xff" * MIB
        ctx.do("mem-copy", transfer=[{"src-mem": mem, "dst-mem": dst, "length": MIB}])
        equal(out[:], b"\0" * MIB, "device memory that was not cleared")
        works(ctx)
    empty()


@case("a function-level reset while the card is in use")
def function():
    in_use("flr")


@case("a reset of the bus while the card is in use")
def bus():
    in_use("bus")


@case("through D3hot and back")
def power_state():
    in_use("pm")


@case("copies that stand still when it comes end with ECANCELED, and hold nothing afterwards")
def copies():
    with Context() as ctx:
        src, _ = ctx.host(8 * MIB)
        mem = ctx.device(8 * MIB)
        stall()
        job = ctx.start("mem-copy", transfer=[entry(src, mem, 8 * MIB)])
        until("the copy is at work", lambda: ctx.do("mem-get", mem_id=mem)["users"])
        outside("flr")
        emu(0, "inject", "dma", "none")
        # A copy gives up by itself after ten seconds, should this machine be so slow.
        ctx.fails(job, errno.ECANCELED, errno.ETIMEDOUT, errno.EIO)
        until("its memory is not used any more", lambda: not ctx.do("mem-get", mem_id=mem).get("users"))
        works(ctx)
    empty()


@case("while the card comes back, what needs it is refused clearly; two resets in a row are one wait")
def meanwhile():
    before = devices()[0]["reset-count"]
    with Context() as ctx:
        src, _ = ctx.host(4 * KIB)
        emu(0, "inject", "device", "never-ready")
        for _ in range(2):
            reset("flr")
            equal(devices()[0]["state"], "resetting", "state")
        refused(errno.EBUSY, lambda: ctx.do("mem-alloc", kind="host", size=4096), text="being reset")
        refused(errno.EBUSY, lambda: ctx.do("device-reset"), text="being reset")
        ctx.do("mem-free", mem_id=src)
        emu(0, "inject", "device", "ready")
        equal(ready(0)["reset-count"], before + 1, "count")
        works(ctx)
    empty()


@case("a reset of our own that runs when it comes ends with ECANCELED, and the card comes back")
def own_reset():
    with Context() as ctx:
        emu(0, "inject", "device", "reset-hang")
        job = ctx.start("device-reset")
        until("the emulated card is silent", lambda: emu(0, "show")["reset-running"])
        reset("flr")
        emu(0, "inject", "device", "ready")
        ctx.fails(job, errno.ECANCELED, text="system")
        ready(0)
        works(ctx)
    empty()


@case("a card that had failed gets another chance")
def failed():
    with open("/sys/module/neuron/parameters/reset_timeout_ms", "r+", encoding="ascii") as file:
        old = file.read()
        file.write("500")
    try:
        with Context() as ctx:
            emu(0, "inject", "device", "never-ready")
            ctx.fails(ctx.start("device-reset"), errno.ETIMEDOUT)
            equal((devices()[0]["state"], devices()[0]["health"]), ("failed", "failed"), "card")
            emu(0, "inject", "device", "none")
    finally:
        with open("/sys/module/neuron/parameters/reset_timeout_ms", "w", encoding="ascii") as file:
            file.write(old)
    equal(outside("flr")["health"], "ok", "health")
    with Context() as ctx:
        works(ctx)
    empty()


main()
