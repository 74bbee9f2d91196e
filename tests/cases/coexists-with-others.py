#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 exclusive=yes timeout=300 kernels="6.1 6.12 latest"
"""Whatever of the driver's names or cards somebody else has: it is said, and nothing half remains."""

import os
import subprocess

from clicase import doctor, DRIVER, run
from kernellog import KernelLog
from modulecase import module_file
from neuroncase import (case, check, Context, devices, equal, main, ready, reloaded, until)

LOG = KernelLog()
DRIVER_DIR = "/sys/bus/pci/drivers/neuron"
OURS = ("/sys/module/neuron", "/sys/class/neuron", DRIVER_DIR, "/sys/kernel/debug/neuron",
        "/dev/neuron0", "/dev/neuron1")
FOREIGN = "neuron_foreign"


def told(*words):
    """The one line of ours since the last look, which has these words."""
    lines = [line for line in LOG.lines() if line.startswith("neuron")]
    found = [line for line in lines if all(word in line for word in words)]
    equal(len(found), 1, f"lines with {words} among {lines}")
    return found[0]


def shell(command):
    """Does what a next step says."""
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)


def bind_as_told(line):
    """Binds a card by the words with which a line of the log ends."""
    shell("echo" + line.split("then write")[1].replace(" to ", " > "))


def traces():
    """What there is of a driver."""
    has_family = run("genl", "ctrl", "get", "name", "neuron").returncode == 0
    return [path for path in OURS if os.path.exists(path)] + (["family"] if has_family else [])


class Foreign:
    """The driver is out, and somebody else has something; afterwards the driver works."""

    def __init__(self, **takes):
        self.takes = [f"{key}={value}" for key, value in takes.items()]

    def __enter__(self):
        subprocess.run(["rmmod", "neuron"], check=True)
        subprocess.run(["insmod", module_file("foreign", FOREIGN), *self.takes], check=True)
        LOG.lines()
        return self

    def __exit__(self, kind, *_):
        if os.path.exists(f"/sys/module/{FOREIGN}"):
            subprocess.run(["rmmod", FOREIGN], check=True)
        subprocess.run(["modprobe", "neuron"], check=kind is None)
        if kind is None:
            works()


def works():
    """Both cards are there and can be used, by nodes that are theirs."""
    reloaded()
    until("both cards are there", lambda: sorted(devices()) == [0, 1])
    for index in (0, 1):
        with Context(index) as ctx:
            ctx.device(4096)
    doctor(0)


def refuses(what):
    """Loading fails, by modprobe too, says what is in the way, and leaves no more than there was."""
    before = traces()
    ended = run("modprobe", "neuron")
    check(ended.returncode, f"modprobe is content although somebody has {what}")
    line = told("another module has", what)
    check("unload" in line, line)
    check("busy" in ended.stderr, ended.stderr)
    equal(traces(), before, "what there is of a driver")


@case("another class of this name: the module does not load, says why, and leaves nothing")
def taken_class():
    with Foreign(**{"class": "neuron"}):
        # The kernel itself complains of two folders of one name, with a call trace.
        LOG.expects("cannot create duplicate filename '/class/neuron'")
        refuses("/sys/class/neuron")


@case("another family of this name: likewise")
def taken_family():
    with Foreign(family="neuron"):
        refuses("generic netlink family")
        equal(traces(), ["family"], "what is left")


@case("another PCI driver of this name: likewise, and it keeps the cards")
def taken_driver():
    with Foreign(driver="neuron"):
        refuses("PCI driver")
        equal(traces(), [DRIVER_DIR], "what is left")


@case("a module of this name: insmod says so, modprobe is content, and doctor is not")
def same_name():
    subprocess.run(["rmmod", "neuron"], check=True)
    subprocess.run(["insmod", module_file("foreign", "neuron")], check=True)
    ours = f"/usr/lib/modules/{os.uname().release}/updates/neuron.ko"
    check("File exists" in run("insmod", ours).stderr, "insmod")
    equal(run("modprobe", "neuron").returncode, 0, "status of modprobe")
    line = doctor(DRIVER)["ours"][0]
    equal(line["result"], "fail", str(line))
    shell(line["next"])
    works()


@case("cards that another driver has stay its own; doctor's words bring them over")
def bound():
    with Foreign(driver="somebody"):
        subprocess.run(["modprobe", "neuron"], check=True)
        reloaded()
        lines = [line for line in LOG.lines() if "the driver somebody has this card" in line]
        equal(len(lines), 2, f"lines about cards: {lines}")
        equal(devices(), {}, "cards of ours")
        for line in doctor(DRIVER)["driver"]:
            check("the driver somebody has the card" in line["text"], line)
            shell(line["next"])
        works()
        # What has no cards any more can go.
        subprocess.run(["rmmod", FOREIGN], check=True)
        works()


@case("registers that somebody has without being the driver: that card stays out, others work")
def taken_registers():
    with Foreign(registers=1):
        subprocess.run(["modprobe", "neuron"], check=True)
        reloaded()
        bus_name = told("somebody has the card's registers").split()[1].rstrip(":")
        equal([index for index in devices() if ready(index)], [0], "cards")
        check(devices()[0]["bus-name"] != bus_name, f"{bus_name} is used")
        subprocess.run(["rmmod", FOREIGN], check=True)
        bad = [line for line in doctor(DRIVER)["driver"] if line["result"] == "fail"]
        equal([line["object"] for line in bad], [bus_name], "cards without a driver")
        shell(f"echo {bus_name} > {DRIVER_DIR}/bind")
        works()


@case("somebody's /dev/neuron0: the card is not bound to a node that is not its own, and later is")
def taken_node():
    with Foreign(node="neuron0"):
        theirs = os.stat("/dev/neuron0").st_rdev
        subprocess.run(["modprobe", "neuron"], check=True)
        reloaded()
        lines = [line for line in LOG.lines() if "/dev/neuron0 is something else's" in line]
        # Each in turn would be card 0: the second gets no other number for it.
        equal(len(lines), 2, f"lines about cards: {lines}")
        equal(devices(), {}, "cards of ours")
        equal(os.stat("/dev/neuron0").st_rdev, theirs, "the node")
        check(not os.path.exists("/dev/neuron1"), "a second node")
        for line in doctor(DRIVER)["driver"]:
            equal(line["text"], "no driver is bound to the card", str(line))
        subprocess.run(["rmmod", FOREIGN], check=True)
        for line in lines:
            bind_as_told(line)
        works()


@case("a file left at /dev/neuron1 by hand: card 0 works, the other one after the file is gone")
def left_node():
    subprocess.run(["rmmod", "neuron"], check=True)
    with open("/dev/neuron1", "w", encoding="ascii"):
        pass
    LOG.lines()
    subprocess.run(["modprobe", "neuron"], check=True)
    reloaded()
    line = told("/dev/neuron1 is something else's")
    equal(sorted(devices()), [0], "cards")
    os.unlink("/dev/neuron1")
    bind_as_told(line)
    works()


main()
