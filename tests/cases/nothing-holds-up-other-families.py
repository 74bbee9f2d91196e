#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Generic netlink serves other families while our requests wait for a firmware that sleeps."""

import contextlib
import errno
import mmap
import os
import struct
import subprocess
import threading
import time

from neuroncase import (case, check, child, Context, empty, emu, equal, looker, main, NlError,
                        Skip, until)
from opcase import REVISION
from wirecase import ACK, attr, Control, Raw, REQUEST, u32

# A family that is there without a module: who is who in statistics of tasks.
THIRD, THIRD_GET, THIRD_PID = "TASKSTATS", 1, 1
SLEEP_MS = 8000
ROUNDS = 2


def modules():
    """(module, family) that this kernel can load, the smallest first."""
    place = f"/lib/modules/{os.uname().release}"
    known = (("psample", "psample"), ("fou", "fou"), ("l2tp_netlink", "l2tp"), ("team", "team"),
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
        """One of them. Who has no room for one more job waits for the last one."""
        fd, last = {"ctx-fd": ctx.fd, "wait-us": 20000}, None
        while not self.end.is_set():
            try:
                answer = ctx.ynl.do("reg-read", {**fd, "offset": [REVISION]})
                if "job-id" not in answer:
                    self.wrong.append(answer)
                last = answer.get("job-id")
            except NlError as error:
                if error.error != errno.EDQUOT:
                    self.wrong.append(error)
                ctx.ynl.do("job-get", {**fd, "job-id": last})
            self.asked += 1

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
    """Our requests wait all the time that the block takes."""
    with Context() as one, Context() as two, Sleeping():
        with Waiters((one, two)) as waiters:
            before = waiters.asked
            yield
            until("more requests have waited", lambda: waiters.asked > before)
        # Each of them was still waiting when it was answered.
        equal(waiters.wrong, [], "answers of a firmware that sleeps")


@case("while our requests wait for a firmware that sleeps, those of other families are answered")
def others():
    with Control() as control, waiting():
        for _ in range(20):
            check(control.knows("nlctrl"), "the controller knows itself")
            check(control.knows("neuron"), "the controller knows our family")
            check(not control.knows("nobody"), "the controller knows nobody")
        check(looker().do("device-get", {"dev-index": 0})["state"] == "ready", "card")
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


class Poller:
    """A process that asks a third family all the time, and remembers the longest answer."""

    SO_FAR, END = struct.Struct("dQ"), 16

    def __init__(self, family):
        self.shared = mmap.mmap(-1, 4096)
        self.pid, self.text = child(lambda _: self.poll(family))

    def poll(self, family):
        """In that process."""
        longest, asked = 0.0, 0
        body = attr(THIRD_PID, u32(os.getpid()))
        with Raw() as raw:
            raw.family = family
            while not self.shared[self.END]:
                began = time.monotonic()
                answer = raw.ask(THIRD_GET, body, REQUEST | ACK)
                longest = max(longest, time.monotonic() - began)
                equal((answer.error, len(answer.messages)), (0, 1), f"the third family: '{answer.text}'")
                asked += 1
                self.SO_FAR.pack_into(self.shared, 0, longest, asked)

    def so_far(self):
        """(seconds that the longest answer took, answers)"""
        return self.SO_FAR.unpack_from(self.shared)

    def __enter__(self):
        until("the third family answers", lambda: self.so_far()[1])
        return self

    def __exit__(self, *_):
        self.shared[self.END] = 1
        text = os.read(self.text, 65536).decode()
        equal(os.waitpid(self.pid, 0)[1], 0, f"the process that asks: {text}")
        os.close(self.text)


@case(f"a third family is answered while modules with one are loaded and unloaded, in a part of {SLEEP_MS} ms")
def third():
    with Control() as control:
        number, took = control.number(THIRD), []
        if number is None or load(control) is None:
            raise Skip(f"this kernel lacks the family {THIRD}, or a module with a family")
        with Poller(number):
            began = time.monotonic()
            load(control)
            alone = time.monotonic() - began
        # Whoever registers a family waits for all requests that run, and everybody behind him.
        with waiting(), Poller(number) as poller:
            for _ in range(ROUNDS):
                before, began = poller.so_far()[1], time.monotonic()
                load(control)
                took.append(time.monotonic() - began)
                until("the third family was asked meanwhile", lambda b=before: poller.so_far()[1] > b + 1)
            answer, asked = poller.so_far()
    print(f"# {asked} answers, the longest after {answer:.3f} s; a module came and went in {min(took):.3f} s, "
          f"and in {alone:.3f} s while nobody waited")
    check(answer < SLEEP_MS / 4000, f"an answer of the third family took {answer:.3f} s")
    # Each of them would have been held up, twice. Who asks needs a processor, too.
    check(min(took) < 2 * alone + SLEEP_MS / 2000, f"a module came and went in {took}, alone in {alone}")
    empty()


main()
