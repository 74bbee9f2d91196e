#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 everywhere=yes
"""Jobs: in the order asked for, cancelled at the next batch, told once, limited in number."""

import errno
import os
import select
import signal
import time

from neuroncase import (case, check, child, Context, empty, emu, equal, JobFailed, looker, main,
                        refused, settled, stall, stats, until)
from opcase import GOOD, operations, outcome

PAGE = 4096
MIB = 1 << 20
STATUS = 0x78E01C
LIST = 512			# transfers of a long list; a batch has 16 of them


def copy(src, dst, length=PAGE, src_offset=0, dst_offset=0):
    """One copy of a list."""
    return {"src-mem": src, "src-offset": src_offset, "dst-mem": dst, "dst-offset": dst_offset,
            "length": length}


def look(ctx, job):
    """The job as it is now."""
    return ctx.do("job-get", job_id=job, wait_us=0)


class Slow:
    """Copies take a while: so many microseconds for each packet."""

    def __init__(self, packet_us=30000):
        self.packet_us = packet_us

    def __enter__(self):
        emu(0, "inject", "dma", "slow", self.packet_us)

    def __exit__(self, *_):
        emu(0, "inject", "none")


def long_list(ctx):
    """A list of many batches, begun; answers its job."""
    src, _ = ctx.host(PAGE)
    dst = ctx.device(LIST * PAGE)
    return ctx.start("mem-copy",
                 transfer=[copy(src, dst, dst_offset=i * PAGE) for i in range(LIST)])


def raised(fd):
    """How often an eventfd was raised since it was last asked."""
    try:
        return os.eventfd_read(fd)
    except BlockingIOError:
        return 0


@case("a job begins when the one that it comes after has ended, and says what it waits for")
def in_order():
    with Context() as ctx:
        (one, first), (two, middle), (three, last) = [ctx.host(MIB) for _ in range(3)]
        first[:] = os.urandom(MIB)
        with Slow():
            before = long_list(ctx)
            jobs = [ctx.start("mem-copy", transfer=[copy(one, two, MIB)], after_job=before)]
            jobs.append(ctx.start("mem-copy", transfer=[copy(two, three, MIB)],
                              after_job=jobs[0]))
            equal((look(ctx, jobs[0])["after-job"], look(ctx, jobs[1])["after-job"]),
                  (before, jobs[0]), "what they wait for")
            equal((look(ctx, jobs[1])["job-state"], look(ctx, jobs[1])["done"]), ("running", 0),
                  "a job that waits")
        done = ctx.finish(jobs[1])
        check("after-job" not in done, "it does not wait any more")
        equal((done["done"], done["bytes"]), (1, MIB), "done, bytes")
        equal([look(ctx, job)["job-state"] for job in (before, jobs[0])], ["done"] * 2, "others")
        check(last[:] == first[:] == middle[:], "the data went the whole way")
        equal(ctx.do("mem-fill", transfer=[{"dst-mem": one, "length": PAGE}],
                     after_job=jobs[0])["done"], 1, "done, after a job that had ended")
        for job in (before, jobs[0]):
            ctx.do("job-free", job_id=job)
    empty()


@case("what comes after a job that failed or was cancelled is not done, and says so")
def after_failure():
    with Context() as ctx, Context() as other:
        one, _ = ctx.host(PAGE)
        two, untouched = ctx.host(PAGE)
        untouched[:] = b"\xa5" * PAGE
        with Slow():
            before = long_list(ctx)
            last = ctx.start("mem-copy", transfer=[copy(one, two)], after_job=before)
            lasts = [ctx.start("mem-copy", transfer=[copy(one, two)], after_job=last)
                     for _ in range(3)]
            ctx.do("job-cancel", job_id=before)
        ctx.fails(last, errno.ECANCELED, text="comes after")
        for job in lasts:
            equal(ctx.fails(job, errno.ECANCELED, text="comes after")["done"], 0, "done")
        until("the first ended", lambda: look(ctx, before)["job-state"] == "failed")
        refused(errno.ECANCELED, lambda: ctx.do("mem-copy", transfer=[copy(one, two)],
                                                after_job=before), text="comes after", later=True)
        for wrong in (last, 1 << 30):
            refused(errno.ENOENT, lambda number=wrong: ctx.do("mem-copy", transfer=[copy(one, two)],
                                                              after_job=number), attr="after-job")
        refused(errno.ENOENT, lambda: other.do("neighbor-refresh", after_job=before),
                attr="after-job")
        refused(errno.ERANGE, lambda: ctx.do("neighbor-refresh", after_job=0), attr="after-job")
        check(untouched[:] == b"\xa5" * PAGE, "nothing was copied")
        ctx.do("job-free", job_id=before)
    empty()


