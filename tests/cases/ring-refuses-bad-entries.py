#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Rings: everything wrong is refused before the hardware is touched."""

import errno

from neuroncase import (case, check, Context, empty, emu, entry, entry_refused, equal, event, main,
                        refused)

PAGE = 4096


def fresh(ctx):
    src, _ = ctx.host(PAGE)
    dst, _ = ctx.host(PAGE)
    return src, dst, ctx.ring()


@case("unknown memory, zero length and ranges outside are refused by name")
def bad_ranges():
    with Context() as ctx:
        src, dst, ring = fresh(ctx)
        entry_refused(errno.ENOENT, ctx, ring, entry(4711, dst, 16), attr="src-mem")
        entry_refused(errno.ENOENT, ctx, ring, entry(src, 4711, 16), attr="dst-mem")
        entry_refused(errno.EINVAL, ctx, ring, entry(src, dst, 0), attr="length")
        entry_refused(errno.ERANGE, ctx, ring, entry(src, dst, PAGE + 1))
        entry_refused(errno.ERANGE, ctx, ring, entry((src, 1), dst, PAGE))
        entry_refused(errno.ERANGE, ctx, ring, entry(src, (dst, PAGE), 1))
        entry_refused(errno.EINVAL, ctx, ring, entry(src, dst))
        entry_refused(errno.EINVAL, ctx, ring, entry(None, dst, 16))
        entry_refused(errno.EINVAL, ctx, ring, entry(src, None, 16))


@case("offset plus length that wraps 32 or 64 bits is refused")
def overflow():
    with Context() as ctx:
        src, dst, ring = fresh(ctx)
        for offset, length in (((1 << 32) - 16, 32), (1 << 32, 16), (16, (1 << 32) - 16),
                               (0, 1 << 32)):
            entry_refused(errno.ERANGE, ctx, ring, entry((src, offset), dst, length))
            entry_refused(errno.ERANGE, ctx, ring, entry(src, (dst, offset), length))
        for offset, length in (((1 << 64) - 16, 32), (16, (1 << 64) - 16), ((1 << 64) - 1, 1)):
            entry_refused(errno.EOVERFLOW, ctx, ring, entry((src, offset), dst, length))
        for offset, length in (((1 << 64) - 16, 32), ((1 << 64) - 1, 1)):
            entry_refused(errno.EOVERFLOW, ctx, ring, entry(src, (dst, offset), length))


@case("immediates and event registers take four bytes and existing registers")
def registers():
    with Context() as ctx:
        src, dst, ring = fresh(ctx)
        entry_refused(errno.EINVAL, ctx, ring, entry(imm=1, dst_event=0, dst_core=0, length=8))
        entry_refused(errno.ERANGE, ctx, ring, event(256, 1))
        entry_refused(errno.ERANGE, ctx, ring, event(0, 1, core=4))
        entry_refused(errno.EINVAL, ctx, ring, entry(src, dst, 4, imm=1))
        entry_refused(errno.EINVAL, ctx, ring, entry(imm=1, dst_event=0, length=4))
        refused(errno.ERANGE, lambda: ctx.do("event-set", nc_id=4, event_id=0, value=1), attr="nc-id")
        refused(errno.ERANGE, lambda: ctx.do("event-set", nc_id=0, event_id=256, value=1), attr="event-id")
        refused(errno.ERANGE, lambda: ctx.do("event-set", nc_id=0, event_id=0, value=2), attr="value")


@case("a ring is attached once, to a queue that exists, is free and not the driver's")
def attach():
    with Context() as ctx, Context() as other:
        ring = ctx.ring(0, 3)
        refused(errno.EBUSY, lambda: ctx.do("ring-attach", ring_id=ring, eng_id=0, queue_id=4))
        spare = other.do("ring-create", descriptors=64)["ring-id"]

        def put(eng, queue):
            return lambda: other.do("ring-attach", ring_id=spare, eng_id=eng, queue_id=queue)
        refused(errno.EBUSY, put(0, 3))
        refused(errno.ERANGE, put(12, 0), attr="eng-id")
        refused(errno.ERANGE, put(0, 16), attr="queue-id")
        refused(errno.ERANGE, put((1 << 32) - 1, 0), attr="eng-id")
        for core in range(4):
            refused(errno.EPERM, put(3 * core + 2, 15))
        refused(errno.ERANGE, lambda: other.do("ring-attach", ring_id=spare, nc_id=4), attr="nc-id")
        refused(errno.ENOENT, lambda: other.do("ring-attach", ring_id=999, nc_id=0), attr="ring-id")
        equal(other.do("ring-get", ring_id=spare)["state"], "detached", "state")
        ctx.do("ring-detach", ring_id=ring)
        put(0, 3)()
        equal(other.do("ring-get", ring_id=spare)["state"], "attached", "state")
    empty()


