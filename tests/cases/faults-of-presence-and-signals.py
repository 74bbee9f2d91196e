#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=240 kernels="6.1 debug"
"""Faults of records, completions, interrupts, answers, and of the card's very presence.

INJECTIONS.md lists all faults and the cases that answer them.
"""

import errno
import os
import select

from neuroncase import (case, check, Context, COPY_ENGINES, devices, empty, emu, entry, equal,
                        family, looker, main, ready, refused, stall, stats, until)

DRIVER = "/sys/bus/pci/drivers/neuron"
PARAMETER = "/sys/module/neuron/parameters/reset_timeout_ms"
SHORT_MS = 1500
DMA_REVISION = 0x40604
KIB = 1 << 10
FAULTS = ("fwio-timeouts", "fwio-errors", "engine-aborts", "copy-failures", "nq-overruns", "resets",
          "reset-failures", "links-lost", "quarantined")


def copies(ctx):
    """Bytes go to the card and back, by the driver's queues and by a ring."""
    src, inp = ctx.host(4 * KIB)
    dst, out = ctx.host(4 * KIB)
    dram = ctx.device(4 * KIB)
    inp[:] = os.urandom(len(inp))
    for pair in ((src, dram), (dram, dst)):
        ctx.do("mem-copy", transfer=[{"src-mem": pair[0], "dst-mem": pair[1], "length": 4 * KIB}])
    check(out[:] == inp[:], "copies arrive")
    ring = ctx.ring(0, 0)
    ctx.write(ring, [entry(dram, (dst, 7), 1000)])
    ctx.acked(ring, 1)
    check(out[7:1007] == inp[:1000], "ring entries arrive")
    ctx.do("ring-destroy", ring_id=ring)


def works(index=0):
    """The card does all that it should."""
    dev = devices()[index]
    equal((dev["state"], dev["health"]), ("ready", "ok"), "state and health")
    with Context(index) as ctx:
        copies(ctx)
        equal(ctx.do("reg-read", offset=[DMA_REVISION])["value"], [4], "register")
    empty(index)


def listening():
    """A client that hears of health."""
    listener = family()
    listener.ntf_subscribe("health")
    return listener


def told(listener, index=0):
    """The next health event of a card."""
    return next(note["msg"] for note in listener.poll_ntf(120) if note["msg"]["dev-index"] == index)


def unhurt(before, listener):
    """No counter of a fault has moved, and nobody was told of one."""
    now = stats()
    equal([now[name] for name in FAULTS], [before[name] for name in FAULTS], f"{FAULTS}")
    equal(list(listener.poll_ntf(0.1)), [], "health events")


@case("nq overflow: records that find no room are lost, those behind them arrive")
def overflow():
    with Context() as ctx:
        queue = ctx.queue(0, "notify")
        emu(0, "raise", "notify", 0, 0, 1, 1)
        equal(queue.next()[3:], (1, 1), "before")
        emu(0, "inject", "nq", "overflow", 2)
        for number in (2, 3, 4):
            emu(0, "raise", "notify", 0, 0, number, number)
        equal(queue.next()[3:], (4, 4), "the first behind those that were lost")
        equal(queue.poll(), None, "no more")
    works()


@case("nq wrong-phase: a record that cannot be new is not taken, and a new queue works")
def wrong_phase():
    before, listener = stats(), listening()
    with Context() as ctx:
        queue = ctx.queue(0, "notify")
        emu(0, "inject", "nq", "wrong-phase", 1)
        emu(0, "raise", "notify", 0, 0, 1, 1)
        emu(0, "raise", "notify", 0, 0, 2, 2)
        until("the second record is written", lambda: queue.view[16 + 4] == 2)
        equal(queue.poll(), None, "record with the wrong phase")
        emu(0, "inject", "nq", "none")
        ctx.do("nq-destroy", nq_id=queue.id)
        queue = ctx.queue(0, "notify")
        emu(0, "raise", "notify", 0, 0, 3, 3)
        equal(queue.next()[3:], (3, 3), "record in the new queue")
    unhurt(before, listener)
    works()


@case("dma wrong-completion and lost-completion: where no completion ring is asked for, none is missed")
def completions():
    before, listener = stats(), listening()
    for fault in ("wrong-completion", "lost-completion"):
        emu(0, "inject", "dma", fault)
        works()
        emu(0, "inject", "dma", "none")
    unhurt(before, listener)


