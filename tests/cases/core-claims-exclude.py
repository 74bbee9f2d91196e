#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""A claimed core is its holder's alone; semaphores; instructions need a claim and protection."""

import errno
import os
import signal

from neuroncase import (case, check, Context, devices, empty, emu, entry, entry_refused, equal, main,
                        refused, until)

PARAMETER = "/sys/module/neuron/parameters/allow_unprotected_programs"
FIFO = 0x265C000


def holder(core):
    """Who holds a core, as everybody is told."""
    with Context() as ctx:
        return ctx.ynl.do("core-get", {"dev-index": 0, "nc-id": core}).get("ctx-id")


def allow(value):
    """Lets users run programs without an IOMMU, or not."""
    with open(PARAMETER, "w", encoding="ascii") as parameter:
        parameter.write("Y" if value else "N")


def ctx_id(ctx):
    """Number of a context."""
    return ctx.do("context-get")["ctx-id"]


@case("a claim keeps rings, queues, events and semaphores of others off the core")
def excludes():
    with Context() as ctx, Context() as other:
        src, _ = other.host(4096)
        elsewhere = other.ring(9, 0)
        ctx.do("core-claim", claim=[1, 2])
        equal((holder(1), holder(2), holder(0)), (ctx_id(ctx), ctx_id(ctx), None), "holders")
        for core in (1, 2):
            spare = other.do("ring-create", descriptors=64)["ring-id"]
            refused(errno.EBUSY, lambda c=core, r=spare: other.do(
                "ring-attach", ring_id=r, eng_id=3 * c, queue_id=0), attr="eng-id")
            refused(errno.EBUSY, lambda c=core, r=spare: other.do(
                "ring-attach", ring_id=r, nc_id=c), attr="nc-id")
            refused(errno.EBUSY, lambda c=core: other.do(
                "nq-create", nc_id=c, nq_type="event", size=4096), attr="nc-id")
            refused(errno.EBUSY, lambda c=core: other.do(
                "event-set", nc_id=c, event_id=0, value=1), attr="nc-id")
            refused(errno.EBUSY, lambda c=core: other.do(
                "semaphore-set", nc_id=c, semaphore_id=0, value=1), attr="nc-id")
            refused(errno.EBUSY, lambda c=core: other.do("core-claim", claim=[c]), attr="claim")
            entry_refused(errno.EBUSY, other, elsewhere,
                          entry(imm=1, dst_event=0, dst_core=core, length=4))
            entry_refused(errno.EBUSY, other, elsewhere,
                          entry(src, dst_semaphore=0, dst_core=core, length=4))
        ctx.do("ring-attach", ring_id=ctx.do("ring-create", descriptors=64)["ring-id"],
               eng_id=3, queue_id=0)
        ctx.do("nq-create", nc_id=2, nq_type="event", size=4096)
        ctx.do("core-claim", claim=[1])
        other.ring(0, 0)
    empty()


@case("cores are claimed all or none, and not while others are there")
def all_or_none():
    with Context() as ctx, Context() as other:
        other.ring(4, 7)
        other.do("nq-create", nc_id=3, nq_type="notify", size=4096)
        refused(errno.EBUSY, lambda: ctx.do("core-claim", claim=[0, 1]), attr="claim", text="ring")
        refused(errno.EBUSY, lambda: ctx.do("core-claim", claim=[0, 3]), attr="claim", text="queue")
        refused(errno.ERANGE, lambda: ctx.do("core-claim", claim=[0, 4]), attr="claim")
        refused(errno.E2BIG, lambda: ctx.do("core-claim", claim=[0] * 5), attr="claim")
        refused(errno.EINVAL, lambda: ctx.do("core-claim"), attr="claim")
        equal(holder(0), None, "holder of core 0")
        ctx.do("core-claim", claim=[0, 2])
        refused(errno.ENOENT, lambda: ctx.do("core-release", claim=[0, 1]), attr="claim")
        refused(errno.ENOENT, lambda: other.do("core-release", claim=[0]), attr="claim")
        equal(holder(0), ctx_id(ctx), "holder of core 0")
        ctx.do("core-release", claim=[0])
        other.do("core-claim", claim=[0])
        equal((holder(0), holder(2)), (ctx_id(other), ctx_id(ctx)), "holders")
        refused(errno.ERANGE, lambda: ctx.ynl.do("core-get", {"dev-index": 0, "nc-id": 4}),
                attr="nc-id")


@case("a killed holder's cores are free when it is gone")
def killed():
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        ctx = Context()
        ctx.do("core-claim", claim=[0, 1, 2, 3])
        os.write(write_end, b"x")
        signal.pause()
    os.read(read_end, 1)
    check(holder(3) is not None, "nobody holds core 3")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    until("core 3 is free", lambda: holder(3) is None)
    empty()


