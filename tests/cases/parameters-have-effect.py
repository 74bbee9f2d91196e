#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=240
"""Parameters of the module that are set when it is loaded, and its limit of memory in quarantine.

The module is loaded four times: patient, asking often, hasty, and as it was. How long something takes
is only compared with what the parameters say, and with the other load.
"""

import errno
import subprocess
import time

from neuroncase import (case, check, Context, devices, emu, entry, equal, JobFailed, main, ready,
                        reloaded, stats, until)

KIB = 1 << 10
DMA_REVISION = 0x40604
LIMIT = "/sys/module/neuron/parameters/quarantine_limit_mib"
PATIENT = {"fwio_attempts": 1, "fwio_timeout_ms": 2000, "stop_timeout_ms": 3000,
           "health_period_ms": 1000000}
# Who counts firmware requests must not have the driver's own looks among them.
REPEATS = {"fwio_attempts": 5, "fwio_timeout_ms": 200, "health_period_ms": 1000000}
HASTY = {"stop_timeout_ms": 100, "health_period_ms": 20}
TOOK = {}


def load(**parameters):
    """Loads the module again, with these parameters."""
    subprocess.run(["rmmod", "neuron"], check=True)
    subprocess.run(["modprobe", "neuron", *(f"{name}={value}" for name, value in parameters.items())],
                   check=True)
    reloaded()
    until("both cards are there", lambda: len(devices()) >= 2)
    for index in (0, 1):
        ready(index)


def timed(function, want):
    """How long it takes until a job has failed with this errno, seconds."""
    began = time.monotonic()
    try:
        function()
    except JobFailed as failure:
        equal(errno.errorcode.get(failure.error), errno.errorcode[want], "error")
    else:
        check(False, "it did not fail")
    return time.monotonic() - began


def stuck(ctx, engine, **attrs):
    """A ring whose engine does not stop; answers how long its destroy took."""
    src, _ = ctx.host(64 * KIB)
    ring = ctx.do("ring-create", **{"descriptors": 64, **attrs})["ring-id"]
    ctx.do("ring-attach", ring_id=ring, eng_id=engine, queue_id=2)
    emu(0, "inject", "dma", "stall", engine)
    ctx.write(ring, [entry(src, src, 64 * KIB)])
    return timed(lambda: ctx.do("ring-destroy", ring_id=ring), errno.ETIMEDOUT)


def silence(name, attempts, timeout_ms):
    """The firmware is asked so often, and each time waited for so long.

    The driver asks for itself, too, to learn about neighbours: what began while the firmware
    was silent may have given up likewise, or may have got its answer in a later attempt.
    """
    with Context() as ctx:
        before = stats()
        emu(0, "inject", "fwio", "drop", 100)
        try:
            TOOK[name] = timed(lambda: ctx.do("reg-read", offset=[DMA_REVISION]), errno.ETIMEDOUT)
        finally:
            emu(0, "inject", "fwio", "none")
        equal(ctx.do("reg-read", offset=[DMA_REVISION])["value"], [4], "register afterwards")
        now = stats()
        retries, timeouts = (now[key] - before[key] for key in ("fwio-retries", "fwio-timeouts"))
        gave_up = timeouts - retries
        check(gave_up >= 1, f"requests that gave up: {gave_up}")
        answered_late = retries - gave_up * (attempts - 1)
        check(0 <= answered_late < attempts, f"{retries} retries, {timeouts} time-outs of {attempts} attempts")
        check(TOOK[name] >= attempts * timeout_ms / 1000, f"{attempts} of {timeout_ms} ms: {TOOK}")


@case("fwio_attempts, fwio_timeout_ms: one long attempt if they say so")
def one_attempt():
    load(**PATIENT)
    silence("one attempt", 1, 2000)


@case("stop_timeout_ms, health_period_ms: who is patient waits for a ring, and looks at nothing meanwhile")
def patient():
    aborts = stats()["engine-aborts"]
    with Context() as ctx:
        ctx.ring(4, 2)
        emu(0, "inject", "dma", "abort", 4)
        try:
            TOOK["patient stop"] = stuck(ctx, 1)
        finally:
            emu(0, "inject", "dma", "none")
        check(TOOK["patient stop"] >= 3, f"a stop that may take three seconds: {TOOK}")
        # Three times the period that is usual.
        equal(stats()["engine-aborts"], aborts, "aborts that were noticed")
        ctx.do("device-reset")
        equal(stats()["quarantined"], 0, "quarantined")


@case("fwio_attempts, fwio_timeout_ms: five short attempts if they say so")
def five_attempts():
    load(**REPEATS)
    silence("five attempts", 5, 200)
    check(TOOK["five attempts"] < TOOK["one attempt"], f"shorter than a long one: {TOOK}")


@case("stop_timeout_ms, health_period_ms: who is hasty gives a ring up, and looks often")
def hasty():
    load(**HASTY)
    with Context() as ctx:
        ctx.ring(4, 2)
        asked, began = stats()["fwio-requests"], time.monotonic()
        until("the driver has looked at the card", lambda: stats()["fwio-requests"] >= asked + 20)
        check(time.monotonic() - began < 10, "20 looks of a second each would have taken 20 s")
        try:
            TOOK["hasty stop"] = stuck(ctx, 1)
        finally:
            emu(0, "inject", "dma", "none")
        check(0.1 <= TOOK["hasty stop"] < TOOK["patient stop"], f"sooner than a patient one: {TOOK}")
        until("its memory is given back", lambda: stats()["quarantined"] == 0)


@case("quarantine_limit_mib: more memory than that in quarantine, and the driver resets the card")
def limit():
    before, own = devices()[0]["reset-count"], stats()["own-resets"]
    with open(LIMIT, encoding="ascii") as file:
        old = file.read()
    try:
        with Context() as ctx:
            stuck(ctx, 1)
            with open(LIMIT, "w", encoding="ascii") as file:
                file.write("1")
            held = stats()["quarantined-bytes"]
            check(0 < held < 1 << 20, f"{held} bytes are below the limit")
            equal(devices()[0]["reset-count"], before, "resets")
            # Two halves of 16 bytes times 65536.
            stuck(ctx, 4, descriptors=65536)
            until("the driver resets the card", lambda: devices()[0]["reset-count"] == before + 1)
            ready(0)
            until("health is ok", lambda: devices()[0]["health"] == "ok")
            equal(stats()["own-resets"], own + 1, "resets by the driver itself")
    finally:
        emu(0, "inject", "dma", "none")
        with open(LIMIT, "w", encoding="ascii") as file:
            file.write(old)


@case("loaded without parameters, everything is as before")
def as_before():
    load()
    with Context() as ctx:
        equal(ctx.do("reg-read", offset=[DMA_REVISION])["value"], [4], "register")


main()
