#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=300
"""Limits of users and contexts: named when reached, never exceeded, given back."""

import errno
import os
import signal

from neuroncase import (case, check, child, Context, empty, equal, family, JobFailed, main,
                        meminfo, NlError, ready, refused, settled, Skip, until)

MIB = 1 << 20
PAGE = 4096
PARAMETERS = "/sys/module/neuron/parameters"
CGROUP = "/sys/fs/cgroup"


class Limits:
    """Limits of users for a while."""

    def __init__(self, **values):
        self.values, self.before = values, {}

    def __enter__(self):
        for name, value in self.values.items():
            with open(f"{PARAMETERS}/user_{name}", encoding="ascii") as file:
                self.before[name] = file.read().strip()
            with open(f"{PARAMETERS}/user_{name}", "w", encoding="ascii") as file:
                file.write(str(value))

    def __exit__(self, *_):
        for name, value in self.before.items():
            with open(f"{PARAMETERS}/user_{name}", "w", encoding="ascii") as file:
                file.write(value)


def held(ctx):
    return ctx.do("context-get")


def over(call, text):
    """Refused for a limit that the sentence names."""
    return refused(errno.EDQUOT, call, attr="ctx-fd", text=text)


def alloc(ctx, kind, size=PAGE, **more):
    return ctx.do("mem-alloc", kind=kind, size=size, **more)


@case("each limit of a context is named when it is reached, and holds")
def of_context():
    with Context() as ctx:
        ctx.do("context-set", host_limit=8 * PAGE, device_limit=1024, id_limit=6, job_limit=100)
        for name, value in (("host-limit", 8 * PAGE), ("device-limit", 1024), ("id-limit", 6),
                            ("job-limit", 100)):
            equal(held(ctx)[name], value, name)
        first = alloc(ctx, "host", 7 * PAGE)["mem-id"]
        over(lambda: alloc(ctx, "host", PAGE + 1), "context's limit of host memory")
        over(lambda: alloc(ctx, "host", 4096 * PAGE), "context's limit of host memory")
        alloc(ctx, "host")
        over(lambda: ctx.do("ring-create", descriptors=32), "context's limit of host memory")
        over(lambda: ctx.do("nq-create", nc_id=0, nq_type="event", size=PAGE),
             "context's limit of host memory")
        alloc(ctx, "device", 1000)
        over(lambda: alloc(ctx, "device", 1), "context's limit of device memory")
        equal((held(ctx)["host-bytes"], held(ctx)["device-bytes"], held(ctx)["ids"]),
              (8 * PAGE, 1024, 3), "what the context has")
        ctx.do("mem-free", mem_id=first)
        for _ in range(4):
            alloc(ctx, "host")
        over(lambda: alloc(ctx, "host"), "context's limit of ids")
        equal(held(ctx)["ids"], 6, "ids")
    empty()


@case("rings and notification queues count as host memory and as ids")
def rings_and_queues():
    with Context() as ctx:
        ring = ctx.do("ring-create", descriptors=256)["ring-id"]
        one = held(ctx)
        check(one["host-bytes"] >= 2 * 256 * 16, f"host memory of a ring: {one}")
        queue = ctx.do("nq-create", nc_id=0, nq_type="event", size=8192)["nq-id"]
        two = held(ctx)
        equal(two["host-bytes"] - one["host-bytes"], 8192, "host memory of a queue")
        equal((two["ids"], two["user-ids"]), (2, 2), "ids")
        ctx.do("context-set", id_limit=2)
        over(lambda: ctx.do("ring-create", descriptors=32), "context's limit of ids")
        over(lambda: ctx.do("nq-create", nc_id=1, nq_type="event", size=PAGE), "context's limit of ids")
        ctx.do("ring-destroy", ring_id=ring)
        ctx.do("nq-destroy", nq_id=queue)
        equal((held(ctx)["host-bytes"], held(ctx)["ids"]), (0, 0), "afterwards")
    empty()


