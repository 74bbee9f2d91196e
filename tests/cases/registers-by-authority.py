#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Registers, counters, lists of events and semaphores, statistics: to the word, and only by who may."""

import errno
import os
import socket
import struct

from neuroncase import (adds, case, check, child, Context, emu, equal, family, main, refused,
                        settled, stats)

MISC = 0x78E000
STORAGE = MISC + 0xC0		# words that nothing gives a meaning to
METRIC = MISC + 0x100
UDMA0, TDMA0, NQ0 = 0x40000, 0x0, 0x404000
SEMAPHORE, FIFO = 0x2701000, 0x265C000
CORE = 0x4000000
USER = 65534


def raw(ctx, *offsets, bar=0):
    """Registers as they are."""
    value = ctx.do("reg-read", bar=bar, offset=list(offsets), raw=True)["value"]
    return value


def write(ctx, *stores, bar=0):
    """Stores (offset, value)."""
    return ctx.do("reg-write", bar=bar,
                  write=[{"offset": offset, "value": value} for offset, value in stores])


def tainted():
    """Did anybody ask for what the kernel cannot answer for?"""
    with open("/proc/sys/kernel/tainted", encoding="ascii") as file:
        return bool(int(file.read()) >> 6 & 1)


def as_user(function, late=False):
    """Runs function(ctx) as another user; with late, of a file that root has opened."""
    def run(pipe):
        os.chmod("/dev/neuron0", 0o666)
        fd = os.open("/dev/neuron0", os.O_RDWR) if late else -1
        os.setgid(USER)
        os.setuid(USER)
        ctx = Context.__new__(Context)
        ctx.index, ctx.views = 0, []
        ctx.fd = fd if late else os.open("/dev/neuron0", os.O_RDWR)
        ctx.ynl = family()
        function(ctx)
        os.write(pipe, b"ok")
    pid, pipe = child(run)
    said = os.read(pipe, 10000).decode()
    os.waitpid(pid, 0)
    os.close(pipe)
    os.chmod("/dev/neuron0", 0o600)
    equal(said, "ok", "what the other user saw")


@case("what is stored is read back, in both BARs, in order, and taints the kernel")
def stored():
    with Context() as ctx:
        writes = stats()["reg-writes"]
        refused(errno.EACCES, lambda: ctx.do("reg-read", offset=[STORAGE]), attr="offset")
        equal(raw(ctx, STORAGE), [0], "at first")
        write(ctx, (STORAGE, 1), (STORAGE + 4, 0xFFFFFFFF), (STORAGE, 0x12345678))
        equal(raw(ctx, STORAGE, STORAGE + 4, STORAGE), [0x12345678, 0xFFFFFFFF, 0x12345678], "words")
        check(tainted(), "the kernel is tainted by a user's wish")
        place = 2 * CORE + SEMAPHORE + 4 * 5
        write(ctx, (place + 0x100, 40), (place + 0x200, 2), bar=2)
        equal(raw(ctx, place, bar=2), [42], "semaphore")
        value = ctx.do("semaphore-get", nc_id=2, semaphore_id=5)["value"]
        check(value in (42, [42]), f"semaphore: {value}, at once or as the result of a job")
        write(ctx, *[(STORAGE, value) for value in range(100)])
        equal((raw(ctx, STORAGE), len(raw(ctx, *[STORAGE] * 100))), ([99], 100), "the last of 100")
        check(stats()["reg-writes"] > writes + 104, "stores are counted")


@case("what the driver owns is refused by name before anything is stored")
def owned():
    queue15, queue3 = UDMA0 + 0x10000, UDMA0 + 0x4000
    own = [MISC + off for off in (0x24, 0x1D8, 0x1EC, 0x1F0, 0x1F4, 0x1F8, 0x1FC, 0x800)]
    own += [UDMA0 + off for off in (0x204, 0x20204, 0x20380, 0x38000, 0x3A000, 0x3C400, 0x3FFFC)]
    own += [half + queue + off for half in (0, 0x20000) for queue in (queue3, queue15)
            for off in (0x20, 0x28, 0x2C, 0x30, 0x38, 0x44, 0x48)]
    own += [TDMA0 + 0x20, 0x300000 + 0x2000 + 0x20, 0x3C0000 + 0x204]
    own += [NQ0 + off for off in (0x1094, 0x1098, 0x109C, 0x10AC)]
    with Context() as ctx:
        def wrong():
            for offset in own:
                extack = refused(errno.EACCES, lambda off=offset: write(ctx, (STORAGE, 7), (off, 1)),
                                 text="the driver's own")
                check("offset" in extack.get("bad-attr", ""), f"{offset:#x}: {extack}")
            refused(errno.EACCES, lambda: write(ctx, (3 * CORE + FIFO, 1), bar=2))
            for bad, error in (((STORAGE + 2, 1), errno.EINVAL), ((1 << 30, 1), errno.ERANGE)):
                refused(error, lambda store=bad: write(ctx, (STORAGE, 7), store))
            refused(errno.EINVAL, lambda: write(ctx, (STORAGE, 7), bar=1), attr="bar")
            refused(errno.ERANGE, lambda: write(ctx, (STORAGE, 7), bar=3), attr="bar")
            refused(errno.EINVAL, lambda: ctx.do("reg-write"), attr="write")
            refused(errno.E2BIG, lambda: write(ctx, *[(STORAGE, 7)] * 101), attr="write")
            for part in ({"offset": STORAGE}, {"value": 1}):
                refused(errno.EINVAL, lambda one=part: ctx.do("reg-write", write=[one]))
            refused(errno.ERANGE, lambda: raw(ctx, 1 << 30), attr="offset")
            refused(errno.EINVAL, lambda: raw(ctx, STORAGE + 1), attr="offset")
        adds("reg-writes", 0, wrong)