@case("semaphores are set, increased and decreased, by request and by ring")
def semaphores():
    with Context() as ctx:
        def value(index):
            got = ctx.do("semaphore-get", nc_id=2, semaphore_id=index)["value"]
            return got[0] if isinstance(got, list) else got
        ctx.do("semaphore-set", nc_id=2, semaphore_id=31, value=1000)
        ctx.do("semaphore-set", nc_id=2, semaphore_id=31, op="increment", value=30)
        ctx.do("semaphore-set", nc_id=2, semaphore_id=31, op="decrement", value=2000)
        equal(value(31) & 0xffffffff, (1000 + 30 - 2000) & 0xffffffff, "semaphore 31")
        ring = ctx.ring(1, 1)
        mem, view = ctx.host(4096)
        view[8:12] = (7).to_bytes(4, "little")
        ctx.write(ring, [entry(imm=100, dst_semaphore=5, dst_core=2, length=4),
                         entry((mem, 8), dst_semaphore=5, dst_core=2, length=4,
                               semaphore_op="increment"),
                         entry(imm=3, dst_semaphore=5, dst_core=2, length=4,
                               semaphore_op="decrement")])
        ctx.acked(ring, 3)
        equal(value(5), 104, "semaphore 5")
        refused(errno.ERANGE, lambda: ctx.do("semaphore-get", nc_id=0, semaphore_id=32),
                attr="semaphore-id")
        refused(errno.ERANGE, lambda: ctx.do("semaphore-set", nc_id=4, semaphore_id=0, value=1),
                attr="nc-id")
        refused(errno.ERANGE, lambda: ctx.do("semaphore-set", nc_id=0, semaphore_id=0, op=3, value=1),
                attr="op")
        refused(errno.EINVAL, lambda: ctx.do("semaphore-set", nc_id=0, semaphore_id=0), attr="value")
        one = {"nc-id": 0, "semaphore-id": 0, "value": 1}
        refused(errno.EINVAL, lambda: ctx.do("semaphore-set", op="increment", entry=[one]), attr="entry")
        entry_refused(errno.ERANGE, ctx, ring, entry(imm=1, dst_semaphore=32, dst_core=0, length=4),
                      attr="dst-semaphore")
        entry_refused(errno.EINVAL, ctx, ring, entry(mem, dst_semaphore=1, dst_core=0, length=8),
                      attr="length")
        entry_refused(errno.EINVAL, ctx, ring, entry(imm=1, dst_event=1, dst_core=0, length=4,
                                                     semaphore_op="set"), attr="semaphore-op")


@case("instructions need a claim and an IOMMU or the administrator's word")
def programs():
    with Context() as ctx:
        ring = ctx.ring(0, 0)
        mem, _ = ctx.host(1 << 20)

        def program(length=64, offset=0, core=1):
            return entry((mem, offset), dst_fifo=True, dst_core=core, length=length)
        entry_refused(errno.EACCES, ctx, ring, program(), attr="dst-core")
        ctx.do("core-claim", claim=[1])
        protected = "iommu" in devices()[0]["flags"]
        if not protected:
            allow(False)
            entry_refused(errno.EPERM, ctx, ring, program(), attr="dst-core")
            allow(True)
        try:
            entry_refused(errno.EINVAL, ctx, ring, program(length=6), attr="length")
            entry_refused(errno.EINVAL, ctx, ring, program(offset=2), attr="src-offset")
            entry_refused(errno.ERANGE, ctx, ring, program(core=4), attr="dst-core")
            entry_refused(errno.EACCES, ctx, ring, program(core=2), attr="dst-core")
            entry_refused(errno.EINVAL, ctx, ring, entry(mem, dst_fifo=True, length=64))
            entry_refused(errno.EINVAL, ctx, ring, entry(mem, mem, 64, dst_fifo=True, dst_core=1))
            packets = emu(0, "show")["counters"]["packets"]
            ctx.write(ring, [program(1 << 20)])
            refused(errno.EBUSY, lambda: ctx.do("core-release", claim=[1]), attr="claim")
            ctx.acked(ring, 1)
            # 1 MiB in pieces of the FIFO's window, and the marker, which counts when it is through
            until("65 packets", lambda: emu(0, "show")["counters"]["packets"] - packets == 65)
            ctx.do("core-release", claim=[1])
            entry_refused(errno.EACCES, ctx, ring, program(), attr="dst-core")
        finally:
            if not protected:
                allow(False)


if __name__ == "__main__":
    main()
