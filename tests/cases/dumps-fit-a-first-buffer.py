#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 timeout=300
"""The largest objects there can be come in the first buffer that a new socket gets, which is a page less."""

import socket

from neuroncase import case, check, Context, empty, emu, equal, looker, main
from opcase import needs_context, operations, REVISION
from wirecase import attrs as attributes
from wirecase import attr, command_of, DUMP, number_of, Raw, REQUEST, u32

BUFFER = 3500		# what is left of a page behind the kernel's own part


def biggest(raw):
    """Bytes of the largest message of what was read, headers included."""
    return max(len(message) for message in raw.messages) + 16


def fresh_dump(name, body=b""):
    """A dump by a new socket that reads a page at most at a time, whole."""
    with Raw() as raw:
        raw.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.chunk = 4096
        answer = raw.ask(command_of(name), body, REQUEST | DUMP)
    equal(answer.error, 0, f"dump of {name}: '{answer.text}'")
    return answer


def own(name, ctx):
    """Attributes that ask for what a context has."""
    return attr(number_of(looker().ops[name].yaml["attribute-set"], "ctx-fd"), u32(ctx.fd))


def many_results(ctx):
    """Jobs with as many results as there can be; answers how many each has, by number."""
    consts = looker().consts
    most = {name: consts[name]["value"] for name in ("max-reg-reads", "max-core-entries", "max-counters")}
    emu(0, "inject", "fwio", "delay", 500, 1)
    asked = {
        "reg-read": ({"offset": [REVISION] * most["max-reg-reads"]}, most["max-reg-reads"]),
        "counters-get": ({"counter": ["power"] * most["max-counters"]}, most["max-counters"]),
        "event-get": ({"entry": [{"nc-id": 0, "event-id": i} for i in range(most["max-core-entries"])]},
                      most["max-core-entries"]),
    }
    jobs = {}
    try:
        for name, (values, count) in asked.items():
            jobs[ctx.start(name, **values)] = count
    finally:
        emu(0, "inject", "none")
    return jobs


def results(message):
    """(number of a job, how many results it has) of a message of a dump."""
    space = looker().attr_sets["job"]
    numbers = [number for number, _, _ in attributes(message[4:])]
    job, = (value for number, value, _ in attributes(message[4:]) if number == space["job-id"].value)
    count = sum(numbers.count(space[key].value) for key in ("value", "count"))
    return int.from_bytes(job, "little"), count


@case("jobs with 100 values and with 50 counts")
def jobs():
    with Context() as ctx:
        want = many_results(ctx)
        for job in want:
            while ctx.do("job-get", job_id=job, wait_us=20000)["job-state"] == "running":
                pass
        answer = fresh_dump("job-get", own("job-get", ctx))
        got = dict(results(message) for message in answer.messages)
        equal({job: got.get(job) for job in want}, want, "results, by job")
        check(biggest(answer) < BUFFER, f"a job of {biggest(answer)} bytes")
    empty()


@case("what every other dump tells, with all that it can tell of one")
def others():
    label = "l" * looker().consts["max-label"]["value"]
    with Context() as ctx:
        ctx.do("context-set", label=label)
        ctx.do("mem-alloc", kind="device", size=4096, label=label)
        ring = ctx.do("ring-create", descriptors=64, label=label, completion=True)["ring-id"]
        ctx.do("ring-attach", ring_id=ring, nc_id=0)
        ctx.do("nq-create", nc_id=0, nq_type="event", size=4096)
        for name, op in looker().msgs.items():
            if "dump" not in op.yaml or name == "job-get":
                continue
            body = own(name, ctx) if needs_context(operations()[name]) else b""
            answer = fresh_dump(name, body)
            check(answer.messages, f"{name} tells nothing")
            check(biggest(answer) < BUFFER, f"{name}: {biggest(answer)} bytes")
            print(f"# {name}: at most {biggest(answer)} bytes")
    empty()


@case("many objects that do not fit together come all, by a reader that takes a page at a time")
def many():
    with Context() as ctx:
        ids = [ctx.do("mem-alloc", kind="device", size=4096)["mem-id"] for _ in range(200)]
        answer = fresh_dump("mem-get", own("mem-get", ctx))
        number = number_of("mem", "mem-id")
        got = [int.from_bytes(value, "little") for message in answer.messages
               for one, value, _ in attributes(message[4:]) if one == number]
        equal(got, ids, "memory")
    empty()


main()
