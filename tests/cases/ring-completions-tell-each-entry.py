#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Rings of every make move data; completions tell of each entry, whatever is wrong with them."""

import errno
import os

from neuroncase import case, Context, emu, empty, entry, equal, main, refused, until

LONGEST = 262144


def ring_of(ctx, descriptors=256, **attrs):
    """An attached ring of engine 0."""
    ring = ctx.do("ring-create", descriptors=descriptors, **attrs)["ring-id"]
    ctx.do("ring-attach", ring_id=ring, nc_id=0)
    return ring


def states(ctx, ring):
    """States of the entries that are not handed back."""
    return [one["state"] for one in ctx.do("ring-read", ring_id=ring).get("entry", [])]


@case("both ports, with and without completions, move the same data through many turns")
def every_make():
    size = 200001
    with Context() as ctx:
        src, inp = ctx.host(size)
        dst, out = ctx.host(size)
        mem = [ctx.device(size, channel) for channel in (0, 1)]
        for port in (0, 1):
            for completion in (False, True):
                wish = {"completion": True} if completion else {}
                ring = ring_of(ctx, 96, axi_port=port, **wish)
                view = ctx.do("ring-get", ring_id=ring)
                equal((view["axi-port"], view.get("completion", False)), (port, completion), "ring-get")
                for turn in range(40):
                    inp[:4096] = os.urandom(4096)
                    out[:4096] = bytes(4096)
                    ctx.write(ring, [entry(src, mem[0], size), entry(mem[0], mem[1], size),
                                     entry(mem[1], dst, size)])
                    ctx.acked(ring, 3)
                    equal(out[:size] == inp[:size], True, f"bytes of turn {turn}")
                view = ctx.do("ring-get", ring_id=ring)
                equal((view["acked"], view.get("failed", 0)), (120, 0), "acked and failed")
                ctx.do("ring-destroy", ring_id=ring)
    empty()


@case("the longest ring of host memory works; a longer one is refused")
def longest():
    with Context() as ctx:
        refused(errno.ERANGE, lambda: ctx.do("ring-create", descriptors=LONGEST + 1), attr="descriptors")
        src, inp = ctx.host(4096)
        dst, out = ctx.host(4096)
        ring = ring_of(ctx, LONGEST, completion=True)
        equal(ctx.do("ring-get", ring_id=ring)["free"], LONGEST - 17, "free")
        inp[:] = os.urandom(4096)
        ctx.write(ring, [entry((src, i), (dst, i), 1) for i in range(512)])
        ctx.acked(ring, 512)
        equal(out[:512], inp[:512], "bytes")
    empty()


@case("without a marker in between, entries are finished one by one")
def one_by_one():
    with Context() as ctx:
        src, inp = ctx.host(4096)
        inp[:] = b"x" * 4096
        for wish, first in (({}, "started"), ({"completion": True}, "finished")):
            dst, out = ctx.host(4096)
            ring = ring_of(ctx, **wish)
            ctx.write(ring, [entry(src, (dst, 4 * i), 4) for i in range(5)], start=False)
            ctx.do("ring-start", ring_id=ring, count=2)
            until("both are copied", lambda out=out: out[4:8] == b"xxxx")
            if wish:
                until("both finished", lambda ring=ring: states(ctx, ring)[:2] == ["finished"] * 2)
            equal(states(ctx, ring), [first] * 2 + ["written"] * 3, f"states with {wish}")
            if wish:
                ctx.acked(ring, 2)
            ctx.do("ring-start", ring_id=ring)
            ctx.acked(ring, 3 if wish else 5)
            ctx.do("ring-destroy", ring_id=ring)
    empty()


def faulty(ctx, ring, src, dst, inject):
    """Eight entries, before which completions were made wrong or lost."""
    eng = ctx.do("ring-get", ring_id=ring)["eng-id"]
    ctx.write(ring, [entry(src, (dst, 4 * i), 4) for i in range(8)], start=False)
    ctx.do("ring-start", ring_id=ring, count=3)
    until("three finished", lambda: states(ctx, ring)[:3] == ["finished"] * 3)
    emu(0, "inject", "dma", inject, eng)
    ctx.do("ring-start", ring_id=ring)
    until("none on its way", lambda: not {"started", "written"} & set(states(ctx, ring)))
    return states(ctx, ring)


@case("a wrong completion makes its entry a failed one, and no other")
def wrong():
    with Context() as ctx:
        src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
        ring = ring_of(ctx, completion=True)
        equal(faulty(ctx, ring, src, dst, "wrong-completion"),
              ["finished"] * 3 + ["failed"] + ["finished"] * 4, "states")
        equal(ctx.do("ring-get", ring_id=ring)["failed"], 1, "failed")
        ctx.acked(ring, 8)
        equal(ctx.do("ring-get", ring_id=ring)["failed"], 1, "failed, handed back")
    empty()


@case("a lost completion holds nothing up: the end of the list tells that its entry is finished")
def lost():
    with Context() as ctx:
        src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
        ring = ring_of(ctx, 48, completion=True)
        for _ in range(20):
            equal(faulty(ctx, ring, src, dst, "lost-completion"), ["finished"] * 8, "states")
            ctx.acked(ring, 8)
        view = ctx.do("ring-get", ring_id=ring)
        equal((view["acked"], view["failed"]), (160, 0), "acked and failed")
    empty()


@case("what cannot be is refused by name")
def refusals():
    with Context() as ctx:
        refused(errno.ERANGE, lambda: ctx.do("ring-create", descriptors=64, axi_port=2), attr="axi-port")
    empty()


main()