@case("what gives something back is done even if what it comes after failed, and is not cancelled")
def given_back():
    with Context() as ctx:
        ring = ctx.ring(1, 2)
        nq = ctx.queue()
        with Slow():
            before = long_list(ctx)
            jobs = [ctx.start("ring-destroy", ring_id=ring, after_job=before),
                    ctx.start("nq-destroy", nq_id=nq.id, after_job=before)]
            for job in jobs:
                refused(errno.EOPNOTSUPP, lambda number=job: ctx.do("job-cancel", job_id=number),
                        attr="job-id", text="cannot be stopped")
            ctx.do("job-cancel", job_id=before)
        for job in jobs:
            ctx.finish(job)
        equal(stats()["rings"], 0, "rings")
    empty()


@case("a list that is cancelled stops before its next batch, with what was done to the byte")
def cancelled():
    with Context() as ctx:
        with Slow():
            job = long_list(ctx)

            def moves():
                now = look(ctx, job)
                return 0 < now["done"] < LIST and now
            seen = until("the list is under way", moves)
            equal(seen["bytes"] % PAGE, 0, "bytes")
            ctx.do("job-cancel", job_id=job)
            ended = ctx.fails(job, errno.ECANCELED, text="was cancelled")
        check(seen["done"] <= ended["done"] < LIST, f"{ended['done']} done")
        equal(ended["bytes"], ended["done"] * PAGE, "bytes")
        refused(errno.ENOENT, lambda: ctx.do("job-cancel", job_id=job), attr="job-id")
        refused(errno.EINVAL, lambda: ctx.do("job-cancel"), attr="job-id")
    empty()


@case("an allocation that is cancelled leaves no memory, neither of the card nor of the host")
def allocation():
    with Context() as ctx:
        with Slow():
            job = ctx.start("mem-alloc", kind="device", size=1 << 30)
            ctx.do("job-cancel", job_id=job)
        ctx.fails(job, errno.ECANCELED, text="was cancelled")
        with Slow():
            before = long_list(ctx)
            job = ctx.start("mem-alloc", kind="host", size=MIB, after_job=before)
            ctx.do("job-cancel", job_id=job)
            ctx.fails(job, errno.ECANCELED, text="was cancelled")
            ctx.do("job-cancel", job_id=before)
        ctx.fails(before, errno.ECANCELED, text="was cancelled")
        equal(stats()["mems"], 2, "memory objects, those of the list")
        ctx.device(MIB)
    empty()


@case("what asks the firmware is not cancelled once it has begun, and what has ended neither")
def unstoppable():
    with Context() as ctx:
        emu(0, "inject", "fwio", "drop", 1)
        before = stats()["fwio-requests"]
        job = ctx.start("reg-read", offset=[STATUS])
        until("the request is on its way", lambda: stats()["fwio-requests"] > before)
        refused(errno.EOPNOTSUPP, lambda: ctx.do("job-cancel", job_id=job), attr="job-id",
                text="cannot be stopped")
        until("it has ended", lambda: look(ctx, job)["job-state"] == "done")
        refused(errno.EALREADY, lambda: ctx.do("job-cancel", job_id=job), attr="job-id",
                text="has ended")
        check(ctx.finish(job)["value"][0] >> 31, "ready")
    empty()


@case("every operation that takes an eventfd raises it once, whatever it has become")
def each_tells_once():
    told = 0
    for name in operations():
        if "job-eventfd" not in looker().ops[name].yaml["do"]["request"]["attributes"]:
            continue
        fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        with Context(ynl=looker()) as ctx:
            attrs = {"ctx-fd": ctx.fd, "job-eventfd": fd, **GOOD[name](ctx)}
            equal(outcome(ctx, name, attrs), 0, name)
            select.select([fd], [], [], 60)
            equal(raised(fd), 1, f"how often {name} has raised it")
        os.close(fd)
        emu(0, "inject", "none")
        settled()
        told += 1
    check(told >= 16, f"only {told} operations take one")
    empty()


@case("the eventfd of a request is raised once when its work has ended, job or not")
def told_once():
    fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    both = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    with Context() as ctx:
        ctx.do("context-set", eventfd=both)
        ctx.do("neighbor-refresh", job_eventfd=fd, wait_us=20000)
        until("raised", lambda: raised(fd) == 1)
        with Slow():
            before = long_list(ctx)
            raised(both)
            job = ctx.start("neighbor-refresh", after_job=before, job_eventfd=fd)
            equal(raised(fd), 0, "raised before the end")
            ctx.do("job-cancel", job_id=job)
            select.select([fd], [], [], 60)
            equal((raised(fd), look(ctx, job)["job-state"]), (1, "failed"), "raised, state")
            ctx.do("job-cancel", job_id=before)
        until("the list has ended", lambda: look(ctx, before)["job-state"] == "failed")
        equal((raised(fd), raised(both)), (0, 2), "raised: the request's, the context's")
        with open(os.devnull, "rb") as other:
            refused(errno.EINVAL, lambda: ctx.do("neighbor-refresh", job_eventfd=other.fileno()),
                    attr="job-eventfd")
        refused(errno.EBADF, lambda: ctx.do("neighbor-refresh", job_eventfd=1000),
                attr="job-eventfd")
        refused(errno.ERANGE, lambda: ctx.do("neighbor-refresh", job_eventfd=-1),
                attr="job-eventfd")
        refused(errno.ENOENT, lambda: ctx.do("neighbor-refresh", job_eventfd=fd, after_job=1 << 30),
                attr="after-job")
        equal(raised(fd), 0, "raised by what was refused")
    empty()


