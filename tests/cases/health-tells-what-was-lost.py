#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Causes of aborts, notification records without room, links that go down: event, counter, and on it goes."""

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, family, looker, main, ready,
                        stats, until)

KIB = 1 << 10


def told(listener, want):
    """The first health event that want() takes."""
    for note in listener.poll_ntf(120):
        if want(note["msg"]):
            return note["msg"]
    raise AssertionError("no such event")


@case("an abort comes with its cause, in words and raw, in the event and afterwards")
def cause():
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        ctx.do("device-reset")
        src, _ = ctx.host(64 * KIB)
        ring = ctx.ring(4, 1)
        before = ctx.ynl.do("engine-get", {"dev-index": 0, "eng-id": 4})
        check("cause" not in before, f"a cause without an abort: {before}")
        emu(0, "inject", "dma", "abort", 4)
        note = told(listener, lambda msg: msg.get("eng-id") == 4)
        equal(note["cause"], "A DMA engine aborted: a source could not be read", "cause")
        equal((note["cause-m2s"], note["cause-s2m"], note["cause-parity"]), (1 << 8, 0, 0), "raw causes")
        for key in ("engine-aborts", "fwio-timeouts", "links-lost"):
            equal(note[key], stats()[key], f"{key} in the event")
        after = ctx.ynl.do("engine-get", {"dev-index": 0, "eng-id": 4})
        equal(after["revision"], 4, "revision of the engine")
        for key in ("cause", "cause-m2s", "cause-s2m", "cause-parity"):
            equal(after.get(key), note[key], f"{key} of the engine")
        ctx.do("engine-set", eng_id=4, action="recover")
        equal(ctx.ynl.do("engine-get", {"dev-index": 0, "eng-id": 4})["cause"], note["cause"],
              "cause after the recovery")
        ctx.do("ring-destroy", ring_id=ring)
        ring = ctx.ring(4, 1)
        ctx.write(ring, [entry(src, src, 64 * KIB)])
        ctx.acked(ring, 1)
        ctx.do("device-reset")
        check("cause" not in ctx.ynl.do("engine-get", {"dev-index": 0, "eng-id": 4}), "cause after a reset")
    empty()


@case("a full notification queue: what did not find room is counted and told, and the reader goes on")
def overrun():
    before = stats()["nq-overruns"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        ctx.do("device-reset")
        queue = ctx.queue(2)
        queue.ack()
        emu(0, "inject", "nq", "overflow", 3)
        for value in (1, 0, 1):
            ctx.do("event-set", nc_id=2, event_id=9, value=value)
        note = told(listener, lambda msg: "lost records" in msg["cause"])
        equal((note["nc-id"], note["nq-type"], note["nq-eng"]), (2, "event", 0), "queue in the event")
        until("all three are counted", lambda: stats()["nq-overruns"] == before + 3)
        equal(queue.poll(), None, "records")
        ctx.do("event-set", nc_id=2, event_id=9, value=0)
        equal(queue.next()[3:], (9, 0), "the next record")
        equal(devices()[0]["health"], "ok", "health")
    empty()


@case("a record with a wrong phase is not taken for new; a new queue works")
def phase():
    with Context() as ctx:
        ctx.do("device-reset")
        queue = ctx.queue(3)
        emu(0, "inject", "nq", "wrong-phase")
        ctx.do("event-set", nc_id=3, event_id=5, value=1)
        until("it was written", lambda: any(queue.view[:16]))
        equal(queue.poll(), None, "record")
        emu(0, "inject", "none")
        ctx.do("nq-destroy", nq_id=queue.id)
        queue = ctx.queue(3)
        ctx.do("event-set", nc_id=3, event_id=5, value=0)
        equal(queue.next()[3:], (5, 0), "record of the new queue")
    empty()


@case("a link that goes down is told and counted, and is up again when it comes back")
def link():
    def links():
        return {port["port"]: port["link-state"] for port in looker().dump("neighbor-get", {"dev-index": 0})}
    before = stats()["links-lost"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        def refreshed(state):
            ctx.do("neighbor-refresh")
            return links()["east"] == state
        until("the link is up", lambda: refreshed("up"))
        emu(0, "link", "east", "down")
        ctx.do("neighbor-refresh")
        note = told(listener, lambda msg: msg.get("port") == "east" and msg["dev-index"] == 0)
        equal((note["cause"], note["health"]), ("A link to a neighbour went down", "ok"), "event")
        equal(stats()["links-lost"], before + 1, "links lost")
        equal(links()["east"], "down", "link")
        emu(0, "link", "east", "up")
        until("the link is up again", lambda: refreshed("up"))
    ready(0)


main()
