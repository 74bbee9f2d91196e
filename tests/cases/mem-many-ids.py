#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=600 kernels="6.12 debug" mem=2048 exclusive=yes
"""100,000 memories of one context: no operation has a step for each of them."""

import ctypes
import errno
import fcntl
import mmap
import os
import random
import socket
import statistics
import struct

from neuroncase import case, check, Context, empty, equal, libc, main, Skip, stats

PAGE = 4096
DEBUG = os.path.exists("/sys/kernel/debug/kmemleak")
MANY = 2000 if DEBUG else 100000
FEW = 300 if DEBUG else 1000
PROBES = 64
BATCH = 50		# requests of one send
NETLINK_GENERIC = 16
REQUEST, ACK, DUMP, DONE, ERROR = 1, 4, 0x300, 3, 2
COSTS = {}		# by number of ids: instructions by operation


def attr(number, kind, value):
    size = struct.calcsize("=" + kind)
    return struct.pack("=HH" + kind, 4 + size, number, value) + bytes(-size % 4)


class Wire:
    """Requests with little of Python around them: many are sent here."""

    def __init__(self, ctx):
        ynl = ctx.ynl
        self.ctx = ctx
        self.family = ynl.nlproto.family_id
        self.attrs = {name: item.value for name, item in ynl.attr_sets["mem"].items()}
        self.cmds = {name: op.req_value for name, op in ynl.ops.items()}
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.bind((0, 0))
        self.sequence = 0

    def close(self):
        self.sock.close()

    def payload(self, operation, **values):
        out = struct.pack("=BBH", self.cmds[operation], 1, 0) + attr(self.attrs["ctx-fd"], "i", self.ctx.fd)
        for name, (kind, value) in values.items():
            out += attr(self.attrs[name.replace("_", "-")], kind, value)
        return out

    def message(self, payload, flags):
        self.sequence += 1
        return struct.pack("=IHHII", 16 + len(payload), self.family, flags, self.sequence, 0) + payload

    def send(self, payload, flags=REQUEST | ACK):
        self.sock.send(self.message(payload, flags))

    def messages(self):
        data = self.sock.recv(1 << 17)
        at = 0
        while at < len(data):
            size, kind = struct.unpack_from("=IH", data, at)
            yield kind, data[at + 16:at + size]
            at += (size + 3) & ~3

    def attributes(self, body):
        got, at = {}, 4
        while at + 4 <= len(body):
            size, number = struct.unpack_from("=HH", body, at)
            raw = body[at + 4:at + size]
            got[number & 0x3fff] = int.from_bytes(raw[:8], "little")
            at += (size + 3) & ~3
        return got

    def batch(self, payloads):
        """One send; the attributes of each reply, in order. Raises what one is refused with."""
        self.sock.send(b"".join(self.message(payload, REQUEST | ACK) for payload in payloads))
        replies, got = [], {}
        while len(replies) < len(payloads):
            for kind, body in self.messages():
                if kind != ERROR:
                    got = self.attributes(body)
                    continue
                error = -struct.unpack_from("=i", body)[0]
                if error:
                    raise OSError(error, os.strerror(error))
                replies.append(got)
                got = {}
        return replies

    def do(self, payload):
        """The reply's attributes by number; raises what it is refused with."""
        return self.batch([payload])[0]

    def alloc(self, sizes):
        """(id, offset) for each (kind, size); jobs that are not ended in time are seen to their end."""
        made = []
        for got in self.batch([self.payload("mem-alloc", kind=("I", kind), size=("Q", size),
                                            wait_us=("I", 20000)) for kind, size in sizes]):
            if self.attrs["mem-id"] in got:
                made.append((got[self.attrs["mem-id"]], got.get(self.attrs["mmap-offset"])))
            else:
                job = self.ctx.finish(got[self.attrs["job-id"]])
                made.append((job["mem-id"], job.get("mmap-offset")))
        return made

    def free(self, mems):
        self.batch([self.payload("mem-free", mem_id=("I", mem)) for mem in mems])

    def get(self, mem):
        return self.do(self.payload("mem-get", mem_id=("I", mem)))

    def dump(self):
        """All ids of the context."""
        self.send(self.payload("mem-get"), REQUEST | DUMP)
        ids = []
        while True:
            for kind, body in self.messages():
                if kind == DONE:
                    return ids
                check(kind != ERROR, "the dump failed")
                ids.append(self.attributes(body)[self.attrs["mem-id"]])


