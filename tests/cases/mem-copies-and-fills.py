#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 everywhere=yes
"""mem-copy and mem-fill: every combination, exact at the edges, refused before they begin."""

import errno
import os
import signal

from neuroncase import (case, check, Context, COPY_ENGINES, empty, emu, equal, JobFailed, main,
                        refused, stall, stats)

PAGE = 4096
MIB = 1 << 20


def copy(src, dst, length, src_offset=0, dst_offset=0):
    """One copy of a list."""
    return {"src-mem": src, "src-offset": src_offset, "dst-mem": dst, "dst-offset": dst_offset,
            "length": length}


def fill(dst, length, pattern=None, dst_offset=0):
    """One fill of a list."""
    one = {"dst-mem": dst, "dst-offset": dst_offset, "length": length}
    if pattern is not None:
        one["pattern"] = pattern
    return one


def noise(length, seed):
    """Bytes that do not repeat at the borders of descriptors."""
    block = bytes((i * 7 + seed + (i >> 8) * 13) & 0xff for i in range(65521))
    return (block * (length // len(block) + 1))[:length]


@case("host and device memory are copied in every combination")
def combinations():
    size = 3 * MIB + 4711
    with Context() as ctx:
        first, source = ctx.host(size)
        last, result = ctx.host(size)
        source[:size] = noise(size, 1)
        here, there = ctx.device(size, 0), ctx.device(size, 1)
        for src, dst in ((first, here), (here, there), (there, last)):
            equal(ctx.do("mem-copy", transfer=[copy(src, dst, size)])["done"], 1, "done")
        check(result[:size] == source[:size], "the bytes came through both channels")
        ctx.do("mem-fill", transfer=[fill(last, size)])
        check(result[:size] == bytes(size), "filled with zeros")
        equal(ctx.do("mem-copy", transfer=[copy(first, last, size)])["done"], 1, "done")
        check(result[:size] == source[:size], "host to host")
    empty()


@case("odd offsets and lengths touch exactly what they name")
def edges():
    with Context() as ctx:
        src, source = ctx.host(256 * 1024)
        dst, result = ctx.host(256 * 1024)
        source[:] = noise(len(source), 2)
        for offset, to, length in ((1, 2, 1), (3, 5, 65536), (4095, 4097, 65537), (7, 1, 131071),
                                   (65535, 65537, 65535), (0, 0, 3)):
            result[:] = b"\xee" * len(result)
            ctx.do("mem-copy", transfer=[copy(src, dst, length, offset, to)])
            want = b"\xee" * to + source[offset:offset + length]
            want += b"\xee" * (len(result) - len(want))
            check(result[:] == want, f"copy of {length} from {offset} to {to}")
        for to, length in ((0, 4), (1, 1), (4093, 65539), (2, 200000)):
            result[:] = b"\xee" * len(result)
            ctx.do("mem-fill", transfer=[fill(dst, length, 0x04030201, to)])
            body = (b"\x01\x02\x03\x04" * (length // 4 + 1))[:length]
            want = b"\xee" * to + body
            want += b"\xee" * (len(result) - len(want))
            check(result[:] == want, f"fill of {length} at {to}")


@case("a list is done in order, small and large ones mixed")
def order():
    with Context() as ctx:
        mem, view = ctx.host(4 * MIB)
        dram = ctx.device(8 * MIB, 0)
        view[:2 * MIB] = noise(2 * MIB, 3)
        steps = [copy(mem, dram, 2 * MIB), copy(dram, dram, 16, 5, 2 * MIB),
                 copy(dram, dram, 2 * MIB, 0, 4 * MIB), copy(dram, dram, 16, 2 * MIB, 4 * MIB),
                 copy(dram, mem, 2 * MIB, 4 * MIB, 2 * MIB)]
        equal(ctx.do("mem-copy", transfer=steps)["done"], 5, "done")
        check(view[2 * MIB:] == view[5:21] + view[16:2 * MIB], "each step saw the one before")
        many = [copy(mem, mem, 1, i, 3 * MIB + i) for i in range(512)]
        equal(ctx.do("mem-copy", transfer=many)["done"], 512, "done")
        check(view[3 * MIB:3 * MIB + 512] == view[:512], "512 single bytes")
        equal(ctx.do("mem-fill", transfer=[fill(mem, 8, 1), fill(mem, 4, 2, 4)])["done"], 2, "done")
        equal(view[:8], b"\x01\0\0\0\x02\0\0\0", "two patterns")


@case("what is wrong with a list is told by name, and none of it has begun")
def wrong():
    with Context() as ctx, Context() as other:
        src, _ = ctx.host(PAGE)
        dst, view = ctx.host(PAGE)
        foreign = other.host(PAGE)[0] + 100
        good = fill(dst, 16, 0xffffffff)

        def no(want, operation, bad, **words):
            lead = [good] if operation == "mem-fill" else [copy(src, dst, 1)]
            refused(want, lambda: ctx.do(operation, transfer=lead + [bad]), **words)
        before = stats()["descriptors"]
        no(errno.ENOENT, "mem-copy", copy(foreign, dst, 1), attr="transfer.src-mem")
        no(errno.ENOENT, "mem-copy", copy(src, foreign, 1), attr="transfer.dst-mem")
        no(errno.EINVAL, "mem-copy", copy(src, dst, 0), attr="transfer.length")
        no(errno.ERANGE, "mem-copy", copy(src, dst, PAGE, 1), attr="transfer.src-offset")
        no(errno.ERANGE, "mem-copy", copy(src, dst, 1, 0, PAGE), attr="transfer.dst-offset")
        no(errno.EOVERFLOW, "mem-copy", copy(src, dst, 32, (1 << 64) - 16),
           attr="transfer.src-offset")
        no(errno.ERANGE, "mem-copy", copy(src, dst, (1 << 32) + 1), attr="transfer.dst-offset")
        no(errno.EINVAL, "mem-copy", copy(src, src, 100, 0, 99), text="overlap")
        no(errno.EINVAL, "mem-copy", fill(dst, 4), text="src-mem")
        no(errno.EINVAL, "mem-copy", dict(copy(src, dst, 4), pattern=1), attr="transfer.pattern")
        no(errno.EINVAL, "mem-fill", copy(src, dst, 4), attr="transfer.src-mem")
        no(errno.EINVAL, "mem-fill", {"dst-mem": dst}, text="length")
        no(errno.EINVAL, "mem-fill", {"length": 4}, text="dst-mem")
        refused(errno.EINVAL, lambda: ctx.do("mem-copy"), attr="transfer")
        refused(errno.E2BIG, lambda: ctx.do("mem-fill", transfer=[good] * 513), attr="transfer")
        equal(view[:16], bytes(16), "untouched")
        equal(stats()["descriptors"], before, "descriptors")
        equal(ctx.do("mem-get", mem_id=dst)["users"], 0, "users")
        ctx.do("mem-copy", transfer=[copy(src, src, 100, 0, 100)])
    empty()


@case("memory stays while a copy names it, also when its id is freed and its owner killed")
def lifetime():
    with Context() as ctx:
        src, dst = ctx.device(MIB, 0), ctx.device(MIB, 1)
        stall()
        answer = ctx.ask("mem-copy", wait_us=0, transfer=[copy(src, dst, MIB)])
        equal(answer["job-state"], "running", "job")
        equal(ctx.do("mem-get", mem_id=src)["users"], 1, "users")
        ctx.do("mem-free", mem_id=src)
        emu(0, "inject", "dma", "resume")
        equal(ctx.finish(answer["job-id"])["done"], 1, "done")
        equal(ctx.do("mem-get", mem_id=dst)["users"], 0, "users")
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        ctx = Context()
        mem = ctx.device(64 * MIB, 0)
        to = ctx.device(64 * MIB, 1)
        emu(0, "inject", "dma", "slow", 500)
        ctx.ask("mem-copy", wait_us=0, transfer=[copy(mem, to, 64 * MIB)])
        os.write(write_end, b"x")
        signal.pause()
    os.read(read_end, 1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    emu(0, "inject", "dma", "resume")
    empty()


@case("a copy queue whose engine aborts is replaced by another, and nothing is lost")
def aborted():
    size = 8 * MIB
    with Context() as ctx:
        src, source = ctx.host(size)
        dst, result = ctx.host(size)
        source[:] = noise(size, 5)
        emu(0, "inject", "dma", "stall", 5)
        answer = ctx.ask("mem-copy", wait_us=0, transfer=[copy(src, dst, size)])
        emu(0, "inject", "dma", "abort", 5)
        emu(0, "inject", "dma", "resume", 5)
        done = ctx.finish(answer["job-id"]) if answer.get("job-id") else answer
        equal(done["done"], 1, "done")
        check(result[:] == source[:], "all of it arrived")
    empty()


@case("engines that aborted without rings are brought up anew when copies need them")
def revived():
    with Context() as ctx:
        src, dst = ctx.device(PAGE, 0), ctx.device(PAGE, 1)
        for engine in COPY_ENGINES:
            emu(0, "inject", "dma", "abort", engine)
        equal(ctx.do("mem-copy", transfer=[copy(src, dst, PAGE)])["done"], 1, "done")
    empty()


@case("when no engine works the copy fails and says so, and memory is given back")
def dead():
    with Context() as ctx:
        src, dst = ctx.device(PAGE, 0), ctx.device(PAGE, 1)
        rings = [ctx.ring(engine, 0) for engine in COPY_ENGINES]
        for engine in COPY_ENGINES:
            emu(0, "inject", "dma", "abort", engine)
        try:
            ctx.do("mem-copy", transfer=[copy(src, dst, PAGE)])
        except JobFailed as failed:
            equal(-failed.job["job-error"], errno.EIO, "errno")
            equal(failed.job["done"], 0, "done")
            check(failed.job["error-text"], "a sentence")
        else:
            raise AssertionError("the copy went through")
        equal(ctx.do("mem-get", mem_id=dst)["users"], 0, "users")
        for ring in rings:
            ctx.do("ring-destroy", ring_id=ring)
        equal(ctx.do("mem-copy", transfer=[copy(src, dst, PAGE)])["done"], 1, "done again")
    empty()


if __name__ == "__main__":
    main()
