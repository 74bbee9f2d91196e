#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""Answers hold what the spec says and nothing else: no address, no memory that was never set."""

import errno
import struct

from neuroncase import (case, check, Context, devices, emu, entry, equal, event, looker, main, ready,
                        stall)
from wirecase import ACK, attr, attrs, command_of, DUMP, NESTED, number_of, Raw, REQUEST, u32

PAGE = 4096
AMOUNTS = ("bytes", "limit")	# they may well be as large as an address
DUMPED = ("device-get", "neighbor-get", "stats-get", "context-get", "mem-get", "engine-get", "ring-get",
          "nq-get", "job-get", "core-get")
OWN = {"mem-get": "mem-id", "ring-get": "ring-id", "nq-get": "nq-id", "job-get": "job-id",
       "ring-read": "ring-id"}


def furnished(ctx):
    """A context with one of everything; the attributes that name them."""
    mem = ctx.host(PAGE, label="a")[0]
    ctx.device(PAGE)
    ring = ctx.ring()
    ctx.write(ring, [entry(mem, mem, 4), event(1, 1)])
    queue = ctx.queue(1)
    ctx.do("context-set", label="odd")
    # A job is kept until it is freed, with all that can be told of it.
    stall()
    job = ctx.start("mem-copy", transfer=[entry(mem, (mem, 64), 4)] * 64)
    emu(0, "inject", "dma", "resume")
    return {"mem-id": mem, "ring-id": ring, "nq-id": queue.id, "job-id": job}


def answers(raw, ctx, ids):
    """(operation, attribute set, message) of every answer that there is."""
    for name, operation in looker().msgs.items():
        if name not in DUMPED and name not in OWN:
            continue
        space = operation.yaml["attribute-set"]
        fd = attr(number_of(space, "ctx-fd"), u32(ctx.fd))
        if name in DUMPED:
            for message in raw.ask(command_of(name), b"", REQUEST | DUMP).messages:
                yield name, space, message
        body = fd
        if name in OWN:
            body += attr(number_of(space, OWN[name]), u32(ids[OWN[name]]))
        elif operation.yaml["do"]["pre"] == "neuron-nl-look-pre":
            body = attr(number_of(space, "dev-index"), u32(0))
            if name in ("engine-get", "core-get", "neighbor-get"):
                key = {"engine-get": "eng-id", "core-get": "nc-id", "neighbor-get": "port"}[name]
                body += attr(number_of(space, key), u32(1))
        answer = raw.ask(command_of(name), body, REQUEST | ACK)
        equal(answer.error, 0, f"{name}: {answer.text}")
        check(len(answer.messages) == 1, f"{name}: {len(answer.messages)} messages")
        yield name, space, answer.messages[0]


def flat(space, data, path):
    """(path, spec, payload) of each attribute, those of nests included; padding has to be zero."""
    known = looker().attr_sets[space].attrs_by_val
    for number, payload, padding in attrs(data):
        spec = known.get(number & ~NESTED)
        check(spec is not None, f"{path}: attribute {number} is not in the spec")
        where = f"{path}.{spec['name']}"
        equal(padding, bytes(len(padding)), f"{where}: padding")
        if number & NESTED:
            yield from flat(spec["nested-attributes"], payload, where)
        else:
            yield where, spec, payload


def told():
    """Every attribute of every answer to a context that has something of everything."""
    ready(0)
    with Context() as ctx, Raw() as raw:
        ids = furnished(ctx)
        for name, space, message in answers(raw, ctx, ids):
            command, version, reserved = struct.unpack_from("BBH", message)
            check(command == looker().ops[name].rsp_value, f"{name}: answered as {command}")
            equal((version, reserved), (1, 0), f"{name}: header")
            yield name, list(flat(space, message[4:], name))


@case("an answer has the attributes that the spec gives it, with their lengths, and zeros between them")
def documented():
    sizes = {"u32": 4, "s32": 4, "u64": 8, "flag": 0}
    seen = set()
    for name, found in told():
        reply = looker().msgs[name].yaml["do"]["reply"]["attributes"]
        for where, spec, payload in found:
            if where.count(".") == 1:
                seen.add(name)
                check(spec["name"] in reply or spec["type"] == "pad", f"{where} is not in the reply")
            kind = spec["type"]
            if kind in sizes:
                equal(len(payload), sizes[kind], f"{where}: length")
            if kind == "string":
                equal(payload[-1:], b"\0", f"{where}: end")
                check(b"\0" not in payload[:-1], f"{where}: bytes behind its end: {payload}")
    equal(seen, set(DUMPED) | set(OWN), "operations that were looked at")


def bus_ranges():
    """Where the cards' BARs are, as anybody who may read sysfs knows."""
    out = []
    for dev in devices().values():
        with open(f"/sys/bus/pci/devices/{dev['bus-name']}/resource", encoding="ascii") as table:
            for line in table:
                first, last, _ = (int(word, 16) for word in line.split())
                if last:
                    out.append((first, last))
    return out


@case("no answer has an address of the kernel, of a BAR or of memory in it")
def no_addresses():
    ranges = bus_ranges()
    check(len(ranges) >= 4, f"BARs: {ranges}")
    numbers = 0
    for _, found in told():
        for where, spec, payload in found:
            if spec["type"] != "u64" or spec["name"].endswith(AMOUNTS):
                continue
            numbers += 1
            value, = struct.unpack("<Q", payload)
            check(value < 1 << 47, f"{where} is {value:#x}")
            if spec["name"] != "mmap-offset":
                check(not any(first <= value <= last for first, last in ranges), f"{where} is {value:#x}")
    check(numbers > 100, f"only {numbers} numbers were seen")


@case("a mapping's offset is small, never used twice, and says nothing of where the memory is")
def offsets():
    with Context() as ctx:
        got = [ctx.do("mem-alloc", kind="host", size=PAGE)["mmap-offset"] for _ in range(8)]
        equal(len(set(got)), 8, "offsets")
        check(max(got) < 1 << 44, f"offsets: {[hex(one) for one in got]}")
        ctx.do("mem-free", mem_id=ctx.do("mem-get", mem_id=1)["mem-id"])
        again = ctx.do("mem-alloc", kind="host", size=PAGE)["mmap-offset"]
        check(again not in got, "an offset was used twice")


@case("what a ring's descriptors lie in is no memory that anybody can name or map")
def ring_memory():
    with Context() as ctx:
        ctx.do("ring-create", descriptors=1024)
        ctx.do("ring-create", descriptors=1024, kind="device", channel=0)
        equal(looker().dump("mem-get", {}), [], "memories")
        for name, fields in (("ring-get", looker().dump("ring-get", {})),):
            for one in fields:
                check("mmap-offset" not in one and "mem-id" not in one, f"{name}: {one}")


@case("each operation has a number of its own, and the kernel has those of the spec and no others")
def numbers():
    requests = [op.req_value for op in looker().msgs.values()
                if "do" in op.yaml or "dump" in op.yaml]
    equal(len(set(requests)), len(requests), "numbers that are used once")
    with Raw() as raw:
        for command in range(0, max(requests) + 20):
            answer = raw.ask(command)
            known = answer.error != -errno.EOPNOTSUPP
            equal(known, command in requests, f"operation {command} ({answer.error} {answer.text})")
            check(answer.error <= 0, f"operation {command}: a positive error, {answer.error}")


main()
