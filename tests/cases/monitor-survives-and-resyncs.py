#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=400
"""neuronnl monitor: one JSON object a line, through removal, flood and reload."""

import glob
import json
import os
import select
import signal
import subprocess

from neuroncase import case, check, devices, equal, main, ready, reloaded, until


class Monitor:
    def __init__(self):
        self.process = subprocess.Popen(["neuronnl", "-j", "monitor"], stdout=subprocess.PIPE)
        self.view = {}
        self.buffer = b""
        self.resyncs = 0

    def read(self):
        if not select.select([self.process.stdout], [], [], 0.05)[0]:
            return
        self.buffer += os.read(self.process.stdout.fileno(), 65536)
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            self.apply(json.loads(line))

    def apply(self, note):
        if "resync" in note["name"]:
            self.resyncs += 1
        if not note["name"].startswith("device-"):
            return
        index = note["msg"]["dev-index"]
        if note["name"] == "device-del-ntf":
            self.view.pop(index, None)
        else:
            self.view[index] = note["msg"]["state"]

    def sees(self, want):
        self.read()
        return self.view == want


def rebind(bus_name):
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    for action in ("unbind", "bind"):
        with open(f"{driver}/{action}", "w", encoding="ascii") as control:
            control.write(bus_name)


@case("a stopped listener's view equals the dump after a flood, and after a reload of the module")
def flood():
    for index in (0, 1):
        ready(index)
    monitor = Monitor()
    # It begins with what exists, after it has joined the groups.
    until("the monitor shows what exists", lambda: monitor.sees({0: "ready", 1: "ready"}))
    name = devices()[1]["bus-name"]
    monitor.process.send_signal(signal.SIGSTOP)
    for _ in range(60):
        rebind(name)
    ready(1)
    monitor.process.send_signal(signal.SIGCONT)
    until("the monitor's view is right after the flood",
          lambda: monitor.sees({index: dev["state"] for index, dev in devices().items()}))
    subprocess.run(["rmmod", "neuron"], check=True)
    until("the monitor saw all cards go", lambda: monitor.sees({}))
    subprocess.run(["modprobe", "neuron"], check=True)
    reloaded()
    for index in (0, 1):
        ready(index)
    until("the monitor's view is right after the reload",
          lambda: monitor.sees({index: dev["state"] for index, dev in devices().items()}))
    monitor.process.send_signal(signal.SIGINT)
    equal(monitor.process.wait(), 0, "exit status after SIGINT")
    check(monitor.process.stdout is not None, "output")


main()