@case("jobs are limited while they run and until their result is freed")
def jobs():
    with Context() as ctx:
        def start():
            return ctx.ask("mem-alloc", kind="host", size=16 * MIB, wait_us=0).get("job-id")
        job = start()
        while not job:
            job = start()
        ctx.do("context-set", job_limit=1)
        over(lambda: alloc(ctx, "host"), "context's limit of jobs")
        until("the job ended", lambda: ctx.do("job-get", job_id=job)["job-state"] != "running")
        over(lambda: alloc(ctx, "host"), "context's limit of jobs")
        equal(held(ctx)["user-jobs"], 1, "jobs of the user")
        ctx.do("job-free", job_id=job)
        alloc(ctx, "host")
    empty()


@case("a context's limit can be lowered by its owner, raised with CAP_SYS_RESOURCE only")
def lowering():
    with Context() as ctx:
        def run(_):
            os.setuid(1000)
            mine = family()

            def put(**values):
                mine.do("context-set", {"ctx-fd": ctx.fd, **{key.replace("_", "-"): value
                                                             for key, value in values.items()}})
            put(id_limit=10)
            put(id_limit=5, host_limit=PAGE)
            for name, value in (("id_limit", 6), ("id_limit", 0), ("host_limit", 2 * PAGE)):
                refused(errno.EPERM, lambda name=name, value=value: put(label="no", **{name: value}),
                        attr=name.replace("_", "-"), text="CAP_SYS_RESOURCE")
        pid, reader = child(run)
        with os.fdopen(reader) as told:
            text = told.read()
        equal(os.waitpid(pid, 0)[1], 0, f"the child: {text}")
        now = held(ctx)
        equal((now["id-limit"], now["host-limit"], now.get("label")), (5, PAGE, None), "limits")
        ctx.do("context-set", id_limit=0, host_limit=0)
        equal((held(ctx)["id-limit"], held(ctx)["host-limit"]), (0, 0), "limits")
        refused(errno.EINVAL, lambda: ctx.do("context-set"), text="limit")


@case("a user's limits span all contexts and cards")
def of_user():
    ready(1)
    settled(0)
    settled(1)
    with Context(0) as one, Context(1) as two:
        with Limits(host_mib=4, device_mib=2, ids=5, contexts=2):
            now = held(one)
            equal((now["user-host-limit"], now["user-device-limit"], now["user-id-limit"],
                   now["user-context-limit"], now["user-contexts"]),
                  (4 * MIB, 2 * MIB, 5, 2, 2), "limits and contexts")
            try:
                os.close(os.open("/dev/neuron0", os.O_RDWR))
            except OSError as error:
                equal(error.errno, errno.EDQUOT, "errno of a third open")
            else:
                check(False, "a third context was opened")
            alloc(one, "host", 3 * MIB)
            over(lambda: alloc(two, "host", MIB + 1), "user's limit of host memory")
            alloc(two, "host", MIB)
            over(lambda: alloc(one, "host", 1), "user's limit of host memory")
            alloc(two, "device", 2 * MIB)
            over(lambda: alloc(one, "device", 1), "user's limit of device memory")
            for ctx in (one, two):
                now = held(ctx)
                equal((now["user-host-bytes"], now["user-device-bytes"], now["user-ids"]),
                      (4 * MIB, 2 * MIB, 3), "what the user has")
        with Limits(ids=3, jobs=1):
            over(lambda: alloc(one, "host"), "user's limit of ids")
        with Limits(ids=0, host_mib=0, device_mib=0, jobs=0, contexts=0):
            alloc(one, "host")
            alloc(one, "device")
            Context(0).close()
    empty()


