#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 timeout=300
"""Tracepoints, debugfs and core dumps tell what happened, and looking changes nothing."""

import errno
import glob
import os
import re
import subprocess
import threading

from neuroncase import (case, check, Context, devices, empty, emu, entry, equal, main, ready, refused,
                        Skip, stats, until)

DEBUG = "/sys/kernel/debug"
TRACING = "/sys/kernel/tracing"
DUMPS = "/sys/class/devcoredump"
PARAMETER = "/sys/module/neuron/parameters/reset_timeout_ms"
KIB = 1 << 10


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))


def mounted(place, kind):
    if not os.listdir(place):
        subprocess.run(["mount", "-t", kind, kind, place], check=True)


def shown(name):
    """A file of the card in debugfs."""
    mounted(DEBUG, "debugfs")
    return read(f"{DEBUG}/neuron/{devices()[0]['bus-name']}/{name}")


class Traced:
    """All tracepoints of the driver are on; afterwards they are in text."""

    def __enter__(self):
        mounted(TRACING, "tracefs")
        write(f"{TRACING}/trace", "")
        write(f"{TRACING}/events/neuron/enable", 1)
        self.text = ""
        return self

    def __exit__(self, *_):
        write(f"{TRACING}/events/neuron/enable", 0)
        self.text = read(f"{TRACING}/trace")

    def has(self, event, *words):
        """A line of this event must have all of these words."""
        lines = [line for line in self.text.splitlines() if f" neuron_{event}: " in line]
        check(lines, f"neuron_{event} is not in the trace")
        check(any(all(word in line.split() for word in words) for line in lines),
              f"neuron_{event} with {words} is not in {lines[:5]}")


def moves(ctx, size=8 * KIB):
    """Data goes through a ring; answers its id."""
    src, inp = ctx.host(size)
    dst, out = ctx.host(size)
    inp[:] = os.urandom(size)
    ring = ctx.ring(3, 1)
    ctx.write(ring, [entry(src, dst, size)])
    ctx.acked(ring, 1)
    equal(out[:], inp[:], "data")
    return ring


@case("the trace of a transfer has each step with card, context and object")
def trace_transfer():
    with Traced() as trace:
        with Context() as ctx:
            number = ctx.do("context-get")["ctx-id"]
            ring = moves(ctx)
            memory = ctx.device(64 * KIB)
            queue = ctx.queue(0)
            queue.ack()
            queue.view.close()
            ctx.do("nq-destroy", nq_id=queue.id)
            ctx.do("ring-destroy", ring_id=ring)
        empty()
    mine = ("dev=0", f"ctx={number}")
    trace.has("ctx_open", *mine)
    trace.has("mem_alloc", *mine, f"mem={memory}", "kind=device", f"size={64 * KIB}")
    trace.has("mem_alloc", *mine, "kind=host")
    trace.has("ring_create", *mine, f"ring={ring}", "descriptors=256")
    trace.has("ring_attach", *mine, f"ring={ring}", "eng=3", "queue=1")
    trace.has("ring_write", *mine, f"ring={ring}", "entries=1")
    trace.has("ring_start", *mine, f"ring={ring}", "entries=1")
    trace.has("ring_ack", *mine, f"ring={ring}", "entries=1")
    trace.has("ring_detach", *mine, f"ring={ring}", "err=0")
    trace.has("copy_begin", "dev=0")
    trace.has("copy_end", "dev=0", "err=0")
    trace.has("fwio_ask", "dev=0")
    trace.has("fwio_answer", "dev=0", "verdict=2")
    trace.has("job_begin", *mine)
    trace.has("job_end", *mine, "err=0")
    trace.has("nq_create", *mine, f"nq={queue.id}", "type=event")
    trace.has("nq_ack", *mine, f"nq={queue.id}", "position=0")
    trace.has("nq_stop", *mine, f"nq={queue.id}")
    trace.has("request_end", *mine, "err=0")
    trace.has("reg_write", "dev=0", "bar=0")
    trace.has("ctx_close", *mine)
    trace.has("mem_release", *mine, "kind=host")
    trace.has("ctx_end", *mine)


