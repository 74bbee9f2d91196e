#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 timeout=400
"""A listener that sleeps through removals, resets and bursts sees afterwards what a dump tells.

`make check` holds a sample; `make check-long` does the whole.
"""

import errno
import os
import socket

from monitorcase import Monitor, rebind, states
from neuroncase import (case, check, Context, devices, equal, family, main, ready, scaled, until,
                        vmctl)

PLUGS = scaled(2, 50)
REMOVALS = scaled(6, 500)
RESETS = scaled(10, 500)


class Sleeper:
    """A listener with a small buffer that reads nothing until it is asked to."""

    def __init__(self):
        self.ynl = family()
        self.ynl.ntf_subscribe("hotplug")
        self.ynl.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.seq = max(dev["hotplug-seq"] for dev in devices().values())
        self.overruns = 0

    def drain(self):
        """Everything that is still there, with overruns counted."""
        while True:
            try:
                self.ynl.check_ntf()
                break
            except OSError as error:
                equal(error.errno, errno.ENOBUFS, "error of the listener's socket")
                self.overruns += 1
        notes = []
        while not self.ynl.async_msg_queue.empty():
            notes.append(self.ynl.async_msg_queue.get())
        return notes

    def missed(self):
        """How many of the events that a dump knows of did not come."""
        # What comes while the buffer is full is lost: the dump is asked for when there is room.
        notes = self.drain()
        last = max(dev["hotplug-seq"] for dev in devices().values())
        got = [note["msg"]["hotplug-seq"] for note in notes + self.drain()]
        equal(got, sorted(set(got)), "numbers of events, in order")
        check(all(number > self.seq for number in got), f"events from before: {got}, {self.seq}")
        lost = last - self.seq - sum(number <= last for number in got)
        self.seq = max([last] + got)
        return lost

    def follows(self):
        """Takes what has come, without a gap; true once it is all that a dump tells of."""
        for note in self.drain():
            equal(note["msg"]["hotplug-seq"], self.seq + 1, "number of the next event")
            self.seq += 1
        return self.seq == max(dev["hotplug-seq"] for dev in devices().values())


def asleep(what, count, function):
    """Both kinds of listeners sleep while function is done so often."""
    monitor, sleeper = Monitor(), Sleeper()
    until("the monitor shows what exists", lambda: monitor.sees(states()))
    monitor.stop()
    for _ in range(count):
        function()
    monitor.go(f"{count} times {what}")
    lost = sleeper.missed()
    check(lost == 0 or sleeper.overruns, f"{lost} events were lost, and nobody was told")
    monitor.end()
    return lost


def all_ready():
    for index in (0, 1):
        ready(index)


@case(f"after {PLUGS} plugs and unplugs")
def plugs():
    all_ready()
    before = set(devices())

    def once():
        vmctl("plug", 0)
        ready(until("one more card", lambda: set(devices()) - before).pop())
        vmctl("unplug", 0)
        until("the card is gone", lambda: set(devices()) == before)
    asleep("plugged and unplugged", PLUGS, once)
    equal(set(devices()), before, "cards")


@case(f"after {REMOVALS} removals and rescans through sysfs")
def removals():
    all_ready()
    name = devices()[1]["bus-name"]

    def once():
        for path in (f"/sys/bus/pci/devices/{name}/remove", "/sys/bus/pci/rescan"):
            with open(path, "w", encoding="ascii") as control:
                control.write("1")
        until("the card is there", lambda: os.path.exists(f"/sys/bus/pci/devices/{name}/driver"))
    asleep("removed and found", REMOVALS, once)
    all_ready()
    equal(devices()[1]["bus-name"], name, "name of the card that was removed")


@case(f"after {RESETS} resets")
def resets():
    all_ready()
    with Context(1) as ctx:
        before = devices()[1]["reset-count"]
        asleep("reset", RESETS, lambda: ctx.do("device-reset"))
        equal(devices()[1]["reset-count"] - before, RESETS, "resets")


@case("a burst beyond the listener's buffer is told by ENOBUFS and by a gap, and one dump mends it")
def burst():
    all_ready()
    name = devices()[1]["bus-name"]
    sleeper = Sleeper()
    for _ in range(40):
        rebind(name)
    ready(1)
    lost = sleeper.missed()
    check(lost > 0, "the buffer was as large as the burst")
    check(sleeper.overruns > 0, "no ENOBUFS")
    # From here on there is no gap, so what the dump told is the truth.
    sleeper.ynl.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
    rebind(name)
    ready(1)
    until("the listener has heard everything", sleeper.follows)


main()
