#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 everywhere=yes
"""Rings move data between host memory and both DRAM channels; events tell the end."""

import hashlib
import os

from neuroncase import case, Context, empty, entry, equal, event, main, until

MIB = 1 << 20


@case("host to channel 0 to channel 1 to host over three rings on two engines")
def pipeline():
    size = 5 * MIB + 12345
    with Context() as ctx:
        src, inp = ctx.host(size)
        dst, out = ctx.host(size)
        low, high = ctx.device(size, 0), ctx.device(size, 1)
        inp[:] = os.urandom(len(inp))
        rings = [ctx.ring(0, 0), ctx.ring(1, 0), ctx.ring(0, 1)]
        for number in range(3):
            ctx.do("event-set", nc_id=0, event_id=number, value=0)
        queue = ctx.queue(0)
        stages = ((src, low), (low, high), (high, dst))
        for number, (ring, (source, target)) in enumerate(zip(rings, stages)):
            ctx.write(ring, [entry(source, target, size), event(number, 1)])
            equal(queue.next(), (2, 0, 0, number, 1), "record")
            ctx.acked(ring, 2)
        queue.ack()
        equal(hashlib.sha256(out[:size]).hexdigest(), hashlib.sha256(inp[:size]).hexdigest(), "digest")
    empty()


@case("odd offsets and lengths, one byte to more than a descriptor, move just their bytes")
def odd():
    with Context() as ctx:
        src, inp = ctx.host(MIB)
        dst, out = ctx.host(MIB)
        mem = ctx.device(MIB)
        inp[:] = os.urandom(MIB)
        ring = ctx.ring()
        for off, length in ((0, 1), (1, 3), (4095, 2), (65535, 65537), (7, 65536), (3, 200001), (0, MIB)):
            out[:] = bytes(MIB)
            ctx.write(ring, [entry((src, off), (mem, off), length)])
            ctx.acked(ring, 1)
            ctx.write(ring, [entry((mem, off), (dst, off), length)])
            ctx.acked(ring, 1)
            equal(out[:], bytes(off) + inp[off:off + length] + bytes(MIB - off - length),
                  f"{length} bytes at {off}")


@case("a ring goes round many times, its length no power of two")
def wraps():
    with Context() as ctx:
        src, inp = ctx.host(4096)
        dst, out = ctx.host(4096)
        ring = ctx.ring(4, 7, descriptors=80)
        for turn in range(200):
            inp[0:8] = turn.to_bytes(8, "little")
            ctx.write(ring, [entry(src, dst, 8)] + [entry((src, 8), (dst, 8), 8)] * (turn % 9))
            ctx.acked(ring, 1 + turn % 9)
            equal(int.from_bytes(out[0:8], "little"), turn, "word")
        equal(ctx.do("ring-get", ring_id=ring)["acked"], 200 + sum(t % 9 for t in range(200)), "acked")


@case("immediates are written to memory, and every engine of the card works")
def engines():
    with Context() as ctx:
        dst, out = ctx.host(4096)
        for eng in range(12):
            ring = ctx.ring(eng, 14)
            ctx.write(ring, [entry(None, (dst, 4 * eng), 4, imm=0xC0DE0000 + eng)])
            ctx.acked(ring, 1)
            equal(int.from_bytes(out[4 * eng:4 * eng + 4], "little"), 0xC0DE0000 + eng, "word")
        states = {eng["eng-id"]: eng["queues-used"] for eng in ctx.ynl.dump("engine-get", {"dev-index": 0})}
        equal([states[eng] >= 1 for eng in range(12)], [True] * 12, "queues in use")
        equal(len(ctx.ynl.dump("ring-get", {"ctx-fd": ctx.fd})), 12, "rings")


@case("event records come for changes only, in order, and wrap with the phase bit")
def events():
    with Context() as ctx:
        ctx.do("event-set", nc_id=2, event_id=9, value=0)
        queue = ctx.queue(2)
        ring = ctx.do("ring-create", descriptors=256)["ring-id"]
        ctx.do("ring-attach", ring_id=ring, nc_id=2)
        total = 0
        for _ in range(30):
            ctx.write(ring, [event(9, value, core=2) for value in (1, 1, 0, 1, 0, 0) * 5])
            for value in (1, 0, 1, 0) * 5:
                equal(queue.next(), (2, 0, 2, 9, value), f"record {total}")
                total += 1
            ctx.acked(ring, 30)
            queue.ack()
            equal(ctx.event(2, 9), 0, "event")
        equal(total > 4096 // 16, True, "the queue wrapped")
        equal(ctx.do("nq-get", nq_id=queue.id)["head"], queue.head, "head")
        until("no record is left", lambda: queue.poll() is None)


@case("two processes use one card at a time and do not see each other's ids")
def two():
    pid = os.fork()
    if pid == 0:
        work(1)
        os._exit(0)
    work(0)
    equal(os.waitpid(pid, 0)[1], 0, "the other process")
    empty()


def work(engine):
    with Context() as ctx:
        src, inp = ctx.host(256 << 10)
        dst, out = ctx.host(256 << 10)
        mem = ctx.device(256 << 10, engine)
        ring = ctx.ring(engine, 5)
        for _ in range(20):
            inp[:] = os.urandom(256 << 10)
            ctx.write(ring, [entry(src, mem, 256 << 10), entry(mem, dst, 256 << 10)])
            ctx.acked(ring, 2)
            if out[:] != inp[:]:
                os._exit(3)


main()
