#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 topology=ring exclusive=yes timeout=300
"""A card that rings of another one write to is unbound or pulled out: both sides stay whole."""

import errno
import glob

from neuroncase import (case, check, devices, empty, entry, equal, family, main, ready,
                        refused, stats, until, vmctl)
from neighborcase import both_work, Held, linked, opened, to

DRIVER = glob.glob("/sys/bus/pci/drivers/neuron*")[0]


def control(name, bus_name):
    with open(f"{DRIVER}/{name}", "w", encoding="ascii") as file:
        file.write(bus_name)


def lost(held):
    """The owner of the ring is told, and its card works."""
    until("the ring is lost", lambda: held.state()["state"] == "lost")
    refused(errno.ENOTCONN, lambda: held.ctx.do("ring-ack", ring_id=held.ring), text="writes to")
    held.ctx.do("ring-destroy", ring_id=held.ring)
    mem, view = held.ctx.host(4096)
    ring = held.ctx.ring(1, 2)
    held.ctx.write(ring, [entry(None, mem, 4, imm=77)])
    held.ctx.acked(ring, 1)
    equal(view[0], 77, "word")


@case("unbound while a ring of its neighbour writes to it: that one stops first")
def unbound():
    linked(0, 1)
    bus_name = devices()[1]["bus-name"]
    with opened(0) as ctx:
        peer = opened(1)
        held = Held(ctx, peer, 0)
        held.resume()
        for _ in range(8):
            ctx.write(held.ring, [to(peer, ctx.host(4096)[0], held.dst, 4096)])
        control("unbind", bus_name)
        check(1 not in devices(), "the card is gone")
        lost(held)
        refused(errno.ENODEV, lambda: peer.do("mem-get", mem_id=held.dst))
        peer.close()
    empty(0)
    control("bind", bus_name)
    both_work(0, 1)


@case("unbound while that ring does not stop: its engine is aborted, so that it never goes on")
def stuck():
    linked(0, 1)
    bus_name = devices()[1]["bus-name"]
    with opened(0) as ctx:
        peer = opened(1)
        held = Held(ctx, peer, 0)
        aborts = stats(0)["engine-aborts"]
        control("unbind", bus_name)
        peer.close()
        until("the engine has aborted", lambda: stats(0)["engine-aborts"] > aborts)
        until("the ring is let go", lambda: stats(0)["quarantined"] == 0)
        held.resume()
        lost(held)
    empty(0)
    control("bind", bus_name)
    both_work(0, 1)


@case("both are unbound, and the module goes, while they write to each other")
def both():
    linked(0, 1)
    names = [devices()[index]["bus-name"] for index in (0, 1)]
    one, two = opened(0), opened(1)
    held = [Held(one, two, 0), Held(two, one, 1)]
    held[0].resume()
    for name in names:
        control("unbind", name)
    equal(devices(), {}, "cards")
    for ctx, ring in zip((one, two), held):
        ring.view.close()
        ctx.close()
    held[1].resume()
    for index, name in enumerate(names):
        control("bind", name)
        until("it is back", lambda index=index: index in devices())
    both_work(0, 1)
    for index in (0, 1):
        empty(index)


@case("pulled out while a ring of its neighbour writes to it")
def pulled():
    linked(0, 1)
    listener = family()
    listener.ntf_subscribe("hotplug")
    ctx, peer = opened(0), opened(1)
    held = Held(ctx, peer, 0)
    vmctl("unplug-device", 1)
    for note in listener.poll_ntf(120):
        if note["name"] == "device-del-ntf":
            break
    held.resume()
    lost(held)
    peer.close()
    ctx.close()
    empty(0)
    check(ready(0), "the other card")


main()
