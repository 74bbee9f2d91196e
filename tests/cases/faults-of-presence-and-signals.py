#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=240 kernels=6.1
"""Faults of records, completions, interrupts, answers, and of the card's very presence.

INJECTIONS.md lists all faults and the cases that answer them.
"""

import errno
import os

from neuroncase import (Context, JobFailed, case, check, devices, empty, emu, entry, equal, family,
                        main, ready, refused, stats, until)

DRIVER = "/sys/bus/pci/drivers/neuron"
PARAMETER = "/sys/module/neuron/parameters/reset_timeout_ms"
SHORT_MS = 1500
DMA_REVISION = 0x40604
KIB = 1 << 10


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
    works()


@case("dma wrong-completion and lost-completion: where no completion ring is asked for, none is missed")
def completions():
    before = stats()
    for fault in ("wrong-completion", "lost-completion"):
        emu(0, "inject", "dma", fault)
        works()
        emu(0, "inject", "dma", "none")
    equal(stats()["engine-aborts"], before["engine-aborts"], "aborts")


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


@case("device ones: a register that reads as ones is told as such, and brings nothing down")
def ones():
    with Context() as ctx:
        emu(0, "inject", "device", "ones")
        equal(ctx.do("reg-read", offset=[DMA_REVISION])["value"], [0xffffffff], "register")
        equal(devices()[0]["state"], "ready", "state")
        emu(0, "inject", "device", "none")
        copies(ctx)
    until("health is ok", lambda: devices()[0]["health"] == "ok")
    works()


def patience(value):
    """Changes the parameter reset_timeout_ms; answers what it was."""
    with open(PARAMETER, "r+", encoding="ascii") as parameter:
        before = parameter.read()
        parameter.write(str(value))
    return before


@case("device reset-fail: the card has failed after such a reset, and works after the next one")
def reset_fails_once():
    count = devices()[0]["reset-count"]
    emu(0, "inject", "device", "reset-fail", 1)
    with Context() as ctx:
        before = patience(SHORT_MS)
        try:
            ctx.do("device-reset")
        except JobFailed as failure:
            equal(errno.errorcode.get(failure.error), "ETIMEDOUT", "error")
        else:
            raise AssertionError("the reset did not fail")
        finally:
            patience(before)
        equal(devices()[0]["state"], "failed", "state")
        ctx.do("device-reset")
    equal(devices()[0]["reset-count"], count + 1, "finished resets")
    works()


@case("device dead: everybody hears that the card is gone; alive, it works once bound again")
def dead():
    bus_name = devices()[0]["bus-name"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        _, view = ctx.host(4 * KIB)
        view[:4] = b"kept"
        emu(0, "inject", "device", "dead")
        refused_gone(ctx)
        note = next(n["msg"] for n in listener.poll_ntf(120) if n["msg"]["dev-index"] == 0)
        equal((note["health"], note["cause"]), ("failed", "The card is gone"), "event")
        equal(devices()[0]["state"], "failed", "state")
        refused(errno.ENODEV, lambda: ctx.do("mem-alloc", kind="host", size=4096), text="gone")
        equal(view[:4], b"kept", "host memory that is mapped")
        emu(0, "inject", "device", "alive")
        refused(errno.ENODEV, lambda: ctx.do("device-reset"), text="gone")
    for word in ("unbind", "bind"):
        with open(f"{DRIVER}/{word}", "w", encoding="ascii") as file:
            file.write(bus_name)
    ready(0)
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
