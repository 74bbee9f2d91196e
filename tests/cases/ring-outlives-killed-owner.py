#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""A process dies while its ring runs: nothing is reused before the engine is quiet."""

import os
import signal

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, main, settled, stats,
                        until)

MIB = 1 << 20


def victim(stall):
    """Starts a child with a running ring; answers its pid once the ring runs."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        ctx = Context()
        src, inp = ctx.host(MIB)
        inp[:] = b"\xee" * MIB
        mem = ctx.device(MIB)
        dst, _ = ctx.host(MIB)
        ring = ctx.ring(1, 2)
        ctx.queue(0)
        if stall:
            emu(0, "inject", "dma", "stall", 1)
        ctx.write(ring, [entry(src, mem, MIB), entry(mem, dst, MIB)] * 3)
        os.write(writer, b"!")
        signal.pause()
    os.close(writer)
    check(os.read(reader, 1) == b"!", "the victim did not start")
    os.close(reader)
    return pid


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@case("a killed process with a ring at work leaves nothing behind")
def killed():
    before = stats()
    for _ in range(5):
        kill(victim(stall=False))
    empty()
    after = stats()
    equal(after["contexts-closed"] - before["contexts-closed"], 5, "contexts closed")
    equal(after["quarantined"], 0, "quarantined")


@case("while the engine does not stop, its memory is held back and everything else freed")
def stalled():
    pid = victim(stall=True)
    kill(pid)
    until("the ring is in quarantine", lambda: stats()["quarantined"] == 1)
    settled()
    now = stats()
    equal((now["rings"], now["nqs"]), (1, 0), "rings and queues that are left")
    equal(now["mems"], 3, "memory that the engine may still touch")
    check(devices()[0]["host-used"] >= 2 * MIB, "held host memory is counted")
    # The queue stays taken, the rest of the card works.
    with Context() as ctx:
        src, inp = ctx.host(4096)
        dst, out = ctx.host(4096)
        inp[:4] = b"work"
        ring = ctx.ring(0, 0)
        ctx.write(ring, [entry(src, dst, 4096)])
        ctx.acked(ring, 1)
        equal(out[:4], b"work", "data")
        try:
            ctx.ring(1, 2)
        except Exception as error:	# pylint: disable=broad-except
            equal(getattr(error, "error", None), 16, "errno of a held queue (EBUSY)")
        else:
            raise AssertionError("the held queue was given out")
    emu(0, "inject", "dma", "resume")
    empty()
    equal(stats()["quarantined"], 0, "quarantined")
    with Context() as ctx:
        ctx.ring(1, 2)
    empty()


main()
