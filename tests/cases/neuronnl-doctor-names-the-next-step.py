#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 exclusive=yes timeout=400 kernels="6.1 6.12"
"""neuronnl doctor finds what keeps a card from being used, and its next step mends it."""

import os
import shutil
import stat
import subprocess

from clicase import CARD, doctor, DRIVER, MODULE, NEURON_GROUP, NO_CARD, NODE, run, TESTER
from modulecase import module_file
from neuroncase import case, check, devices, emu, equal, main, ready, reloaded, Skip, until

PCI = "/sys/bus/pci/devices"
FILE = f"/usr/lib/modules/{os.uname().release}/updates/neuron.ko"
NODES = ("/dev/neuron0", "/dev/neuron1")
ENFORCE = "/sys/module/module/parameters/sig_enforce"
NEVER = "/etc/modprobe.d/never.conf"


def only(lines, check_name, result):
    """The one line of a check, with this result."""
    equal([line["result"] for line in lines.get(check_name, [])], [result], f"{check_name}: {lines}")
    return lines[check_name][0]


def shell(command):
    """Does what a next step says."""
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)


def well(loaded=False):
    """Nothing fails now."""
    if loaded:
        reloaded()
    for index in (0, 1):
        ready(index)
    return doctor(0)


@case("all is well: a line for each thing, for each card, and no next step but for the IOMMU")
def all_well():
    lines = well()
    names = sorted(dev["bus-name"] for dev in devices().values())
    for name, objects in (("pci", names), ("driver", names), ("state", names), ("firmware", names),
                          ("iommu", names), ("node", list(NODES)), ("access", list(NODES))):
        equal(sorted(line["object"] for line in lines[name]), objects, name)
    for name in ("module", "signature", "loaded", "ours", "family"):
        only(lines, name, "ok")
    equal(lines["module"][0]["object"].split("/")[-1], "neuron.ko", "module")
    equal({line["result"] for line in lines["iommu"]}, {"warn"}, "a guest without an IOMMU")
    equal([name for name, found in lines.items() if any(line["result"] != "ok" for line in found)],
          ["iommu"], "what is not ok")


@case("text has the same lines, and says next where JSON does")
def as_text():
    lines = doctor(0)
    ended = run("neuronnl", "doctor")
    equal(ended.returncode, 0, "status")
    said = ended.stdout.splitlines()
    equal(len([line for line in said if line.split()[0] in ("ok", "warn", "fail")]),
          sum(len(found) for found in lines.values()), "lines")
    equal(len([line for line in said if line.startswith("     next: ")]), 2, "next steps")


@case("a user who may not open the file is told which group would help, and it does")
def user():
    for node in NODES:
        os.chmod(node, 0o600)
    lines = doctor(NODE, user=TESTER)
    check("udev rule" in lines["access"][0]["next"], lines["access"])
    check("firmware" not in lines, "the firmware is asked without authority")
    for node in NODES:
        os.chown(node, 0, NEURON_GROUP)
        os.chmod(node, 0o660)
    lines = doctor(NODE, user=TESTER)
    equal([line["result"] for line in lines["access"]], ["fail", "fail"], "access")
    check("usermod -aG neuron tester" in lines["access"][0]["next"], lines["access"])
    lines = doctor(0, user=TESTER, group=NEURON_GROUP)
    equal([line["result"] for line in lines["firmware"]], ["ok", "ok"], "firmware")


@case("a device file that is missing, or is none")
def node():
    number = os.stat(NODES[1]).st_rdev
    os.unlink(NODES[1])
    lines = doctor(NODE)
    equal([line["result"] for line in lines["node"]], ["ok", "fail"], "node")
    with open(NODES[1], "w", encoding="ascii"):
        pass
    lines = doctor(NODE)
    equal(lines["node"][1]["object"], NODES[1], "node")
    check("rm /dev/neuron1" in lines["node"][1]["next"], lines["node"])
    os.unlink(NODES[1])
    os.mknod(NODES[1], stat.S_IFCHR | 0o600, number)
    well()


@case("a card that no driver has, and one that another driver has")
def unbound():
    name = devices()[1]["bus-name"]
    shell(f"echo {name} > /sys/bus/pci/drivers/neuron/unbind")
    lines = doctor(DRIVER)
    bad = [line for line in lines["driver"] if line["result"] == "fail"]
    equal([line["object"] for line in bad], [name], "card")
    shell(bad[0]["next"].split("then try again: ")[1])
    well()


