#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 kernels="6.1 6.12 latest"
"""Library and command get along with a driver that is older than they, and one that is newer."""

import ctypes
import errno
import json
import os
import select
import subprocess

from modulecase import module_file
from neuroncase import case, check, equal, main, ready, reloaded, until

LIB = ctypes.CDLL("libneuron.so.0")
LIB.neuron_last_error.restype = ctypes.c_char_p
LATER = 99
SAY = "/sys/module/neuron_age/parameters/say"


class Age:
    """The driver makes room for one of another age."""

    def __init__(self, newer):
        self.newer = newer

    def __enter__(self):
        path = module_file("age", "neuron_age")
        ready(0)
        subprocess.run(["rmmod", "neuron"], check=True)
        subprocess.run(["insmod", path, f"newer={self.newer}"], check=True)
        self.handle = ctypes.c_void_p()
        equal(LIB.neuron_open(ctypes.byref(self.handle)), 0, "neuron_open")
        return self

    def __exit__(self, *_):
        LIB.neuron_close(self.handle)
        subprocess.run(["rmmod", "neuron_age"], check=True)
        subprocess.run(["modprobe", "neuron"], check=True)
        reloaded()
        ready(0)

    def refused(self, call, *args):
        """A call that fails: its errno and its sentence."""
        room = ctypes.create_string_buffer(4096)
        ret = getattr(LIB, call)(self.handle, *args, room, ctypes.c_size_t(len(room)))
        return ret, LIB.neuron_last_error(self.handle).decode()


def command(*words):
    """What neuronnl says: status, standard output, standard error."""
    ended = subprocess.run(["neuronnl", *words], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout, ended.stderr


def cards():
    """Cards as the command shows them."""
    status, out, err = command("-j", "dev", "show")
    equal((status, err), (0, ""), "dev show")
    return json.loads(out)["dev"]


class Monitor:
    """neuronnl monitor, line by line."""

    def __init__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(["neuronnl", "-j", "monitor"], stdout=subprocess.PIPE)
        self.lines, self.rest = [], b""

    def read(self):
        """All that it has said so far."""
        if select.select([self.process.stdout], [], [], 0.05)[0]:
            self.rest += os.read(self.process.stdout.fileno(), 65536)
            *lines, self.rest = self.rest.split(b"\n")
            self.lines += [json.loads(line) for line in lines]
        return self.lines

    def end(self):
        """Its status after it was asked to end."""
        self.process.terminate()
        return self.process.wait()


OLDER = ("the driver does not know this operation", "older than this library")


@case("older: what it tells is shown, what it does not is left out")
def _():
    with Age(0):
        equal(cards(), [{"dev-index": 0, "bus-name": "0000:00:1e.0", "vendor-id": 0x1d0f,
                         "device-id": 0x7064, "state": "ready"}], "cards")
        monitor = Monitor()
        until("the monitor shows the card",
              lambda: any(line["name"] == "device-add-ntf" for line in monitor.read()))
        equal(monitor.end(), 0, "status of the monitor")


@case("older: operations and attributes that it lacks are refused in a sentence")
def _():
    with Age(0) as older:
        for call, args in (("neuron_stats_get", (0,)), ("neuron_engine_get", (0, 0)),
                           ("neuron_core_get", (0, 0)), ("neuron_neighbor_get", (0, 0))):
            ret, why = older.refused(call, *args)
            equal(ret, -errno.EOPNOTSUPP, call)
            check(all(text in why for text in OLDER), why)
        ret, why = older.refused("neuron_device_get_by_bus", b"0000:00:1e.0")
        equal(ret, -errno.EINVAL, "bus-name")
        check("(bus-name 0000:00:1e.0)" in why and OLDER[1] in why, why)
        # The driver's own refusals are nothing of the kind.
        ret, why = older.refused("neuron_device_get", 7)
        equal((ret, OLDER[1] in why), (-errno.ENODEV, False), why)
        for words in (("stats", "show"), ("core", "show"), ("engine", "show"),
                      ("neighbor", "show"), ("mem", "show"), ("job", "show")):
            status, _, err = command(*words)
            check(status == 2 and all(text in err for text in OLDER), f"{words}: {status} {err}")


@case("newer: unknown attributes are passed over, unknown values stay numbers")
def _():
    with Age(1):
        card, = cards()
        equal((card["state"], card["health"]), (LATER, LATER), "state and health")
        equal(sorted(map(str, card["flags"])), sorted(["interrupts", str(1 << 31)]), "flags")
        equal(sorted(card), ["bus-name", "dev-index", "device-id", "flags", "health",
                             "hotplug-seq", "state", "vendor-id"], "what is shown")


@case("newer: unknown events and groups are passed over, known events are told")
def _():
    with Age(1):
        monitor = Monitor()
        until("the monitor shows the card",
              lambda: any(line["name"] == "device-add-ntf" for line in monitor.read()))
        for _ in range(2):
            with open(SAY, "w", encoding="ascii") as say:
                say.write("1")
        until("both changes are told", lambda: len(
            [line for line in monitor.read() if line["name"] == "device-change-ntf"]) == 2)
        changes = [line["msg"]["hotplug-seq"] for line in monitor.lines
                   if line["name"] == "device-change-ntf"]
        equal(changes, [6, 7], "numbers of the changes")
        equal(monitor.end(), 0, "status of the monitor")


if __name__ == "__main__":
    main()
