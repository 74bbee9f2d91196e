#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 kernels=debug timeout=300
"""Each fault that the hardware layer can make: an error, everything given back, the card works."""

import errno
import os

from neuroncase import (case, check, Context, devices, empty, entry, equal, JobFailed, main, NlError,
                        ready, stats, until)

FAULTS = "/sys/kernel/debug/neuron"
KIB = 1 << 10


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))


class Fault:
    """A fault attribute makes so many faults."""

    def __init__(self, name, times):
        self.folder = f"{FAULTS}/{name}"
        check(os.path.isdir(self.folder), f"no {self.folder}")
        self.values = {"verbose": 0, "interval": 1, "times": times, "probability": 100}

    def __enter__(self):
        for key, value in self.values.items():
            write(f"{self.folder}/{key}", value)
        return self

    def __exit__(self, *_):
        write(f"{self.folder}/probability", 0)


def fails(want, call):
    """The call must fail with this error."""
    try:
        call()
    except (JobFailed, NlError) as error:
        equal(errno.errorcode.get(error.error), errno.errorcode[want], "error")
        return
    check(False, "it did not fail")


def works():
    """The card is healthy, nothing is left, data moves."""
    until("health is ok", lambda: devices()[0]["health"] == "ok")
    with Context() as ctx:
        src, inp = ctx.host(64 * KIB)
        dst, out = ctx.host(64 * KIB)
        inp[:] = os.urandom(64 * KIB)
        ring = ctx.ring(3, 1)
        ctx.write(ring, [entry(src, dst, 64 * KIB)])
        ctx.acked(ring, 1)
        equal(out[:], inp[:], "data")
        ctx.device(64 * KIB)
    empty()


@case("a firmware request that is not answered is repeated; one that never is fails")
def fwio():
    with Context() as ctx:
        before = stats()
        with Fault("fail_fwio", 1):
            ctx.event(0, 0)
        check(stats()["fwio-retries"] > before["fwio-retries"], "no retry was counted")
        with Fault("fail_fwio", -1):
            fails(errno.ETIMEDOUT, lambda: ctx.event(0, 0))
        ctx.event(0, 0)
    works()


@case("a reset that the card does not come back from; the next one brings it back")
def reset():
    before = stats()
    with Context() as ctx:
        ctx.host(4 * KIB)
        ctx.ring(3, 1)
        with Fault("fail_reset", 1):
            fails(errno.ETIMEDOUT, lambda: ctx.do("device-reset"))
        equal(devices()[0]["state"], "failed", "state")
        equal(stats()["quarantined"], 1, "quarantined")
        ctx.do("device-reset")
        ready(0)
    equal(stats()["reset-failures"], before["reset-failures"] + 1, "reset-failures")
    works()


@case("a ring that is not quiet for a while is waited for; one that never is goes into quarantine")
def quiet():
    with Context() as ctx:
        ring = ctx.ring(3, 1)
        with Fault("fail_quiet", 3):
            ctx.do("ring-destroy", ring_id=ring)
        equal(stats()["quarantined"], 0, "quarantined")
        ring = ctx.ring(3, 1)
        with Fault("fail_quiet", -1):
            fails(errno.ETIMEDOUT, lambda: ctx.do("ring-detach", ring_id=ring))
            equal(stats()["quarantined"], 1, "quarantined")
    until("quarantine is empty", lambda: not stats()["quarantined"])
    works()


@case("a batch of a copy queue that does not end: another queue does it")
def copy():
    before = stats()
    with Context() as ctx:
        with Fault("fail_copy", 1):
            ctx.device(64 * KIB)
    equal(stats()["copy-failures"], before["copy-failures"] + 1, "copy-failures")
    with Context() as ctx:
        ctx.do("device-reset")
    works()


main()