@case("irq lost and spurious: whoever waits gets what he waits for")
def interrupts():
    emu(0, "inject", "irq", "lost", 1000)
    works()
    emu(0, "inject", "irq", "none")
    for source in range(32):
        emu(0, "inject", "irq", "spurious", source)
    emu(0, "inject", "irq", "lost", 1000)
    emu(0, "inject", "none")
    works()


@case("fwio short and garbage: what is not an answer is asked for again")
def no_answers():
    with Context() as ctx:
        for fault in ("short", "garbage"):
            before = stats()
            emu(0, "inject", "fwio", fault, 1)
            equal(ctx.do("reg-read", offset=[DMA_REVISION])["value"], [4], fault)
            check(stats()["fwio-retries"] > before["fwio-retries"], f"{fault}: counted")
    until("health is ok", lambda: devices()[0]["health"] == "ok")
    works()


def engine_state(ctx, engine):
    """What an engine does, as the card says now."""
    return ctx.ynl.do("engine-get", {"dev-index": 0, "eng-id": engine})["state"]


@case("device ones: a register that reads as ones is told as such, and brings nothing down")
def ones():
    with Context() as ctx:
        # With a ring the driver looks at the engines by itself, too.
        ring = ctx.ring(0, 0)
        before, listener = stats(), listening()
        emu(0, "inject", "device", "ones")
        try:
            equal(ctx.do("reg-read", offset=[DMA_REVISION])["value"], [0xffffffff], "register")
            until("the engine is not known", lambda: engine_state(ctx, 0) == "unknown")
            dev = devices()[0]
            equal((dev["state"], dev["health"]), ("ready", "ok"), "state and health")
            equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "ring")
        finally:
            emu(0, "inject", "device", "none")
        until("the engine is known", lambda: engine_state(ctx, 0) in ("idle", "running"))
        unhurt(before, listener)
        ctx.do("ring-destroy", ring_id=ring)
        copies(ctx)
    works()


def patience(value):
    """Changes the parameter reset_timeout_ms; answers what it was."""
    with open(PARAMETER, "r+", encoding="ascii") as parameter:
        before = parameter.read()
        parameter.write(str(value))
    return before


@case("device reset-fail: the card has failed after such a reset, and works after the next one")
def reset_fails_once():
    count, before, listener = devices()[0]["reset-count"], stats(), listening()
    emu(0, "inject", "device", "reset-fail", 1)
    with Context() as ctx:
        old = patience(SHORT_MS)
        try:
            ctx.fails(ctx.start("device-reset"), errno.ETIMEDOUT)
        finally:
            patience(old)
            emu(0, "inject", "device", "none")
        dev, note = devices()[0], told(listener)
        equal((dev["state"], dev["health"]), ("failed", "failed"), "state and health")
        equal((note["health"], note["cause"]),
              ("failed", "The card did not come back from its reset"), "event")
        equal((stats()["reset-failures"], stats()["resets"]),
              (before["reset-failures"] + 1, before["resets"]), "failed resets, others")
        ctx.do("device-reset")
        note = told(listener)
        equal((note["health"], note["cause"]), ("ok", "The card has recovered by a reset"), "event")
    equal(devices()[0]["reset-count"], count + 1, "finished resets")
    works()


def start(ctx, operation, **attrs):
    """Begins what becomes a job; answers (its number, an eventfd that its end raises)."""
    bell = os.eventfd(0, os.EFD_CLOEXEC)
    return ctx.start(operation, job_eventfd=bell, **attrs), bell


def job_failed(ctx, job, want):
    """The result of a job can be had although the card is gone: it has failed with this errno."""
    jobs = {one["job-id"]: one for one in looker().dump("job-get", {"ctx-fd": ctx.fd})}
    equal(jobs[job]["job-state"], "failed", "state of the job")
    equal(errno.errorcode.get(-jobs[job]["job-error"]), errno.errorcode[want], "error of the job")


def rings(bell, what):
    """An eventfd is raised, once."""
    check(select.select([bell], [], [], 120)[0], f"never raised: {what}")
    equal(os.eventfd_read(bell), 1, what)
    check(not select.select([bell], [], [], 0)[0], f"raised twice: {what}")
    os.close(bell)