@case("another user has an account of his own")
def other_user():
    mode = os.stat("/dev/neuron0").st_mode & 0o777
    os.chmod("/dev/neuron0", 0o666)
    try:
        with Context() as ctx, Limits(ids=1):
            alloc(ctx, "host")

            def run(_):
                os.setuid(1000)
                with Context() as mine:
                    equal(held(mine)["user-ids"], 0, "ids of the other user")
                    alloc(mine, "device")
                    over(lambda: alloc(mine, "device"), "user's limit of ids")
            pid, reader = child(run)
            with os.fdopen(reader) as told:
                text = told.read()
            equal(os.waitpid(pid, 0)[1], 0, f"the child: {text}")
            equal(held(ctx)["user-ids"], 1, "ids of this user")
    finally:
        os.chmod("/dev/neuron0", mode)
    empty()


def grab(kind, size, go, writer):
    """Allocates until the limit says no; tells how often it went well."""
    with Context() as ctx:
        os.read(go, 1)
        count = 0
        try:
            while True:
                alloc(ctx, kind, size)
                count += 1
        except NlError as error:
            equal(error.error, errno.EDQUOT, "errno")
        os.write(writer, f"{count}\n".encode())
        signal.pause()


def raced(children, want):
    """What they got is the limit, and the user has it."""
    counts = []
    for _, reader in children:
        with os.fdopen(reader, closefd=False) as told:
            counts.append(told.readline().strip())
    check(all(count.isdigit() for count in counts), f"children: {counts}")
    with Context() as ctx:
        equal(held(ctx)["user-ids"], want, "ids of the user")
    equal(sum(int(count) for count in counts), want, "allocations that went well")


def race(kind, size, want):
    """Several processes run into one limit at once, and are killed where they are."""
    go, start = os.pipe()
    children = [child(lambda writer: grab(kind, size, go, writer)) for _ in range(4)]
    try:
        os.write(start, b"x" * len(children))
        raced(children, want)
    finally:
        for pid, reader in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(reader)
        os.close(go)
        os.close(start)
    settled()
    with Context() as ctx:
        now = held(ctx)
        equal((now["user-ids"], now["user-host-bytes"], now["user-device-bytes"],
               now["user-jobs"], now["user-contexts"]), (0, 0, 0, 0, 1), "after the kill")


