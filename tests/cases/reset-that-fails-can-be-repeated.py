#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=600
"""A card that does not come back is failed, holds on to what it could reach, and can be reset again."""

import errno
import glob
import os

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, family, main, ready,
                        refused, stats, until)

MIB = 1 << 20
PARAMETER = "/sys/module/neuron/parameters/reset_timeout_ms"
SHORT_MS = 1500


class Impatient:
    """Resets are given up after a short time."""

    def __enter__(self):
        with open(PARAMETER, encoding="ascii") as parameter:
            self.before = parameter.read()
        self.write(str(SHORT_MS))

    def __exit__(self, *_):
        self.write(self.before)

    @staticmethod
    def write(text):
        with open(PARAMETER, "w", encoding="ascii") as parameter:
            parameter.write(text)


def reset_fails(ctx):
    """A reset must end with ETIMEDOUT and a sentence, and leave the card failed."""
    with Impatient():
        ctx.fails(ctx.start("device-reset"), errno.ETIMEDOUT, text="did not come back")
    dev = devices()[0]
    equal((dev["state"], dev["health"]), ("failed", "failed"), "card")


def everything_is_refused(ctx):
    """What needs the card is refused with a sentence that tells what may help."""
    for call in (lambda: ctx.do("mem-alloc", kind="host", size=4096),
                 lambda: ctx.do("ring-create", descriptors=64),
                 lambda: ctx.do("nq-create", nc_id=0, nq_type="event", size=4096),
                 lambda: ctx.do("event-get", nc_id=0, event_id=0),
                 lambda: ctx.do("engine-set", eng_id=0, action="recover"),
                 lambda: ctx.do("reg-read", offset=[0x40604])):
        refused(errno.EIO, call, text="device-reset may help")


def comes_back(ctx, listener, count):
    """The next reset succeeds, gives everything back, and is told."""
    emu(0, "inject", "device", "ready")
    ctx.do("device-reset")
    dev = devices()[0]
    equal((dev["state"], dev["health"], dev["reset-count"]), ("ready", "ok", count + 1), "card")
    equal((stats()["quarantined"], stats()["mems"]), (0, 0), "quarantined, memory")
    healths = []
    for note in listener.poll_ntf(120):
        healths.append(note["msg"]["health"])
        check(note["msg"]["cause"], "the event says why")
        if note["msg"]["health"] == "ok":
            break
    equal((healths[0], healths[-1]), ("failed", "ok"), "first and last health event")
    ctx.copies()


def fails_and_comes_back(fault):
    """A reset fails twice by a fault; then the fault is gone."""
    count = devices()[0]["reset-count"]
    listener = family()
    listener.ntf_subscribe("health")
    with Context() as ctx:
        src, view = ctx.host(MIB)
        ring = ctx.ring(3, 0)
        queue = ctx.queue(1)
        ctx.write(ring, [entry(src, src, MIB)])
        emu(0, "inject", "device", fault)
        reset_fails(ctx)
        everything_is_refused(ctx)
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        view.close()
        queue.view.close()
        ctx.do("mem-free", mem_id=src)
        ctx.do("ring-destroy", ring_id=ring)
        ctx.do("nq-destroy", nq_id=queue.id)
        now = stats()
        equal((now["quarantined"], now["mems"], now["rings"], now["nqs"]), (2, 1, 1, 1),
              "what the card could still reach")
        reset_fails(ctx)
        equal(stats()["quarantined"], 2, "quarantined after the second failure")
        equal(devices()[0]["reset-count"], count, "count of finished resets")
        comes_back(ctx, listener, count)
    empty()


@case("a reset that hangs: failed, refused, nothing given back; another one recovers all")
def hang():
    fails_and_comes_back("reset-hang")


@case("firmware that is never ready: failed, refused, nothing given back; another reset recovers all")
def never_ready():
    fails_and_comes_back("never-ready")


@case("a failed card can be unbound; one that did not start is started by a reset")
def start_fails():
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    bus_name = devices()[0]["bus-name"]
    ctx = Context()
    src, view = ctx.host(MIB)
    ring = ctx.ring(3, 0)
    ctx.write(ring, [entry(src, src, MIB)])
    emu(0, "inject", "device", "never-ready")
    reset_fails(ctx)
    with Impatient():
        with open(f"{driver}/unbind", "w", encoding="ascii") as control:
            control.write(bus_name)
        refused(errno.ENODEV, lambda: ctx.do("mem-free", mem_id=src))
        view.close()
        ctx.close()
        with open(f"{driver}/bind", "w", encoding="ascii") as control:
            control.write(bus_name)
        until("the start has failed", lambda: devices()[0]["state"] == "failed")
    fd = os.open("/dev/neuron0", os.O_RDWR | os.O_CLOEXEC)
    fresh = Context.__new__(Context)
    fresh.fd, fresh.ynl, fresh.views = fd, family(), []
    everything_is_refused(fresh)
    emu(0, "inject", "device", "ready")
    fresh.do("device-reset", expect_reset_count=0)
    ready(0)
    equal((devices()[0]["health"], devices()[0]["reset-count"]), ("ok", 1), "health, count")
    fresh.copies()
    fresh.close()
    empty()


main()
