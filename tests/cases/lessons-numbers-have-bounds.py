#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
"""Numbers that ended in other drivers' memory: the first beyond the end, sums that wrap, no bound."""

import errno

from neuroncase import (case, check, Context, devices, empty, entry, entry_refused, equal, event,
                        JobFailed, looker, main, NlError, Partial, refused, stats)

PAGE = 4096
ALL32 = (1 << 32) - 1
ALL64 = (1 << 64) - 1


def fails(want, call, what):
    """Refused, or ended, with one of some errors."""
    try:
        answer = call()
    except (JobFailed, NlError, Partial) as error:
        check(error.error in want, f"{what}: {error}")
        return
    check(False, f"{what} was answered {answer}")


@case("cores end at 4, events at 256 and semaphores at 32, in requests, lists, rings and claims")
def registers():
    beyond = {"nc_id": (4, 255, ALL32), "event_id": (256, ALL32), "semaphore_id": (32, 33, ALL32)}
    with Context() as ctx:
        ring = ctx.ring()
        for name, last in (("event", 255), ("semaphore", 31)):
            number = f"{name}_id"
            good = {"nc_id": 3, number: last}
            ctx.do(f"{name}-set", value=1, **good)
            got = ctx.do(f"{name}-get", **good)["value"]
            equal(got[0] if isinstance(got, list) else got, 1, f"the last {name}")
            for key in ("nc_id", number):
                for value in beyond[key]:
                    wrong = {**good, key: value}
                    shown = key.replace("_", "-")
                    listed = [{k.replace("_", "-"): v for k, v in wrong.items()}]
                    refused(errno.ERANGE, lambda: ctx.do(f"{name}-get", **wrong), attr=shown)
                    refused(errno.ERANGE, lambda: ctx.do(f"{name}-set", value=1, **wrong), attr=shown)
                    refused(errno.ERANGE, lambda: ctx.do(f"{name}-get", entry=listed))
                    listed[0]["value"] = 0
                    refused(errno.ERANGE, lambda: ctx.do(f"{name}-set", entry=listed))
                    entry_refused(errno.ERANGE, ctx, ring, entry(
                        imm=1, length=4, **{f"dst_{name}": wrong[number], "dst_core": wrong["nc_id"]}))
        for core in beyond["nc_id"]:
            refused(errno.ERANGE, lambda: ctx.do("core-claim", claim=[core]), attr="claim")
            refused(errno.ERANGE, lambda: ctx.do("nq-create", nc_id=core, nq_type="event", size=PAGE),
                    attr="nc-id")
        for eng in (4, ALL32):
            for kind in ("trace", "notify"):
                refused(errno.ERANGE, lambda: ctx.do("nq-create", nc_id=0, nq_type=kind, nq_eng=eng,
                                                     size=PAGE), attr="nq-eng")
        for kind in (4, ALL32):
            refused(errno.ERANGE, lambda: ctx.do("nq-create", nc_id=0, nq_type=kind, size=PAGE),
                    attr="nq-type")
    empty()


@case("engines end at 12 and queues at 16; the last queue of every third engine is the driver's")
def queues():
    with Context() as ctx:
        ring = ctx.do("ring-create", descriptors=64)["ring-id"]

        def put(eng, queue):
            return lambda: ctx.do("ring-attach", ring_id=ring, eng_id=eng, queue_id=queue)
        for queue in (16, 17, 255, 256, 1 << 16, ALL32):
            refused(errno.ERANGE, put(2, queue), attr="queue-id")
        for eng in (12, 255, 256, ALL32):
            refused(errno.ERANGE, put(eng, 0), attr="eng-id")
            refused(errno.ERANGE, lambda: looker().do("engine-get", {"dev-index": 0, "eng-id": eng}),
                    attr="eng-id")
            refused(errno.ERANGE, lambda: ctx.do("engine-set", eng_id=eng, action="recover"),
                    attr="eng-id")
            refused(errno.ERANGE, lambda: ctx.do("counters-get", eng_id=eng, counter=["tx-bytes"]),
                    attr="eng-id")
        for eng in range(2, 12, 3):
            refused(errno.EPERM, put(eng, 15), attr="queue-id")
        put(11, 14)()
        ctx.do("ring-detach", ring_id=ring)
        put(0, 15)()
    empty()


@case("a size is not cut to its low 32 bits, and what was refused is not counted")
def sizes():
    with Context() as ctx:
        before = (stats()["mems"], devices()[0]["dram-used"], devices()[0]["host-used"])
        for kind, size in (("host", 1 << 44), ("device", 1 << 44), ("host", (1 << 44) + PAGE),
                           ("device", (1 << 44) + PAGE), ("host", ALL64), ("device", ALL64),
                           ("device", ALL64 - 255), ("host", ALL64 - PAGE + 1), ("host", 1 << 63)):
            fails((errno.EINVAL, errno.ENOMEM, errno.ENOSPC, errno.EOVERFLOW, errno.EDQUOT),
                  lambda: ctx.do("mem-alloc", kind=kind, size=size), f"{size:#x} bytes of {kind}")
        for align in (1 << 63, 1 << 44, (1 << 32) + 1, ALL64):
            fails((errno.EINVAL, errno.ENOSPC, errno.ERANGE),
                  lambda: ctx.do("mem-alloc", kind="device", size=PAGE, align=align), f"align {align:#x}")
        mine = ctx.do("context-get")
        equal((mine["mems"], mine["ids"], mine["host-bytes"], mine["device-bytes"]), (0,) * 4, "account")
        equal((stats()["mems"], devices()[0]["dram-used"], devices()[0]["host-used"]), before, "counted")
    empty()


