#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=300
"""Signals that kill nobody do not take an answer away, nor shorten a wait."""

import contextlib
import os
import signal
import time

from neuroncase import (case, check, child, Context, COPY_ENGINES, empty, emu, equal, event, looker,
                        main, settled, stall)
from opcase import GOOD, needs_context, operations, outcome, REVISION

WAIT_US = 20000
EVERY_S = 0.001


class Rain:
    """Signals come all the time, to a handler that only counts them."""

    def __init__(self):
        self.drops = 0

    def count(self, *_):
        """One has come."""
        self.drops += 1

    def __enter__(self):
        self.before = signal.signal(signal.SIGALRM, self.count)
        signal.setitimer(signal.ITIMER_REAL, EVERY_S, EVERY_S)
        return self

    def __exit__(self, *_):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)


@contextlib.contextmanager
def late(*words):
    """Something of the card takes longer."""
    emu(0, "inject", *words)
    try:
        yield
    finally:
        emu(0, "inject", "none")


def waiting_operations():
    """(name, hook) of those that the spec lets wait."""
    found = [(name, hook) for name, hook in operations().items()
             if "wait-us" in looker().ops[name].yaml["do"]["request"]["attributes"]]
    check(len(found) > 15, f"only {len(found)} operations wait")
    return found


@case("every operation that may wait is answered as without signals while they rain on who asks")
def rain():
    drops = 0
    for name, hook in waiting_operations():
        check(needs_context(hook), name)
        with Context(ynl=looker()) as ctx:
            attrs = {"ctx-fd": ctx.fd, "wait-us": WAIT_US, **GOOD[name](ctx)}
            emu(0, "inject", "fwio", "delay", 20, 2)
            try:
                with Rain() as drip:
                    equal(outcome(ctx, name, attrs), 0, name)
                drops += drip.drops
            finally:
                emu(0, "inject", "none")
        settled()
    check(drops > len(waiting_operations()), f"only {drops} signals came")
    empty()


def waited(ctx, name, attrs):
    """A request whose wait no signal has shortened; answers the reply."""
    with Rain() as drip:
        began = time.monotonic()
        answer = ctx.ynl.do(name, {"ctx-fd": ctx.fd, "wait-us": WAIT_US, **attrs})
        took = time.monotonic() - began
    check(took >= WAIT_US / 1e6, f"{name} waited {took:.4f} s only, with {drip.drops} signals")
    check(drip.drops, f"{name}: no signal came")
    return answer


@case("each kind of wait lasts as long as was asked for: for the firmware, for a job, for a ring")
def in_full():
    with Context() as ctx:
        with late("fwio", "delay", 600, 1):
            job = waited(ctx, "reg-read", {"offset": [REVISION]})
            equal(job["job-state"], "running", "what the firmware has not answered")
            # It comes later, and under signals too.
            with Rain():
                equal(len(ctx.finish(job["job-id"])["value"]), 1, "values")
        fill = {"transfer": [{"dst-mem": ctx.device(4096), "length": 4096, "pattern": 7}]}
        with late("dma", "stall", COPY_ENGINES[0]):
            stall(COPY_ENGINES[1:])
            job = ctx.start("mem-fill", **fill)
            equal(waited(ctx, "job-get", {"job-id": job})["job-state"], "running", "the job")
        with Rain():
            ctx.finish(job)
        ring = ctx.ring(0, 1)
        with late("dma", "stall", 0):
            ctx.write(ring, [event(1, 1)])
            equal(waited(ctx, "ring-ack", {"ring-id": ring, "count": 1}).get("count", 0), 0,
                  "entries that a ring has not finished")
            emu(0, "inject", "dma", "resume", 0)
            with Rain():
                ctx.acked(ring, 1)
    empty()


@case("who is stopped and continued in a wait gets the answer that he was waiting for")
def stopped():
    def ask(writer):
        with Context() as ctx:
            attrs = {"ctx-fd": ctx.fd, "wait-us": WAIT_US, "offset": [REVISION]}
            while True:
                os.write(writer, b"!")
                equal(outcome(ctx, "reg-read", attrs), 0, "reg-read")
    with late("fwio", "delay", 15, 1000):
        pid, reader = child(ask)
        try:
            for _ in range(40):
                equal(os.read(reader, 1), b"!", "the next request")
                os.kill(pid, signal.SIGSTOP)
                check(os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]), "the process has ended")
                os.kill(pid, signal.SIGCONT)
            # What it asked last is answered, too.
            equal(os.read(reader, 1), b"!", "one more request")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(reader)
    empty()


main()
