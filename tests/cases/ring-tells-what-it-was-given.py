#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Rings: entries can be read back with their state, and several of them can be one packet."""

import errno
import os

from datapath import traced
from neuroncase import (case, Context, empty, emu, entry, entry_refused, equal, event, main, Partial,
                        refused, until)

KIB = 1 << 10
BARRIER, INTERRUPT = 1 << 30, 1 << 28	# in word 0 of descriptors


def given(src, dst):
    """Entries of all kinds, written without anything left to a default."""
    return [entry((src, 8), (dst, 16), 24), entry(imm=0xCAFE, dst=(dst, 64), length=4),
            entry(imm=1, dst_event=7, dst_core=1, length=4),
            entry(imm=3, dst_semaphore=5, dst_core=1, semaphore_op="increment", length=4),
            entry((src, 0), (dst, 128), 100, flags={"barrier", "interrupt"}),
            entry((src, 0), (dst, 256), 3000, flags={"more"}), entry((src, 4), (dst, 3800), 5)]


def told(ctx, ring, **attrs):
    """Entries as told, and their states."""
    answer = ctx.do("ring-read", ring_id=ring, **attrs)
    entries = answer.get("entry", [])
    equal(answer["count"], len(entries), "count")
    states = [one.pop("state") for one in entries]
    for one in entries:
        if "flags" in one:
            one["flags"] = set(one["flags"])
    return entries, states, answer["first"]


@case("entries are told as they were given, from written to handed back")
def reads():
    with Context() as ctx:
        src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
        ring = ctx.ring()
        want = given(src, dst)
        equal(told(ctx, ring), ([], [], 0), "an empty ring")
        ctx.write(ring, want, start=False)
        equal(told(ctx, ring), (want, ["written"] * 7, 0), "written")
        equal(told(ctx, ring, first=3, count=2), (want[3:5], ["written"] * 2, 3), "two of them")
        equal(told(ctx, ring, first=7), ([], [], 7), "behind the last")
        equal(told(ctx, ring, first=(1 << 64) - 1), ([], [], (1 << 64) - 1), "far behind the last")
        ctx.do("ring-start", ring_id=ring)
        until("all finished", lambda: told(ctx, ring)[1] == ["finished"] * 7)
        ctx.acked(ring, 3)
        equal(told(ctx, ring), (want[3:], ["finished"] * 4, 3), "three handed back")
        equal(told(ctx, ring, first=1, count=1), (want[3:4], ["finished"], 3), "from a gone one")
        ctx.do("ring-detach", ring_id=ring)
        equal(told(ctx, ring), ([], [], 0), "detached")
    empty()


@case("what was started on a stalled engine is told as started, and more than fits is told in parts")
def parts():
    with Context() as ctx:
        src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
        ring = ctx.ring(0, 0)
        want = [entry((src, i), (dst, i), 1) for i in range(100)]
        emu(0, "inject", "dma", "stall", "0")
        try:
            ctx.write(ring, want[:60])
            ctx.write(ring, want[60:], start=False)
            entries, states, first = [], [], 0
            while first < 100:
                part = told(ctx, ring, first=first)
                equal((part[2], len(part[0]) <= 32), (first, True), "part")
                entries, states, first = entries + part[0], states + part[1], first + len(part[0])
        finally:
            emu(0, "inject", "dma", "none")
        equal((entries, states), (want, ["started"] * 60 + ["written"] * 40), "all parts")
    empty()


@case("a packet of several entries gathers and scatters, also where the ring begins anew")
def packets():
    with Context() as ctx:
        src, inp = ctx.host(256 * KIB)
        dst, out = ctx.host(256 * KIB)
        mem = ctx.device(256 * KIB)
        inp[:] = os.urandom(len(inp))
        ring = ctx.ring(descriptors=96)
        for turn in range(40):
            out[:] = bytes(len(out))
            cuts = [0, 1, 5000 + turn, 5003 + turn, 70000, 140001, 200000]
            spans = list(zip(cuts, cuts[1:]))
            ahead = [entry((src, a), (mem, 200000 - b), b - a, flags={"more"}) for a, b in spans]
            back = [entry((mem, 200000 - b), (dst, a), b - a, flags={"more"}) for a, b in spans]
            ahead[-1].pop("flags")
            back[-1].pop("flags")
            ctx.write(ring, ahead + back)
            ctx.acked(ring, 12)
            equal(out[:200000] == inp[:200000], True, f"bytes of turn {turn}")
            equal(out[200000:] == bytes(len(out) - 200000), True, f"rest of turn {turn}")
    empty()