@case("offset plus length that wraps 32 or 64 bits is refused by copies, fills and rings alike")
def wraps():
    with Context() as ctx:
        a, b = ctx.host(PAGE)[0], ctx.device(PAGE)
        ring = ctx.ring()
        for offset, length in ((PAGE, 1), (PAGE - 1, 2), ((1 << 32) - 16, 32), (1 << 32, 16),
                               (16, (1 << 32) - 16), (16, 1 << 32), (ALL64 - 15, 32), (ALL64, 1),
                               (1, ALL64), (1 << 63, 1 << 63)):
            for src, dst in (((a, offset), b), (a, (b, offset)), ((b, offset), a)):
                one = entry(src, dst, length)
                fails((errno.ERANGE, errno.EOVERFLOW),
                      lambda: ctx.do("mem-copy", transfer=[one]), f"copy of {one}")
                fails((errno.ERANGE, errno.EOVERFLOW),
                      lambda: ctx.write(ring, [one], start=False), f"entry {one}")
            for mem in (a, b):
                fails((errno.ERANGE, errno.EOVERFLOW), lambda: ctx.do(
                    "mem-fill", transfer=[entry(None, (mem, offset), length)]), "fill")
        for name in ("mem-copy", "mem-fill"):
            src = a if name == "mem-copy" else None
            fails((errno.EINVAL,), lambda: ctx.do(name, transfer=[entry(src, b, 0)]), f"{name} of nothing")
            fails((errno.EINVAL,), lambda: ctx.do(name), f"{name} without a list")
        equal(ctx.do("ring-get", ring_id=ring)["written"], 0, "entries written")
        equal(ctx.do("mem-get", mem_id=a)["users"], 0, "users of memory that was never touched")
    empty()


@case("counts of 0 and of more than there is end nowhere: start, ack, read")
def counts():
    with Context() as ctx:
        src, dst = ctx.host(PAGE)[0], ctx.host(PAGE)[0]
        ring = ctx.ring()
        ctx.write(ring, [entry(src, dst, 16)] * 3, start=False)
        for count in (0, 4, 257, 1 << 31, ALL32):
            refused(errno.ERANGE, lambda: ctx.do("ring-start", ring_id=ring, count=count), attr="count")
            refused(errno.ERANGE, lambda: ctx.do("ring-ack", ring_id=ring, count=count), attr="count")
        refused(errno.ERANGE, lambda: ctx.do("ring-read", ring_id=ring, count=0), attr="count")
        for first, count, want in ((0, ALL32, 3), (2, 1 << 31, 1), (3, 1, 0), (1 << 32, 1, 0),
                                   (ALL64, ALL32, 0)):
            try:
                got = ctx.do("ring-read", ring_id=ring, first=first, count=count)
            except NlError as error:
                check(want == 0 and error.error == errno.ERANGE, f"first {first:#x}: {error}")
                continue
            equal(got["count"], want, f"entries read from {first:#x}")
        ctx.do("ring-start", ring_id=ring)
        ctx.acked(ring, 3)
        refused(errno.ERANGE, lambda: ctx.do("ring-ack", ring_id=ring, count=1), attr="count")
    empty()


@case("the last word of a BAR is the last, and there are no other BARs and no half words")
def bars():
    path = f"/sys/bus/pci/devices/{devices()[0]['bus-name']}/resource"
    with open(path, encoding="ascii") as table:
        lines = [[int(word, 16) for word in line.split()] for line in table]
    with Context() as ctx:
        for bar in (0, 2):
            size = lines[bar][1] - lines[bar][0] + 1
            check(size > PAGE, f"BAR {bar} has {size} bytes")
            if size - 4 <= ALL32:
                check(ctx.do("reg-read", bar=bar, raw=True, offset=[size - 4])["value"] is not None,
                      "the last word")
            for offset in (size, size + 4, ALL32 - 3):
                if not size <= offset <= ALL32:
                    continue
                refused(errno.ERANGE, lambda: ctx.do("reg-read", bar=bar, raw=True, offset=[offset]),
                        attr="offset")
                refused(errno.ERANGE, lambda: ctx.do("reg-write", bar=bar,
                                                     write=[{"offset": offset, "value": 0}]))
            for offset in (1, 2, size - 1, size - 2, size - 3):
                refused(errno.EINVAL, lambda: ctx.do("reg-read", bar=bar, raw=True, offset=[offset]),
                        attr="offset")
                refused(errno.EINVAL, lambda: ctx.do("reg-write", bar=bar,
                                                     write=[{"offset": offset, "value": 0}]))
        for bar in (1, 3, 4, ALL32):
            fails((errno.EINVAL, errno.ERANGE), lambda: ctx.do("reg-read", bar=bar, raw=True, offset=[0]),
                  f"BAR {bar}")
            fails((errno.EINVAL, errno.ERANGE), lambda: ctx.do(
                "reg-write", bar=bar, write=[{"offset": 0, "value": 0}]), f"BAR {bar}")


