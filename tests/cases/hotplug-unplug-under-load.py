#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 topology=ring exclusive=yes
"""Cards come and go while they are used."""

import errno
import glob
import os

from neuroncase import (case, check, Context, devices, emu, entry, equal, family, heard, looker, main,
                        ready, refused, settled, until, vmctl)

MIB = 1 << 20


def listen():
    listener = family()
    listener.ntf_subscribe("hotplug")
    return listener


@case("a plugged card is announced, becomes ready and works; an unplugged one is announced too")
def plug():
    listener = listen()
    before = set(devices())
    vmctl("plug", 0)
    new = heard(listener, "device-add-ntf")["dev-index"]
    check(new not in before, "the index is new")
    heard(listener, "device-change-ntf", dev_index=new, state="ready")
    with Context(new) as ctx:
        src, inp = ctx.host(65536)
        dst, out = ctx.host(65536)
        inp[:] = os.urandom(65536)
        ring = ctx.ring()
        ctx.write(ring, [entry(src, dst, 65536)])
        ctx.acked(ring, 1)
        equal(out[:], inp[:], "data")
    settled(new)
    vmctl("unplug", 0)
    gone = heard(listener, "device-del-ntf", dev_index=new)
    equal(gone["state"], "removed", "state")
    check(not os.path.exists(f"/dev/neuron{new}"), "the node is gone")


@case("unplugged while a ring runs and the queue is mapped: calls end, mappings stay, nothing leaks")
def under_load():
    listener = listen()
    vmctl("plug", 0)
    new = heard(listener, "device-add-ntf")["dev-index"]
    ready(new)
    ctx = Context(new)
    src, inp = ctx.host(MIB)
    dst, out = ctx.host(MIB)
    mem = ctx.device(MIB)
    queue = ctx.queue(0)
    ring = ctx.ring(0, 0)
    inp[:] = os.urandom(MIB)
    want = bytes(inp[:])
    ctx.do("event-set", nc_id=0, event_id=3, value=0)
    ctx.write(ring, [entry(src, dst, MIB)])
    ctx.acked(ring, 1)
    ctx.do("event-set", nc_id=0, event_id=3, value=1)
    equal(queue.next()[3:], (3, 1), "record")
    emu(2, "inject", "dma", "slow", 500)
    for _ in range(12):
        ctx.write(ring, [entry(src, mem, MIB)])
    vmctl("unplug", 0)
    heard(listener, "device-del-ntf", dev_index=new)
    for call in (lambda: ctx.do("mem-alloc", kind="host", size=4096),
                 lambda: ctx.do("ring-get", ring_id=ring),
                 lambda: ctx.do("nq-ack", nq_id=queue.id, head=16)):
        refused(errno.ENODEV, call)
    check(new not in devices(), "the card is not listed")
    equal(out[:], want, "host memory that was received before")
    inp[0:4] = b"mine"
    equal(inp[0:4], b"mine", "the mapping still takes stores")
    equal(queue.view[4:8], (3).to_bytes(4, "little"), "the mapped queue's last record")
    for view in (inp, out, queue.view):
        view.close()
    ctx.close()
    emu(2, "inject", "dma", "slow", 0)
    vmctl("plug", 0)
    again = heard(listener, "device-add-ntf")["dev-index"]
    equal(again, new, "lowest free index is used again")
    ready(again)
    vmctl("unplug", 0)
    heard(listener, "device-del-ntf", dev_index=again)


@case("unbinding and binding by sysfs while files are open is survived and announced")
def rebind():
    listener = listen()
    bus_name = devices()[1]["bus-name"]
    ctx = Context(1)
    mem, view = ctx.host(65536)
    view[0:4] = b"data"
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    with open(f"{driver}/unbind", "w", encoding="ascii") as control:
        control.write(bus_name)
    heard(listener, "device-del-ntf", dev_index=1)
    refused(errno.ENODEV, lambda: ctx.do("mem-free", mem_id=mem))
    equal(view[0:4], b"data", "mapped memory")
    with open(f"{driver}/bind", "w", encoding="ascii") as control:
        control.write(bus_name)
    heard(listener, "device-change-ntf", dev_index=1, state="ready")
    refused(errno.ENODEV, lambda: ctx.do("mem-alloc", kind="host", size=4096))
    view.close()
    ctx.close()
    with Context(1) as fresh:
        fresh.host(4096)
    settled(1)


@case("event numbers of the group have no gaps and go into device-get")
def sequence():
    listener = listen()
    first = devices()[0]["hotplug-seq"]
    vmctl("plug", 0)
    numbers = []
    for note in listener.poll_ntf(120):
        numbers.append(note["msg"]["hotplug-seq"])
        if note["name"] == "device-change-ntf" and note["msg"]["state"] == "ready":
            break
    equal(numbers, list(range(first + 1, first + 1 + len(numbers))), "numbers")
    check(devices()[0]["hotplug-seq"] >= numbers[-1], "device-get carries the last number")
    vmctl("unplug", 0)
    heard(listener, "device-del-ntf")


@case("the neighbours of a card that was pulled learn that their links are down")
def pulled_neighbor():
    until("both links of card 0 are confirmed", lambda: devices()[0]["links-up"] == 2 and all(
        "peer-index" in port for port in looker().dump("neighbor-get", {"dev-index": 0})))
    listener = listen()
    vmctl("unplug-device", 1)
    heard(listener, "device-del-ntf", dev_index=1)
    for _ in range(2):
        heard(listener, "neighbor-change-ntf", dev_index=0, link_state="down")
    equal(devices()[0]["links-up"], 0, "links up")


main()
