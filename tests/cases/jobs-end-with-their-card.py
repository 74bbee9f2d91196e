#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 topology=ring
"""A reset or the removal of the card ends lines of jobs, and refuses registers meanwhile."""

import errno
import os
import select

from neuroncase import (case, check, Context, devices, empty, emu, equal, family, heard, main, ready,
                        refused, until, vmctl)

PAGE = 4096
LIST = 512
STORAGE = 0x78E0C0


def line(ctx):
    """A slow copy and what comes after it; answers the jobs, the last with an eventfd."""
    src, view = ctx.host(PAGE)
    view.close()
    dst = ctx.device(LIST * PAGE)
    jobs = [ctx.start("mem-copy", transfer=[
        {"src-mem": src, "dst-mem": dst, "dst-offset": i * PAGE, "length": PAGE}
        for i in range(LIST)])]
    jobs.append(ctx.start("mem-alloc", kind="device", size=PAGE, after_job=jobs[0]))
    jobs.append(ctx.start("neighbor-refresh", after_job=jobs[1]))
    raised = os.eventfd(0, os.EFD_CLOEXEC)
    jobs.append(ctx.start("mem-alloc", kind="host", size=PAGE, after_job=jobs[2],
                      job_eventfd=raised))
    return jobs, raised


@case("a reset cancels a line of jobs; what would touch a register is refused while it runs")
def reset():
    with Context() as ctx, Context() as other:
        emu(0, "inject", "dma", "slow", 5000)
        jobs, raised = line(ctx)
        emu(0, "inject", "device", "reset-hang")
        again = other.start("device-reset")
        until("the reset runs", lambda: devices()[0]["state"] == "resetting")
        event = {"nc-id": 0, "event-id": 0}
        for operation, attrs in (("event-set", {"entry": [dict(event, value=1)]}),
                                 ("event-get", {"entry": [event]}),
                                 ("semaphore-set", {"nc_id": 0, "semaphore_id": 0, "value": 1}),
                                 ("reg-read", {"offset": [STORAGE], "raw": True}),
                                 ("reg-write", {"write": [{"offset": STORAGE, "value": 1}]}),
                                 ("counters-get", {"counter": ["power"]}),
                                 ("metric-post", {"metric": b"x"})):
            refused(errno.EBUSY, lambda op=operation, also=attrs: other.do(op, **also))
        emu(0, "inject", "none")
        emu(0, "inject", "device", "ready")
        other.finish(again)
        for job in jobs:
            ctx.fails(job, errno.ECANCELED, errno.ETIMEDOUT, errno.EIO)
        equal(os.eventfd_read(raised), 1, "raised")
        os.close(raised)
        equal(other.do("reg-read", offset=[STORAGE], raw=True)["value"], [0], "nothing was stored")
    empty()


@case("unplugged while jobs wait for others: all end, their eventfd tells, nothing leaks")
def unplugged():
    listener = family()
    listener.ntf_subscribe("hotplug")
    vmctl("plug", 0)
    new = heard(listener, "device-add-ntf")["dev-index"]
    ready(new)
    ctx = Context(new)
    emu(2, "inject", "dma", "slow", 5000)
    _, raised = line(ctx)
    vmctl("unplug", 0)
    heard(listener, "device-del-ntf", dev_index=new)
    check(select.select([raised], [], [], 60)[0], "the eventfd of the last job is raised")
    for operation, attrs in (("job-cancel", {"job_id": 1}), ("job-get", {"job_id": 1}),
                             ("reg-write", {"write": [{"offset": STORAGE, "value": 1}]}),
                             ("counters-get", {"counter": ["power"]}),
                             ("metric-post", {"metric": b"x"})):
        refused(errno.ENODEV, lambda op=operation, also=attrs: ctx.do(op, **also))
    ctx.close()
    os.close(raised)
    emu(2, "inject", "none")


main()