@case("256 jobs may wait; of those that ended, the newest 64 are kept; the end of one ends all")
def limited():
    with Context() as ctx:
        with Slow():
            jobs = [long_list(ctx)]
            while len(jobs) < 256:
                jobs.append(ctx.start("neighbor-refresh", after_job=jobs[-1]))
            refused(errno.EDQUOT, lambda: ctx.do("neighbor-refresh"), attr="ctx-fd",
                    text="Too many jobs")
            ctx.do("job-cancel", job_id=jobs[0])
            until("all have ended", lambda: not [job for job in
                                                 ctx.ynl.dump("job-get", {"ctx-fd": ctx.fd})
                                                 if job["job-state"] == "running"])
        kept = [job["job-id"] for job in ctx.ynl.dump("job-get", {"ctx-fd": ctx.fd})]
        equal(kept, jobs[-64:], "kept jobs")
        ctx.do("neighbor-refresh")
    empty()


@case("a context that closes, or whose owner is killed, takes all its jobs along")
def closes():
    def line(ctx):
        jobs = [long_list(ctx)]
        for _ in range(100):
            jobs.append(ctx.start("mem-alloc", kind="device", size=MIB, after_job=jobs[-1]))

    def owner(pipe):
        with Context() as ctx:
            line(ctx)
            os.write(pipe, b"x")
            signal.pause()
    with Slow():
        with Context() as ctx:
            line(ctx)
        pid, pipe = child(owner)
        equal(os.read(pipe, 1000), b"x", "word of the owner")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        empty()


@case("a line of jobs under load ends whole, whatever is cancelled when")
def under_load():
    with Context() as ctx:
        src, _ = ctx.host(MIB)
        dst, _ = ctx.host(MIB)
        for turn in range(20):
            jobs = []
            # Nothing is done before all are jobs.
            stall()
            for _ in range(6):
                attrs = {"after_job": jobs[-1]} if jobs else {}
                jobs.append(ctx.start("mem-copy", transfer=[copy(src, dst, MIB)] * 4, **attrs))
            emu(0, "inject", "dma", "resume")
            victim = jobs[turn % len(jobs)]
            try:
                ctx.ynl.do("job-cancel", {"ctx-fd": ctx.fd, "job-id": victim})
            except Exception as error:	# pylint: disable=broad-except
                equal(getattr(error, "error", 0), errno.EALREADY, str(error))
            ends = []
            for job in jobs:
                try:
                    ends.append(ctx.finish(job)["job-state"])
                except JobFailed as failure:
                    equal(failure.error, errno.ECANCELED, str(failure))
                    ends.append("failed")
            equal(sorted(ends), ends, "those after the first that failed")
    empty()


@case("of many requests in one send only the last one waits")
def budget():
    def send(ctx, requests):
        begun = time.monotonic()
        answers = ctx.ynl.do_multi(requests)
        return time.monotonic() - begun, answers

    with Context() as ctx:
        # The list takes longer than all sends below, however slow the guest is.
        with Slow(50000):
            job = long_list(ctx)
            wait = {"ctx-fd": ctx.fd, "wait-us": 20000, "job-id": job}
            # 50 of them would wait for a second if each did.
            until("a send shorter than that",
                  lambda: send(ctx, [("job-get", wait, [])] * 50)[0] < 0.5)
            ring = ctx.ring(1, 2)
            src, _ = ctx.host(MIB)
            emu(0, "inject", "dma", "stall", 1)
            ctx.write(ring, [copy(src, src, PAGE, 0, PAGE)] * 20)
            ack = {"ctx-fd": ctx.fd, "wait-us": 20000, "ring-id": ring, "count": 20}
            until("a send shorter than that",
                  lambda: send(ctx, [("ring-ack", ack, [])] * 49 + [("job-get", wait, [])])[0] < 0.5)
            ctx.do("job-cancel", job_id=job)
            emu(0, "inject", "dma", "none")
        ctx.fails(job, errno.ECANCELED, text="was cancelled")
    empty()


main()
