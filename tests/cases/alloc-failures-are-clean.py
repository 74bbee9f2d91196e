#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 kernels=debug exclusive=yes
"""Each allocation of each operation fails in turn: an error, nothing leaked, the card works."""

import errno
import os

from neuroncase import case, check, Context, empty, entry, event, JobFailed, main, Partial, NlError

FAULTS = "/sys/kernel/debug/failslab"


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))


def arm(nth):
    write("/proc/self/fail-nth", nth)


def disarm():
    """True if the armed failure has happened."""
    with open("/proc/self/fail-nth", encoding="ascii") as file:
        left = int(file.read())
    arm(0)
    return left == 0


def sweep(name, operation, limit=60):
    """Runs operation with its 1st, 2nd, ... allocation failing until none is left to fail."""
    write(f"{FAULTS}/ignore-gfp-wait", "N")
    write(f"{FAULTS}/verbose", "0")
    failures = 0
    for nth in range(1, limit):
        with Context() as ctx:
            prepared = operation(ctx, None)
            arm(nth)
            try:
                operation(ctx, prepared)
            except (NlError, JobFailed, Partial) as error:
                check(error.error in (errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN, errno.ENOSPC),
                      f"{name}, allocation {nth}: {error}")
                failures += 1
            except OSError as error:
                check(error.errno in (errno.ENOMEM, errno.ENOBUFS), f"{name}, allocation {nth}: {error}")
                failures += 1
            happened = disarm()
        empty()
        if not happened:
            check(failures, f"{name}: no allocation ever failed")
            return
    check(failures, f"{name}: no allocation ever failed")


@case("opening the node")
def opening():
    sweep("open", lambda ctx, prepared: os.close(os.open("/dev/neuron0", os.O_RDWR)) if prepared else True)


@case("mem-alloc of both kinds")
def memory():
    for kind in ("host", "device"):
        sweep(f"mem-alloc {kind}", lambda ctx, prepared, kind=kind:
              ctx.ynl.do("mem-alloc", {"ctx-fd": ctx.fd, "kind": kind, "size": 100000, "wait-us": 20000})
              if prepared else True)


@case("ring-create, ring-attach and ring-write")
def ring():
    def create(ctx, prepared):
        return ctx.ynl.do("ring-create", {"ctx-fd": ctx.fd, "descriptors": 64}) if prepared else True

    def attach(ctx, prepared):
        if not prepared:
            return ctx.do("ring-create", descriptors=64)["ring-id"]
        return ctx.ynl.do("ring-attach", {"ctx-fd": ctx.fd, "ring-id": prepared, "nc-id": 0})

    def fill(ctx, prepared):
        if not prepared:
            src, dst = ctx.host(4096)[0], ctx.host(4096)[0]
            return ctx.ring(), src, dst
        number, src, dst = prepared
        return ctx.ynl.do("ring-write", {"ctx-fd": ctx.fd, "ring-id": number, "start": True,
                                         "entry": [entry(src, dst, 64), event(0, 1)]})
    sweep("ring-create", create)
    sweep("ring-attach", attach)
    sweep("ring-write", fill)


@case("nq-create")
def queue():
    sweep("nq-create", lambda ctx, prepared:
          ctx.ynl.do("nq-create", {"ctx-fd": ctx.fd, "nc-id": 0, "nq-type": "event", "size": 8192})
          if prepared else True)


@case("looking: device-get, dumps, stats")
def looking():
    sweep("looks", lambda ctx, prepared: [ctx.ynl.do("device-get", {"dev-index": 0}),
                                          ctx.ynl.dump("engine-get", {}),
                                          ctx.ynl.do("stats-get", {"dev-index": 0})] if prepared else True)


main()
