#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Notification queues of all four types."""

import errno
import mmap

from neuroncase import case, check, Context, empty, emu, equal, main, refused, stats


@case("records of every type arrive in the queue of their type, core and instance")
def types():
    with Context() as ctx:
        for number, (name, eng) in enumerate((("trace", 2), ("notify", 1), ("error", 0))):
            queue = ctx.queue(3, name, nq_eng=eng) if eng else ctx.queue(3, name)
            emu(0, "raise", name, 3, eng, 77 + number, 5)
            kind = {"trace": 0, "notify": 1, "error": 3}[name]
            equal(queue.next(), (kind, eng, 3, 77 + number, 5), name)
        queue = ctx.queue(1)
        ctx.do("event-set", nc_id=1, event_id=200, value=1)
        ctx.do("event-set", nc_id=1, event_id=200, value=0)
        equal([queue.next()[3:], queue.next()[3:]], [(200, 1), (200, 0)], "event records")
    empty()


@case("wrong cores, types, instances and sizes are refused by name")
def bad():
    with Context() as ctx:
        def make(**attrs):
            want = {"nc_id": 0, "nq_type": "event", "size": 4096}
            want.update(attrs)
            return lambda: ctx.do("nq-create", **want)
        refused(errno.ERANGE, make(nc_id=4), attr="nc-id")
        refused(errno.ERANGE, make(nq_type="trace", nq_eng=4), attr="nq-eng")
        refused(errno.ERANGE, make(nq_type="event", nq_eng=1), attr="nq-eng")
        refused(errno.EINVAL, make(size=4096 + 16), attr="size")
        refused(errno.EINVAL, make(size=12288), attr="size")
        refused(errno.ERANGE, make(size=2048), attr="size")
        refused(errno.ERANGE, make(size=8 << 20), attr="size")
        equal(stats()["nqs"], 0, "queues")


@case("a queue exists once, whoever asks, and is free again when destroyed")
def once():
    with Context() as ctx, Context() as other:
        first = ctx.do("nq-create", nc_id=0, nq_type="event", size=4096)
        refused(errno.EBUSY, lambda: ctx.do("nq-create", nc_id=0, nq_type="event", size=8192))
        refused(errno.EBUSY, lambda: other.do("nq-create", nc_id=0, nq_type="event", size=4096))
        refused(errno.ENOENT, lambda: other.do("nq-destroy", nq_id=first["nq-id"] + 50), attr="nq-id")
        ctx.do("nq-destroy", nq_id=first["nq-id"])
        other.do("nq-create", nc_id=0, nq_type="event", size=65536)
    empty()


@case("a queue is mapped read-only and exactly")
def mapping():
    with Context() as ctx:
        answer = ctx.do("nq-create", nc_id=0, nq_type="event", size=8192)
        for prot, size in ((mmap.PROT_READ | mmap.PROT_WRITE, 8192), (mmap.PROT_READ, 4096)):
            try:
                mmap.mmap(ctx.fd, size, mmap.MAP_SHARED, prot, offset=answer["mmap-offset"])
            except OSError as error:
                check(error.errno in (errno.EACCES, errno.EPERM, errno.EINVAL), str(error))
            else:
                raise AssertionError("mapped writable or in part")


@case("the mapping of a destroyed queue stays safe and silent")
def destroyed():
    with Context() as ctx:
        queue = ctx.queue(0)
        ctx.do("event-set", nc_id=0, event_id=1, value=0)
        ctx.do("event-set", nc_id=0, event_id=1, value=1)
        until_record = queue.next()
        equal(until_record[3], 1, "event")
        ctx.do("nq-destroy", nq_id=queue.id)
        again = ctx.queue(0)
        before = bytes(queue.view[:])
        ctx.do("event-set", nc_id=0, event_id=1, value=0)
        equal(again.next()[3:], (1, 0), "record in the new queue")
        equal(bytes(queue.view[:]), before, "the old queue's memory")
    empty()


@case("the consumer position must be a record of the queue")
def head():
    with Context() as ctx:
        queue = ctx.queue(0)
        for want, bad_head in ((errno.EINVAL, 8), (errno.EINVAL, 15), (errno.ERANGE, 4096),
                               (errno.ERANGE, 4112), (errno.ERANGE, (1 << 32) - 16)):
            refused(want, lambda h=bad_head: ctx.do("nq-ack", nq_id=queue.id, head=h), attr="head")
        ctx.do("nq-ack", nq_id=queue.id, head=4080)
        equal(ctx.do("nq-get", nq_id=queue.id)["head"], 4080, "head")


main()
