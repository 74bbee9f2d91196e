#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 everywhere=yes
"""Who may do what: every operation asks for its file, whoever and wherever the asker is."""

import errno
import mmap
import os
import select

from askercase import (become_root_inside, become_tester, in_child, NEWNET, NEWPID, NEWUSER, TESTER,
                       unshare)
from neuroncase import (case, check, child, Context, devices, empty, entry, entry_refused, equal,
                        family, main, NlError, ready, refused, settled)

PAGE = 4096


class Open:
    """The node of a card is for everybody, for a while."""

    def __init__(self, index=0):
        self.path = f"/dev/neuron{index}"

    def __enter__(self):
        self.mode = os.stat(self.path).st_mode & 0o7777
        os.chmod(self.path, 0o666)

    def __exit__(self, *_):
        os.chmod(self.path, self.mode)


def operations(ynl, *hooks):
    """Names of the operations whose do has one of these hooks."""
    found = [op["name"] for op in ynl.yaml["operations"]["list"]
             if op.get("do", {}).get("pre") in hooks]
    check(found, f"no operation has one of {hooks}")
    return found


def error_of(call):
    """Name of the errno that a call is refused with, or None."""
    try:
        call()
    except NlError as error:
        return errno.errorcode[error.error]
    return None


@case("every operation that is not for looking names the missing ctx-fd")
def missing():
    ynl = family()
    for name in operations(ynl, "neuron-nl-use-pre", "neuron-nl-own-pre"):
        refused(errno.EINVAL, lambda name=name: ynl.do(name, {"dev-index": 0}), attr="ctx-fd")


@case("a file that is open for reading is enough for looking at one's own, and for nothing else")
def read_only():
    ready(0)
    with Context(0, os.O_RDONLY) as ctx:
        for name in operations(ctx.ynl, "neuron-nl-use-pre"):
            refused(errno.EACCES, lambda name=name: ctx.ynl.do(name, {"ctx-fd": ctx.fd}),
                    attr="ctx-fd", text="writing")
        for name in operations(ctx.ynl, "neuron-nl-own-pre"):
            error = error_of(lambda name=name: ctx.ynl.do(name, {"ctx-fd": ctx.fd}))
            check(error in (None, "EINVAL"), f"{name} is refused with {error}")


@case("what one context has, another cannot name, nor map")
def others_ids():
    with Context(0) as ctx, Context(0) as other:
        mem = ctx.do("mem-alloc", kind="host", size=PAGE)
        ring = ctx.ring(0, 0)
        nq = ctx.do("nq-create", nc_id=0, nq_type="event", size=PAGE)["nq-id"]
        own = other.ring(1, 0)
        ids = {"mem": mem["mem-id"], "nq": nq, "job": 1}
        for name in other.ynl.ops:
            kind = name.split("-")[0]
            if kind not in ids or f"{kind}-id" not in other.ynl.operation_do_attributes(name):
                continue
            attrs = {f"{kind}_id": ids[kind]}
            if name == "nq-ack":
                attrs["head"] = 0
            refused(errno.ENOENT, lambda name=name, attrs=attrs: other.do(name, **attrs),
                    attr=f"{kind}-id")
        # Both have a ring 1, so another number.
        spare = [ctx.do("ring-create", descriptors=32)["ring-id"] for _ in range(2)][1]
        for name in ("ring-get", "ring-destroy", "ring-detach", "ring-start", "ring-ack", "ring-read"):
            refused(errno.ENOENT, lambda name=name: other.do(name, ring_id=spare), attr="ring-id")
        refused(errno.ENOENT, lambda: other.do("ring-attach", ring_id=spare, nc_id=0), attr="ring-id")
        refused(errno.ENOENT, lambda: other.do("mem-copy", transfer=[
            {"src-mem": mem["mem-id"], "dst-mem": mem["mem-id"], "length": 4}]))
        entry_refused(errno.ENOENT, other, own, entry(mem["mem-id"], dst_event=0, dst_core=0, length=4),
                      attr="src-mem")
        try:
            mmap.mmap(other.fd, PAGE, offset=mem["mmap-offset"]).close()
            check(False, "another context maps the memory")
        except OSError as error:
            equal(errno.errorcode[error.errno], "EINVAL", "errno of mmap")
        equal(ctx.do("ring-get", ring_id=ring)["state"], "attached", "the ring")
    empty()


@case("who looks without a file sees his own user's contexts; the administrator sees all")
def users():
    with Open(), Context(0) as ctx:
        ctx.do("mem-alloc", kind="host", size=PAGE)

        def look():
            become_tester()
            with Context(0) as mine, Context(0) as second:
                mine.do("mem-alloc", kind="host", size=PAGE)
                second.do("ring-create", descriptors=32)
                ynl = family()
                seen = ynl.dump("context-get", {})
                equal(sorted(c["ctx-id"] for c in seen),
                      sorted(c.do("context-get")["ctx-id"] for c in (mine, second)), "contexts")
                equal({(c["uid"], c["pid"]) for c in seen}, {(TESTER, os.getpid())}, "user and process")
                equal([m["ctx-id"] for m in ynl.dump("mem-get", {})],
                      [mine.do("context-get")["ctx-id"]], "memory")
                equal(len(ynl.dump("ring-get", {})), 1, "rings")
                equal(ynl.dump("nq-get", {}), [], "queues")
                equal(ynl.dump("job-get", {}), [], "jobs")
                refused(errno.EBUSY, lambda: mine.do("device-set", dram_regions=2),
                        text="CAP_SYS_ADMIN")
                refused(errno.EPERM, lambda: mine.do("reg-read", offset=[0], raw=True))
        in_child(look)
        settled()
        equal({c["uid"] for c in family().dump("context-get", {})}, {0}, "users when he has gone")
    empty()