@case("ring sizes out of range are refused, others rounded up and told")
def sizes():
    with Context() as ctx:
        for descriptors in (0, 31, (1 << 32) - 1):
            refused(errno.ERANGE, lambda n=descriptors: ctx.do("ring-create", descriptors=n),
                    attr="descriptors")
        refused(errno.EINVAL, lambda: ctx.do("ring-create"), attr="descriptors")
        equal(ctx.do("ring-create", descriptors=33)["descriptors"], 48, "descriptors")


@case("more than fits is refused, and what was written before stays")
def full():
    with Context() as ctx:
        src, dst, _ = fresh(ctx)
        ring = ctx.ring(5, 3, descriptors=32)
        try:
            ctx.write(ring, [entry(src, dst, 16)] * 40, start=False)
        except Exception as partial:	# pylint: disable=broad-except
            answer = getattr(partial, "answer", None)
            check(answer, str(partial))
        else:
            raise AssertionError("40 entries went into a ring of 32")
        equal(-answer["error"], errno.ENOSPC, "errno")
        equal(answer["error-index"], answer["done"], "error-index")
        check(0 < answer["done"] <= 16, f"done {answer['done']}")
        equal(ctx.do("ring-get", ring_id=ring)["written"], answer["done"], "written")
        entry_refused(errno.ENOSPC, ctx, ring, entry(src, dst, 16))
        ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, answer["done"])
        equal(ctx.write(ring, [entry(src, dst, 16)])["done"], 1, "written after the ack")
        ctx.acked(ring, 1)


@case("a bad entry in the middle stops the list there and says where")
def middle():
    with Context() as ctx:
        src, dst, ring = fresh(ctx)
        try:
            ctx.write(ring, [entry(src, dst, 16), entry(src, dst, 32), entry(4711, dst, 16),
                             entry(src, dst, 8)])
        except Exception as partial:	# pylint: disable=broad-except
            answer = getattr(partial, "answer", None)
            check(answer, str(partial))
        else:
            raise AssertionError("the list went through")
        equal((answer["done"], answer["error-index"], -answer["error"]), (2, 2, errno.ENOENT), "answer")
        check(answer["error-text"], "no sentence")
        if ctx.do("ring-get", ring_id=ring)["started"] == 0:
            ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, 2)


@case("no more is started than was written, and no more handed back than started")
def counts():
    with Context() as ctx:
        src, dst, ring = fresh(ctx)
        refused(errno.ERANGE, lambda: ctx.do("ring-start", ring_id=ring, count=1), attr="count")
        ctx.write(ring, [entry(src, dst, 16)] * 3, start=False)
        refused(errno.ERANGE, lambda: ctx.do("ring-start", ring_id=ring, count=4), attr="count")
        refused(errno.ERANGE, lambda: ctx.do("ring-start", ring_id=ring, count=0), attr="count")
        refused(errno.ERANGE, lambda: ctx.do("ring-ack", ring_id=ring, count=1), attr="count")
        equal(ctx.do("ring-start", ring_id=ring, count=2)["count"], 2, "started")
        refused(errno.ERANGE, lambda: ctx.do("ring-ack", ring_id=ring, count=3), attr="count")
        ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, 3)
        state = ctx.do("ring-get", ring_id=ring)
        equal([state[key] for key in ("written", "started", "finished", "acked")], [3] * 4, "marks")


@case("a detached ring takes no entries and does not start")
def detached():
    with Context() as ctx:
        src, dst, _ = fresh(ctx)
        ring = ctx.do("ring-create", descriptors=64)["ring-id"]
        refused(errno.ENOTCONN, lambda: ctx.write(ring, [entry(src, dst, 16)]))
        refused(errno.ENOTCONN, lambda: ctx.do("ring-start", ring_id=ring))
        ctx.do("ring-destroy", ring_id=ring)
        refused(errno.ENOENT, lambda: ctx.do("ring-get", ring_id=ring), attr="ring-id")
        refused(errno.ENOENT, lambda: ctx.do("ring-destroy", ring_id=ring), attr="ring-id")


@case("destroying a ring in the middle of its work stops it and frees everything")
def destroy_busy():
    with Context() as ctx:
        card = 0
        src, _ = ctx.host(1 << 20)
        dst, _ = ctx.host(1 << 20)
        ring = ctx.ring(0, 0)
        emu(card, "inject", "dma", "slow", 200)
        ctx.write(ring, [entry(src, dst, 1 << 20)] * 4)
        ctx.do("ring-destroy", ring_id=ring)
        emu(card, "inject", "dma", "slow", 0)
        refused(errno.ENOENT, lambda: ctx.do("ring-get", ring_id=ring), attr="ring-id")
        again = ctx.ring(0, 0)
        ctx.write(again, [entry(src, dst, 65536)])
        ctx.acked(again, 1)
    empty()


main()
