#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 kernels=6.1
"""The system takes an image of a hibernation: the card is stopped for it and comes back afterwards."""

import errno
import os

from neuroncase import (case, check, Context, devices, empty, emu, entry, entry_refused, equal, family,
                        JobFailed, main, ready, Skip, stats, until)

MIB = 1 << 20


def hibernate():
    """Freezes everything, takes the image, and thaws all again, since there is no swap to write it to."""
    if not os.path.exists("/sys/power/disk"):
        raise Skip("the kernel cannot hibernate")
    with open("/sys/power/disk", "w", encoding="ascii") as file:
        file.write("shutdown")
    # Python's own files would repeat a write that fails.
    state = os.open("/sys/power/state", os.O_WRONLY)
    try:
        os.write(state, b"disk")
    except OSError as error:
        check(error.errno in (errno.ENODEV, errno.ENOSPC), f"hibernation: {error}")
    else:
        check(False, "the image was written somewhere")
    finally:
        os.close(state)


@case("rings are lost, ids, mappings and claims stay, copies end, and all cards work again")
def image():
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
        for engine in (1, 2, 5, 8, 11):
            emu(0, "inject", "dma", "stall", engine)
        ctx.write(ring, [entry(src, mem, MIB)])
        job = ctx.ynl.do("mem-fill", {"ctx-fd": ctx.fd, "wait-us": 0, "transfer": [
            {"dst-mem": mem, "length": 8 * MIB, "pattern": 7}]})["job-id"]
        hibernate()
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
        try:
            ctx.finish(job)
        except JobFailed as failure:
            check(failure.error in (errno.ECANCELED, errno.ETIMEDOUT, errno.EIO), f"{failure.job}")
        else:
            check(False, "the fill did not fail")
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


main()
