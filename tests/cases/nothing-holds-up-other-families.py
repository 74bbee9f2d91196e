#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Generic netlink serves other families while our requests wait for a firmware that sleeps."""

import contextlib
import errno
import os
import subprocess
import threading

from neuroncase import (case, check, Context, empty, emu, equal, looker, main, NlError, settled, Skip,
                        until)
from opcase import REVISION
from wirecase import attr, attrs, Raw, REQUEST, ACK

CONTROL, GETFAMILY, FAMILY_NAME = 16, 3, 2
SLEEP_MS = 8000


class Control(Raw):
    """A socket of the controller of generic netlink."""

    def __init__(self):
        super().__init__()
        self.family = CONTROL

    def knows(self, name):
        """Does it know a family?"""
        answer = self.ask(GETFAMILY, attr(FAMILY_NAME, name.encode() + b"\0"), REQUEST | ACK)
        for message in answer.messages:
            return any(number == FAMILY_NAME and value == name.encode() + b"\0"
                       for number, value, _ in attrs(message[4:]))
        return False


def modules():
    """(module, family) that this kernel can load, the smallest first."""
    place = f"/lib/modules/{os.uname().release}"
    known = (("fou", "fou"), ("psample", "psample"), ("l2tp_netlink", "l2tp"), ("team", "team"),
             ("drop_monitor", "NET_DM"), ("ila", "ila"), ("tipc", "TIPCv2"), ("gtp", "gtp"),
             ("wireguard", "wireguard"), ("nbd", "nbd"), ("tcm_user", "TCM-USER"))
    for module, name in known:
        for _, _, files in os.walk(place):
            if any(file.split(".ko", 1)[0].replace("-", "_") == module for file in files):
                yield module, name


class Sleeping:
    """The firmware answers after eight seconds, whatever it is asked."""

    def __enter__(self):
        emu(0, "inject", "fwio", "delay", SLEEP_MS, 1000)

    def __exit__(self, *_):
        emu(0, "inject", "none")


class Waiters:
    """Threads that ask for what the firmware is to answer, and wait as long as they may."""

    def __init__(self, contexts):
        self.end = threading.Event()
        self.asked = 0
        self.wrong = []
        self.threads = [threading.Thread(target=self.wait, args=(ctx,)) for ctx in contexts]

    def wait(self, ctx):
        """One of them. A request that found no room for one more job does not count."""
        while not self.end.is_set():
            try:
                answer = ctx.ynl.do("reg-read", {"ctx-fd": ctx.fd, "wait-us": 20000,
                                                 "offset": [REVISION]})
            except NlError as error:
                if error.error != errno.EDQUOT:
                    self.wrong.append(error)
                continue
            self.asked += 1
            if "job-id" not in answer:
                self.wrong.append(answer)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        until("requests wait", lambda: self.asked > 1)
        return self

    def __exit__(self, *_):
        self.end.set()
        for thread in self.threads:
            thread.join()


@contextlib.contextmanager
def waiting():
    """Our requests wait all the time that the block takes, and the last one waits longer."""
    with Context() as ctx, Context() as one, Context() as two, Sleeping():
        ask = {"ctx-fd": ctx.fd, "wait-us": 0, "offset": [REVISION]}
        jobs = [ctx.ynl.do("reg-read", ask)["job-id"] for _ in range(8)]
        with Waiters((one, two)) as waiters:
            before = waiters.asked
            yield
            until("more requests have waited", lambda: waiters.asked > before)
            equal(ctx.do("job-get", job_id=jobs[-1], wait_us=0)["job-state"], "running",
                  "our last request when all others were answered")
        equal(waiters.wrong, [], "answers of a firmware that sleeps")


@case("while our requests wait for a firmware that sleeps, those of other families are answered")
def others():
    with Control() as control, waiting():
        for _ in range(20):
            check(control.knows("nlctrl"), "the controller knows itself")
            check(control.knows("neuron"), "the controller knows our family")
            check(not control.knows("nobody"), "the controller knows nobody")
        check(looker().do("device-get", {"dev-index": 0})["state"] == "ready", "card")
    settled()
    empty()


@case("meanwhile a module with a family of its own is loaded, answers and is unloaded")
def another():
    if not list(modules()):
        raise Skip("this kernel has no module with a family")
    with Control() as control, waiting():
        check(load(control), "no module with a family of its own could be loaded")
    settled()
    empty()


def load(control):
    """Loads a module with a family, asks for it, and unloads it; answers its name."""
    for module, name in modules():
        before = control.knows(name)
        if before or subprocess.run(["modprobe", module], check=False).returncode:
            continue
        check(control.knows(name), f"the family {name} of {module}")
        subprocess.run(["modprobe", "-r", module], check=True)
        check(not control.knows(name), f"the family {name} is gone")
        return name
    return None


main()