@case("without CAP_SYS_RAWIO of the sender and of who opened the file nothing is raw")
def authority():
    def tries(ctx):
        refused(errno.EPERM, lambda: write(ctx, (STORAGE, 1)), attr="ctx-fd", text="CAP_SYS_RAWIO")
        refused(errno.EPERM, lambda: raw(ctx, STORAGE), attr="ctx-fd", text="CAP_SYS_RAWIO")
        refused(errno.EACCES, lambda: ctx.do("reg-read", offset=[STORAGE]), attr="offset")
        refused(errno.EACCES, lambda: ctx.do("reg-read", bar=2, offset=[SEMAPHORE]), attr="offset")
        equal(ctx.do("reg-read", offset=[MISC + 0x1C])["value"][0] >> 31, 1, "ready, by the list")

    with Context() as ctx:
        write(ctx, (STORAGE, 5))
    as_user(tries)
    as_user(tries, late=True)
    # Root with the file of somebody who may not.
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)

    def hand_over(ctx):
        socket.send_fds(theirs, [b"x"], [ctx.fd])
    as_user(hand_over)
    _, fds, _, _ = socket.recv_fds(ours, 1, 1)
    with Context() as ctx:
        own, ctx.fd = ctx.fd, fds[0]
        refused(errno.EPERM, lambda: write(ctx, (STORAGE, 1)), attr="ctx-fd")
        refused(errno.EPERM, lambda: raw(ctx, STORAGE), attr="ctx-fd")
        os.close(fds[0])
        ctx.fd = own
        equal(raw(ctx, STORAGE), [5], "what was stored before")


@case("a core that another context has claimed is not written to")
def claimed():
    with Context() as ctx, Context() as other:
        other.do("core-claim", claim=[1])
        place = CORE + SEMAPHORE + 0x100
        refused(errno.EBUSY, lambda: write(ctx, (SEMAPHORE + 0x100, 1), (place, 1), bar=2),
                attr="write")
        write(other, (place, 3), bar=2)
        equal(raw(ctx, SEMAPHORE, CORE + SEMAPHORE, bar=2), [0, 3], "semaphores")
        write(other, (place, 0), bar=2)


