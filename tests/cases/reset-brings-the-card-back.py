#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring exclusive=yes
"""A reset takes rings and queues, leaves ids, host memory and claims, and gives a working card."""

import errno
import os
import subprocess

from neuroncase import (case, check, child, Context, devices, empty, emu, entry, entry_refused, equal,
                        family, looker, main, refused, stats, until)

MIB = 1 << 20


def works(ctx, eng=0, queue=0):
    """Data moves through device memory by a new ring."""
    src, inp = ctx.host(65536)
    dst, out = ctx.host(65536)
    mem = ctx.device(65536)
    inp[:] = os.urandom(65536)
    ring = ctx.ring(eng, queue)
    ctx.write(ring, [entry(src, mem, 65536)])
    ctx.acked(ring, 1)
    ctx.write(ring, [entry(mem, dst, 65536)])
    ctx.acked(ring, 1)
    equal(out[:], inp[:], "data after the reset")


def without_rights(function):
    """Runs function(writer) as a user without capabilities; answers what it wrote."""
    def run(writer):
        os.setgroups([])
        os.setgid(1000)
        os.setuid(1000)
        function(writer)
    pid, reader = child(run)
    with os.fdopen(reader) as text:
        said = text.read()
    equal((os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said), (0, ""), "child")


def reset_refused_by(ctx, want, text):
    """A process without capabilities is refused a reset in this context."""
    def run(_):
        ynl = family()
        refused(want, lambda: ynl.do("device-reset", {"ctx-fd": ctx.fd}), text=text)
    without_rights(run)


@case("rings and queues of all contexts are lost; ids, host memory and claims stay; device memory is cleared")
def lost_and_kept():
    before = devices()[0]["reset-count"]
    with Context() as ctx, Context() as other:
        src, inp = ctx.host(MIB)
        mem = ctx.device(MIB, label="kept")
        dst, out = ctx.host(MIB)
        inp[:] = b"\xa5" * MIB
        ring, others = ctx.ring(0, 1), other.ring(5, 3)
        idle = ctx.do("ring-create", descriptors=64)["ring-id"]
        queue = other.queue(1)
        ctx.do("core-claim", claim=[3])
        ctx.write(ring, [entry(src, mem, MIB)])
        ctx.acked(ring, 1)
        ctx.write(ring, [entry(src, mem, MIB)], start=False)
        answer = ctx.do("device-reset")
        count = answer.get("reset-count", answer.get("value"))
        equal(count[0] if isinstance(count, list) else count, before + 1, "count in the answer")
        dev = devices()[0]
        equal((dev["state"], dev["health"], dev["reset-count"]), ("ready", "ok", before + 1), "card")

        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        equal(other.do("ring-get", ring_id=others)["state"], "lost", "ring of another context")
        equal(ctx.do("ring-get", ring_id=idle)["state"], "detached", "ring on no queue")
        equal(other.do("nq-get", nq_id=queue.id)["state"], "lost", "queue")
        entry_refused(errno.ENOTCONN, ctx, ring, entry(src, mem, 4))
        refused(errno.ENOTCONN, lambda: ctx.do("ring-start", ring_id=ring), text="lost")
        refused(errno.ENOTCONN, lambda: ctx.do("ring-ack", ring_id=ring), text="lost")
        refused(errno.ENOTCONN, lambda: ctx.do("ring-detach", ring_id=ring), text="lost")
        refused(errno.EBUSY, lambda: ctx.do("ring-attach", ring_id=ring, eng_id=0, queue_id=1),
                text="lost")
        refused(errno.ENOTCONN, lambda: other.do("nq-ack", nq_id=queue.id, head=0), text="lost")
        equal(queue.poll(), None, "the mapping of a lost queue can be read")

        equal(ctx.do("mem-get", mem_id=src).get("users"), 0, "users of what the ring named")
        check("content-lost" not in ctx.do("mem-get", mem_id=src), "host memory kept its content")
        equal(inp[:], b"\xa5" * MIB, "host memory")
        got = ctx.do("mem-get", mem_id=mem)
        check(got.get("content-lost"), f"device memory says that it lost its content: {got}")
        equal((got["size"], got["label"]), (MIB, "kept"), "device memory")
        holder = looker().do("core-get", {"dev-index": 0, "nc-id": 3}).get("ctx-id")
        equal(holder, ctx.do("context-get")["ctx-id"], "holder of core 3")

        out[:] = b"\xff" * MIB
        again = ctx.ring(0, 1)
        ctx.write(again, [entry(mem, dst, MIB)])
        ctx.acked(again, 1)
        equal(out[:], b"\0" * MIB, "device memory that was not cleared")
        check("content-lost" not in ctx.do("mem-get", mem_id=ctx.device(4096)), "new memory")
        for lost in (ring, idle):
            ctx.do("ring-destroy", ring_id=lost)
        other.do("ring-destroy", ring_id=others)
        other.do("nq-destroy", nq_id=queue.id)
        other.queue(1)
        works(other, 5, 3)
    empty()


