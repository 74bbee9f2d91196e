#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 udev=yes exclusive=yes timeout=300 kernels=6.1 emu-args="--device-id 0x7067"
"""With systemd's udev, as Debian has it: group, mode and names of the nodes, and the module for a card."""

import grp
import os
import stat
import subprocess

from clicase import NEURON_GROUP, run, TESTER
from neuroncase import case, check, devices, equal, main, ready, reloaded, until, vmctl

BY_PATH = "/dev/neuron/by-path"
DRIVER = "/sys/bus/pci/drivers/neuron"
RULES = "/usr/lib/udev/rules.d/60-neuron.rules"
NEVER = "/etc/modprobe.d/never.conf"
IDS = ("7064", "7065", "7066", "7067")


def do(*words):
    """Runs a program that must end well."""
    ended = run(*words)
    equal(ended.returncode, 0, f"status of {words}: {ended.stderr}")
    return ended.stdout


def settled():
    """udev has done what there was to do."""
    do("udevadm", "settle", "--timeout=100")


def known(index):
    """Card index has its node, owned and linked as the rule says."""
    node, bus_name = f"/dev/neuron{index}", devices()[index]["bus-name"]
    found = os.stat(node)
    equal((found.st_uid, grp.getgrgid(found.st_gid).gr_name, oct(found.st_mode)),
          (0, "neuron", oct(stat.S_IFCHR | 0o660)), f"owner and mode of {node}")
    number = f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"
    for link in (f"{BY_PATH}/pci-{bus_name}", f"/dev/char/{number}"):
        equal(os.path.realpath(link), node, link)
    equal(os.path.basename(os.path.realpath(f"/sys/class/neuron/neuron{index}/device")), bus_name,
          "device in /sys/class")


def all_known(count):
    """So many cards are there, and no link of another."""
    until(f"{count} cards", lambda: len(devices()) == count)
    settled()
    for index in devices():
        known(index)
    equal(sorted(os.listdir(BY_PATH)), sorted(f"pci-{dev['bus-name']}" for dev in devices().values()),
          "links")


@case("udev starts; cards that were there before belong to root and the group, 0660, by their place")
def start():
    check(os.path.exists(RULES), f"{RULES} is not installed")
    equal(os.stat("/dev/neuron0").st_mode & 0o777, 0o600, "mode without udev")
    do("/usr/lib/systemd/systemd-udevd", "--daemon")
    do("udevadm", "trigger", "--action=add", "--subsystem-match=neuron")
    all_known(2)


@case("who has the group may use a card, who has not may not")
def group():
    ready(0)
    opens = ("sh", "-c", ": <> /dev/neuron0")
    equal(run(*opens, user=TESTER, group=NEURON_GROUP).returncode, 0, "with the group")
    check("Permission denied" in run(*opens, user=TESTER).stderr, "without")


@case("a card that is plugged gets all that, and its names go with it")
def plug():
    vmctl("plug", 0)
    all_known(3)
    vmctl("unplug", 0)
    all_known(2)


@case("numbers change with the order of binding, names by place do not")
def order():
    before = {index: dev["bus-name"] for index, dev in devices().items()}
    for bus_name in before.values():
        with open(f"{DRIVER}/unbind", "w", encoding="ascii") as file:
            file.write(bus_name)
    for index in (1, 0):
        with open(f"{DRIVER}/bind", "w", encoding="ascii") as file:
            file.write(before[index])
    equal({index: dev["bus-name"] for index, dev in devices().items()}, {0: before[1], 1: before[0]},
          "cards")
    all_known(2)


@case("udev loads the module for cards that are plugged or were there, but not a blacklisted one")
def autoload():
    do("rmmod", "neuron")
    settled()
    check(not os.path.exists(BY_PATH) or not os.listdir(BY_PATH), "links without a driver")
    vmctl("plug", 0)
    until("the module is loaded", lambda: os.path.exists("/dev/neuron2"))
    reloaded()
    all_known(3)
    vmctl("unplug", 0)
    all_known(2)
    do("rmmod", "neuron")
    os.makedirs(os.path.dirname(NEVER), exist_ok=True)
    with open(NEVER, "w", encoding="ascii") as file:
        file.write("blacklist neuron\n")
    do("udevadm", "control", "--reload")
    do("udevadm", "trigger", "--action=add", "--subsystem-match=pci")
    settled()
    check(not os.path.exists("/sys/module/neuron"), "loaded although it is blacklisted")
    os.unlink(NEVER)
    do("udevadm", "control", "--reload")
    do("udevadm", "trigger", "--action=add", "--subsystem-match=pci")
    until("the module is loaded", lambda: os.path.exists("/dev/neuron1"))
    reloaded()
    all_known(2)


@case("it is the module for each of the four ids, and these are cards of the last one")
def ids():
    alias = open("/sys/class/neuron/neuron0/device/modalias", encoding="ascii").read().strip()
    check("d00007067" in alias, alias)
    for number in IDS:
        equal(do("modprobe", "-R", alias.replace("d00007067", f"d0000{number}")), "neuron\n", number)
    for number in ("7063", "7068"):
        check(run("modprobe", "-R", alias.replace("d00007067", f"d0000{number}")).returncode, number)
    subprocess.run(["udevadm", "control", "--exit"], check=True)


main()