@case("events and semaphores are changed and read as lists, all or none, by one request")
def lists():
    with Context() as ctx, Context() as other:
        events = [{"nc-id": i % 4, "event-id": 255 - i, "value": i % 2} for i in range(100)]

        def set_and_get():
            ctx.do("event-set", entry=events)
            answer = ctx.do("event-get", entry=[{key: one[key] for key in ("nc-id", "event-id")}
                                                for one in events])
            got = answer.get("entry") or [dict(one, value=value) for one, value in
                                          zip(events, answer["value"])]
            equal(got, events, "events")
        adds("fwio-requests", 1, set_and_get)
        ctx.do("semaphore-set", entry=[
            {"nc-id": 0, "semaphore-id": 9, "value": -5},
            {"nc-id": 0, "semaphore-id": 9, "op": "increment", "value": 2},
            {"nc-id": 3, "semaphore-id": 31, "op": "decrement", "value": 1}])
        job = ctx.ask("semaphore-get", wait_us=0, entry=[
            {"nc-id": 0, "semaphore-id": 9}, {"nc-id": 3, "semaphore-id": 31}])
        if "job-id" in job:
            values = [value - (1 << 32) for value in ctx.finish(job["job-id"])["value"]]
        else:
            values = [one["value"] for one in job["entry"]]
        equal(values, [-3, -1], "semaphores")
        other.do("core-claim", claim=[2])
        ctx.do("event-set", nc_id=0, event_id=0, value=0)
        one = {"nc-id": 0, "event-id": 0, "value": 1}
        for bad, error, name in (
                ({"nc-id": 2, "event-id": 0, "value": 1}, errno.EBUSY, "entry"),
                ({"nc-id": 4, "event-id": 0, "value": 1}, errno.ERANGE, "nc-id"),
                ({"nc-id": 0, "event-id": 256, "value": 1}, errno.ERANGE, "event-id"),
                ({"nc-id": 0, "event-id": 0, "value": 2}, errno.ERANGE, "value")):
            extack = refused(error, lambda entry=bad: ctx.do("event-set", entry=[one, entry]))
            check(name in str(extack.get("bad-attr", "")), f"{name} is not named: {extack}")
        # What an entry lacks is told by its number, and where the entry lies.
        for bad, number in (({"event-id": 0, "value": 0}, 1), ({"nc-id": 0, "value": 0}, 2),
                            ({"nc-id": 0, "event-id": 0}, 3)):
            extack = refused(errno.EINVAL, lambda entry=bad: ctx.do("event-set", entry=[one, entry]))
            equal((extack.get("miss-type"), extack.get("miss-nest", 0) > 0), (number, True), "missing")
        refused(errno.E2BIG, lambda: ctx.do("event-set", entry=[one] * 101), attr="entry")
        refused(errno.EINVAL, lambda: ctx.do("event-set", entry=[one], **one), attr="entry")
        equal(ctx.event(0, 0), 0, "event that was in refused lists")


@case("published counters are told by name, and count what the engines did")
def counters():
    with Context() as ctx:
        src, _ = ctx.host(8192)
        ring = ctx.ring(1, 2)
        names = ["tx-descriptors", "tx-bytes", "rx-bytes", "rx-dropped", "power",
                 "ecc-sram-uncorrected", "ecc-stack3-corrected"]

        def counts(**attrs):
            answer = ctx.do("counters-get", eng_id=1, counter=names, **attrs)["count"]
            return dict(zip(names, answer))
        before, requests = counts(), stats()["fwio-requests"]
        ctx.write(ring, [{"src-mem": src, "dst-mem": src, "dst-offset": 4096, "length": 4096}] * 3)
        ctx.acked(ring, 3)
        after = counts()
        equal(stats()["fwio-requests"] - requests >= 1, True, "asked")
        # A list that is written ends with a marker of 4 bytes.
        equal([after[name] - before[name] for name in names[:3]],
              [4, 3 * 4096 + 4, 3 * 4096 + 4], "descriptors, bytes")
        equal([after[name] for name in names[3:]], [0] * 4, "what nothing was counted of")
        equal(len(ctx.do("counters-get", eng_id=1, counter=["tx-bytes"] * 50)["count"]), 50, "counters")
        refused(errno.E2BIG, lambda: ctx.do("counters-get", eng_id=1, counter=["tx-bytes"] * 51),
                attr="counter")
        refused(errno.EINVAL, lambda: ctx.do("counters-get", counter=["tx-bytes"]), attr="eng-id")
        refused(errno.ERANGE, lambda: ctx.do("counters-get", eng_id=12, counter=["tx-bytes"]),
                attr="eng-id")
        refused(errno.EINVAL, lambda: ctx.do("counters-get", eng_id=0), attr="counter")
        equal(ctx.do("counters-get", counter=["power"])["count"], [0], "without an engine")


@case("statistics reach the firmware, by who has the card alone or may do everything")
def metric():
    def posts():
        return emu(0, "show")["counters"]["fwio_metrics"]

    def alone(ctx):
        refused(errno.EBUSY, lambda: ctx.do("metric-post", metric="00"), attr="ctx-fd")

    with Context() as ctx:
        words = struct.unpack("<2I", b"statist\0")
        before = posts()
        ctx.do("metric-post", metric=b"statist")
        equal((posts() - before, raw(ctx, METRIC, METRIC + 4)), (1, list(words)), "metric")
        ctx.do("metric-post", metric=bytes(range(128)))
        equal(raw(ctx, METRIC + 124), [0x7F7E7D7C], "the last word")
        refused(errno.ERANGE, lambda: ctx.do("metric-post", metric=bytes(129)), attr="metric")
        refused(errno.EINVAL, lambda: ctx.do("metric-post", metric=b""), attr="metric")
        refused(errno.EINVAL, lambda: ctx.do("metric-post"), attr="metric")
        equal(posts() - before, 2, "metrics")
        ctx.host(4096)
        as_user(alone)
    settled()
    before = posts()
    as_user(lambda ctx: ctx.do("metric-post", metric=b"user"))
    equal(posts() - before, 1, "metrics of a user")


main()
