#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 everywhere=yes
"""Memory: sizes, mappings, and how long it lives."""

import errno
import mmap
import os

from neuroncase import (case, check, Context, empty, entry, equal, event, main, refused, stats)

MIB = 1 << 20
RW = mmap.PROT_READ | mmap.PROT_WRITE


def maps(ctx, size, offset, prot=RW, flags=mmap.MAP_SHARED):
    return mmap.mmap(ctx.fd, size, flags, prot, offset=offset)


def map_refused(ctx, size, offset, **how):
    try:
        maps(ctx, size, offset, **how)
    except (OSError, ValueError) as error:
        check(getattr(error, "errno", None) in (errno.EINVAL, errno.ENODEV, errno.EACCES, errno.EPERM),
              f"mmap failed with {error}")
        return
    raise AssertionError(f"mapping {size} bytes at {offset:#x} worked")


@case("64 MiB of host memory per id, cleared, all of it mapped")
def large():
    with Context() as ctx:
        mem, view = ctx.host(64 * MIB)
        for at in range(0, 64 * MIB, MIB):
            equal(view[at:at + 4096], bytes(4096), f"page at {at}")
            view[at:at + 8] = at.to_bytes(8, "little")
        for at in range(0, 64 * MIB, MIB):
            equal(int.from_bytes(view[at:at + 8], "little"), at, f"word at {at}")
        view.close()
        ctx.do("mem-free", mem_id=mem)
    empty()


@case("device memory comes cleared to its next owner, on both channels")
def cleared():
    size = 3 * MIB + 512
    for channel in (0, 1):
        with Context() as ctx:
            dirty, out = ctx.host(size)
            out[:] = b"\xa5" * len(out)
            ring = ctx.ring()
            mem = ctx.device(size, channel)
            ctx.write(ring, [entry(dirty, mem, size)])
            ctx.acked(ring, 1)
        empty()
        with Context() as ctx:
            back, view = ctx.host(size)
            view[:] = b"\x5a" * len(view)
            ring = ctx.ring()
            mem = ctx.device(size, channel)
            ctx.write(ring, [entry(mem, back, size)])
            ctx.acked(ring, 1)
            equal(view[:size].count(0), size, "cleared bytes")
        empty()


@case("sizes, alignments and channels out of range are refused by name")
def bad_sizes():
    with Context() as ctx:
        before = stats()["mems"]
        refused(errno.EINVAL, lambda: ctx.do("mem-alloc", kind="host", size=0), attr="size")
        refused(errno.EINVAL, lambda: ctx.do("mem-alloc", kind="device", size=4096, align=3), attr="align")
        refused(errno.EINVAL, lambda: ctx.do("mem-alloc", kind="device", size=4096, channel=2),
                attr="channel")
        refused(errno.EINVAL, lambda: ctx.do("mem-alloc", size=4096), attr="kind")
        refused(errno.EINVAL, lambda: ctx.do("mem-alloc", kind="host"), attr="size")
        for size in ((1 << 64) - 1, 1 << 63, (1 << 64) - 4095):
            for kind in ("host", "device"):
                try:
                    ctx.do("mem-alloc", kind=kind, size=size)
                except Exception as error:	# pylint: disable=broad-except
                    check(getattr(error, "error", None) in
                          (errno.EINVAL, errno.ENOMEM, errno.ENOSPC, errno.EOVERFLOW), str(error))
                else:
                    raise AssertionError(f"{size} bytes of {kind} memory")
        refused(errno.ENOENT, lambda: ctx.do("mem-free", mem_id=4711), attr="mem-id")
        refused(errno.ENOENT, lambda: ctx.do("mem-get", mem_id=4711), attr="mem-id")
        equal(stats()["mems"], before, "memory objects")