@case("lists, statistics and counters are refused when one longer than allowed, or empty")
def lists():
    with Context() as ctx:
        mem, ring = ctx.host(PAGE)[0], ctx.ring()
        too_many = (
            (101, lambda n: ctx.do("reg-read", offset=[0x40604] * n)),
            (101, lambda n: ctx.do("reg-write", bar=2, write=[{"offset": 0, "value": 0}] * n)),
            (51, lambda n: ctx.do("counters-get", counter=["power"] * n)),
            (101, lambda n: ctx.do("event-get", entry=[{"nc-id": 0, "event-id": 0}] * n)),
            (101, lambda n: ctx.do("event-set", entry=[{"nc-id": 0, "event-id": 0, "value": 0}] * n)),
            (101, lambda n: ctx.do("semaphore-get", entry=[{"nc-id": 0, "semaphore-id": 0}] * n)),
            (513, lambda n: ctx.do("mem-copy", transfer=[entry(mem, (mem, 64), 4)] * n)),
            (513, lambda n: ctx.do("mem-fill", transfer=[entry(None, mem, 4)] * n)),
            (513, lambda n: ctx.do("ring-write", ring_id=ring, entry=[event(0, 0)] * n)),
            (129, lambda n: ctx.do("metric-post", metric=b"m" * n)),
        )
        for limit, call in too_many:
            for count in (0, limit, 4 * limit):
                fails((errno.E2BIG, errno.ERANGE, errno.EINVAL), lambda: call(count),
                      f"{count} where {limit - 1} are allowed")
        equal(ctx.do("ring-get", ring_id=ring)["written"], 0, "entries written")


@case("an id is given back once, and numbers never given, or another context's, name nothing")
def ids():
    names = (("mem-free", "mem_id"), ("mem-get", "mem_id"), ("ring-destroy", "ring_id"),
             ("ring-get", "ring_id"), ("ring-start", "ring_id"), ("ring-ack", "ring_id"),
             ("ring-read", "ring_id"), ("ring-detach", "ring_id"), ("nq-destroy", "nq_id"),
             ("nq-get", "nq_id"), ("job-get", "job_id"), ("job-free", "job_id"),
             ("job-cancel", "job_id"))
    with Context() as ctx, Context() as other:
        mine = {"mem_id": ctx.host(PAGE)[0], "ring_id": ctx.ring(),
                "nq_id": ctx.do("nq-create", nc_id=1, nq_type="event", size=PAGE)["nq-id"]}
        check(all(0 <= value < 1 << 16 for value in mine.values()), f"ids are small numbers: {mine}")
        for operation, key in names:
            for value in (0, mine.get(key, 1), 4711, 1 << 31, ALL32):
                refused(errno.ENOENT, lambda: other.do(operation, **{key: value}),
                        attr=key.replace("_", "-"))
        entry_refused(errno.ENOENT, other, other.ring(), entry(mine["mem_id"], mine["mem_id"], 4))
        for operation, key in (("mem-free", "mem_id"), ("ring-destroy", "ring_id"),
                               ("nq-destroy", "nq_id")):
            ctx.do(operation, **{key: mine[key]})
            refused(errno.ENOENT, lambda: ctx.do(operation, **{key: mine[key]}),
                    attr=key.replace("_", "-"))
    empty()


@case("a queue is not made anew with a larger size, nor of less than a page; what it has stays")
def queue_sizes():
    with Context() as ctx:
        queue = ctx.queue(2)
        for size in (8192, 4 << 20, PAGE):
            refused(errno.EBUSY, lambda: ctx.do("nq-create", nc_id=2, nq_type="event", size=size))
        for size in (0, 1, 16, 2048, PAGE - 1, (4 << 20) + 1, 8 << 20, 1 << 31, ALL32):
            refused(errno.ERANGE, lambda: ctx.do("nq-create", nc_id=2, nq_type="notify", size=size),
                    attr="size")
        for size in (PAGE + 1, 3 * PAGE, (4 << 20) - 16):
            refused(errno.EINVAL, lambda: ctx.do("nq-create", nc_id=2, nq_type="notify", size=size),
                    attr="size")
        seen = 0
        for round_number in range(PAGE // 16 + 5):
            ctx.do("event-set", nc_id=2, event_id=9, value=(round_number + 1) % 2)
            seen += queue.next()[3] == 9
        equal(seen, PAGE // 16 + 5, "records, once round the queue as it was first made")
        equal(ctx.do("nq-get", nq_id=queue.id)["size"], PAGE, "size")
    empty()


main()
