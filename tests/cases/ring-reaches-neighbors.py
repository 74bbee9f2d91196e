#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=4 topology=ring timeout=300
"""Rings write to the cards beside theirs, and only there, and stop when these go."""

import errno
import os
import signal

from neuroncase import (case, check, child, devices, empty, emu, entry, entry_refused, equal, main,
                        refused, stats, until)
from neighborcase import arrives, both_work, contents, Held, linked, MIB, opened, places, to, used

PLACES = places()


@case("data goes east and west, into the neighbour's own memory")
def both_ways():
    linked(*PLACES)
    left, middle, right = PLACES[:3]
    with opened(middle) as ctx, opened(left) as west, opened(right) as east:
        arrives(ctx, east)
        arrives(ctx, west)
        arrives(east, ctx)
        arrives(west, ctx, 1)
        src, inp = ctx.host(4096)
        inp[:16] = b"straight to east"
        dst = east.device(4096, align=1 << 32)
        ring = ctx.ring()
        ctx.write(ring, [to(east, src, (dst, 5), 16)])
        ctx.acked(ring, 1)
        # Only the start of the channel is aligned like that.
        equal(bytes.fromhex(emu(2, "dram", "read", 0, 32)["hex"]), bytes(5) + inp[:16] + bytes(11),
              "DRAM of the card in the east")
    for index in PLACES[:3]:
        empty(index)


@case("semaphores and events of a neighbour's cores; one list goes to several cards")
def words():
    linked(*PLACES)
    left, middle, right = PLACES[:3]
    with opened(middle) as ctx, opened(left) as west, opened(right) as east:
        for peer in (west, east):
            peer.do("semaphore-set", nc_id=2, semaphore_id=7, value=40)
            peer.do("event-set", nc_id=1, event_id=9, value=0)
        own, view = ctx.host(4096)
        ring = ctx.ring()
        ctx.write(ring, [entry(imm=2, dst_semaphore=7, dst_core=2, semaphore_op="increment", length=4,
                               dst_ctx_fd=peer.fd) for peer in (west, east, west)] +
                  [entry(imm=1, dst_event=9, dst_core=1, length=4, dst_ctx_fd=east.fd),
                   entry(None, own, 4, imm=0x1234)])
        ctx.acked(ring, 5)
        value = [peer.do("semaphore-get", nc_id=2, semaphore_id=7)["value"] for peer in (west, east)]
        equal([v[0] if isinstance(v, list) else v for v in value], [44, 42], "semaphores")
        equal([west.event(1, 9), east.event(1, 9)], [0, 1], "events")
        equal(view[:4], b"\x34\x12\0\0", "word in own memory")
    for index in PLACES[:3]:
        empty(index)


@case("what no link can reach, or nobody may reach, is refused by name")
def refusals():
    linked(*PLACES)
    here, there, far = PLACES[1], PLACES[2], PLACES[3]
    with opened(here) as ctx, opened(here) as other, opened(there) as peer, opened(far) as third:
        src, _ = ctx.host(4096)
        dst = peer.device(4096)
        host, _ = peer.host(4096)
        ring = ctx.ring()

        def bad(want, attr="dst-ctx-fd", **attrs):
            values = {"src-mem": src, "dst-mem": dst, "length": 16, "dst-ctx-fd": peer.fd}
            values.update({key.replace("_", "-"): value for key, value in attrs.items()})
            entry_refused(want, ctx, ring, {k: v for k, v in values.items() if v is not None}, attr)
        bad(errno.EBADF, dst_ctx_fd=999)
        bad(errno.EINVAL, dst_ctx_fd=0)
        with open(f"/dev/neuron{there}", "rb", buffering=0) as look:
            bad(errno.EACCES, dst_ctx_fd=look.fileno())
        for same in (ctx, other):
            bad(errno.EINVAL, dst_ctx_fd=same.fd, dst_mem=same.device(4096))
        bad(errno.ENOLINK, dst_ctx_fd=third.fd, dst_mem=third.device(4096))
        bad(errno.ENOENT, attr="dst-mem", dst_mem=4711)
        bad(errno.EINVAL, attr="dst-mem", dst_mem=host)
        bad(errno.ERANGE, attr=None, dst_offset=4090)
        bad(errno.EOVERFLOW, attr=None, dst_offset=(1 << 64) - 8)
        bad(errno.EINVAL, dst_mem=None, dst_fifo=True, dst_core=0)
        bad(errno.ERANGE, attr="dst-core", dst_mem=None, dst_semaphore=0, dst_core=4, length=4)
        with opened(there) as holder:
            holder.do("core-claim", claim=[3])
            bad(errno.EBUSY, attr="dst-core", dst_mem=None, dst_event=0, dst_core=3, length=4)
        peer.do("core-claim", claim=[0])
        ctx.write(ring, [entry(imm=1, dst_event=0, dst_core=0, length=4, dst_ctx_fd=peer.fd)])
        ctx.acked(ring, 1)
        emu(2, "inject", "device", "reset-hang")
        try:
            job = peer.start("device-reset")
            until("the reset runs", lambda: devices()[there]["state"] == "resetting")
            bad(errno.EBUSY)
        finally:
            emu(2, "inject", "device", "ready")
        peer.finish(job)
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "a ring without entries for the card")
    for index in PLACES[1:]:
        empty(index)


