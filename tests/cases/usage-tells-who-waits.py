#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 reload=yes
"""Released cores and memory that runs short are told, numbered, and not too often."""

import errno
import json
import mmap
import os
import select
import signal
import subprocess

from neuroncase import (case, check, child, Context, devices, empty, equal, family, main, meminfo,
                        refused, stats, until)

PAGE = 4096
MIB = 1 << 20
HOST_LIMIT = "/sys/module/neuron/parameters/user_host_mib"


class Listener:
    """Events of the group, with their numbers checked."""

    def __init__(self):
        self.ynl = family()
        self.ynl.ntf_subscribe("usage")
        self.last = None

    def read(self):
        """What has come, as (name, attributes)."""
        self.ynl.check_ntf()
        found = []
        while not self.ynl.async_msg_queue.empty():
            note = self.ynl.async_msg_queue.get_nowait()
            seq = note["msg"]["usage-seq"]
            check(self.last is None or seq == self.last + 1, f"number {seq} after {self.last}")
            self.last = seq
            found.append((note["name"], note["msg"]))
        return found

    def released(self, count):
        """The next cores that are released, as (card, core)."""
        found = []

        def look():
            found.extend((msg["dev-index"], msg["nc-id"]) for name, msg in self.read()
                         if name == "core-release-ntf")
            return len(found) >= count
        until(f"{count} cores released", look)
        return sorted(found)

    def pressed(self, kind, pressure):
        """The next event of a kind and pressure."""
        def look():
            for name, msg in self.read():
                if name == "memory-pressure-ntf" and (msg["kind"], msg["pressure"]) == (kind, pressure):
                    return msg
            return None
        return until(f"{kind} memory {pressure}", look)


def usage_seq():
    """Number of the last event, which all cards tell alike."""
    seqs = {dev["usage-seq"] for dev in devices().values()}
    equal(len(seqs), 1, f"numbers of last events {seqs}")
    return seqs.pop()