@case("the trace of a reset has its beginning, its end, and what is lost")
def trace_reset():
    with Traced() as trace:
        with Context() as ctx:
            number = ctx.do("context-get")["ctx-id"]
            ring = ctx.ring(3, 1)
            queue = ctx.queue(0)
            ctx.do("device-reset")
            queue.view.close()
        empty()
    trace.has("device_change", "dev=0", "from=ready", "to=resetting")
    trace.has("reset_begin", "dev=0")
    trace.has("ring_lost", "dev=0", f"ctx={number}", f"ring={ring}", "eng=3", "queue=1")
    trace.has("nq_lost", "dev=0", f"ctx={number}", f"nq={queue.id}")
    trace.has("quarantine_add", "dev=0", "count=1")
    trace.has("quarantine_release", "dev=0", "count=0")
    trace.has("reset_end", "dev=0", "err=0")
    trace.has("device_change", "dev=0", "from=resetting", "to=ready")


@case("firmware that is silent shows in the trace and in the health")
def trace_silence():
    with Traced() as trace:
        with Context() as ctx:
            emu(0, "inject", "fwio", "drop", 1)
            ctx.event(0, 0)
        until("health is ok again", lambda: devices()[0]["health"] == "ok")
    trace.has("fwio_timeout", "dev=0")
    trace.has("fwio_retry", "dev=0", "attempt=2", f"err=-{errno.ETIMEDOUT}")


@case("debugfs tells state, engines, queues, memory, jobs, firmware")
def files():
    with Context() as ctx:
        number = ctx.do("context-get")["ctx-id"]
        ring = moves(ctx)
        ctx.device(64 * KIB, channel=1)
        ctx.queue(2)
        dev = devices()[0]
        text = shown("state")
        check(f"card 0 at {dev['bus-name']}, id {dev['device-id']:04x}" in text, text)
        check("state ready" in text and "health ok" in text, text)
        check(re.search(r"^engine 3 core 1 \w+, up 1, rings 1, driver-queue 0", shown("engines"), re.M),
              shown("engines"))
        check(f"queue 3.1 ctx {number} ring {ring} attached, descriptors 256, written 1, started 1, "
              "finished 1, acked 1\n" in shown("queues"), shown("queues"))
        check(f"nq core 2 event 0 ctx {number} " in shown("queues"), shown("queues"))
        check(f" {64 * KIB} ctx {number}\n" in shown("memory"), shown("memory"))
        check(f"ctx {number}: mems 3, rings 1, nqs 1," in shown("jobs"), shown("jobs"))
        equal(shown("quarantine"), "quarantined 0\n", "quarantine")
        # The card is looked at meanwhile, which asks the firmware, too.
        until("the mailbox counts as the statistics do",
              lambda: f"requests {stats()['fwio-requests']}\n" in shown("fwio"))


@case("the flight recorder has requests with their errors, resets and states")
def flight():
    with Context() as ctx:
        number = ctx.do("context-get")["ctx-id"]
        refused(errno.ENOENT, lambda: ctx.do("mem-free", mem_id=77))
        ctx.do("device-reset")
        text = shown("flight")
    for want in (rf"request mem-free ctx {number} id 77: -{errno.ENOENT}, \d+ us",
                 rf"request device-reset ctx {number} id 0: 0, \d+ us",
                 r"state resetting", r"reset: 0, \d+ us", r"state ready"):
        check(re.search(rf"^\d+ \d+\.\d{{6}} {want}$", text, re.M), f"no '{want}' in\n{text}")
    check("0xffff" not in text, "an address")


@case("the flight recorder keeps the last 256 entries")
def flight_wraps():
    with Context() as ctx:
        for _ in range(300):
            ctx.do("context-get")
    numbers = [int(line.split()[0]) for line in shown("flight").splitlines()]
    equal(len(numbers), 256, "entries")
    equal(numbers, list(range(numbers[0], numbers[0] + 256)), "numbers")


@case("registers asks the firmware, is for root only, and tells pointers of queues in use")
def registers():
    with Context() as ctx:
        moves(ctx)
        before = stats()["fwio-requests"]
        text = shown("registers")
    check(stats()["fwio-requests"] > before, "nobody asked the firmware")
    check(re.search(r"^misc 0x01c 0x8\w{7}$", text, re.M), text)
    check(re.search(r"^engine 3 (idle|running)$", text, re.M), text)
    check(re.search(r"^queue 3\.1 tx head 2 tail 2 status", text, re.M), text)
    name = f"{DEBUG}/neuron/{devices()[0]['bus-name']}/registers"
    equal(os.stat(name).st_mode & 0o777, 0o400, "mode")


@case("looking changes nothing: no request to the firmware, no store")
def looking():
    until("links are known", lambda: "link" in shown("state"))
    def quiet():
        before = stats()
        for name in ("state", "engines", "queues", "memory", "jobs", "quarantine", "fwio", "flight", "all"):
            shown(name)
        after = stats()
        return all(before[key] == after[key] for key in ("fwio-requests", "reg-writes", "doorbells"))
    until("a round of looks without a request", quiet)


