#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 topology=ring exclusive=yes
"""A reset while rings, clearings and firmware requests are at work: all return, nothing leaks."""

import errno
import os
import signal
import time

from neuroncase import (case, child, Context, COPY_ENGINES, devices, empty, emu, entry, equal,
                        family, heard, JobFailed, main, ready, refused, settled, stall, stats,
                        until, vmctl)

MIB = 1 << 20


def hang(card=0):
    """The next reset of an emulated card lasts until release()."""
    emu(card, "inject", "device", "reset-hang")


def release(card=0):
    """A reset that hangs ends, later ones do not hang."""
    emu(card, "inject", "device", "ready")


def resetting(index=0):
    """Waits until a card is being reset."""
    until("the reset runs", lambda: devices()[index]["state"] == "resetting")


def ends_of_copies(began):
    """How a copy that stands still since then may end: it gives up by itself after ten seconds."""
    late = time.monotonic() - began > 8
    return [errno.ECANCELED] + [errno.ETIMEDOUT, errno.EIO] * late


@case("a ring at work stops; what its entries name is given back after the reset, and not before")
def ring_at_work():
    with Context() as ctx:
        src, view = ctx.host(MIB)
        mem = ctx.device(MIB)
        ring = ctx.ring(1, 2)
        emu(0, "inject", "dma", "slow", 2000)
        for _ in range(10):
            ctx.write(ring, [entry(src, mem, MIB)])
        view.close()
        for name in (src, mem):
            ctx.do("mem-free", mem_id=name)
        hang()
        job = ctx.start("device-reset")
        resetting()
        equal((stats()["mems"], stats()["quarantined"]), (2, 1), "memory held, rings in quarantine")
        emu(0, "inject", "dma", "slow", 0)
        release()
        ctx.finish(job)
        equal((stats()["mems"], stats()["quarantined"]), (0, 0), "memory held, rings in quarantine")
        ctx.copies()
    empty()


@case("what an engine that does not stop holds in quarantine is given back by a reset")
def quarantine():
    with Context() as ctx:
        src, view = ctx.host(MIB)
        ring = ctx.ring(1, 2)
        emu(0, "inject", "dma", "stall", 1)
        ctx.write(ring, [entry(src, src, MIB)])
        ctx.fails(ctx.start("ring-destroy", ring_id=ring), errno.ETIMEDOUT)
        view.close()
        ctx.do("mem-free", mem_id=src)
        equal((stats()["quarantined"], stats()["mems"], stats()["rings"]), (1, 1, 1), "held")
        ctx.do("device-reset")
        equal((stats()["quarantined"], stats()["mems"], stats()["rings"]), (0, 0, 0), "held")
        emu(0, "inject", "dma", "resume")
        equal(devices()[0]["health"], "ok", "health")
        ctx.copies()
    empty()


@case("a ring that is being stopped when the reset begins is let go by it")
def stopping():
    with Context() as ctx:
        src, _ = ctx.host(MIB)
        ring = ctx.ring(1, 2)
        emu(0, "inject", "dma", "stall", 1)
        ctx.write(ring, [entry(src, src, MIB)])
        detach = ctx.start("ring-detach", ring_id=ring)
        until("the ring is being stopped",
              lambda: ctx.do("ring-get", ring_id=ring)["state"] == "stopping")
        ctx.do("device-reset")
        emu(0, "inject", "dma", "resume")
        try:
            ctx.finish(detach)
        except JobFailed as failure:
            # This machine was so slow that the stop timed out before the reset began.
            equal(failure.error, errno.ETIMEDOUT, "errno of the detach")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "detached", "ring")
        equal(stats()["quarantined"], 0, "quarantined")
        ctx.do("ring-attach", ring_id=ring, eng_id=1, queue_id=2)
        ctx.write(ring, [entry(src, src, 4096)])
        ctx.acked(ring, 1)
    empty()


@case("memory that is being cleared when the reset begins is not handed out")
def clearing():
    with Context() as ctx:
        emu(0, "inject", "dma", "stall", 2)
        for engine in (5, 8, 11):
            emu(0, "inject", "dma", "stall", engine)
        used = devices()[0]["dram-used"]
        began = time.monotonic()
        jobs = [ctx.start("mem-alloc", kind="device", size=4 * MIB) for _ in range(3)]
        until("they are at work", lambda: devices()[0]["dram-used"] >= used + 12 * MIB)
        hang()
        reset = ctx.start("device-reset")
        resetting()
        ends = ends_of_copies(began)
        emu(0, "inject", "dma", "resume")
        release()
        ctx.finish(reset)
        for job in jobs:
            ctx.fails(job, *ends)
        equal(devices()[0]["dram-used"], used, "device memory in use")
        ctx.copies()
        ctx.device(4 * MIB)
    empty()