@case("a core that is released is told, whether by request, by close or by a kill")
def cores():
    listener = Listener()
    before = usage_seq()
    with Context(1) as ctx:
        ctx.do("core-claim", claim=[0, 1, 2])
        refused(errno.ENOENT, lambda: ctx.do("core-release", claim=[1, 3]), attr="claim")
        equal(listener.read(), [], "told by a refused release")
        ctx.do("core-release", claim=[1])
        equal(listener.released(1), [(1, 1)], "released by request")
        equal(listener.last, before + 1, "number of the event")
    equal(listener.released(2), [(1, 0), (1, 2)], "released by close")

    def claim(writer):
        ctx = Context(0)
        ctx.do("core-claim", claim=[3])
        os.write(writer, b"x")
        signal.pause()
    pid, reader = child(claim)
    os.read(reader, 1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    equal(listener.released(1), [(0, 3)], "released by a kill")
    equal(usage_seq(), before + 4, "number that device-get tells")
    equal(stats()["usage-events"], before + 4, "usage-events")
    equal(stats()["usage-lost"], 0, "usage-lost")


@case("an entry that still goes into a core's FIFO keeps the core; its end is told")
def fed():
    listener = Listener()
    with open("/sys/module/neuron/parameters/allow_unprotected_programs", "w",
              encoding="ascii") as parameter:
        parameter.write("Y")
    with Context(0) as ctx:
        ctx.do("core-claim", claim=[2])
        mem = ctx.do("mem-alloc", kind="host", size=PAGE)["mem-id"]
        ring = ctx.ring(6, 0)
        ctx.write(ring, [{"src-mem": mem, "dst-fifo": True, "dst-core": 2, "length": 64}])
        ctx.acked(ring, 1)
        ctx.write(ring, [{"src-mem": mem, "dst-fifo": True, "dst-core": 2, "length": 64}],
                  start=False)
        equal(listener.read(), [], "told while the core is held")
    equal(listener.released(1), [(0, 2)], "released by close")
    empty()


@case("who comes near a limit of a context, and who goes over it, is told of without his name")
def limits():
    listener = Listener()
    with Context(0) as ctx:
        before = stats()["memory-refusals"]
        ctx.do("context-set", host_limit=16 * PAGE)
        ctx.do("mem-alloc", kind="host", size=15 * PAGE)
        equal(listener.read(), [], "told with a 16th left")
        ctx.do("mem-alloc", kind="host", size=PAGE)
        msg = listener.pressed("host", "limit-low")
        equal(sorted(msg), ["bus-name", "count", "dev-index", "kind", "pressure", "usage-seq"],
              "what the event tells")
        equal((msg["dev-index"], msg["count"]), (0, 1), "card and count")
        refused(errno.EDQUOT, lambda: ctx.do("mem-alloc", kind="host", size=PAGE), attr="ctx-fd")
        equal(listener.pressed("host", "limit-refused")["count"], 1, "count")
        refused(errno.EDQUOT, lambda: ctx.do("ring-create", descriptors=64), attr="ctx-fd")
        equal(stats()["memory-refusals"], before + 2, "memory-refusals")
        ctx.do("context-set", id_limit=1)
        refused(errno.EDQUOT, lambda: ctx.do("nq-create", nc_id=0, nq_type="event", size=PAGE),
                attr="ctx-fd", text="ids")
        equal(stats()["memory-refusals"], before + 2, "memory-refusals after a limit of ids")
    empty()


@case("host memory is low when less than a 16th of the machine's is available")
def host_is_low():
    listener = Listener()
    little = meminfo("MemTotal") // 16
    held = []
    with Context(0) as ctx:
        ctx.do("mem-alloc", kind="host", size=PAGE)
        equal(listener.read(), [], "told with enough left")
        while meminfo("MemAvailable") > little - MIB:
            more = max(4 * MIB, (meminfo("MemAvailable") - little) // 2)
            held.append(mmap.mmap(-1, more, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE))
        ctx.do("mem-alloc", kind="host", size=PAGE)
        msg = listener.pressed("host", "low")
        equal((msg["dev-index"], msg["count"]), (0, 1), "card and count")
        for part in held:
            part.close()
        ctx.do("mem-alloc", kind="host", size=PAGE)
        equal(listener.read(), [], "told with enough left again")
    empty()


@case("a storm of refusals is a few events that stand for all of them")
def storm():
    listener = Listener()
    with Context(1) as ctx:
        ctx.do("context-set", host_limit=PAGE)
        refusals, told, events = 0, 0, 0

        def once():
            nonlocal refusals, told, events
            refused(errno.EDQUOT, lambda: ctx.do("mem-alloc", kind="host", size=2 * PAGE))
            refusals += 1
            for _, msg in listener.read():
                told += msg["count"]
                events += 1
            return events == 3 and told == refusals
        until("the third event", once)
        check(refusals > 10, f"only {refusals} requests in two seconds")
    empty(1)


@case("DRAM that is nearly full, or too full for a request, is told")
def dram():
    listener = Listener()
    with Context(0) as ctx:
        channel = devices()[0]["dram-bytes"] // devices()[0]["dram-channels"]
        small = ctx.device(PAGE, channel=0)
        refused(errno.ENOSPC, lambda: ctx.do("mem-alloc", kind="device", size=channel, channel=0),
                later=True)
        equal(listener.pressed("device", "refused")["count"], 1, "count")
        ctx.do("mem-free", mem_id=small)
        # Clearing all of it is not waited for: it counts as used from the beginning.
        jobs = [ctx.start("mem-alloc", kind="device", size=channel, channel=number)
                for number in range(devices()[0]["dram-channels"])]
        listener.pressed("device", "low")
        for job in jobs:
            ctx.do("job-cancel", job_id=job)
    empty()


@case("host memory that is refused for want of room is told")
def host():
    listener = Listener()
    with open("/proc/meminfo", encoding="ascii") as file:
        total = int(file.readline().split()[1]) * 1024
    with open(HOST_LIMIT, encoding="ascii") as file:
        before = file.read()
    with open(HOST_LIMIT, "w", encoding="ascii") as file:
        file.write("0")
    try:
        with Context(0) as ctx:
            refused(errno.ENOMEM, lambda: ctx.do("mem-alloc", kind="host",
                                                 size=total // PAGE * PAGE), later=True)
            equal(listener.pressed("host", "refused")["count"], 1, "count")
    finally:
        with open(HOST_LIMIT, "w", encoding="ascii") as file:
            file.write(before)
    empty()


@case("neuronnl monitor usage prints what happens, and all prints it too")
def monitor():
    for group in ("usage", "all"):
        with subprocess.Popen(["neuronnl", "-j", "-d", "monitor", group, "news"],
                              stdout=subprocess.PIPE, text=True) as process, Context(0) as ctx:
            seen = []
            os.set_blocking(process.stdout.fileno(), False)

            def line():
                # The monitor may join at any time, so there is always one more to come.
                ctx.do("core-claim", claim=[1])
                ctx.do("core-release", claim=[1])
                if select.select([process.stdout], [], [], 0.2)[0]:
                    seen.extend(json.loads(text) for text in process.stdout.readlines())
                return [note for note in seen if note["name"] == "core-release-ntf"]
            note = until("a line about a core", line)[0]
            equal((note["msg"]["dev-index"], note["msg"]["nc-id"]), (0, 1), "card and core")
            check(note["msg"]["usage-seq"] <= usage_seq(), f"number in {note}")
            check(group == "all" or all("device" not in other["name"] for other in seen), seen)
            process.send_signal(signal.SIGINT)
            equal(process.wait(), 0, "exit status")


if __name__ == "__main__":
    main()
