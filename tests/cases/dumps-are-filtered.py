#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Each dump by each filter: the card by index or address, the context by its file."""

import contextlib
import errno
import os

from neuroncase import (case, check, Context, devices, equal, Failure, family, looker, main, NlError,
                        ready, refused)
from opcase import ended_job, host

NOWHERE = "0000:ff:1f.7"
# Linux 6.1 has no place for the sentence of who refuses to begin a dump.
MUTE = os.uname().release.startswith("6.1.")
IDS = ("ctx-id", "mem-id", "ring-id", "nq-id", "job-id", "eng-id", "nc-id", "port")


def dumps():
    """(name, attributes that its request takes) of every dump of the spec."""
    found = {name: op.yaml["dump"]["request"]["attributes"] for name, op in looker().msgs.items()
             if "dump" in op.yaml}
    check(len(found) >= 10, f"dumps: {sorted(found)}")
    return sorted(found.items())


def own(name):
    """Those that tell what a context has."""
    return "ctx-fd" in dict(dumps())[name]


def shown(ynl, name, **filters):
    """What a dump tells of, by card and ids."""
    attrs = {key.replace("_", "-"): value for key, value in filters.items()}
    return sorted(tuple(reply.get(key) for key in ("dev-index",) + IDS)
                  for reply in ynl.dump(name, attrs))


def unfit(want, ynl, name, attr, text, **filters):
    """A dump with these filters must be refused with this errno, and by name."""
    if not MUTE:
        refused(want, lambda: shown(ynl, name, **filters), attr=attr, text=text)
        return
    try:
        raise Failure(f"{name} with {filters} tells {shown(ynl, name, **filters)}")
    except NlError as error:
        equal(error.error, want, f"errno of {name} with {filters}")


@contextlib.contextmanager
def contexts():
    """Two contexts on card 0 and one on card 1, each with one of everything."""
    with contextlib.ExitStack() as stack:
        made = []
        for index in (0, 0, 1):
            ctx = stack.enter_context(Context(index))
            host(ctx)
            ctx.ring(descriptors=64)
            ctx.do("nq-create", size=4096, nc_id=len(made), nq_type="event")
            ended_job(ctx)
            made.append(ctx)
        yield made


@case("by dev-index and by bus-name each dump tells the same, of that card alone and all of it")
def by_card():
    ynl = family()
    with contexts():
        names = {index: dev["bus-name"] for index, dev in devices().items()}
        for name, takes in dumps():
            check({"dev-index", "bus-name"} <= set(takes), f"{name} takes {takes}")
            every = shown(ynl, name)
            for index in (0, 1):
                want = [one for one in every if one[0] == index]
                check(want, f"{name} tells nothing of card {index}")
                equal(shown(ynl, name, dev_index=index), want, f"{name} by index {index}")
                equal(shown(ynl, name, bus_name=names[index]), want, f"{name} by {names[index]}")


@case("by ctx-fd, with or without the card's names, a dump tells what that context has and no more")
def by_context():
    ynl = family()
    with contexts() as made:
        names = {index: dev["bus-name"] for index, dev in devices().items()}
        for name in (name for name, _ in dumps() if own(name)):
            for ctx in made:
                number = ctx.do("context-get")["ctx-id"]
                want = [one for one in shown(ynl, name) if one[:2] == (ctx.index, number)]
                equal(len(want), 1, f"{name} of a context")
                card = {"dev_index": ctx.index}
                bus = {"bus_name": names[ctx.index]}
                for more in ({}, card, bus, {**card, **bus}):
                    equal(shown(ynl, name, ctx_fd=ctx.fd, **more), want, f"{name} with {more}")


@case("filters that contradict each other are refused by name")
def contradictory():
    ynl = family()
    ready(1)
    names = {index: dev["bus-name"] for index, dev in devices().items()}
    with Context() as ctx:
        for name, _ in dumps():
            unfit(errno.EINVAL, ynl, name, "bus-name", "not both", dev_index=0, bus_name=names[0])
            if not own(name):
                refused(errno.EINVAL, lambda n=name: shown(ynl, n, ctx_fd=ctx.fd), attr="ctx-fd")
                continue
            for wrong in ({"dev_index": 1}, {"bus_name": names[1]}, {"dev_index": 63},
                          {"bus_name": NOWHERE}, {"dev_index": 1, "bus_name": names[0]},
                          {"dev_index": 0, "bus_name": names[1]}):
                culprit = "bus-name" if wrong.get("dev_index", 0) == 0 else "dev-index"
                unfit(errno.EINVAL, ynl, name, culprit, "of another card", ctx_fd=ctx.fd, **wrong)


@case("a card or a context that is not there is refused by name")
def unknown():
    ynl = family()
    with open("/dev/null", "rb") as null:
        for name, _ in dumps():
            for index in (63, 64, 0xffffffff):
                unfit(errno.ENODEV, ynl, name, "dev-index", "no such card", dev_index=index)
            for bus_name in (NOWHERE, "", "0000:00:1e", "x" * 31):
                unfit(errno.ENODEV, ynl, name, "bus-name", "no such card", bus_name=bus_name)
            refused(errno.EINVAL, lambda n=name: shown(ynl, n, bus_name="x" * 32), attr="bus-name")
            if own(name):
                unfit(errno.EINVAL, ynl, name, "ctx-fd", "node", ctx_fd=null.fileno())
                unfit(errno.EBADF, ynl, name, "ctx-fd", "open file", ctx_fd=0x7fffffff)


if __name__ == "__main__":
    main()
