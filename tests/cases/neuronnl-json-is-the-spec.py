#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring kernels="6.1 6.12 latest"
"""neuronnl -j says what the kernel's YNL client says, key by key."""

import json
import os
import subprocess

from neuroncase import (case, check, Context, devices, emu, empty, equal, family, main, ready,
                        until)

VOLATILE = ("age-ms", "held-ms", "hotplug-seq", "health-seq", "usage-seq")


def neuronnl(*words):
    result = subprocess.run(["neuronnl", *words], capture_output=True, text=True, check=False)
    equal(result.returncode, 0, f"exit status of neuronnl {words}: {result.stderr}")
    return result.stdout


def stable(objects):
    return [{key: value for key, value in one.items() if key not in VOLATILE} for one in objects]


def told(operation):
    """What the YNL client answers."""
    return stable([{key: sorted(value) if isinstance(value, set) else value
                    for key, value in one.items()} for one in family().dump(operation, {})])


def same(name, operation):
    """Both say the same, if the driver has counted nothing while they were asked."""
    seen = {}

    def still():
        seen["want"] = told(operation)
        seen["got"] = json.loads(neuronnl("-j", name, "show"))
        return told(operation) == seen["want"]
    until(f"{operation} says the same twice", still)
    equal(list(seen["got"]), [name], "top level key")
    equal(stable(seen["got"][name]), seen["want"], name)
    return seen["got"][name]


@case("every object shows the same as the YNL client")
def equal_outputs():
    cards = len(family().dump("device-get", {}))
    for index in range(cards):
        ready(index)
    check(cards >= 2, "two cards at least")
    equal(len(same("dev", "device-get")), cards, "cards")
    equal(len(same("neighbor", "neighbor-get")), 2 * cards, "ports")
    for name in ("mem", "ring", "nq"):
        equal(json.loads(neuronnl("-j", name, "show")), {name: []}, "empty list")
    with Context() as ctx:
        ctx.host(8192, label="buf0")
        ctx.device(4096, 1)
        ctx.ring()
        ctx.queue(0)
        ctx.do("core-claim", claim=[1, 3])
        cores = same("core", "core-get")
        equal([core["nc-id"] for core in cores if "ctx-id" in core], [1, 3], "claimed cores")
        equal(len(same("mem", "mem-get")), 2, "memory")
        equal(len(same("ring", "ring-get")), 1, "rings")
        equal(len(same("nq", "nq-get")), 1, "queues")
        equal([one["command"] for one in same("ctx", "context-get")].count("python3"), 1, "contexts")
        equal(len(same("engine", "engine-get")), sum(dev["engines"] for dev in devices().values()),
              "engines")
        emu(0, "inject", "fwio", "delay", "500", "1")
        ctx.start("reg-read", offset=[0x40604] * 3)
        until("the job has ended", lambda: family().dump("job-get", {})[0]["job-state"] == "done")
        equal(same("job", "job-get")[0]["value"], [4, 4, 4], "what a job has read")
    empty()
    # Nothing is in use, so that nothing counts.
    equal(len(same("stats", "stats-get")), cards, "counters")


@case("-p is the same JSON, indented; text output names every card")
def pretty():
    equal(json.loads(neuronnl("-j", "-p", "dev", "show")), json.loads(neuronnl("-j", "dev", "show")), "JSON")
    check("\n" in neuronnl("-j", "-p", "dev", "show").strip(), "indented")
    for dev in family().dump("device-get", {}):
        check(dev["bus-name"] in neuronnl("dev", "show"), "bus name in the text")


@case("the links as a graph for graphviz")
def dot():
    text = neuronnl("neighbor", "show", "--dot")
    check(text.startswith(("graph", "digraph")) and text.rstrip().endswith("}"), text)
    for dev in family().dump("device-get", {}):
        check(dev["bus-name"] in text, "bus name in the graph")


@case("-n asks in a network namespace, by its name or its path, and says which one is not there")
def elsewhere():
    place = "/run/netns/elsewhere"
    subprocess.run(["ip", "netns", "add", "elsewhere"], check=True)
    try:
        here = json.loads(neuronnl("-j", "dev", "show"))
        for name in ("elsewhere", place):
            equal(json.loads(neuronnl("-j", "-n", name, "dev", "show")), here, f"cards seen from {name}")
        with subprocess.Popen(["neuronnl", "-j", "-n", "elsewhere", "monitor"], stdout=subprocess.PIPE,
                              text=True) as monitor:
            check(monitor.stdout.readline(), "the monitor begins")
            equal(os.stat(f"/proc/{monitor.pid}/ns/net").st_ino, os.stat(place).st_ino, "where it asks")
            monitor.kill()
    finally:
        subprocess.run(["ip", "netns", "del", "elsewhere"], check=True)
    gone = subprocess.run(["neuronnl", "-n", "elsewhere", "dev", "show"], capture_output=True, text=True,
                          check=False)
    equal((gone.returncode, gone.stdout), (1, ""), "status and output without the namespace")
    check("elsewhere" in gone.stderr, f"what it says: {gone.stderr}")


@case("help everywhere, and exit codes that tell usage from refusal")
def usage():
    for words in (("help",), ("dev", "help"), ("neighbor", "help"), ("mem", "help"), ("ring", "help"),
                  ("nq", "help"), ("monitor", "help")):
        check("sage" in neuronnl(*words), f"help of {words}")

    def status(*words):
        result = subprocess.run(["neuronnl", *words], capture_output=True, text=True, check=False)
        check(result.stderr and not result.stdout.strip().startswith("Usage"), f"{words}: {result}")
        return result.returncode
    equal(status("nonsense"), 1, "exit status of a wrong word")
    equal(status("dev", "nonsense"), 1, "exit status of a wrong command")
    equal(status("dev", "show", "dev", "55"), 2, "exit status of a refusal")


main()
