# SPDX-License-Identifier: GPL-2.0
"""Listeners that sleep while cards come, go and are reset, and what they see when they wake."""

import errno
import glob
import os
import socket
from concurrent.futures import ThreadPoolExecutor

from monitorcase import Monitor, states
from neuroncase import check, Context, devices, equal, family, ready, until, vmctl


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


def asleep(what, function):
    """Both kinds of listeners sleep while function runs."""
    monitor, sleeper = Monitor(), Sleeper()
    until("the monitor shows what exists", lambda: monitor.sees(states()))
    monitor.stop()
    function()
    monitor.go(what)
    lost = sleeper.missed()
    check(lost == 0 or sleeper.overruns, f"{lost} events were lost, and nobody was told")
    monitor.end()


def all_ready():
    for index in (0, 1):
        ready(index)


def power_off(bus_name):
    """Switches the slot of a card off, after which the host takes the card out."""
    for slot in glob.glob("/sys/bus/pci/slots/*"):
        with open(f"{slot}/address", encoding="ascii") as address:
            if not bus_name.startswith(address.read().strip()):
                continue
        with open(f"{slot}/power", "w", encoding="ascii") as power:
            power.write("0")
        return
    check(False, f"no slot of {bus_name}")


def plugs(count):
    """A third card is put in and taken out so often."""
    all_ready()
    before = set(devices())

    def run():
        for _ in range(count):
            vmctl("plug", 0)
            new = until("one more card", lambda: set(devices()) - before).pop()
            power_off(ready(new)["bus-name"])
            vmctl("gone", 0)
            equal(set(devices()), before, "cards")
    asleep(f"{count} plugs and unplugs", run)


def remove(name, count):
    """A card is removed and found again so often."""
    for _ in range(count):
        for path in (f"/sys/bus/pci/devices/{name}/remove", "/sys/bus/pci/rescan"):
            with open(path, "w", encoding="ascii") as control:
                control.write("1")
        until("the card is there", lambda: os.path.exists(f"/sys/bus/pci/devices/{name}/driver"))


def reset(ctx, count):
    """The card of a context is reset so often."""
    for _ in range(count):
        ctx.do("device-reset")


def removals_and_resets(removals, resets):
    """One card is removed and found again while the other one is reset, for most of that is waiting."""
    all_ready()
    name, before = devices()[1]["bus-name"], devices()[0]["reset-count"]

    def run():
        with Context(0) as ctx, ThreadPoolExecutor(1) as thread:
            other = thread.submit(reset, ctx, resets)
            remove(name, removals)
            other.result()
    asleep(f"{removals} removals and rescans, {resets} resets", run)
    all_ready()
    equal(devices()[1]["bus-name"], name, "name of the card that was removed")
    equal(devices()[0]["reset-count"] - before, resets, "resets")
