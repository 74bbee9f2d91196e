#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Who asks what cards there are is not shown those that his device cgroup excludes."""

import errno
import os

from cgroupcase import confine, inside
from neuroncase import (case, check, Context, devices, equal, family, main, NlError, ready,
                        refused)

CGROUP = "hides"
LOOKS = ("device-get", "neighbor-get", "engine-get", "core-get", "stats-get")


def shown(ynl, operation, **filters):
    """Cards that a dump has something of."""
    return {reply["dev-index"] for reply in ynl.dump(operation, filters)}


@case("looking shows neither by dump nor by name what the cgroup excludes, and shows the rest")
def looking():
    name, every = devices()[1]["bus-name"], set(devices())

    def look():
        ynl = family()
        try:
            os.close(os.open("/dev/neuron1", os.O_RDWR))
            check(False, "the card can be opened")
        except PermissionError:
            pass
        for operation in LOOKS:
            equal(shown(ynl, operation), every - {1}, f"cards of a {operation}")
            equal(shown(ynl, operation, **{"dev-index": 0}), {0}, f"cards of a {operation} of one")
            try:
                equal(shown(ynl, operation, **{"dev-index": 1}), None, f"{operation} of the hidden")
            except NlError as error:
                equal(error.error, errno.ENODEV, "errno of a dump")
        refused(errno.ENODEV, lambda: ynl.do("device-get", {"dev-index": 1}), attr="dev-index",
                text="no such card")
        refused(errno.ENODEV, lambda: ynl.do("stats-get", {"bus-name": name}), attr="bus-name")
        equal(ynl.do("device-get", {"dev-index": 0})["dev-index"], 0, "the card that is let through")
    ready(1)
    confine(CGROUP, os.stat("/dev/neuron1").st_rdev)
    inside(CGROUP, look)
    for operation in LOOKS:
        equal(shown(family(), operation), every, f"cards of a {operation} outside")


@case("a file that was open before carries its authority on")
def open_before():
    with Context(1) as ctx:
        def use():
            ynl = family()
            mem = ynl.do("mem-alloc", {"ctx-fd": ctx.fd, "kind": "host", "size": 4096,
                                       "wait-us": 20000})
            equal(mem["dev-index"], 1, "card")
            equal(shown(ynl, "context-get", **{"ctx-fd": ctx.fd}), {1}, "card of the own context")
            refused(errno.ENODEV, lambda: ynl.do("device-get", {"dev-index": 1}))
        inside(CGROUP, use)


main()
