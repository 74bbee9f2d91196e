#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 kernels="6.1 debug" timeout=240
"""Each disturbance of the firmware: what the caller gets, what is counted, who is told, what is left."""

import errno
import os
import time

from neuroncase import (case, check, Context, devices, emu, equal, family, JobFailed, main, stats,
                        until)

DMA_REVISION = 0x40604		# UDMA revision of engine 0: 4
COUNTERS = ("fwio-requests", "fwio-retries", "fwio-timeouts", "fwio-errors", "fwio-stale")


def read(ctx):
    """Values of two registers, or the name of the errno that it failed with."""
    try:
        return ctx.do("reg-read", offset=[DMA_REVISION, DMA_REVISION])["value"]
    except JobFailed as failure:
        check(failure.job.get("error-text"), "the job says why")
        return errno.errorcode[failure.error]
    except Exception as error:	# pylint: disable=broad-except
        check(getattr(error, "error", 0), str(error))
        return errno.errorcode[error.error]


def counted(ctx, *words):
    """What a read under a disturbance answers, and by how much each counter went up.

    The driver looks at the card's links while a ring is attached and for a while after it.
    If it did in the middle of it, its requests are counted too: then all is done again.
    """
    def alone():
        emu(0, "inject", "fwio", *words)
        before = stats()
        answer = read(ctx)
        after = stats()
        emu(0, "inject", "fwio", "none")
        grown = tuple(after[name] - before[name] for name in COUNTERS)
        return (answer, grown) if grown[0] == 1 else None
    return until("nobody else asks the firmware", alone)


def disturbed(ctx, words, want, counts, health="ok"):
    """Reads under one disturbance, then once more without it."""
    equal(counted(ctx, *words), (want, counts), f"{words}: answer, {COUNTERS}")
    equal((devices()[0]["state"], devices()[0]["health"]), ("ready", health), "state, health")
    equal(counted(ctx, "none"), ([4, 4], (1, 0, 0, 0, 0)), "afterwards")
    equal(devices()[0]["health"], "ok", "health afterwards")


def quiet(listener):
    """Nobody was told of anything, but that an engine that a case before aborted is well."""
    notes = [note for note in listener.poll_ntf(0.2) if note["msg"]["cause"] != "The card has recovered"]
    equal(notes, [], "events")


def listening():
    """A client that hears of the card's health."""
    listener = family()
    listener.ntf_subscribe("health")
    return listener


@case("one answer that is lost, corrupt, stale or wrong is asked for again; nobody is told")
def once():
    listener = listening()
    with Context() as ctx:
        equal(counted(ctx, "none"), ([4, 4], (1, 0, 0, 0, 0)), "undisturbed")
        for words, counts in ((("drop", 1), (1, 1, 1, 0, 0)),
                              (("bad-crc", 1), (1, 1, 1, 0, 0)),
                              (("bad-seq", 1), (1, 1, 1, 0, 1)),
                              (("error", 1, 1), (1, 1, 0, 1, 0)),
                              (("error", 77, 1), (1, 1, 0, 1, 0)),
                              (("short", 1), (1, 1, 0, 1, 0)),
                              (("oversize", 1), (1, 1, 0, 1, 0)),
                              (("garbage", 1), (1, 1, 0, 1, 0))):
            disturbed(ctx, words, [4, 4], counts)
    quiet(listener)


@case("an unknown command is not asked again; wrong answers without end are an error, after three attempts")
def always():
    listener = listening()
    with Context() as ctx:
        for words, counts in ((("error", 2, 1), (1, 0, 0, 1, 0)),
                              (("error", 1, 100), (1, 2, 0, 3, 0)),
                              (("short", 100), (1, 2, 0, 3, 0)),
                              (("oversize", 100), (1, 2, 0, 3, 0)),
                              (("garbage", 100), (1, 2, 0, 3, 0))):
            disturbed(ctx, words, "EIO", counts)
    quiet(listener)


@case("silence without end is a time-out after three attempts, told once, and over with the next answer")
def silence():
    for words, stale in ((("drop", 100), 0), (("bad-crc", 100), 0), (("bad-seq", 100), 3)):
        listener = listening()
        with Context() as ctx:
            disturbed(ctx, words, "ETIMEDOUT", (1, 2, 3, 0, stale), health="suspect")
        notes = listener.poll_ntf(60)
        told = [next(notes)["msg"] for _ in range(2)]
        equal([(note["health"], note["cause"]) for note in told],
              [("suspect", "The firmware did not answer"), ("ok", "The firmware answers again")],
              "events")


def burnt():
    """Processor time of the threads of the kernel and of this process, seconds."""
    ticks = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                name, _, rest = file.read().rpartition(")")
        except OSError:
            continue		# it has ended meanwhile
        if "(kworker" in name:
            ticks += sum(map(int, rest.split()[11:13]))
    mine = os.times()
    return ticks / os.sysconf("SC_CLK_TCK") + mine.user + mine.system


@case("who waits for a silent firmware sleeps: a processor is idle for most of that time")
def sleeps():
    with Context() as ctx:
        bell = os.eventfd(0, os.EFD_CLOEXEC)
        emu(0, "inject", "fwio", "drop", 100)
        try:
            began, before = time.monotonic(), burnt()
            job = ctx.start("reg-read", offset=[DMA_REVISION], job_eventfd=bell)
            os.eventfd_read(bell)
            took, spent = time.monotonic() - began, burnt() - before
        finally:
            emu(0, "inject", "fwio", "none")
            os.close(bell)
        ctx.fails(job, errno.ETIMEDOUT)
        check(took >= 3, f"three attempts of a second each took {took:.1f} s")
        check(spent < took / 2, f"{spent:.2f} s of processor time in {took:.1f} s of silence")
        equal(read(ctx), [4, 4], "afterwards")


@case("a late answer is recognised when the next request is made, and counted as stale")
def late():
    with Context() as ctx:
        answer, counts = counted(ctx, "delay", 1500, 1)
        equal((answer, counts[:2]), ([4, 4], (1, 1)), "answer, requests and retries")
        equal(counts[2] + counts[4] >= 1, True, f"time-outs and stale ones of {counts}")
        for _ in range(20):
            equal(read(ctx), [4, 4], "afterwards")


main()