@case("a mapping needs the exact offset and length, and must be shared")
def exact():
    with Context() as ctx:
        answer = ctx.do("mem-alloc", kind="host", size=8 * 4096)
        offset, size = answer["mmap-offset"], answer["size"]
        map_refused(ctx, size, 0 if offset else 1 << 30)
        map_refused(ctx, size + 4096, offset)
        map_refused(ctx, size - 4096, offset)
        map_refused(ctx, 4096, offset + 4096)
        map_refused(ctx, size, 1 << 50)
        map_refused(ctx, size, offset, flags=mmap.MAP_PRIVATE)
        view = maps(ctx, size, offset)
        equal(ctx.do("mem-get", mem_id=answer["mem-id"])["mappings"], 1, "mappings")
        view.close()
        equal(ctx.do("mem-get", mem_id=answer["mem-id"])["mappings"], 0, "mappings")


@case("freed memory cannot be mapped any more, a mapping made before stays")
def after_free():
    with Context() as ctx:
        answer = ctx.do("mem-alloc", kind="host", size=4 * 4096)
        view = maps(ctx, answer["size"], answer["mmap-offset"])
        view[0:4] = b"keep"
        ctx.do("mem-free", mem_id=answer["mem-id"])
        refused(errno.ENOENT, lambda: ctx.do("mem-get", mem_id=answer["mem-id"]))
        map_refused(ctx, answer["size"], answer["mmap-offset"])
        equal(view[0:4], b"keep", "content")
        equal(stats()["mems"], 1, "memory objects while it is mapped")
        view.close()
        equal(stats()["mems"], 0, "memory objects")


@case("another context cannot map what is not its own")
def foreign_offset():
    with Context() as mine, Context() as other:
        answer = mine.do("mem-alloc", kind="host", size=4096)
        map_refused(other, answer["size"], answer["mmap-offset"])
        refused(errno.ENOENT, lambda: other.do("mem-free", mem_id=answer["mem-id"] + 1000))


@case("a forked child's mapping keeps the context until both are gone")
def forked():
    ctx = Context()
    _, view = ctx.host(4096)
    view[0:5] = b"child"
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0 if view[0:5] == b"child" else 1)
    os.close(reader)
    view.close()
    ctx.close()
    equal(stats()["mems"], 1, "memory objects while the child maps it")
    os.close(writer)
    equal(os.waitpid(pid, 0)[1], 0, "the child's view")
    empty()


@case("memory freed while a written descriptor names it stays until the entry is handed back")
def freed_but_named():
    with Context() as ctx:
        src, view = ctx.host(65536)
        view[:] = os.urandom(65536)
        want = bytes(view[:])
        dst, out = ctx.host(65536)
        ring = ctx.ring()
        ctx.write(ring, [entry(src, dst, 65536)], start=False)
        equal(ctx.do("mem-get", mem_id=src)["users"], 1, "users")
        view.close()
        ctx.do("mem-free", mem_id=src)
        refused(errno.ENOENT, lambda: ctx.do("mem-get", mem_id=src))
        equal(stats()["mems"], 2, "memory objects while the entry names it")
        ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, 1)
        equal(bytes(out[:]), want, "data")
        equal(stats()["mems"], 1, "memory objects after the entry was handed back")
    empty()


@case("a thousand allocations and frees leave nothing behind")
def many():
    with Context() as ctx:
        ids = [ctx.do("mem-alloc", kind="device", size=4096 + i, label=f"m{i}")["mem-id"]
               for i in range(500)]
        equal(len(set(ids)), 500, "distinct ids")
        equal(len(ctx.ynl.dump("mem-get", {"ctx-fd": ctx.fd})), 500, "dumped objects")
        for mem in ids[::2]:
            ctx.do("mem-free", mem_id=mem)
        ids = ids[1::2] + [ctx.do("mem-alloc", kind="host", size=1)["mem-id"] for _ in range(250)]
        equal(ctx.do("context-get")["mems"], 500, "mems of the context")
        ctx.write(ctx.ring(), [event(0, 0)])
    empty()


main()
