#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""What stays in quarantine too long, or is too much, ends by a reset that hits nobody else."""

import contextlib
import errno

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, family, main, ready,
                        stats, until)

KIB = 1 << 10
PARAMETERS = "/sys/module/neuron/parameters"


@contextlib.contextmanager
def parameter(name, value):
    """A parameter of the module has another value for a while."""
    with open(f"{PARAMETERS}/{name}", encoding="ascii") as file:
        old = file.read()
    with open(f"{PARAMETERS}/{name}", "w", encoding="ascii") as file:
        file.write(str(value))
    try:
        yield
    finally:
        with open(f"{PARAMETERS}/{name}", "w", encoding="ascii") as file:
            file.write(old)


def stuck(ctx, engine=1):
    """A ring that does not stop; its destroy fails and it is in quarantine."""
    src, _ = ctx.host(64 * KIB)
    ring = ctx.ring(engine, 2)
    emu(0, "inject", "dma", "stall", engine)
    ctx.write(ring, [entry(src, src, 64 * KIB)])
    ctx.fails(ctx.start("ring-destroy", ring_id=ring), errno.ETIMEDOUT)


def told(listener, text):
    """Waits for a health event with these words."""
    for note in listener.poll_ntf(120):
        if text in note["msg"]["cause"]:
            return note["msg"]
    raise AssertionError(f"no event says '{text}'")


@case("its owner is gone and nobody uses the card: after the time-out the driver resets it by itself")
def overdue():
    before, own = devices()[0]["reset-count"], stats()["own-resets"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        stuck(ctx)
        now = stats()
        equal(now["quarantined"], 1, "quarantined")
        check(now["quarantined-bytes"] > 0, "bytes in quarantine")
        equal(devices()[0]["health"], "degraded", "health")
    with parameter("quarantine_timeout_ms", 1):
        until("the driver resets the card", lambda: devices()[0]["reset-count"] == before + 1)
    equal(ready(0)["health"], "ok", "health")
    equal(told(listener, "Too much is in quarantine; the card is being reset")["health"], "degraded", "event")
    equal(told(listener, "recovered by a reset")["health"], "ok", "event")
    emu(0, "inject", "dma", "none")
    now = stats()
    equal((now["own-resets"], now["quarantined"], now["quarantined-bytes"]), (own + 1, 0, 0), "counters")
    empty()


@case("somebody else uses the card: it is only told, and reset when he has gone")
def others():
    before = devices()[0]["reset-count"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as other:
        mem, _ = other.host(64 * KIB)
        ring = other.ring(4, 1)
        with Context() as ctx:
            stuck(ctx)
        with parameter("quarantine_timeout_ms", 1):
            equal(told(listener, "others use the card")["health"], "degraded", "event")
            equal(devices()[0]["reset-count"], before, "resets")
            other.write(ring, [entry(mem, mem, 64 * KIB)])
            other.acked(ring, 1)
            other.close()
            until("the driver resets the card", lambda: devices()[0]["reset-count"] == before + 1)
    equal(ready(0)["health"], "ok", "health")
    emu(0, "inject", "dma", "none")
    empty()


@case("beyond the limit the one who has filled it is reset, though he is still there")
def limit():
    before = devices()[0]["reset-count"]
    with Context() as ctx:
        with parameter("quarantine_limit", 1):
            stuck(ctx, 1)
            equal(devices()[0]["reset-count"], before, "resets")
            stuck(ctx, 4)
            until("the driver resets the card", lambda: devices()[0]["reset-count"] == before + 1)
        emu(0, "inject", "dma", "none")
        equal(ready(0)["health"], "ok", "health")
        equal(stats()["quarantined"], 0, "quarantined")
        src, _ = ctx.host(64 * KIB)
        ring = ctx.ring(1, 2)
        ctx.write(ring, [entry(src, src, 64 * KIB)])
        ctx.acked(ring, 1)
    empty()


main()
