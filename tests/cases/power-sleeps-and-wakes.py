#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 kernels=6.1
# Not on the debug kernel: since 7.x nothing comes through the virtio ports of a guest that
# has slept, which the bed hears it by. All but the callbacks, which are one line each, runs
# there in power-resets-from-outside, and shutdown in power-reboot-stops-the-card.
"""The system sleeps, or takes an image of a hibernation: cards are stopped for it and come back afterwards.

It sleeps to idle: from S3 these machines do not come back, they are reset when they are woken.
"""

import errno
import os
import subprocess

from neuroncase import (case, check, Context, COPY_ENGINES, devices, empty, emu, entry,
                        entry_refused, equal, family, main, ready, Skip, stall, stats, store, until,
                        vmctl)

MIB = 1 << 20


def wants(path, why):
    """Skips the test point if the kernel does not have something."""
    if not os.path.exists(path):
        raise Skip(why)


def hibernate():
    """Freezes everything, takes the image, and thaws all again, since there is no swap to write it to."""
    wants("/sys/power/disk", "the kernel cannot hibernate")
    store("/sys/power/disk", "shutdown")
    try:
        store("/sys/power/state", "disk")
    except OSError as error:
        check(error.errno in (errno.ENODEV, errno.ENOSPC), f"hibernation: {error}")
    else:
        check(False, "the image was written somewhere")


def sleep():
    """Suspends to idle; the power button wakes."""
    with open("/sys/power/state", encoding="ascii") as file:
        if "freeze" not in file.read().split():
            raise Skip("the kernel cannot sleep")
    # Where it is a module, the button is nothing to the kernel without it.
    subprocess.run(["modprobe", "-q", "button"], check=False)
    vmctl("wake")
    try:
        store("/sys/power/state", "freeze")
    except OSError as error:
        # The button was pressed when all devices had stopped, and nothing idled yet.
        equal(error.errno, errno.EBUSY, "errno of the sleep")
    emu(0, "show")


def interrupted(way):
    """Everything is in use when the system stops the cards by this way."""
    before, seen = [devices()[index]["reset-count"] for index in (0, 1)], stats()["interruptions"]
    listener = family()
    listener.ntf_subscribe("hotplug")
    with Context() as ctx, Context(1):
        src, inp = ctx.host(MIB)
        inp[:] = b"\xa5" * MIB
        mem = ctx.device(8 * MIB, label="kept")
        ring = ctx.ring(1, 2)
        queue = ctx.queue(1)
        ctx.do("core-claim", claim=[3])
        stall((1,) + COPY_ENGINES)
        ctx.write(ring, [entry(src, mem, MIB)])
        job = ctx.start("mem-fill", transfer=[entry(None, mem, 8 * MIB, pattern=7)])
        try:
            way()
        finally:
            emu(0, "inject", "dma", "none")
        until("both cards came back", lambda: all(
            devices()[index]["reset-count"] > before[index] for index in (0, 1)))
        equal([(ready(index)["health"], ready(index)["reset-count"]) for index in (0, 1)],
              [("ok", count + 1) for count in before], "cards")
        equal(stats()["interruptions"], seen + 1, "interruptions")
        states = []
        for note in listener.poll_ntf(120):
            if note["name"] == "device-change-ntf" and note["msg"]["dev-index"] == 0:
                states.append(note["msg"]["state"])
            if states[-1:] == ["ready"]:
                break
        equal(states, ["resetting", "ready"], "events")
        ctx.fails(job, errno.ECANCELED, errno.ETIMEDOUT, errno.EIO)
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        equal(ctx.do("nq-get", nq_id=queue.id)["state"], "lost", "queue")
        entry_refused(errno.ENOTCONN, ctx, ring, entry(src, mem, 4))
        equal(inp[:], b"\xa5" * MIB, "host memory through its mapping")
        check(ctx.do("mem-get", mem_id=mem).get("content-lost"), "device memory says that it lost its content")
        out_mem, out = ctx.host(MIB)
        out[:] = b"\xff" * MIB
        again = ctx.ring(1, 2)
        ctx.write(again, [entry(mem, out_mem, MIB)])
        ctx.acked(again, 1)
        equal(out[:], b"\0" * MIB, "device memory that was not cleared")
        ctx.write(again, [entry(src, out_mem, MIB)])
        ctx.acked(again, 1)
        equal(out[:], inp[:], "data")
    empty()


@case("an image is taken: rings are lost, ids, mappings and claims stay, copies end, all cards work again")
def image():
    interrupted(hibernate)


@case("the system sleeps and wakes: likewise")
def slept():
    interrupted(sleep)


main()