@case("a socket that was opened with other rights carries no authority, by dump neither")
def dropped():
    ready(0)
    with Context(0) as ctx:
        ctx.do("mem-alloc", kind="host", size=PAGE)

        def try_all(ynl):
            """By a socket that root opened."""
            refused(errno.EPERM, lambda: ynl.do("context-get", {"ctx-fd": ctx.fd}), attr="ctx-fd",
                    text="other credentials")
            for attrs in ({"ctx-fd": ctx.fd}, {}):
                equal(error_of(lambda attrs=attrs: ynl.dump("mem-get", attrs)), "EPERM",
                      f"errno of a dump with {attrs}")
            check({0, 1} <= set(devices(ynl)), "looking goes on")

        def drop():
            ynl = family()
            become_tester()
            try_all(ynl)
            mem = family().do("mem-alloc", {"ctx-fd": ctx.fd, "kind": "host", "size": PAGE,
                                            "wait-us": 20000})
            check(mem, "a socket of his own works with an inherited file")
        in_child(drop)

        def new_user_namespace():
            ynl = family()
            unshare(NEWUSER)
            try_all(ynl)
        in_child(new_user_namespace)
    empty()


@case("another network namespace changes nothing: requests, dumps and events work there")
def network():
    with Context(0) as ctx:
        reader, writer = os.pipe()

        def inside():
            unshare(NEWNET)
            ynl = family()
            ynl.ntf_subscribe("usage")
            check({0, 1} <= set(devices(ynl)), "cards")
            mem = Context.of(ctx.fd, ynl).do("mem-alloc", kind="host", size=PAGE)["mem-id"]
            equal([m["mem-id"] for m in ynl.dump("mem-get", {"ctx-fd": ctx.fd})], [mem], "memory")
            ynl.do("mem-free", {"ctx-fd": ctx.fd, "mem-id": mem})
            os.write(writer, b"x")
            check(select.select([ynl.sock], [], [], 120)[0], "no event came")
            ynl.check_ntf()
            note = ynl.async_msg_queue.get_nowait()
            equal((note["name"], note["msg"]["nc-id"]), ("core-release-ntf", 2), "event")

        def outside(_):
            os.read(reader, 1)
            ctx.do("core-claim", claim=[2])
            ctx.do("core-release", claim=[2])
        pid, end = child(outside)
        in_child(inside)
        equal(os.waitpid(pid, 0)[1], 0, "who makes the event")
        for fd in (reader, writer, end):
            os.close(fd)
    empty()


@case("a process is told by its number in the asker's pid namespace, and as 0 where it is not there")
def processes():
    with Context(0) as ctx:
        outer = ctx.do("context-get")
        equal((outer["pid"], outer["uid"]), (os.getpid(), 0), "process and user")

        def inside():
            unshare(NEWPID)

            def first():
                equal(os.getpid(), 1, "number of the first process")
                with Context(0) as mine:
                    seen = {c["ctx-id"]: c for c in family().dump("context-get", {})}
                    equal(seen[outer["ctx-id"]]["pid"], 0, "process outside")
                    equal(seen[mine.do("context-get")["ctx-id"]]["pid"], 1, "process inside")
                    equal(family().do("context-get", {"ctx-fd": ctx.fd})["pid"], 0,
                          "opener of an inherited file")
            in_child(first)
        in_child(inside)

        # From outside all are seen, by outside numbers.
        ready_end, ready_start = os.pipe()
        go_end, go_start = os.pipe()

        def namespaced(_):
            unshare(NEWPID)
            pid = os.fork()
            if not pid:
                with Context(0):
                    os.write(ready_start, b"x")
                    os.read(go_end, 1)
                os._exit(0)
            os.waitpid(pid, 0)
        pid, end = child(namespaced)
        os.read(ready_end, 1)
        pids = {c["pid"] for c in family().dump("context-get", {})}
        check(0 not in pids and 1 not in pids and len(pids) == 2, f"processes from outside: {pids}")
        os.write(go_start, b"x")
        equal(os.waitpid(pid, 0)[1], 0, "the process inside")
        for fd in (ready_end, ready_start, go_end, go_start, end):
            os.close(fd)
    empty()


@case("root of a user namespace is an ordinary user to the family")
def user_namespace():
    with Open(), Context(0) as ctx:
        ctx.do("mem-alloc", kind="host", size=PAGE)

        def inside():
            become_root_inside()
            equal(os.getuid(), 0, "user inside")
            ynl = family()
            check(ynl.dump("device-get", {}), "looking")
            equal(ynl.dump("mem-get", {}), [], "memory of others")
            refused(errno.EPERM, over_limit, text="CAP_SYS_RESOURCE")
            with Context(0) as mine:
                equal(mine.do("context-get")["uid"], 0, "the user, by his number inside")
                equal(ynl.do("context-get", {"ctx-fd": ctx.fd})["uid"], 65534, "a user of outside")
                for name, attrs in (("device-reset", {}), ("device-set", {"dram_regions": 2}),
                                    ("metric-post", {"metric": "00"})):
                    refused(errno.EBUSY, lambda name=name, attrs=attrs: mine.do(name, **attrs))
                refused(errno.EPERM, lambda: mine.do("reg-write", bar=0, write=[
                    {"offset": 0, "value": 0}]))
                refused(errno.EPERM, lambda: mine.do("reg-read", offset=[0], raw=True))
        in_child(inside)
    empty()


def over_limit():
    """Raises a limit of a context of its own."""
    with Context(0) as mine:
        mine.do("context-set", host_limit=PAGE)
        mine.do("context-set", host_limit=2 * PAGE)


main()
