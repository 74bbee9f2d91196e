#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=4 topology=ring
"""Neighbours: found, confirmed by both sides, told when they change."""

import errno

from neuroncase import case, Context, devices, emu, equal, family, main, ready, refused, until


def links(ynl):
    return {(n["dev-index"], n["port"]): (n["link-state"], n.get("peer-index"), n.get("peer-bus-name"))
            for n in ynl.dump("neighbor-get", {})}


def ring_is_whole(ynl):
    names = {index: dev["bus-name"] for index, dev in devices(ynl).items()}
    order = sorted(names, key=lambda index: names[index])
    want = {}
    for place, index in enumerate(order):
        east, west = order[(place + 1) % 4], order[(place - 1) % 4]
        want[(index, "east")] = ("up", east, names[east])
        want[(index, "west")] = ("up", west, names[west])
    return links(ynl) == want


@case("four cards in a ring see each other, by index and bus name")
def ring():
    ynl = family()
    for index in range(4):
        ready(index, ynl)
    until("all links are confirmed", lambda: ring_is_whole(ynl))
    equal([dev["links-up"] for dev in devices(ynl).values()], [2] * 4, "links up")
    one = ynl.do("neighbor-get", {"dev-index": 2, "port": "west"})
    equal((one["port"], one["link-state"]), ("west", "up"), "one port")
    equal("age-ms" in one, True, "age is told")


@case("a link that goes down is told to listeners, and comes back")
def down():
    listener = family()
    listener.ntf_subscribe("hotplug")
    order = sorted(devices(), key=lambda index: devices()[index]["bus-name"])
    with Context(order[1]) as ctx:
        emu(1, "link", "east", "down")
        ctx.do("neighbor-refresh")
        note = next(n["msg"] for n in listener.poll_ntf(120)
                    if n["name"] == "neighbor-change-ntf" and n["msg"]["dev-index"] == order[1])
        equal((note["port"], note["link-state"], "peer-index" in note), ("east", "down", False), "event")
        equal(links(ctx.ynl)[(order[1], "east")][0], "down", "link")
        emu(1, "link", "east", "up")
        ctx.do("neighbor-refresh")
        until("the ring is whole again", lambda: ring_is_whole(ctx.ynl))


@case("both cards see that their link went down and came back, whichever was asked")
def both_ends():
    order = sorted(devices(), key=lambda index: devices()[index]["bus-name"])
    for asked, other, port in ((1, 2, "west"), (2, 1, "east")):
        with Context(order[asked]) as ctx:
            emu(1, "link", "east", "down")
            ctx.do("neighbor-refresh")
            until("the other card has seen it, too",
                  lambda look=(order[other], port): links(ctx.ynl)[look][0] == "down")
            emu(1, "link", "east", "up")
            ctx.do("neighbor-refresh")
            until("the ring is whole again", lambda: ring_is_whole(ctx.ynl))


@case("asking the firmware needs a context, looking does not")
def authority():
    ynl = family()
    refused(errno.EINVAL, lambda: ynl.do("neighbor-refresh", {"dev-index": 0}), attr="ctx-fd")
    refused(errno.ENODEV, lambda: ynl.do("neighbor-get", {"dev-index": 40, "port": "east"}))
    refused(errno.EINVAL, lambda: ynl.do("neighbor-get", {"dev-index": 0}), attr="port")


main()
