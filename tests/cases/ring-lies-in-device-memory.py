#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Rings whose descriptors lie in DRAM: brought there by the driver, in order, or not started."""

import errno
import os

from neuroncase import case, Context, empty, emu, entry, equal, event, main, refused, stall, until

LONGEST = 16777200


def ring_of(ctx, descriptors=96, eng=0, **attrs):
    """An attached ring in device memory."""
    ring = ctx.do("ring-create", descriptors=descriptors, kind="device", **attrs)["ring-id"]
    ctx.do("ring-attach", ring_id=ring, eng_id=eng, queue_id=0)
    return ring


def write(ctx, ring, entries):
    """Writes and starts; a job is seen to its end."""
    answer = ctx.ynl.do("ring-write", {"ctx-fd": ctx.fd, "ring-id": ring, "entry": entries, "start": True,
                                       "wait-us": 20000})
    equal((answer["done"], answer.get("error")), (len(entries), None), "done")
    if "job-id" in answer:
        ctx.finish(answer["job-id"])


@case("both channels and ports, with and without completions, move data through many turns")
def every_make():
    size = 150001
    with Context() as ctx:
        src, inp = ctx.host(size)
        dst, out = ctx.host(size)
        mem = [ctx.device(size, channel) for channel in (0, 1)]
        for channel, port, wish in ((0, 0, {}), (1, 1, {"completion": True}), (0, 1, {}),
                                    (1, 0, {"completion": True})):
            ring = ring_of(ctx, channel=channel, axi_port=port, **wish)
            view = ctx.do("ring-get", ring_id=ring)
            equal((view["kind"], view["channel"], view["axi-port"]), ("device", channel, port), "ring-get")
            for turn in range(30):
                inp[:4096] = os.urandom(4096)
                out[:4096] = bytes(4096)
                write(ctx, ring, [entry(src, mem[0], size), entry(mem[0], mem[1], size),
                                  entry(mem[1], dst, size - 4),
                                  entry(imm=turn, dst=(dst, size - size % 4 - 4), length=4)])
                ctx.acked(ring, 4)
                equal(out[:size - 8] == inp[:size - 8], True, f"bytes of turn {turn}")
            equal(ctx.do("ring-get", ring_id=ring)["acked"], 120, "acked")
            ctx.do("ring-destroy", ring_id=ring)
    empty()


@case("a ring longer than any in host memory; one too long for completions or the card is refused")
def longest():
    with Context() as ctx:
        src, inp = ctx.host(4096)
        dst, out = ctx.host(4096)
        inp[:] = os.urandom(4096)
        before = ctx.do("context-get")["device-bytes"]
        ring = ring_of(ctx, 1 << 20)
        equal(ctx.do("context-get")["device-bytes"] - before, 36 << 20, "device bytes")
        write(ctx, ring, [entry((src, i), (dst, i), 1) for i in range(500)])
        ctx.acked(ring, 500)
        equal(out[:500], inp[:500], "bytes")
        for bad, code, attr in (({"descriptors": LONGEST + 1, "kind": "device"}, errno.ERANGE, "descriptors"),
                                ({"descriptors": 262145, "kind": "device", "completion": True},
                                 errno.ERANGE, "descriptors"),
                                ({"descriptors": 262145}, errno.ERANGE, "descriptors"),
                                ({"descriptors": 64, "kind": "device", "channel": 2}, errno.EINVAL, "channel"),
                                ({"descriptors": 64, "channel": 0}, errno.EINVAL, "channel")):
            refused(code, lambda bad=bad: ctx.do("ring-create", **bad), attr=attr)
    empty()


@case("more than is brought at a time, packets among it, goes in order and is started to its end")
def windows():
    with Context() as ctx:
        src, inp = ctx.host(1 << 20)
        dst, out = ctx.host(1 << 20)
        inp[:] = os.urandom(len(inp))
        ring = ring_of(ctx, 4096)
        for _ in range(3):
            out[:] = bytes(len(out))
            number = 0
            for part in range(7):
                entries = []
                for i in range(500):
                    at = (part * 500 + i) * 200
                    more = i % 97 not in (0, 96) and i != 499
                    entries.append(entry((src, at), (dst, at), 200, **({"flags": {"more"}} if more else {})))
                ctx.write(ring, entries, start=False)
                number += 500
            ctx.do("ring-start", ring_id=ring)
            ctx.acked(ring, number)
            equal(out[:700000] == inp[:700000], True, "bytes")
    empty()


@case("several starts in one send keep their order, and a stalled copy queue only delays them")
def order():
    with Context() as ctx:
        dst, out = ctx.host(4096)
        ring = ring_of(ctx, 512)
        stall()
        jobs = []
        try:
            for value in range(1, 21):
                ctx.write(ring, [entry(imm=value, dst=dst, length=4)], start=False)
                jobs.append(ctx.start("ring-start", ring_id=ring))
            equal(ctx.do("ring-get", ring_id=ring)["started"], 0, "started while stalled")
            refused(errno.ERANGE, lambda: ctx.do("ring-start", ring_id=ring, count=1), attr="count")
        finally:
            emu(0, "inject", "dma", "none")
        for job in jobs:
            ctx.finish(job)
        ctx.acked(ring, 20)
        equal(int.from_bytes(out[:4], "little"), 20, "the last value")
    empty()


@case("detaching, resetting and closing do not wait for a start on its way, which starts nothing then")
def middle():
    for how in ("ring-detach", "device-reset", "close"):
        with Context() as ctx:
            dst, out = ctx.host(4096)
            ring = ring_of(ctx, 512)
            stall()
            try:
                ctx.write(ring, [entry(imm=7, dst=dst, length=4)], start=False)
                job = ctx.start("ring-start", ring_id=ring)
                if how == "ring-detach":
                    ctx.do("ring-detach", ring_id=ring)
                    equal(ctx.do("ring-get", ring_id=ring)["state"], "detached", "state")
                elif how == "device-reset":
                    ctx.do("device-reset")
            finally:
                emu(0, "inject", "dma", "none")
            if how != "close":
                ctx.fails(job, errno.ECANCELED)
                equal(out[:4], bytes(4), "nothing was written")
            if how == "ring-detach":
                ctx.do("ring-attach", ring_id=ring, eng_id=1, queue_id=3)
                write(ctx, ring, [entry(imm=9, dst=dst, length=4), event(5, 1)])
                ctx.acked(ring, 2)
                equal((out[0], ctx.event(0, 5)), (9, 1), "works again")
        empty()


@case("a start whose descriptors cannot be brought starts nothing, and can be repeated")
def failing():
    with Context() as ctx:
        dst, out = ctx.host(4096)
        ring = ring_of(ctx, 512)
        ctx.write(ring, [entry(imm=7, dst=dst, length=4)], start=False)
        stall()
        try:
            first = ctx.start("ring-start", ring_id=ring)
            ctx.do("job-cancel", job_id=first)
            ctx.ask("ring-start", ring_id=ring, wait_us=0)
        finally:
            emu(0, "inject", "dma", "none")

        def ended():
            job = ctx.do("job-get", job_id=first, wait_us=20000)
            return job if job["job-state"] != "running" else None
        until("the start has ended", ended)
        until("no job runs", lambda: all(job["job-state"] != "running" for job in
                                         ctx.ynl.dump("job-get", {"ctx-fd": ctx.fd})))
        if not ctx.do("ring-get", ring_id=ring)["started"]:
            ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, 1)
        equal(out[0], 7, "value")
    empty()


main()
