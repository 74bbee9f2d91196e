#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=400 kernels="6.1 6.12 latest"
"""neuronnl monitor: one JSON object a line, through removal, flood and reload."""

import subprocess

from monitorcase import Monitor, rebind, states
from neuroncase import case, check, devices, main, ready, reloaded, until


@case("a stopped listener's view equals the dump after a flood, and after a reload of the module")
def flood():
    for index in (0, 1):
        ready(index)
    monitor = Monitor()
    # It begins with what exists, after it has joined the groups.
    until("the monitor shows what exists", lambda: monitor.sees(states()))
    name = devices()[1]["bus-name"]
    monitor.stop()
    for _ in range(60):
        rebind(name)
    ready(1)
    monitor.go("the flood")
    subprocess.run(["rmmod", "neuron"], check=True)
    until("the monitor saw all cards go", lambda: monitor.sees({}))
    subprocess.run(["modprobe", "neuron"], check=True)
    reloaded()
    for index in (0, 1):
        ready(index)
    until("the monitor's view is right after the reload", lambda: monitor.sees(states()))
    monitor.end()
    check(monitor.process.stdout is not None, "output")


main()