@case("the listeners hear of the beginning and the end, in this order, with the new count")
def events():
    before = devices()[0]["reset-count"]
    listener = family()
    listener.ntf_subscribe("hotplug")
    with Context() as ctx:
        ctx.do("device-reset")
    seen = []
    for note in listener.poll_ntf(120):
        if note["name"] == "device-change-ntf" and note["msg"]["dev-index"] == 0:
            seen.append((note["msg"]["state"], note["msg"]["reset-count"]))
        if len(seen) == 2:
            break
    equal(seen, [("resetting", before), ("ready", before + 1)], "events")
    equal(stats()["resets"], before + 1, "resets in the counters")


@case("a reset that expects another count is refused, and changes nothing")
def expected():
    count = devices()[0]["reset-count"]
    with Context() as ctx:
        ring = ctx.ring(0, 0)
        for wrong in (count - 1, count + 1, 0xffffffff):
            refused(errno.ESTALE, lambda wrong=wrong: ctx.do("device-reset", expect_reset_count=wrong),
                    attr="expect-reset-count")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "ring")
        equal(devices()[0]["reset-count"], count, "count")
        ctx.do("device-reset", expect_reset_count=count)
        refused(errno.ESTALE, lambda: ctx.do("device-reset", expect_reset_count=count),
                attr="expect-reset-count")
    equal(devices()[0]["reset-count"], count + 1, "count")