@case("what entries name stays after it was freed, until they are handed back")
def references():
    linked(*PLACES)
    with opened(PLACES[0]) as ctx, opened(PLACES[1]) as peer:
        before = used(PLACES[1])
        held = Held(ctx, peer, 0)
        peer.do("mem-free", mem_id=held.dst)
        equal(used(PLACES[1]), (before[0] + MIB, before[1] + 1), "the neighbour's memory")
        held.resume()
        ctx.acked(held.ring, 1)
        equal(used(PLACES[1]), before, "the neighbour's memory")
        equal(held.state()["state"], "attached", "ring")
    empty(PLACES[0])


@case("two cards write to each other at once, by many rings, while contexts come and go")
def crowd():
    linked(*PLACES)
    before = [stats(index)["revoked"] for index in PLACES]

    def work(index, other):
        def run(_):
            for turn in range(4):
                with opened(index) as ctx, opened(other) as peer:
                    src, _ = ctx.host(MIB)
                    dst = peer.device(MIB)
                    rings = [ctx.ring() for _ in range(3)]
                    for ring in rings:
                        ctx.write(ring, [to(peer, src, dst, MIB)] * 2)
                    if turn % 2:
                        peer.close()
        return run
    pids = [child(work(PLACES[a], PLACES[b])) for a, b in ((0, 1), (1, 0), (1, 2), (3, 0))]
    for pid, reader in pids:
        said = os.read(reader, 4096).decode()
        os.close(reader)
        equal((os.waitpid(pid, 0)[1], said), (0, ""), "a worker's end")
    for index, count in zip(PLACES, before):
        empty(index)
        check(stats(index)["revoked"] >= count, "revoked rings are counted")


@case("a context that closes: the ring of the other card stops and says why, then its memory is free")
def closed():
    linked(*PLACES)
    with opened(PLACES[0]) as ctx:
        peer = opened(PLACES[1])
        before = used(PLACES[1])
        held = Held(ctx, peer, 0)
        count = stats(PLACES[0])["revoked"]
        peer.close()
        until("the ring is being stopped", lambda: held.state()["state"] != "attached")
        check(used(PLACES[1]) == (before[0] + MIB, before[1] + 1), "memory is held until it has")
        held.resume()
        held.lost("context it writes to was closed")
        until("the memory is free", lambda: used(PLACES[1]) == before)
        equal(stats(PLACES[0])["revoked"], count + 1, "revoked")
        for call in (lambda: ctx.write(held.ring, [entry(imm=0, dst_event=0, dst_core=0, length=4)]),
                     lambda: ctx.do("ring-ack", ring_id=held.ring),
                     lambda: ctx.do("ring-start", ring_id=held.ring),
                     lambda: ctx.do("ring-detach", ring_id=held.ring)):
            refused(errno.ENOTCONN, call, text="was closed")
        refused(errno.EBUSY, lambda: ctx.do("ring-attach", ring_id=held.ring, eng_id=1, queue_id=2),
                text="was closed")
        ctx.do("ring-destroy", ring_id=held.ring)
        ctx.ring(1, 2)
    both_work(PLACES[0], PLACES[1])
    for index in PLACES[:2]:
        empty(index)


