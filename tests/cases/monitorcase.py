# SPDX-License-Identifier: GPL-2.0
"""A listener that can be stopped, and what happens to cards meanwhile."""

import glob
import json
import os
import select
import signal
import subprocess

from neuroncase import devices, equal, until


class Monitor:
    """neuronnl monitor; its view is what its lines say that there is."""

    def __init__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(["neuronnl", "-j", "monitor"], stdout=subprocess.PIPE)
        self.view = {}
        self.seq = 0
        self.buffer = b""
        self.resyncs = 0
        self.slept_at = 0

    def read(self):
        """Takes in what it has said meanwhile."""
        if not select.select([self.process.stdout], [], [], 0.05)[0]:
            return
        self.buffer += os.read(self.process.stdout.fileno(), 65536)
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            self.apply(json.loads(line))

    def apply(self, note):
        """One line."""
        if "resync" in note["name"]:
            self.resyncs += 1
        self.seq = max(self.seq, note.get("msg", {}).get("hotplug-seq", 0))
        if not note["name"].startswith("device-"):
            return
        index = note["msg"]["dev-index"]
        if note["name"] == "device-del-ntf":
            self.view.pop(index, None)
        else:
            self.view[index] = note["msg"]["state"]

    def sees(self, want):
        """Is its view this?"""
        self.read()
        return self.view == want

    def sees_all(self):
        """Is its view that of a dump, and has it come to the last event that the dump knows of?

        On its way there it may be right by chance. It has also come there if it has
        compared: what it found as it was before, it does not tell, nor its number.
        """
        self.read()
        cards = devices()
        last = max((card["hotplug-seq"] for card in cards.values()), default=0)
        return ((self.seq >= last or self.resyncs > self.slept_at) and
                self.view == {index: card["state"] for index, card in cards.items()})

    def stop(self):
        """It sleeps from now on; who shows what exists has told of all comparing before."""
        self.slept_at = self.resyncs
        self.process.send_signal(signal.SIGSTOP)

    def go(self, what):
        """It wakes, and has to see what there is."""
        self.process.send_signal(signal.SIGCONT)
        until(f"the monitor's view is right after {what}", self.sees_all)

    def end(self):
        """Ends it as a user does, who reads on until it has ended."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()
        equal(self.process.returncode, 0, "exit status after SIGINT")


def states():
    """State of each card, as a dump tells."""
    return {index: dev["state"] for index, dev in devices().items()}


def rebind(bus_name):
    """Takes a card from the driver and gives it back."""
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    for action in ("unbind", "bind"):
        with open(f"{driver}/{action}", "w", encoding="ascii") as control:
            control.write(bus_name)