class Instructions:
    """Counts what this thread executes in the kernel."""

    def __init__(self):
        # struct perf_event_attr: hardware counter of instructions, not in user space
        words = struct.pack("=IIQQQQQ", 0, 112, 1, 0, 0, 0, 1 | 1 << 4)
        self.attr = ctypes.create_string_buffer(words.ljust(112, b"\0"), 112)
        self.fd = libc().syscall(298, self.attr, 0, -1, -1, 0)
        if self.fd < 0:
            raise Skip("this machine counts no instructions: "
                       f"{errno.errorcode.get(ctypes.get_errno())}")

    def of(self, function):
        fcntl.ioctl(self.fd, 0x2403, 0)
        fcntl.ioctl(self.fd, 0x2400, 0)
        function()
        fcntl.ioctl(self.fd, 0x2401, 0)
        return struct.unpack("=Q", os.read(self.fd, 8))[0]

    def close(self):
        os.close(self.fd)


def fill(wire, mems, target):
    """Allocates until there are so many, the last of each send on the card, which has to clear it."""
    while len(mems) < target:
        count = min(BATCH, target - len(mems))
        sizes = [(0, PAGE)] * (count - 1) + [(1, 256 + 256 * (len(mems) % 7))]
        for mem, offset in wire.alloc(sizes):
            check(mem not in mems, f"id {mem} was given twice")
            mems[mem] = offset


def costs(counter, wire, mems):
    """Median of the kernel's instructions for each operation."""
    picker = random.Random(5)
    hosts = [mem for mem, offset in mems.items() if offset]
    found = [counter.of(lambda mem=mem: wire.get(mem)) for mem in picker.sample(sorted(mems), PROBES)]
    mapped, freed = [], []
    for mem in picker.sample(hosts, PROBES):
        views = []
        mapped.append(counter.of(lambda mem=mem, views=views: views.append(
            mmap.mmap(wire.ctx.fd, PAGE, mmap.MAP_SHARED, offset=mems[mem]))))
        views[0].close()
    for mem in picker.sample(sorted(mems), PROBES):
        freed.append(counter.of(lambda mem=mem: wire.free([mem])))
        del mems[mem]
    return {"mem-get": statistics.median(found), "mmap": statistics.median(mapped),
            "mem-free": statistics.median(freed)}


def measure(wire, mems):
    """Notes what operations cost with as many ids as there are."""
    try:
        counter = Instructions()
    except Skip:
        return
    count = len(mems)
    COSTS[count] = costs(counter, wire, mems)
    counter.close()


def map_some(wire, mems, picker):
    hosts = [mem for mem, offset in mems.items() if offset]
    for mem in picker.sample(hosts, PROBES):
        for want in (0, mem):
            view = mmap.mmap(wire.ctx.fd, PAGE, mmap.MAP_SHARED, offset=mems[mem])
            equal(int.from_bytes(view[:8], "little"), want, "content")
            view[:8] = mem.to_bytes(8, "little")
            view.close()


def free_some(wire, mems, picker):
    gone = picker.sample(sorted(mems), MANY // 10)
    for first in range(0, len(gone), BATCH):
        wire.free(gone[first:first + BATCH])
    for mem in gone:
        del mems[mem]
    for mem in picker.sample(gone, PROBES):
        try:
            wire.get(mem)
        except OSError as error:
            equal(error.errno, errno.ENOENT, "errno")
        else:
            check(False, f"id {mem} was found after it was freed")


@case(f"{MANY} ids: found, mapped, freed and made again at random, dumped, closed")
def many():
    mems = {}
    picker = random.Random(4)
    with Context() as ctx:
        wire = Wire(ctx)
        fill(wire, mems, FEW)
        measure(wire, mems)
        fill(wire, mems, MANY)
        measure(wire, mems)
        map_some(wire, mems, picker)
        free_some(wire, mems, picker)
        for mem in picker.sample(sorted(mems), PROBES):
            equal(wire.get(mem)[wire.attrs["mem-id"]], mem, "id found")
        equal(wire.dump(), sorted(mems), "dumped ids")
        fill(wire, mems, MANY)
        equal(ctx.do("context-get")["mems"], MANY, "memories")
        equal(stats()["mems"], MANY, "memory objects")
        wire.close()
    empty()


@case(f"finding, mapping and freeing take no more instructions with {MANY} ids than with {FEW}")
def steps():
    few, more = COSTS.get(FEW), COSTS.get(MANY)
    if not few or not more or not all(few.values()):
        raise Skip("this machine counts no instructions of the kernel")
    for name, value in more.items():
        print(f"# {name}: {few[name]:.0f} instructions with {FEW} ids, {value:.0f} with {MANY}")
        check(value < 3 * few[name], f"{name}: {value} instructions, {few[name]} with few ids")


main()
