#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=240 kernels="6.1 debug"
"""Faults that break nothing: spoiled bytes, slow engines, links, records, noted bus errors.

INJECTIONS.md lists all faults and the cases that answer them.
"""

import os
import struct

from neuroncase import (case, check, Context, COPY_ENGINES, devices, empty, emu, entry, equal, family,
                        main, stats, until)

KIB = 1 << 10
AER_CAPABILITY = 1
AER_UNCORRECTABLE, AER_CORRECTABLE = 0x04, 0x10


def copy(src, dst, length):
    """The attributes of one copy."""
    return {"transfer": [{"src-mem": src, "dst-mem": dst, "length": length}]}


def spoiled(want):
    """Bytes of which the first one came inverted."""
    return bytes([want[0] ^ 0xff]) + want[1:]


def unhurt(before):
    """The driver has noticed nothing, for nothing happened that it can notice."""
    now = stats()
    for name in ("engine-aborts", "copy-failures", "fwio-timeouts", "fwio-errors", "resets", "links-lost",
                 "nq-overruns", "pcie-errors"):
        equal(now[name], before[name], name)
    dev = devices()[0]
    equal((dev["state"], dev["health"]), ("ready", "ok"), "state and health")


@case("dma corrupt: what the hardware spoils arrives spoiled, one byte, and nothing else")
def corrupt():
    size = 64 * KIB
    with Context() as ctx:
        src, inp = ctx.host(size)
        dst, out = ctx.host(size)
        inp[:] = os.urandom(size)
        ring = ctx.ring(0, 0)
        before = stats()
        for engine in COPY_ENGINES:
            emu(0, "inject", "dma", "corrupt", engine)
        equal(ctx.do("mem-copy", **copy(src, dst, size))["done"], 1, "done")
        check(out[:] == spoiled(inp[:]), "the first byte of a copy, and no other")
        emu(0, "inject", "dma", "none")
        emu(0, "inject", "dma", "corrupt", 0)
        for want in (spoiled(inp[:]), inp[:]):
            ctx.write(ring, [entry(src, dst, size)])
            ctx.acked(ring, 1)
            check(out[:] == want, "the first byte of a ring's next packet, and of no other")
        equal(ctx.do("mem-copy", **copy(src, dst, size))["done"], 1, "done")
        check(out[:] == inp[:], "copies are whole again")
        unhurt(before)
    empty()


@case("dma slow: what is slow is waited for, and is no fault")
def slow():
    size = 64 * KIB
    with Context() as ctx:
        src, inp = ctx.host(size)
        dst, out = ctx.host(size)
        inp[:] = os.urandom(size)
        ring = ctx.ring(0, 0)
        before = stats()
        emu(0, "inject", "dma", "slow", 1000000)
        job = ctx.ask("mem-copy", wait_us=0, **copy(src, dst, size))
        equal(job["job-state"], "running", "job")
        ctx.write(ring, [entry(src, dst, 16), entry(src, dst, 16)])
        equal(ctx.do("ring-get", ring_id=ring)["finished"], 0, "finished at once")
        emu(0, "inject", "dma", "slow", 1000)
        equal(ctx.finish(job["job-id"])["done"], 1, "done")
        ctx.acked(ring, 2)
        emu(0, "inject", "dma", "resume")
        check(out[:] == inp[:], "all of it arrived")
        unhurt(before)
    empty()


def around(place):
    """(east, west) of the card at this place on the bus, as indexes; and all in order."""
    order = sorted(devices(), key=lambda index: devices()[index]["bus-name"])
    count = len(order)
    return order[(place + 1) % count], order[(place - 1) % count], order


def link(index, port):
    """State of a link as the driver knows it."""
    return family().do("neighbor-get", {"dev-index": index, "port": port})["link-state"]


def link_goes(side, back):
    """Pulls a cable of card 0 and plugs it in again; both ends tell it once asked."""
    east, west, order = around(0)
    other = east if side == "east" else west
    ends = ((order[0], side), (other, back))
    with Context(order[0]) as ctx, Context(other) as peer:
        for state in ("down", "up"):
            listener = family()
            listener.ntf_subscribe("hotplug")
            emu(0, "link", side, state)
            for one in (ctx, peer):
                one.do("neighbor-refresh")
            for end in ends:
                until(f"{end} is {state}", lambda end=end, state=state: link(*end) == state)
            note = next(n["msg"] for n in listener.poll_ntf(120)
                        if n["name"] == "neighbor-change-ntf"
                        and (n["msg"]["dev-index"], n["msg"]["port"]) == ends[0])
            equal(note["link-state"], state, "event")
        src, dst = ctx.device(4 * KIB), ctx.device(4 * KIB, 1)
        equal(ctx.do("mem-copy", **copy(src, dst, 4 * KIB))["done"], 1, "done")


@case("link east: both ends tell listeners that it is down, and that it is up")
def east_goes():
    link_goes("east", "west")
    empty()


@case("link west: the same")
def west_goes():
    link_goes("west", "east")
    empty()


@case("raise: a record of each kind arrives under both of its names, or nowhere without a queue")
def raised():
    kinds = {"notify": (1, ("notify", "explicit")), "trace": (0, ("trace", "implicit")),
             "event": (2, ("event",)), "error": (3, ("error",))}
    with Context() as ctx:
        before = stats()
        emu(0, "raise", "error", 1, 0, 9, 9)
        for name, (number, words) in kinds.items():
            queue = ctx.queue(1, name)
            for value, word in enumerate(words, 1):
                emu(0, "raise", word, 1, 0, 40 + value, value)
                equal(queue.next(), (number, 0, 1, 40 + value, value), word)
            equal(queue.poll(), None, "nothing came before the queue or behind its records")
            ctx.do("nq-destroy", nq_id=queue.id)
        unhurt(before)
    empty()


def aer_of(path):
    """Place of the advanced error reporting capability in configuration space."""
    with open(path, "rb") as file:
        space = file.read()
    at = 0x100
    while at:
        head, = struct.unpack_from("<I", space, at)
        if head & 0xffff == AER_CAPABILITY:
            return at
        at = head >> 20
    raise AssertionError("no AER capability")


def word_at(path, at, value=None):
    """Reads a word of configuration space, after having written it."""
    fd = os.open(path, os.O_RDWR)
    try:
        if value is not None:
            os.pwrite(fd, struct.pack("<I", value), at)
        return struct.unpack("<I", os.pread(fd, 4, at))[0]
    finally:
        os.close(fd)


@case("aer: an error that is recorded and not sent stays in configuration space, the card works")
def recorded():
    path = f"/sys/bus/pci/devices/{devices()[around(0)[2][0]]['bus-name']}/config"
    aer = aer_of(path)
    with Context() as ctx:
        before = stats()
        for kind, register, bit in (("correctable", AER_CORRECTABLE, 6),
                                    ("uncorrectable", AER_UNCORRECTABLE, 14)):
            emu(0, "aer", kind, bit)
            equal(word_at(path, aer + register), 1 << bit, kind)
            src, dst = ctx.device(4 * KIB), ctx.device(4 * KIB, 1)
            equal(ctx.do("mem-copy", **copy(src, dst, 4 * KIB))["done"], 1, "done")
            equal(word_at(path, aer + register, 1 << bit), 0, f"{kind}, cleared")
        unhurt(before)
    empty()


main()