def alive_and_bound():
    """What an administrator does about a card that was gone: it is bound again and works."""
    name = devices()[0]["bus-name"]
    emu(0, "inject", "device", "none")
    for word in ("unbind", "bind"):
        with open(f"{DRIVER}/{word}", "w", encoding="ascii") as file:
            file.write(name)
    emu(0, "inject", "none")
    ready(0)


def gone(ctx, listener):
    """Listeners are told once, everybody is refused, also while the card is alive again."""
    note = told(listener)
    while note["health"] == "suspect":
        note = told(listener)
    equal((note["health"], note["cause"]), ("failed", "The card is gone"), "event")
    equal((devices()[0]["state"], devices()[0]["health"]), ("failed", "failed"), "state and health")
    refused(errno.ENODEV, lambda: ctx.do("mem-alloc", kind="host", size=4096), text="gone")
    emu(0, "inject", "device", "alive")
    refused(errno.ENODEV, lambda: ctx.do("device-reset"), text="gone")


@case("device dead: everybody hears that the card is gone; alive, it works once bound again")
def dead():
    listener = listening()
    try:
        with Context() as ctx:
            _, view = ctx.host(4 * KIB)
            view[:4] = b"kept"
            before = stats()["fwio-timeouts"]
            emu(0, "inject", "device", "dead")
            refused_gone(ctx)
            check(stats()["fwio-timeouts"] > before, "requests without an answer are counted")
            gone(ctx, listener)
            equal(view[:4], b"kept", "host memory that is mapped")
    finally:
        alive_and_bound()
    works()


@case("device dead with waiters: copies, acknowledgements and event files end, and hold nothing")
def dead_with_waiters():
    listener = listening()
    records = os.eventfd(0, os.EFD_CLOEXEC)
    try:
        with Context() as ctx:
            src, _ = ctx.host(64 * KIB)
            dram = ctx.device(64 * KIB)
            ring = ctx.ring(0, 0)
            ctx.queue(1, eventfd=records)
            stall(COPY_ENGINES + (0,))
            ctx.write(ring, [entry(src, dram, 64 * KIB)])
            transfer = [{"src-mem": src, "dst-mem": dram, "length": 64 * KIB}]
            copy, copied = start(ctx, "mem-copy", transfer=transfer)
            behind, after = start(ctx, "mem-copy", transfer=transfer, after_job=copy)
            equal(ctx.do("ring-ack", ring_id=ring, count=1, wait_us=1000).get("count", 0), 0,
                  "entries that have finished")
            emu(0, "inject", "device", "dead")
            # Nobody asks: that the card is gone is found by who looks at its rings.
            gone(ctx, listener)
            for bell, what in ((copied, "a copy"), (after, "what comes after it"),
                               (records, "a notification queue")):
                rings(bell, what)
            for job, want in ((copy, errno.ENODEV), (behind, errno.ECANCELED)):
                job_failed(ctx, job, want)
            try:
                got = ctx.do("ring-ack", ring_id=ring, count=1, wait_us=20000)
            except Exception as error:	# pylint: disable=broad-except
                equal(getattr(error, "error", 0), errno.ENODEV, f"ring-ack: {error}")
            else:
                raise AssertionError(f"acknowledged {got}")
    finally:
        alive_and_bound()
    works()


@case("device dead in a reset: who waits for its end hears that the card is gone")
def dead_in_reset():
    before, listener = stats()["reset-failures"], listening()
    old = patience(SHORT_MS)
    try:
        with Context() as ctx:
            emu(0, "inject", "device", "reset-hang")
            job, bell = start(ctx, "device-reset")
            until("the card is silent", lambda: emu(0, "show")["reset-running"])
            emu(0, "inject", "device", "dead")
            rings(bell, "the reset")
            job_failed(ctx, job, errno.ENODEV)
            equal(stats()["reset-failures"], before + 1, "failed resets")
            gone(ctx, listener)
    finally:
        patience(old)
        alive_and_bound()
    works()


def refused_gone(ctx):
    """A request that asks the firmware finds out that nobody is there."""
    try:
        got = ctx.do("reg-read", offset=[DMA_REVISION])
    except Exception as error:	# pylint: disable=broad-except
        equal(getattr(error, "error", 0), errno.ENODEV, f"errno of {error}")
    else:
        raise AssertionError(f"answered {got}")


main()