@case("no card: its own exit status")
def no_card():
    for path in [f"{PCI}/{dev['bus-name']}" for dev in devices().values()]:
        shell(f"echo 1 > {path}/remove")
    lines = doctor(NO_CARD)
    only(lines, "pci", "fail")
    only(lines, "family", "ok")
    check("/sys/bus/pci/rescan" in lines["pci"][0]["next"], lines["pci"])
    shell("echo 1 > /sys/bus/pci/rescan")
    until("the cards are there again", lambda: len(devices()) == 2)
    well()


@case("firmware that does not answer")
def firmware():
    emu(0, "inject", "fwio", "drop", 100000)
    try:
        lines = doctor(CARD)
    finally:
        emu(0, "inject", "none")
    bad = [line for line in lines["firmware"] if line["result"] == "fail"]
    equal([line["object"] for line in bad], [devices()[0]["bus-name"]], "card")
    shell(bad[0]["next"].split(";")[0])
    well()


@case("the module is not loaded, also if a blacklist is why")
def not_loaded():
    shell("rmmod neuron")
    line = only(doctor(DRIVER), "loaded", "fail")
    os.makedirs(os.path.dirname(NEVER), exist_ok=True)
    with open(NEVER, "w", encoding="ascii") as file:
        file.write("blacklist neuron\n")
    check("blacklist" in only(doctor(DRIVER), "loaded", "fail")["next"], "the blacklist")
    os.unlink(NEVER)
    shell(line["next"].split(";")[0])
    well(loaded=True)


@case("another module of the same name is loaded, or has the family")
def another():
    shell(f"rmmod neuron; insmod {module_file('foreign', 'neuron')}")
    line = only(doctor(DRIVER), "ours", "fail")
    shell(line["next"])
    well(loaded=True)
    shell(f"rmmod neuron; insmod {module_file('age', 'neuron_age')}")
    only(doctor(DRIVER), "loaded", "fail")
    shell("rmmod neuron_age; modprobe neuron")
    well(loaded=True)


@case("the file is of another module, or there is none for this kernel")
def file():
    shutil.copy(FILE, "neuron.ko")
    shutil.copy(module_file("foreign", "neuron"), FILE)
    lines = doctor(MODULE)
    check(FILE.removeprefix("/usr") in lines["module"][0]["object"], lines["module"])
    check(lines["module"][0]["result"] == "fail" and "another module" in lines["module"][0]["text"],
          lines["module"])
    equal(only(lines, "ours", "warn")["result"], "warn", "what is loaded is not the file")
    os.unlink(FILE)
    shell("depmod")
    line = only(doctor(MODULE), "module", "fail")
    check(os.uname().release in line["text"], line)
    shutil.copy("neuron.ko", FILE)
    line = only(doctor(MODULE), "module", "fail")
    shell(line["next"].split(": ")[1])
    well()


@case("dkms has the module, and has not built it for this kernel")
def dkms():
    version = run("neuronnl", "-V").stdout.split()[-1]
    tree, sources = f"/var/lib/dkms/neuron/{version}", f"/usr/src/neuron-{version}"
    os.makedirs(tree)
    os.symlink(sources, f"{tree}/source")
    check("sources" in only(doctor(0), "dkms", "warn")["text"], "sources that are not there")
    os.makedirs(sources)
    with open(f"{sources}/dkms.conf", "w", encoding="ascii") as file_of_dkms:
        file_of_dkms.write("# sources\n")
    line = only(doctor(0), "dkms", "warn")
    check(f"dkms install neuron/{version} -k {os.uname().release}" in line["next"], line)
    built = f"{tree}/{os.uname().release}/{os.uname().machine}/module"
    os.makedirs(built)
    shutil.copy(FILE, built)
    only(doctor(0), "dkms", "ok")
    shutil.rmtree("/var/lib/dkms/neuron")


@case("signatures are asked for from now on: a warning, since the module is loaded")
def signed():
    if not os.path.exists(ENFORCE):
        raise Skip("this kernel knows no signatures")
    with open(ENFORCE, "w", encoding="ascii") as enforce:
        enforce.write("Y")
    line = only(doctor(0), "signature", "warn")
    check("not signed" in line["text"] and "mok" in line["next"], line)


main()