@case("a killed owner of the target, and a ring that does not stop: its memory is held all that time")
def killed():
    linked(*PLACES)
    before = used(PLACES[1])
    with opened(PLACES[0]) as ctx:
        def target(writer):
            peer = opened(PLACES[1])
            Held(ctx, peer, 0)
            os.write(writer, b"!")
            signal.pause()
        pid, reader = child(target)
        equal(os.read(reader, 1), b"!", "word of the child")
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        until("the ring is in quarantine", lambda: stats(PLACES[0])["quarantined"] == 1)
        equal(used(PLACES[1]), (before[0] + MIB, before[1] + 1), "memory that may be written to")
        with opened(PLACES[1]) as next_owner:
            mem = next_owner.device(MIB)
            emu(0, "inject", "dma", "resume", 1)
            until("the ring is let go", lambda: stats(PLACES[0])["quarantined"] == 0)
            equal(contents(next_owner, mem, MIB), bytes(MIB), "memory of the next owner")
    both_work(PLACES[0], PLACES[1])
    for index in PLACES[:2]:
        empty(index)


@case("a reset waits for rings of other cards, which are lost; a stuck one does not hinder it")
def resets():
    linked(*PLACES)
    with opened(PLACES[0]) as west, opened(PLACES[2]) as east, opened(PLACES[1]) as target:
        one, two = Held(west, target, 0), Held(east, target, 2)
        job = target.start("device-reset")
        until("the rings are being stopped", lambda: "attached" not in (one.state()["state"],
                                                                        two.state()["state"]))
        one.resume()
        one.lost("card it writes to was reset")
        target.finish(job)
        equal(target.do("mem-get", mem_id=one.dst)["content-lost"], True, "content-lost")
        two.resume()
        two.lost("card it writes to was reset")
    for pair in ((0, 1), (1, 2)):
        both_work(*(PLACES[place] for place in pair))
    for index in PLACES[:3]:
        empty(index)


@case("cards that write to each other are reset at once: both come back, and both rings are lost")
def both_reset():
    linked(*PLACES)
    with opened(PLACES[0]) as one, opened(PLACES[1]) as two:
        rings = (Held(one, two, 0), Held(two, one, 1))
        jobs = [(ctx, ctx.start("device-reset")) for ctx in (one, two)]
        for ctx, job in jobs:
            ctx.finish(job)
        for held in rings:
            held.resume()
            until("the ring is lost", lambda held=held: held.state()["state"] == "lost")
    both_work(PLACES[0], PLACES[1])
    for index in PLACES[:2]:
        empty(index)


@case("a link that goes down stops the rings that write through it, and no others")
def link_down():
    linked(*PLACES)
    with opened(PLACES[1]) as ctx, opened(PLACES[0]) as west, opened(PLACES[2]) as east:
        src, _ = ctx.host(4096)
        dst = west.device(4096)
        other = ctx.ring(4, 2)
        held = Held(ctx, east, 1)
        ctx.write(other, [to(west, src, dst, 4096)], start=False)
        emu(1, "link", "east", "down")
        ctx.do("neighbor-refresh")
        until("the ring is being stopped", lambda: held.state()["state"] != "attached")
        entry_refused(errno.ENOLINK, ctx, other, to(east, src, held.dst, 16), "dst-ctx-fd")
        held.resume()
        held.lost("link it writes through went down")
        ctx.do("ring-start", ring_id=other)
        ctx.acked(other, 1)
        emu(1, "link", "east", "up")
        ctx.do("neighbor-refresh")
        linked(*PLACES)
        ctx.do("ring-destroy", ring_id=held.ring)
    both_work(PLACES[1], PLACES[2])
    for index in PLACES[:3]:
        empty(index)


main()
