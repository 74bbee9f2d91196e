#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""An aborted engine is brought up anew; its rings are lost, those of others go on."""

import errno
import os
import subprocess

from neuroncase import (case, check, child, Context, devices, empty, emu, entry, entry_refused, equal,
                        family, JobFailed, main, ready, refused, stats, until)

KIB = 1 << 10


def engine(ctx, number):
    """What is known of an engine."""
    return ctx.ynl.do("engine-get", {"dev-index": 0, "eng-id": number})


def abort(ctx, number):
    """Aborts an engine and waits until it was noticed."""
    emu(0, "inject", "dma", "abort", number)
    until(f"engine {number} is seen aborted", lambda: engine(ctx, number)["state"] == "aborted")


def sentence(want, function, text):
    """Refused at once, or by the job, with this errno and sentence."""
    try:
        function()
    except JobFailed as failure:
        equal(errno.errorcode.get(failure.error), errno.errorcode[want], "error of the job")
        check(text in failure.job["error-text"], f"'{text}' is not in {failure.job}")
    except Exception as error:	# pylint: disable=broad-except
        equal(errno.errorcode.get(getattr(error, "error", 0)), errno.errorcode[want], str(error))
        check(text in (error.nl_msg.extack or {}).get("msg", ""), f"'{text}' is not in {error}")
    else:
        raise AssertionError("not refused")


@case("recovered while the ring of another engine keeps moving data; both work afterwards")
def recovered():
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        src, inp = ctx.host(64 * KIB)
        dst, out = ctx.host(64 * KIB)
        victim, other = ctx.ring(4, 1), ctx.ring(6, 1)
        spare = ctx.do("ring-create", descriptors=64)["ring-id"]
        abort(ctx, 4)
        ctx.write(victim, [entry(src, dst, 64 * KIB)])
        refused(errno.EIO, lambda: ctx.do("ring-attach", ring_id=spare, eng_id=4, queue_id=2))
        equal(devices()[0]["health"], "degraded", "health")
        sent = 0
        job = ctx.ask("engine-set", eng_id=4, action="recover", wait_us=0).get("job-id")
        running = True
        while running:
            inp[:] = os.urandom(64 * KIB)
            ctx.write(other, [entry(src, dst, 64 * KIB)])
            ctx.acked(other, 1)
            equal(out[:], inp[:], "data of another engine")
            sent += 1
            running = job and ctx.do("job-get", job_id=job, wait_us=0)["job-state"] == "running"
        if job:
            ctx.finish(job)
        check(engine(ctx, 4)["state"] in ("idle", "running"), f"engine: {engine(ctx, 4)}")
        equal(ctx.do("ring-get", ring_id=victim)["state"], "lost", "its ring")
        equal(ctx.do("ring-get", ring_id=other)["state"], "attached", "the other ring")
        equal(ctx.do("ring-get", ring_id=other)["finished"], sent, "entries of the other ring")
        equal(stats()["quarantined"], 0, "quarantined")
        entry_refused(errno.ENOTCONN, ctx, victim, entry(src, dst, 4))
        healths = []
        for note in listener.poll_ntf(120):
            healths.append(note["msg"]["health"])
            if healths[-1] == "ok":
                break
        equal(healths, ["degraded", "ok"], "health events")
        equal(devices()[0]["health"], "ok", "health")
        ctx.do("ring-attach", ring_id=spare, eng_id=4, queue_id=1)
        out[:] = b"\0" * 64 * KIB
        ctx.write(spare, [entry(src, dst, 64 * KIB)])
        ctx.acked(spare, 1)
        equal(out[:], inp[:], "data of the engine that was recovered")
        ctx.do("ring-destroy", ring_id=victim)
    empty()


@case("an engine that the driver copies with recovers too, and memory is cleared again")
def copy_engines():
    with Context() as ctx:
        ctx.device(64 * KIB)
        ring = ctx.ring(2, 0)
        abort(ctx, 2)
        subprocess.run(["neuronnl", "engine", "recover", "dev", "0", "engine", "2"], check=True)
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        ctx.do("ring-destroy", ring_id=ring)
        before = stats()["cleared-bytes"]
        for _ in range(8):
            ctx.device(64 * KIB)
        equal(stats()["cleared-bytes"] - before, 8 * 64 * KIB, "bytes cleared")
        check(engine(ctx, 2)["queues-used"] == 1, "the driver's queue of the engine is up again")
    empty()


@case("what is not aborted, does not exist, or is asked for wrongly is refused, and goes on")
def wrong():
    with Context() as ctx:
        # No engine is in use behind a reset, whatever was before.
        ctx.do("device-reset")
        ready(0)
        src, _ = ctx.host(4 * KIB)
        ring = ctx.ring(7, 0)

        def ask(**attrs):
            return lambda: ctx.do("engine-set", **attrs)
        sentence(errno.EINVAL, ask(eng_id=7, action="recover"), "has not aborted")
        sentence(errno.EINVAL, ask(eng_id=0, action="recover"), "not in use")
        refused(errno.ERANGE, ask(eng_id=12, action="recover"), attr="eng-id")
        refused(errno.EINVAL, ask(eng_id=7), attr="action")
        refused(errno.EINVAL, ask(action="recover"), attr="eng-id")
        refused(errno.ERANGE, ask(eng_id=7, action=1), attr="action")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "ring")
        ctx.write(ring, [entry(src, src, 4 * KIB)])
        ctx.acked(ring, 1)
    empty()


@case("who shares the card needs CAP_SYS_ADMIN")
def authority():
    with Context() as ctx, Context() as other:
        ring = ctx.ring(9, 0)
        other.host(4 * KIB)
        abort(ctx, 9)

        def ask(_):
            os.setgroups([])
            os.setgid(1000)
            os.setuid(1000)
            mine = Context.__new__(Context)
            mine.fd, mine.ynl, mine.views = ctx.fd, family(), []
            sentence(errno.EBUSY, lambda: mine.do("engine-set", eng_id=9, action="recover"),
                     "CAP_SYS_ADMIN")
        pid, reader = child(ask)
        with os.fdopen(reader) as text:
            said = text.read()
        equal((os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said), (0, ""), "child")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "ring")
        ctx.do("engine-set", eng_id=9, action="recover")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
    empty()


@case("with silent firmware nothing is done and nothing is given back")
def silent():
    with Context() as ctx:
        src, _ = ctx.host(4 * KIB)
        ring = ctx.ring(10, 0)
        abort(ctx, 10)
        ctx.write(ring, [entry(src, src, 4 * KIB)])
        emu(0, "inject", "fwio", "drop", 100000)
        sentence(errno.ETIMEDOUT, lambda: ctx.do("engine-set", eng_id=10, action="recover"), "firmware")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "ring")
        emu(0, "inject", "fwio", "none")
        ctx.do("engine-set", eng_id=10, action="recover")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        equal(ctx.do("mem-get", mem_id=src)["users"], 0, "users of what the ring named")
        until("health is ok again", lambda: devices()[0]["health"] == "ok")
    empty()


main()
