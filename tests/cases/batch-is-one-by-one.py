#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Many requests in one send, and dumps of lists that change."""

import struct

from neuroncase import case, check, Context, empty, equal, family, main, settled
from rawcase import NLM_F_DUMP, NLM_F_DUMP_INTR, Raw

PAGE = 4096


def script(ctx, mem):
    """Requests of all sorts, good and bad, that do not depend on each other's ids."""
    fd = {"ctx-fd": ctx.fd}
    return (
        ("context-set", {**fd, "label": "first"}),
        ("mem-alloc", {**fd, "kind": "host", "size": 0}),
        ("mem-free", {**fd, "mem-id": 4711}),
        ("core-claim", {**fd, "claim": [1]}),
        ("core-claim", {**fd, "claim": [4]}),
        ("device-get", {"dev-index": 0}),
        ("device-get", {"dev-index": 77}),
        ("mem-get", {**fd, "mem-id": mem}),
        ("mem-alloc", {"kind": "host", "size": PAGE}),
        ("event-set", {**fd, "nc-id": 1, "event-id": 7, "value": 1}),
        ("event-set", {**fd, "nc-id": 1, "event-id": 256, "value": 1}),
        ("core-release", {**fd, "claim": [1]}),
        ("core-release", {**fd, "claim": [1]}),
        ("context-set", {**fd, "label": "last"}),
    )


@case("a batch is answered as the same requests one by one, and a refusal stops no other")
def alike():
    def one_by_one(raw, requests):
        found = []
        for seq, (operation, attrs) in enumerate(requests, 1):
            raw.send(raw.encode(operation, attrs, seq))
            found += raw.answers(1)
        return found

    def at_once(raw, requests):
        raw.send(*(raw.encode(operation, attrs, seq)
                   for seq, (operation, attrs) in enumerate(requests, 1)))
        return raw.answers(len(requests))
    found = []
    for way in (one_by_one, at_once):
        with Context(0) as ctx:
            mem = ctx.do("mem-alloc", kind="host", size=PAGE)["mem-id"]
            found.append(way(Raw(ctx.ynl), script(ctx, mem)))
            equal(ctx.do("context-get")["label"], "last", "label after the last request")
            equal(ctx.event(1, 7), 1, "event set in the middle")
            ctx.do("event-set", nc_id=1, event_id=7, value=0)
    equal(found[1], found[0], "answers at once and one by one")
    equal([error for _, error, _ in found[0]],
          ["0", "EINVAL", "ENOENT", "0", "ERANGE", "0", "ENODEV", "0", "EINVAL", "0", "ERANGE", "0",
           "ENOENT", "0"], "errors in order")
    settled()


@case("of a batch whose answers nobody asks for, errors alone are told, and all of it is done")
def silent():
    with Context(0) as ctx:
        raw = Raw(ctx.ynl)
        fd = {"ctx-fd": ctx.fd}
        raw.send(*(raw.encode("event-set", {**fd, "nc-id": 0, "event-id": number, "value": 1}, number,
                              flags=0) for number in range(1, 301)))
        # 45 of them do not exist: 256 to 300.
        equal(raw.answers(45), [(number, "ERANGE", 0) for number in range(256, 301)], "answers")
        for number in (1, 255):
            equal(ctx.event(0, number), 1, f"event {number}")
        raw.send(*(raw.encode("event-set", {**fd, "nc-id": 0, "event-id": number, "value": 0}, number,
                              flags=0) for number in range(1, 255)),
                 raw.encode("event-set", {**fd, "nc-id": 0, "event-id": 255, "value": 0}, 255))
        equal(raw.answers(1), [(255, "0", 0)], "the only acknowledgement")
        equal(ctx.event(0, 1), 0, "event 1")
    settled()


def dump(ctx, operation, attrs, disturb):
    """A dump with something that happens behind its first part: (ids, was it marked)."""
    raw = Raw(ctx.ynl)
    raw.send(raw.encode(operation, attrs, 1, flags=NLM_F_DUMP))
    ids, marked, parts = [], False, 0
    while True:
        # The kernel makes parts as large as it has seen buffers.
        for message in raw.receive(4096):
            marked |= bool(message.flags & NLM_F_DUMP_INTR)
            if message.ends():
                equal(message.error, 0, "errno of the dump")
                check(parts > 2, f"the dump came in {parts} parts: nothing can happen between them")
                raw.sock.close()
                return ids, marked
            at = 20
            while at < len(message.raw):
                size, kind = struct.unpack_from("HH", message.raw, at)
                if kind == ctx.ynl.attr_sets["mem"]["mem-id"].value:
                    ids.append(struct.unpack_from("I", message.raw, at + 4)[0])
                at += (size + 3) & ~3
        parts += 1
        if parts == 1:
            disturb()


@case("a dump that was disturbed says so; what was there all the time is in it once")
def disturbed():
    with Context(0) as ctx, Context(0) as other, Context(1) as far:
        own = {"ctx-fd": ctx.fd}
        mems = [ctx.do("mem-alloc", kind="host", size=PAGE)["mem-id"] for _ in range(200)]
        spare = other.do("mem-alloc", kind="host", size=PAGE)["mem-id"]

        def undisturbed(attrs, disturb, what):
            ids, marked = dump(ctx, "mem-get", attrs, disturb)
            check(not marked, f"a dump is marked after {what}")
            check(set(mems) <= set(ids), "something is missing")

        def marked(attrs, disturb, what):
            ids, is_marked = dump(ctx, "mem-get", attrs, disturb)
            check(is_marked, f"a dump is not marked after {what}")
            for mem in mems[:-1]:
                equal(ids.count(mem), 1 if attrs else ids.count(mem), f"times of memory {mem}")
                check(mem in ids, f"memory {mem} is missing")
        undisturbed(own, lambda: None, "nothing")
        undisturbed(own, lambda: ctx.do("ring-create", descriptors=32), "a ring")
        undisturbed(own, lambda: other.do("mem-free", mem_id=spare), "another context's memory")
        marked(own, lambda: ctx.do("mem-alloc", kind="host", size=PAGE), "an allocation")
        marked(own, lambda: ctx.do("mem-free", mem_id=mems.pop()), "a free")
        undisturbed({}, lambda: None, "nothing, of all contexts")
        marked({}, lambda: far.do("mem-alloc", kind="host", size=PAGE), "memory of another card")
        marked({}, lambda: Context(1, ynl=ctx.ynl), "a new context")
    empty()


@case("a dump goes on over the end of the context whose things it told")
def context_ends():
    with Context(0) as ctx:
        mems = [ctx.do("mem-alloc", kind="host", size=PAGE)["mem-id"] for _ in range(150)]
        gone = Context(0)
        for _ in range(150):
            gone.do("mem-alloc", kind="host", size=PAGE)
        late = Context(0)
        last = late.do("mem-alloc", kind="host", size=PAGE, label="last")["mem-id"]

        def end():
            gone.close()
            settled()
        ids, marked = dump(ctx, "mem-get", {"dev-index": 0}, end)
        check(marked, "not marked")
        check(set(mems) <= set(ids), "something of the context that stayed is missing")
        equal(ids[-1], last, "memory of the context behind the one that ended")
        late.close()
    empty()
    check(not family().dump("mem-get", {}), "memory after all")


main()