@case("a packet has up to 128 descriptors and 1048575 bytes, an immediate or register among them")
def largest():
    with Context() as ctx:
        src, inp = ctx.host(1 << 20)
        dst, out = ctx.host(1 << 20)
        inp[:] = os.urandom(len(inp))
        ring = ctx.ring(descriptors=512)
        mem = ctx.device(1 << 20)
        small = [entry((src, 2 * i), (dst, 2 * i), 2, flags={"more"}) for i in range(126)]
        ctx.write(ring, small + [entry(imm=0x1234, dst=(dst, 256), length=4, flags={"more"}), event(3, 1)])
        ctx.acked(ring, 128)
        equal((out[:252], out[256:260], ctx.event(0, 3)), (inp[:252], b"\x34\x12\0\0", 1), "128 pieces")
        ctx.write(ring, [entry((src, 0), (mem, 0), 524288, flags={"more"}),
                         entry((src, 524288), (mem, 524288), 524287)])
        ctx.write(ring, [entry((mem, 0), (dst, 0), (1 << 20) - 1)])
        ctx.acked(ring, 3)
        equal(out[:-1] == inp[:-1], True, "bytes of the longest packet")
    empty()


@case("packets that cannot be are refused as a whole, and never started in part")
def refusals():
    with Context() as ctx:
        src, dst = ctx.host(1 << 20)[0], ctx.host(1 << 20)[0]
        ring = ctx.ring(descriptors=512)
        good = entry(src, dst, 4)
        more = entry(src, dst, 4, flags={"more"})

        def stops(entries, want, index, done=0):
            before = ctx.do("ring-get", ring_id=ring)["written"]
            try:
                ctx.write(ring, entries, start=False)
            except Partial as partial:
                equal((partial.error, partial.answer["done"], partial.answer["error-index"]),
                      (want, done, index), "partial")
            equal(ctx.do("ring-get", ring_id=ring)["written"], before + done, "written")

        entry_refused(errno.EINVAL, ctx, ring, more)
        refused(errno.E2BIG, lambda: ctx.write(ring, [more] * 128 + [good], start=False),
                text="more descriptors")
        refused(errno.E2BIG, lambda: ctx.write(ring, [entry(src, dst, (1 << 20) - 4, flags={"more"}),
                                                      good], start=False), text="more bytes")
        refused(errno.EINVAL, lambda: ctx.write(ring, [more, entry(src, dst, 4, flags={"barrier"})],
                                                start=False), text="barrier")
        stops([good, more], errno.EINVAL, 1, done=1)
        stops([good, good, more, more, entry(src, 4711, 4)], errno.ENOENT, 4, done=2)
        stops([good, more, entry((src, 1 << 20), dst, 4), good], errno.ERANGE, 2, done=1)
        ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, 4)
        ctx.write(ring, [good, more, good], start=False)
        refused(errno.ERANGE, lambda: ctx.do("ring-start", ring_id=ring, count=2), attr="count")
        equal(ctx.do("ring-get", ring_id=ring)["started"], 4, "started")
        ctx.do("ring-start", ring_id=ring, count=1)
        ctx.do("ring-start", ring_id=ring, count=2)
        ctx.acked(ring, 3)
    empty()


@case("a barrier reaches the sending descriptor, an interrupt the receiving one, and each only its entry's")
def flags():
    wishes = [set(), {"barrier"}, {"interrupt"}, {"barrier", "interrupt"}, set(), {"more", "barrier"}]
    with Context() as ctx:
        src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
        ring = ctx.ring(7, 0)
        entries = [entry((src, 64 * at), (dst, 64 * at), 48, flags=wish) for at, wish in enumerate(wishes)]

        def work():
            ctx.write(ring, entries + [entry(src, (dst, 1024), 16)])
            ctx.acked(ring, len(entries) + 1)
        packets = [line for line in traced(work, "dma") if (line["engine"], line["queue"]) == (7, 0)]
        equal([line["bytes"] for line in packets], [48] * 5 + [64, 4], "bytes of the packets")
        for wish, packet in zip(wishes, packets):
            sent, received = (int(packet[half][0], 16) for half in ("m2s", "s2m"))
            equal((bool(sent & BARRIER), bool(received & INTERRUPT), sent & INTERRUPT),
                  ("barrier" in wish, "interrupt" in wish, 0), f"descriptors of an entry with {wish}")
    empty()


main()