@case("copies and fills that run when the reset begins end, and hold their memory until it has ended")
def copying():
    with Context() as ctx:
        src, view = ctx.host(8 * MIB)
        mem = ctx.device(8 * MIB)
        stall()
        copy = {"src-mem": src, "dst-mem": mem, "length": 8 * MIB}
        back = {"src-mem": mem, "dst-mem": src, "length": 4096}
        fill = {"dst-mem": mem, "length": 8 * MIB, "pattern": 7}
        began = time.monotonic()
        begun = stats()["copies"]
        jobs = [ctx.start("mem-copy", transfer=[copy, back])]
        # It has all queues then. If the fill had them, nothing would hold the copy's source.
        until("the copy is at work", lambda: stats()["copies"] == begun + len(COPY_ENGINES))
        jobs.append(ctx.start("mem-fill", transfer=[fill]))
        equal(ctx.do("mem-get", mem_id=mem)["users"], 3, "users of the device memory")
        view.close()
        for name in (src, mem):
            ctx.do("mem-free", mem_id=name)
        hang()
        reset = ctx.start("device-reset")
        resetting()
        ends = ends_of_copies(began)
        equal(stats()["mems"], 2, "memory that copies may still reach")
        emu(0, "inject", "dma", "resume")
        release()
        ctx.finish(reset)
        for job in jobs:
            ctx.fails(job, *ends)
        until("their memory is given back", lambda: stats()["mems"] == 0)
        ctx.copies()
        again, out = ctx.host(MIB)
        ctx.do("mem-fill", transfer=[{"dst-mem": again, "length": MIB, "pattern": 0x5a5a5a5a}])
        equal(out[:], b"\x5a" * MIB, "memory that is filled after the reset")
    empty()


@case("requests that the firmware leaves unanswered end when the reset begins; the reset waits for it")
def silent_firmware():
    with Context() as ctx:
        emu(0, "inject", "fwio", "drop", 100000)
        began = time.monotonic()
        asked = ctx.start("reg-read", offset=[0x40604])
        reset = ctx.start("device-reset")
        resetting()
        # It times out by itself after three seconds, if this machine is that slow.
        late = time.monotonic() - began > 2
        ctx.fails(asked, errno.ECANCELED, *[errno.ETIMEDOUT] * late)
        equal(devices()[0]["state"], "resetting", "state while the firmware is silent")
        emu(0, "inject", "fwio", "none")
        ctx.finish(reset)
        equal(devices()[0]["health"], "ok", "health")
        ctx.copies()
    empty()


@case("of two resets at once one is made, and the other refused")
def two():
    count = devices()[0]["reset-count"]
    with Context() as ctx, Context() as other:
        hang()
        first = ctx.start("device-reset")
        resetting()
        refused(errno.EBUSY, lambda: other.do("device-reset"), text="being reset")
        release()
        ctx.finish(first)
        equal(devices()[0]["reset-count"], count + 1, "count")


@case("a reset goes on when the process that asked for it is killed")
def killed():
    count = devices()[0]["reset-count"]

    def ask(writer):
        ctx = Context()
        src, _ = ctx.host(MIB)
        ring = ctx.ring(1, 2)
        ctx.write(ring, [entry(src, src, MIB)])
        ctx.start("device-reset")
        os.write(writer, b"!")
        signal.pause()
    hang()
    pid, reader = child(ask)
    equal(os.read(reader, 1), b"!", "word of the child")
    os.close(reader)
    resetting()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    equal(devices()[0]["state"], "resetting", "state after the kill")
    release()
    ready(0)
    settled()
    equal(devices()[0]["reset-count"], count + 1, "count")
    empty()


@case("unplugged in the middle of a reset: calls end, mappings stay, nothing leaks")
def unplugged():
    listener = family()
    listener.ntf_subscribe("hotplug")
    for _ in range(2):
        vmctl("plug", 0)
        new = heard(listener, "device-add-ntf")["dev-index"]
        ready(new)
        ctx = Context(new)
        src, view = ctx.host(MIB)
        view[:4] = b"mine"
        queue = ctx.queue(0)
        ring = ctx.ring(0, 0)
        ctx.write(ring, [entry(src, src, MIB)])
        hang(2)
        ctx.start("device-reset")
        heard(listener, "device-change-ntf", dev_index=new, state="resetting")
        vmctl("unplug", 0)
        heard(listener, "device-del-ntf", dev_index=new)
        refused(errno.ENODEV, lambda ctx=ctx: ctx.do("mem-alloc", kind="host", size=4096))
        equal(view[:4], b"mine", "mapped memory")
        for mapping in (view, queue.view):
            mapping.close()
        ctx.close()
        release(2)


main()