@case("stats count copies by engine, events and failures")
def counts():
    before, engines = stats(), engine_copies()
    with Context() as ctx:
        ctx.device(64 * KIB)
        ctx.do("device-reset")
    after = stats()
    check(after["copies"] > before["copies"], f"{before} {after}")
    equal(after["copies"] - before["copies"],
          sum(now - engines[eng] for eng, now in engine_copies().items()), "copies of all engines")
    check(after["hotplug-events"] > before["hotplug-events"], "hotplug-events")
    for key in ("copy-failures", "reset-failures", "hotplug-lost", "health-lost"):
        equal(after[key], before[key], key)


def engine_copies():
    """Copies by engine."""
    with Context() as ctx:
        return {engine["eng-id"]: engine["copies"] for engine in ctx.ynl.dump("engine-get", {"dev-index": 0})}


def dumps():
    return glob.glob(f"{DUMPS}/devcd*/data")


def forget_dumps():
    """Those that are there, perhaps from what ran before, go."""
    for dump in dumps():
        write(dump, 1)
    until("no dump is there", lambda: not dumps())


def reset_fails():
    """A reset is given up after a short time."""
    patience = read(PARAMETER)
    write(PARAMETER, 1000)
    emu(0, "inject", "device", "never-ready")
    try:
        with Context() as ctx:
            try:
                ctx.do("device-reset")
            except Exception:	# pylint: disable=broad-except
                pass
    finally:
        emu(0, "inject", "device", "ready")
        write(PARAMETER, patience)
    equal(devices()[0]["state"], "failed", "state")


def repair():
    fd = os.open("/dev/neuron0", os.O_RDWR | os.O_CLOEXEC)
    ctx = Context.__new__(Context)
    ctx.index, ctx.fd, ctx.ynl, ctx.views = 0, fd, __import__("neuroncase").family(), []
    ctx.do("device-reset")
    ctx.close()
    ready(0)


@case("a reset that fails leaves a core dump, one until it is read, without tenants' data")
def core_dump():
    secret = b"tenant-secret-0123456789"
    before = stats()
    forget_dumps()
    with Context() as ctx:
        memory, view = ctx.host(4 * KIB)
        view[:len(secret)] = secret
        ctx.do("context-set", label="labelled")
        view.close()
        ctx.do("mem-free", mem_id=memory)
        reset_fails()
    equal(stats()["reset-failures"], before["reset-failures"] + 1, "reset-failures")
    check(stats()["health-events"] > before["health-events"], "health-events")
    text = shown("all")
    check("[state]" in text and "state failed" in text and f"reset: -{errno.ETIMEDOUT}" in text, text)
    try:
        if not os.path.isdir(DUMPS):
            raise Skip("this kernel has no devcoredump")
        equal(len(dumps()), 1, "dumps")
        text = read(dumps()[0])
        for want in ("neuron ", f"reset failed: -{errno.ETIMEDOUT}", "[misc]", "status 0x", "[flight]",
                     "request device-reset", "[engines]", "[fwio]"):
            check(want in text, f"no '{want}' in\n{text}")
        check(secret.decode() not in text and "labelled" not in text, "data of a tenant")
        forget_dumps()
    finally:
        repair()
    empty()


@case("files go while they are read: unbinding waits for readers and works")
def unbind_while_reading():
    driver = glob.glob("/sys/bus/pci/drivers/neuron*")[0]
    bus_name = devices()[0]["bus-name"]
    folder = f"{DEBUG}/neuron/{bus_name}"
    stop = threading.Event()

    def reader():
        while not stop.is_set():
            for name in ("all", "registers", "state", "queues"):
                try:
                    read(f"{folder}/{name}")
                except OSError:
                    pass
    readers = [threading.Thread(target=reader) for _ in range(3)]
    for thread in readers:
        thread.start()
    held = open(f"{folder}/flight", encoding="ascii")	# pylint: disable=consider-using-with
    try:
        for _ in range(3):
            write(f"{driver}/unbind", bus_name)
            check(not os.path.exists(folder), "files of a card that is gone")
            write(f"{driver}/bind", bus_name)
            ready(0)
    finally:
        stop.set()
        for thread in readers:
            thread.join()
    try:
        held.read()
        check(False, "a file of a card that is gone was read")
    except OSError as error:
        check(error.errno in (errno.EIO, errno.ENODEV), str(error))
    held.close()


main()