@case("neuronnl resets a card, expects a count, and tells why not")
def command():
    def neuronnl(*words):
        done = subprocess.run(["neuronnl", *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr
    count = devices()[0]["reset-count"]
    equal(neuronnl("dev", "reset", "0", "expect", str(count)), (0, ""), "expected reset")
    equal(devices()[0]["reset-count"], count + 1, "count")
    status, text = neuronnl("dev", "reset", "dev", "0", "expect", str(count))
    check(status == 2 and "in the meantime" in text, f"stale: {status} {text}")
    equal(neuronnl("dev", "reset", "pci/" + devices()[0]["bus-name"]), (0, ""), "reset")
    equal(devices()[0]["reset-count"], count + 2, "count")
    for words in (("dev", "reset"), ("dev", "reset", "0", "expect"),
                  ("dev", "reset", "0", "expect", "x"), ("engine", "recover", "0"),
                  ("engine", "recover", "engine", "0")):
        equal(neuronnl(*words)[0], 1, f"status of {words}")
    status, text = neuronnl("engine", "recover", "0", "engine", "3")
    check(status == 2 and "not in use" in text, f"engine: {status} {text}")
    equal(devices()[0]["reset-count"], count + 2, "count")


@case("who shares the card needs CAP_SYS_ADMIN; who is alone does not")
def authority():
    count = devices()[0]["reset-count"]
    with Context() as ctx, Context() as other:
        for hold, drop in (
                (lambda: other.do("mem-alloc", kind="host", size=4096)["mem-id"],
                 lambda held: other.do("mem-free", mem_id=held)),
                (lambda: other.do("ring-create", descriptors=64)["ring-id"],
                 lambda held: other.do("ring-destroy", ring_id=held)),
                (lambda: other.queue(0).id, lambda held: other.do("nq-destroy", nq_id=held)),
                (lambda: other.do("core-claim", claim=[2]),
                 lambda held: other.do("core-release", claim=[2]))):
            held = hold()
            reset_refused_by(ctx, errno.EBUSY, "CAP_SYS_ADMIN")
            equal(devices()[0]["reset-count"], count, "count")
            drop(held)

        ctx.host(4096)

        def alone(_):
            mine = Context.__new__(Context)
            mine.fd, mine.ynl, mine.views = ctx.fd, family(), []
            mine.do("device-reset")
        without_rights(alone)
        equal(devices()[0]["reset-count"], count + 1, "count after a reset without rights")
        other.host(4096)
        ctx.do("device-reset")
        equal(devices()[0]["reset-count"], count + 2, "count after a reset with rights")
    with Context(flags=os.O_RDONLY) as reader:
        refused(errno.EACCES, lambda: reader.do("device-reset"), attr="ctx-fd")
    with Context() as ctx:
        refused(errno.EINVAL, lambda: ctx.ynl.do("device-reset", {"dev-index": 0}), attr="ctx-fd")
    empty()


@case("the neighbours know the card again, by the number that the reset had wiped")
def neighbours():
    def known():
        return all(port.get("peer-index") == 1 - port["dev-index"]
                   for port in looker().dump("neighbor-get", {}))
    until("both cards know each other", known)
    with Context() as ctx:
        ctx.do("device-reset")
        # What the reset wiped is only seen by who asks the firmware again.
        with Context(1) as peer:
            def asked():
                peer.do("neighbor-refresh")
                return known()
            until("both cards know each other again", asked)


@case("while a reset runs, what needs the card is refused clearly, and looking works")
def meanwhile():
    emu(0, "inject", "device", "reset-hang")
    with Context() as ctx, Context() as other:
        src, view = ctx.host(4096)
        ring = ctx.ring(0, 0)
        ctx.write(ring, [entry(src, src, 4096)])
        lost = other.queue(2)
        detached = other.do("ring-create", descriptors=64)["ring-id"]
        job = ctx.start("device-reset")
        until("the reset runs", lambda: devices()[0]["state"] == "resetting")
        until("the emulated card is silent", lambda: emu(0, "show")["reset-running"])
        for call in (
                lambda: other.do("device-reset"),
                lambda: ctx.do("device-reset"),
                lambda: other.do("engine-set", eng_id=0, action="recover"),
                lambda: other.do("mem-alloc", kind="host", size=4096),
                lambda: other.do("mem-alloc", kind="device", size=4096),
                lambda: other.do("ring-create", descriptors=64),
                lambda: other.do("ring-attach", ring_id=detached, eng_id=1, queue_id=1),
                lambda: other.do("ring-attach", ring_id=detached, nc_id=2),
                lambda: ctx.do("ring-write", ring_id=ring, entry=[entry(src, src, 4)]),
                lambda: ctx.do("ring-start", ring_id=ring),
                lambda: ctx.do("ring-ack", ring_id=ring),
                lambda: other.do("nq-create", nc_id=0, nq_type="event", size=4096),
                lambda: other.do("nq-ack", nq_id=lost.id, head=0),
                lambda: other.do("event-get", nc_id=0, event_id=0),
                lambda: other.do("event-set", nc_id=0, event_id=0, value=1),
                lambda: other.do("semaphore-get", nc_id=0, semaphore_id=0),
                lambda: other.do("reg-read", offset=[0x40604]),
                lambda: other.do("neighbor-refresh")):
            refused(errno.EBUSY, call, text="being reset")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "lost", "ring")
        equal(other.do("nq-get", nq_id=lost.id)["state"], "lost", "queue")
        equal(stats()["quarantined"], 2, "rings and queues held until the reset has ended")
        ctx.do("ring-destroy", ring_id=ring)
        ctx.do("mem-free", mem_id=src)
        view.close()
        now = stats()
        equal((now["mems"], now["rings"]), (1, 2), "memory and rings that the card may reach")
        for object_type in ("engine-get", "core-get", "neighbor-get", "context-get", "mem-get"):
            looker().dump(object_type, {})
        emu(0, "inject", "device", "ready")
        ctx.finish(job)
        now = stats()
        equal((now["quarantined"], now["mems"], now["rings"]), (0, 0, 1), "what is held")
        works(other)
    empty()


main()