@case("four processes at a limit reach it exactly, and give all back when killed")
def races():
    with Limits(ids=50):
        race("device", 256, 50)
    with Limits(host_mib=1):
        race("host", PAGE, MIB // PAGE)
    with Limits(device_mib=1):
        race("device", 16384, MIB // 16384)
    empty()


@case("a freed id stays charged while its memory is mapped")
def still_mapped():
    with Context() as ctx:
        mem, view = ctx.host(4 * PAGE)
        ctx.do("mem-free", mem_id=mem)
        now = held(ctx)
        equal((now["mems"], now["ids"], now["host-bytes"]), (0, 1, 4 * PAGE), "while it is mapped")
        view.close()
        now = held(ctx)
        equal((now["ids"], now["host-bytes"], now["user-host-bytes"]), (0, 0, 0), "afterwards")
    empty()


@case("more than the machine has is refused, nobody is killed, nothing stays charged")
def too_much():
    def killed():
        with open("/proc/vmstat", encoding="ascii") as file:
            return next((line for line in file if line.startswith("oom_kill ")), None)
    # None before and after in a kernel that does not count them.
    kills = killed()
    with Context() as ctx, Limits(host_mib=0):
        total = meminfo("MemTotal")
        refused(errno.ENOMEM, lambda: alloc(ctx, "host", total + (64 << 20)), attr="size")
        try:
            ctx.do("mem-alloc", kind="host", size=meminfo("MemAvailable") + 4 * MIB)
        except (NlError, JobFailed) as error:
            equal(error.error, errno.ENOMEM, "errno")
        else:
            check(False, "more than is free was allocated")
        now = held(ctx)
        equal((now["ids"], now["host-bytes"], now["user-host-bytes"]), (0, 0, 0), "charged")
        alloc(ctx, "host", MIB)
    equal(killed(), kills, "processes killed for lack of memory")
    empty()


@case("closing in the middle of a large allocation ends it, and gives all back")
def closed_midway():
    free = meminfo("MemAvailable")
    with Limits(host_mib=0):
        ctx = Context()
        answer = ctx.ask("mem-alloc", kind="host", wait_us=0, size=free * 3 // 4 // PAGE * PAGE)
        equal(answer.get("job-state"), "running", "state of the job")
        ctx.close()
        settled()
    empty()


class Group:
    """A memory cgroup of its own."""

    def __init__(self, name):
        self.path = f"{CGROUP}/{name}"
        try:
            with open(f"{CGROUP}/cgroup.controllers", encoding="ascii") as file:
                if "memory" not in file.read().split():
                    raise Skip("no memory cgroups")
            with open(f"{CGROUP}/cgroup.subtree_control", "w", encoding="ascii") as file:
                file.write("+memory")
            os.mkdir(self.path)
        except OSError as error:
            raise Skip(f"no memory cgroups: {error}") from error

    def read(self, name, word=None):
        with open(f"{self.path}/{name}", encoding="ascii") as file:
            if word is None:
                return int(file.read())
            return next(int(line.split()[1]) for line in file if line.split()[0] == word)

    def write(self, name, value):
        with open(f"{self.path}/{name}", "w", encoding="ascii") as file:
            file.write(str(value))

    def run(self, function):
        """In a process of the group; answers what it told."""
        def inside(writer):
            self.write("cgroup.procs", os.getpid())
            function(writer)
        pid, reader = child(inside)
        with os.fdopen(reader) as told:
            text = told.read()
        equal(os.waitpid(pid, 0)[1], 0, f"the child: {text}")
        return text

    def remove(self):
        until("the group is empty", lambda: not self.read("cgroup.events", "populated"))
        os.rmdir(self.path)


@case("host memory, also what a job allocates, is charged to the asker's memory cgroup")
def cgroup():
    group = Group("neuron-charge")
    size = 32 * MIB

    def run(writer):
        with Context() as ctx:
            before = group.read("memory.current")
            mem = ctx.host(size)[0]
            grown = group.read("memory.current") - before
            check(grown >= size, f"grown by {grown} of {size}")
            check(group.read("memory.stat", "kernel") >= size, "not told as memory of the kernel")
            ring = group.read("memory.current")
            ctx.do("ring-create", descriptors=65536)
            check(group.read("memory.current") - ring >= 2 * MIB, "a ring is not charged")
            for view in ctx.views:
                view.close()
            ctx.do("mem-free", mem_id=mem)
            check(group.read("memory.current") < before + size, "not given back")
        os.write(writer, b"ok")
    try:
        equal(group.run(run), "ok", "told")
        empty()
    finally:
        group.remove()


@case("a memory cgroup's limit refuses with ENOMEM, and kills nobody")
def cgroup_limit():
    group = Group("neuron-limit")

    def run(writer):
        with Context() as ctx:
            # This process has what asking takes of stack and heap then. A fault of its own, while
            # the group is at its limit, would be killed by the kernel's rules.
            ctx.do("mem-free", mem_id=alloc(ctx, "host", 64 * MIB)["mem-id"])
            group.write("memory.max", group.read("memory.current") + 16 * MIB)
            for _ in range(3):
                try:
                    ctx.do("mem-alloc", kind="host", size=64 * MIB)
                except (NlError, JobFailed) as error:
                    equal(error.error, errno.ENOMEM, "errno")
                else:
                    check(False, "allocated beyond the limit")
            alloc(ctx, "host", MIB)
            equal(group.read("memory.events", "oom_kill"), 0, "kills")
        os.write(writer, b"ok")
    try:
        equal(group.run(run), "ok", "told")
        empty()
    finally:
        group.remove()


main()
