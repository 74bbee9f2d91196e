#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=300 kernels="6.1 6.12 latest"
"""neuronnl moves data by rings, changes semaphores and events, asks the firmware, repairs engines."""

import json
import os
import select
import subprocess
import tempfile

from neuroncase import (case, check, Context, devices, empty, emu, equal, looker, main, ready,
                        stall, stats, until)
from neighborcase import linked, places

REVISION = 0x40604		# of engine 0
STORAGE = 0x78E0C0		# a word of misc RAM that nothing gives a meaning to
METRIC = 0x78E100		# where the emulated firmware leaves statistics
SEMAPHORE = 0x2701000		# of core 0 in BAR 2
PARAMETER = "/sys/module/neuron/parameters/allow_unprotected_programs"
USER = 65534


def run(*words, stdin=None, user=None):
    """A run of neuronnl that has ended."""
    how = {"user": user, "group": user, "extra_groups": []} if user is not None else {}
    return subprocess.run(["neuronnl", *map(str, words)], input=stdin, capture_output=True,
                          text=True, check=False, **how)


def said(*words, stdin=None):
    """What neuronnl says on standard output, if all is well."""
    ended = run(*words, stdin=stdin)
    equal((ended.returncode, ended.stderr), (0, ""), f"status and errors of {words} {stdin}")
    return ended.stdout


def asked(*words):
    """The one list that neuronnl -j says."""
    answer = json.loads(said("-j", *words))
    equal(list(answer), [words[0]], f"keys of {words}")
    return answer[words[0]]


def fails(status, text, *words, stdin=None, user=None):
    """The run must end with this status, say this on standard error, and nothing else in JSON."""
    ended = run("-j", *words, stdin=stdin, user=user)
    equal(ended.returncode, status, f"status of {words} {stdin}: {ended.stderr}")
    check(text in ended.stderr, f"{words}: '{text}' is not in '{ended.stderr}'")
    if stdin is None:
        equal(json.loads(ended.stdout), {words[0]: []}, f"JSON of {words}")


class Session:
    """neuronnl -batch - whose lines come one by one, each with its answer."""

    def __init__(self):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["neuronnl", "-j", "-force", "-batch", "-"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors)
        self.rest = b""

    def _answer(self):
        while b"\n" not in self.rest:
            check(select.select([self.process.stdout], [], [], 60)[0], "no answer")
            more = os.read(self.process.stdout.fileno(), 65536)
            check(more, f"the session ended: {self.complaints()}")
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return json.loads(line)

    def complaints(self):
        """Everything on standard error so far."""
        size = os.fstat(self.errors.fileno()).st_size
        return os.pread(self.errors.fileno(), size, 0).decode()

    def do(self, line):
        """The list that a line answers; nothing may be complained about."""
        before = self.complaints()
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self._answer()
        equal(list(answer), [line.split()[0]], f"keys of {line}")
        equal(self.complaints(), before, f"errors of {line}")
        return answer[line.split()[0]]

    def one(self, line):
        """The only object that a line answers."""
        answer = self.do(line)
        equal(len(answer), 1, f"objects of {line}")
        return answer[0]

    def fails(self, line, text):
        """The line must be complained about like this; its answer."""
        before = len(self.complaints())
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self._answer()
        until(f"{line} failed", lambda: "Command failed" in self.complaints()[before:])
        check(text in self.complaints()[before:],
              f"{line}: '{text}' is not in '{self.complaints()[before:]}'")
        return answer[line.split()[0]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


def pattern(path, size):
    """A file of random bytes, and the bytes."""
    data = os.urandom(size)
    with open(path, "wb") as file:
        file.write(data)
    return data


def contents(path):
    """Bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


def cleared():
    """All registers of card 0's cores are 0, whatever was before."""
    for core in range(4):
        said("sema", "set", 0, "core", core, "sema", "0-31", "value", 0)
        for some in ("0-99", "100-199", "200-255"):
            said("event", "set", 0, "core", core, "event", some, "value", 0)


@case("a file goes into the card and out again by a ring, and an event tells of it")
def file_through_card():
    ready(0)
    with tempfile.TemporaryDirectory() as work:
        data = pattern(f"{work}/in", 200000)
        said("-batch", "-", stdin=f"""
            mem alloc size 256K name in dev 0
            mem alloc size 256K name card channel 1
            mem alloc size 256K name out
            mem write in {work}/in
            event set 0 core 0 event 3 value 0
            ring create 0 core 0 name r0
            ring write r0 src in dst card length 200000 entry src card dst out length 200000 start
            ring write r0 imm 1 event 3 core 0 start
            ring wait r0
            mem read out {work}/out length 200000
            ring destroy r0
        """)
        equal(contents(f"{work}/out") == data, True, "the file")
    equal(asked("event", "get", 0, "core", 0, "event", 3)[0]["value"], 1, "event")
    empty()


@case("a ring is what ring-get says of it, step by step; text shows it too")
def ring_lives():
    def known():
        return looker().dump("ring-get", {})
    with Session() as session:
        session.do("mem alloc size 8K name buf dev 0")
        ring = session.one("ring create 0 size 64 name r0 completion axi-port 1")
        equal([ring], known(), "ring that was made")
        equal((ring["state"], ring["label"], ring["axi-port"], ring["completion"]),
              ("detached", "r0", 1, True), "ring")
        session.fails("ring write r0 src buf dst buf+4K length 16", "not attached")
        equal(session.one("ring attach r0 engine 1 queue 2")["state"], "attached", "state")
        equal((known()[0]["eng-id"], known()[0]["queue-id"]), (1, 2), "queue")
        done = session.one("ring write r0 src buf dst buf+4K length 16 entry imm 7 dst buf+5K")
        equal(done, {"dev-index": 0, "ring-id": ring["ring-id"], "done": 2, "free": known()[0]["free"]},
              "written")
        equal(session.one("ring start r0 count 1")["count"], 1, "started")
        until("it is finished", lambda: known()[0]["finished"] == 1)
        equal(session.one("ring ack r0")["count"], 1, "handed back")
        equal(session.one("ring start r0")["count"], 1, "started")
        equal(session.one("ring wait r0")["count"], 1, "awaited")
        equal(session.one("ring wait r0")["count"], 0, "nothing is left")
        equal([session.one("ring show ring r0")], known(), "ring at work")
        check("r0" in said("ring", "show") and "acked 2" in said("ring", "show"), "text")
        session.do("ring detach r0")
        equal(session.one("ring show ring r0")["state"], "detached", "state")
        equal("queue-id" in session.one("ring attach r0 engine 1"), True, "first free queue")
        session.do("ring destroy r0")
        equal(known(), [], "rings")
        session.fails("ring show ring r0", "no ring")
        kept = session.one("ring create 0 kind device channel 1 size 64 core 3 name r0")
        equal((kept["kind"], kept["channel"], kept["eng-id"] // 3), ("device", 1, 3), "ring in DRAM")
    empty()


@case("entries of every kind do what they say, and are read back as they were given")
def entries():
    with Session() as session:
        buf = session.one("mem alloc size 8K name buf dev 0")["mem-id"]
        session.do("mem fill buf length 4K pattern 0x01020304")
        session.do("sema set 0 core 2 sema 7 value 40")
        session.do("event set 0 core 1 event 9 value 0")
        ring = session.one("ring create 0 engine 4 queue 1 name r")["ring-id"]
        session.do("ring write r flags barrier src buf dst buf+4K length 8 "
                   "entry src buf+16 dst buf+0x1800 length 24 flags more "
                   "entry src buf+64 dst buf+7K length 8 flags interrupt "
                   "entry imm 0xdeadbeef dst buf+6000 "
                   "entry imm 2 sema 7 core 2 op increment "
                   "entry src buf sema 8 core 2 "
                   "entry imm 1 event 9 core 1")
        memory = {"src-mem": buf, "dst-mem": buf}
        want = [
            {**memory, "src-offset": 0, "dst-offset": 4096, "length": 8, "flags": ["barrier"]},
            {**memory, "src-offset": 16, "dst-offset": 0x1800, "length": 24, "flags": ["more"]},
            {**memory, "src-offset": 64, "dst-offset": 7168, "length": 8, "flags": ["interrupt"]},
            {"imm": 0xDEADBEEF, "dst-mem": buf, "dst-offset": 6000, "length": 4},
            {"imm": 2, "dst-core": 2, "dst-semaphore": 7, "semaphore-op": "increment", "length": 4},
            {"src-mem": buf, "src-offset": 0, "dst-core": 2, "dst-semaphore": 8,
             "semaphore-op": "set", "length": 4},
            {"imm": 1, "dst-core": 1, "dst-event": 9, "length": 4}]
        want = [{**one, "state": "written"} for one in want]
        equal(session.one("ring read r"), {"dev-index": 0, "ring-id": ring, "entry": want, "first": 0,
                                           "count": 7}, "entries")
        session.do("ring start r")
        equal(session.one("ring wait r count 1")["count"], 1, "awaited")
        # One read tells 32 at most.
        session.do("ring write r" + " entry imm 5 dst buf+5000" * 40)
        read = session.one("ring read r")
        equal((read["first"], read["count"], len(read["entry"])), (1, 46, 46), "all of them")
        equal(session.one("ring read r first 5 count 2")["entry"][0].get("src-mem"), buf, "two of them")
        session.do("ring start r")
        equal(session.one("ring wait r")["count"], 46, "awaited")
        with tempfile.TemporaryDirectory() as work:
            session.do(f"mem read buf {work}/out")
            out = contents(f"{work}/out")
        word = bytes((4, 3, 2, 1))
        equal((out[4096:4108], out[0x1800:0x181C], out[7168:7180]),
              (word * 2 + bytes(4), word * 6 + bytes(4), word * 2 + bytes(4)), "memory")
        equal((out[6000:6004], out[5000:5004]), (b"\xef\xbe\xad\xde", b"\5\0\0\0"), "stored words")
        equal([one["value"] for one in session.do("sema get 0 core 2 sema 7,8")], [42, 0x01020304],
              "semaphores")
        equal(session.do("event get 0 core 1 event 9"),
              [{"dev-index": 0, "nc-id": 1, "event-id": 9, "value": 1}], "event")
    empty()


@case("what a bad entry says, and that what came before it is written")
def bad_entries():
    with Session() as session:
        session.do("mem alloc size 4K name buf dev 0")
        session.do("ring create 0 core 0 size 32 name r")
        for words, text in (
                ("src buf imm 1 dst buf", "one source"), ("dst buf", "one source"),
                ("src buf", "one destination"), ("imm 1 dst buf event 1 core 0", "one destination"),
                ("imm 1 event 1", '"core" is missing'), ("imm 1 dst buf core 1", '"core" goes with'),
                ("imm 1 event 1 core 0 op set", '"op" goes with'),
                ("imm 1 dst buf to 0", '"to" goes with'), ("src none dst buf", "none"),
                ("imm 1 dst buf flags most", "barrier"), ("imm x dst buf", "no number"),
                ("imm 1 dst buf entry", "one source"), ("", "entry is missing"),
                ("imm 1 dst buf nonsense", "nonsense"), ("imm 1 imm 2 dst buf", "twice")):
            equal(session.fails(f"ring write r {words}", text), [], f"answer to {words}")
        equal(session.one("ring show ring r")["written"], 0, "written")
        # 2 of 3: the kernel names the entry that it refused.
        answer = session.fails("ring write r entry imm 1 dst buf entry imm 2 dst buf+4 "
                               "entry src buf+4000 dst buf length 200", "entry 2")
        equal(answer[0]["done"], 2, "done")
        equal(session.one("ring show ring r")["written"], 2, "written")
        session.fails("ring write r imm 1 event 300 core 0", "event")
        session.fails("ring write r imm 1 sema 1 core 9", "core")
        session.fails("ring start r count 5", "rror")
        session.fails("ring attach r core 0", "attached")
        session.fails("ring attach r", "missing")
        session.fails("ring attach r core 0 engine 1", "either")
        session.fails("ring create 0 queue 1", "engine")
        session.fails("ring create 0 core 0 name r", "already")
        session.fails("ring create 0 engine 99", "engine")
        session.fails("ring create 0 size 5", "rror")
        session.fails("ring take 77 dev 0", "rror")
        session.fails("ring take 1 dev 0", "already")
        equal(len(session.do("ring show")), 1, "rings: what could not be placed is gone")
    fails(1, "-batch", "ring", "start", "r0")
    fails(2, "no such card", "ring", "create", "55")
    empty()


@case("waiting has an end, and says how many are not finished")
def waiting():
    with Session() as session:
        session.do("mem alloc size 8K name buf dev 0")
        session.do("ring create 0 engine 1 queue 2 name r")
        emu(0, "inject", "dma", "stall", 1)
        session.do("ring write r src buf dst buf+4K length 4K entry imm 1 dst buf start")
        answer = session.fails("ring wait r timeout 200ms", "2 of 2 entries are not finished")
        equal(answer[0]["count"], 0, "finished")
        states = [one["state"] for one in session.one("ring read r")["entry"]]
        equal(states, ["started"] * 2, "states")
        equal(session.one("ring ack r")["count"], 0, "without waiting")
        emu(0, "inject", "dma", "resume", 1)
        equal(session.one("ring wait r")["count"], 2, "awaited")
    empty()


@case("a ring that a job makes is taken by its id")
def taken():
    with Session() as session:
        stall()
        equal(session.do("ring create 0 kind device size 262144 timeout 0"), [], "answer at once")
        emu(0, "inject", "dma", "resume")

        def made():
            job = session.one("job show dev 0")
            return job if job["job-state"] != "running" else None
        job = until("the job ended", made)
        equal(job["job-state"], "done", "job")
        ring = session.one(f"ring take {job['object-id']} dev 0 name big")
        equal((ring["ring-id"], ring["kind"], ring["state"]), (job["object-id"], "device", "detached"),
              "ring")
        session.do("ring attach big core 0")
        session.do("ring write big imm 1 event 0 core 0 start")
        equal(session.one("ring wait big")["count"], 1, "awaited")
        session.fails(f"ring take {job['object-id']} dev 0", "already")
        session.do("ring destroy big")
    empty()


@case("card to card: memory of another context, its semaphores and events, by one list")
def neighbors():
    here, there = places()[:2]
    linked(here, there)
    with tempfile.TemporaryDirectory() as work, Session() as session:
        data = pattern(f"{work}/in", 100001)
        session.do(f"ctx open dev {here} name one")
        session.do(f"ctx open dev {there} name two")
        session.do("mem alloc size 128K name src dev one")
        session.do("mem alloc size 128K name far kind device dev two")
        session.do("mem alloc size 4K name host dev two")
        session.do(f"mem write src {work}/in")
        session.do("sema set two core 3 sema 5 value 1")
        session.do("event set two core 3 event 6 value 0")
        ring = session.one("ring create one core 1 name r")
        session.do("ring write r src src dst far+16 length 100001 "
                   "entry imm 41 sema 5 core 3 op increment to two "
                   "entry imm 1 event 6 core 3 to two")
        far = session.one("ring read r")["entry"]
        equal([one["dst-dev-index"] for one in far], [there] * 3, "card of the entries")
        session.do("ring start r")
        equal(session.one("ring wait r")["count"], 3, "awaited")
        session.do(f"mem read far+16 {work}/out length 100001")
        equal(contents(f"{work}/out") == data, True, "data")
        equal(session.one("sema get two core 3 sema 5")["value"], 42, "semaphore")
        equal(session.one("event get two core 3 event 6")["value"], 1, "event")
        session.fails("ring write r src far dst src", "another context")
        session.fails("ring write r src src dst host length 16", "rror")
        equal(ring["dev-index"], here, "card of the ring")
        session.do("ring destroy r")
        session.do("event set two core 3 event 6 value 0")
    for index in (here, there):
        empty(index)


@case("instructions go into a core that is claimed, by whom the administrator lets")
def programs():
    with open(PARAMETER, encoding="ascii") as file:
        before = file.read()
    with Session() as session:
        session.do("mem alloc size 4K name program dev 0")
        session.do("ring create 0 core 1 name r")
        session.fails("ring write r src program fifo 1 length 64", "claimed")
        session.do("core claim dev 0 core 1")
        try:
            with open(PARAMETER, "w", encoding="ascii") as file:
                file.write("Y")
            session.do("ring write r src program fifo 1 length 64")
            equal(session.one("ring read r")["entry"][0],
                  {"src-mem": 1, "src-offset": 0, "dst-core": 1, "dst-fifo": True, "length": 64,
                   "state": "written"}, "entry")
            session.fails("ring write r src program fifo 1 length 63", "rror")
        finally:
            with open(PARAMETER, "w", encoding="ascii") as file:
                file.write(before)
        session.do("ring destroy r")
    empty()


@case("semaphores: one, lists, all; set, added to, taken away, all or none")
def semaphores():
    for index in (0, 1):
        ready(index)
    cleared()
    said("sema", "set", 0, "core", "0-3", "sema", "3,5-7", "value", -5)
    said("sema", "set", "dev", 0, "core", 2, "sema", 7, "value", 2, "op", "increment",
         "entry", "core", 3, "sema", "5,6", "value", 1, "op", "decrement",
         "entry", "core", 3, "sema", 7, "value", 9)
    got = asked("sema", "get", 0, "core", "2,3", "sema", "5-7")
    equal([(one["nc-id"], one["semaphore-id"], one["value"]) for one in got],
          [(2, 5, -5), (2, 6, -5), (2, 7, -3), (3, 5, -6), (3, 6, -6), (3, 7, 9)], "values")
    with Context() as ctx:
        for one in got:
            answer = ctx.do("semaphore-get", nc_id=one["nc-id"], semaphore_id=one["semaphore-id"])
            if isinstance(answer["value"], int):
                equal(one, answer, "what the YNL client says")
    everything = asked("sema", "show", 0)
    equal(len(everything), 4 * 32, "semaphores of a card")
    equal([one for one in everything if one["nc-id"] > 1 and 5 <= one["semaphore-id"] <= 7], got,
          "those among all")
    equal(len(asked("sema")), 2 * 4 * 32, "semaphores of all cards")
    text = said("sema", "show", 0, "core", 2)
    check("core 2" in text and "sema 7 -3" in text and "sema 8" not in text, text)
    check("sema 8 0" in said("-d", "sema", "show", 0, "core", 2), "all of them")
    check("core 2 sema 7: -3" in said("sema", "get", 0, "core", 2, "sema", 7), "one of them")
    said("sema", "set", 0, "core", "0-3", "sema", "3,5-7", "value", 0)
    with Context() as ctx:
        ctx.do("core-claim", claim=[1])
        fails(2, "claimed the core", "sema", "set", 0, "core", "0,1", "sema", 3, "value", 8)
        equal(asked("sema", "get", 0, "core", 0, "sema", 3)[0]["value"], 0, "all or none")


@case("events: one, lists, all; a change is told")
def events():
    cleared()
    said("event", "set", 0, "core", 1, "event", "4-7,255", "value", 1,
         "entry", "core", "1,2", "event", 5, "value", 0)
    got = asked("event", "get", 0, "core", 1, "event", "4,5,255")
    equal([one["value"] for one in got], [1, 0, 1], "values")
    everything = asked("event", "show", 0, "core", 1)
    equal((len(everything), [one["event-id"] for one in everything if one["value"]]),
          (256, [4, 6, 7, 255]), "registers of a core")
    equal(len(asked("event")), 2 * 4 * 256, "registers of all cards")
    text = said("event", "show", 0, "core", 1)
    check("event 6 1" in text and "event 5" not in text, text)
    said("event", "set", 0, "core", 1, "event", "4-7,255", "value", 0)
    with Context() as ctx:
        queue = ctx.queue(1)
        said("event", "set", 0, "core", 1, "event", 8, "value", 1)
        equal(queue.next()[2:], (1, 8, 1), "record")
        said("event", "set", 0, "core", 1, "event", 8, "value", 0)


@case("wrong words about registers of cores are refused, by whom they have to be")
def bad_registers():
    for status, text, words in (
            (1, "dev", ("sema", "get", "core", 0, "sema", 0)),
            (1, '"core" is missing', ("sema", "get", 0, "sema", 0)),
            (1, '"value" is missing', ("event", "set", 0, "core", 0, "event", 0)),
            (1, "no list", ("sema", "get", 0, "core", "x", "sema", 0)),
            (1, "increment", ("sema", "set", 0, "core", 0, "sema", 0, "value", 1, "op", "add")),
            (1, '"sema" is missing', ("sema", "set", 0, "core", 0, "sema", 0, "value", 1, "entry",
                                      "core", 1)),
            (1, "1 to 100", ("event", "set", 0, "core", "0,1", "event", "0-99", "value", 0)),
            (1, "no core 9", ("sema", "show", 0, "core", 9)),
            (2, "core", ("sema", "get", 0, "core", 9, "sema", 0)),
            (2, "sema", ("sema", "set", 0, "core", 0, "sema", 32, "value", 1)),
            (2, "event", ("event", "get", 0, "core", 0, "event", 256)),
            (2, "value", ("event", "set", 0, "core", 0, "event", 0, "value", 2)),
            (2, "no such card", ("event", "show", 55))):
        fails(status, text, *words)
    fails(1, "/dev/neuron0", "sema", "set", 0, "core", 0, "sema", 0, "value", 1, user=USER)


@case("registers: by the allow-list, raw, stored to; counters and statistics")
def firmware():
    ready(0)

    def counted():
        before = stats()["fwio-requests"]
        found = asked("fw", "show", 0)
        return found if [one["fwio-requests"] for one in found] == [before] else None
    shown = until("its requests are told, and the driver makes none meanwhile", counted)
    equal(set(shown[0]), {"dev-index", "bus-name", "fwio-requests", "fwio-retries", "fwio-timeouts",
                          "fwio-errors", "fwio-stale"}, "keys")
    equal(len(asked("fw")), len(devices()), "cards")
    equal(asked("fw", "read", 0, "offset", hex(REVISION)),
          [{"dev-index": 0, "bar": 0, "offset": REVISION, "value": 4}], "register")
    said("fw", "write", 0, "offset", STORAGE, "value", 1, "entry", "offset", STORAGE + 4, "value",
         "0xffffffff", "entry", "offset", STORAGE, "value", "0x12345678")
    got = asked("fw", "read", 0, "raw", "offset", f"{STORAGE},{REVISION}", "count", 2)
    equal([one["value"] for one in got[:3]], [0x12345678, 0xFFFFFFFF, 4], "raw")
    equal([one["offset"] for one in got], [STORAGE, STORAGE + 4, REVISION, REVISION + 4], "offsets")
    check("0x12345678" in said("fw", "read", 0, "raw", "offset", STORAGE), "text")
    said("sema", "set", 0, "core", 0, "sema", 4, "value", 42)
    equal(asked("fw", "read", 0, "bar", 2, "offset", SEMAPHORE + 16)[0]["value"], 42, "BAR 2")
    said("sema", "set", 0, "core", 0, "sema", 4, "value", 0)
    said("fw", "write", 0, "offset", STORAGE, "value", 0, "entry", "offset", STORAGE + 4, "value", 0)
    for words, want in ((("text", "statist!"), b"statist!"), (("hex", "00:ff 7f80"), b"\0\xff\x7f\x80")):
        said("fw", "metric", 0, *words)
        got = asked("fw", "read", 0, "raw", "offset", METRIC, "count", len(want) // 4)
        equal(b"".join(one["value"].to_bytes(4, "little") for one in got), want, f"metric {words}")
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(range(128)))
        file.flush()
        said("fw", "metric", 0, "file", file.name)
        equal(asked("fw", "read", 0, "raw", "offset", METRIC + 124)[0]["value"], 0x7F7E7D7C, "the last")
        file.write(b"x")
        file.flush()
        fails(1, "more than 128", "fw", "metric", 0, "file", file.name)


@case("counters by name: all of an engine count what a ring did, those of the card are there")
def counters():
    def moved():
        return {one["counter"]: one["count"] for one in asked("fw", "counters", 0, "engine", 1)}
    before = moved()
    said("-batch", "-", stdin="""mem alloc size 8K name buf dev 0
        ring create 0 engine 1 queue 2 name r
        ring write r src buf dst buf+4K length 4K entry src buf dst buf+4K length 4K start
        ring wait r""")
    after = moved()
    # A list that is written ends with a marker of 4 bytes.
    equal([after[name] - before[name] for name in ("tx-descriptors", "tx-bytes", "rx-bytes")],
          [3, 8196, 8196], "descriptors and bytes")
    equal(len(after), 12, "counters of an engine")
    equal(asked("fw", "counters", 0, "counter", "power,ecc-sram-corrected"),
          [{"dev-index": 0, "counter": name, "count": 0} for name in ("power", "ecc-sram-corrected")],
          "counters of the card")
    equal("power" in [one["counter"] for one in asked("fw", "counters", 0)], True, "all of the card")
    both = asked("fw", "counters", 0, "engine", 1, "counter", "power,tx-bytes")
    equal([(one.get("eng-id"), one["counter"]) for one in both], [(None, "power"), (1, "tx-bytes")],
          "both")
    check("engine 1 tx-bytes: " in said("fw", "counters", 0, "engine", 1), "text")
    empty()


@case("the firmware's refusals, and who may not ask")
def bad_firmware():
    for status, text, words in (
            (1, '"offset" is missing', ("read", 0)), (1, "at most 100", ("read", 0, "offset", 0, "count", 101)),
            (1, "at least 1", ("read", 0, "offset", 0, "count", 0)),
            (1, '"value" is missing', ("write", 0, "offset", 0)),
            (1, '"engine" is missing', ("counters", 0, "counter", "tx-bytes")),
            (1, 'no "nonsense"', ("counters", 0, "counter", "power,nonsense")),
            (1, "one of", ("metric", 0)), (1, "one of", ("metric", 0, "text", "a", "hex", "00")),
            (1, "hexadecimal", ("metric", 0, "hex", "0")), (1, "hexadecimal", ("metric", 0, "hex", "0g")),
            (1, "more than 128", ("metric", 0, "hex", "00" * 129)),
            (1, "more than 128", ("metric", 0, "text", "x" * 129)),
            (1, "1 to 128", ("metric", 0, "text", "")),
            (1, "cannot open", ("metric", 0, "file", "/nonexistent")),
            (2, "offset", ("read", 0, "offset", STORAGE)), (2, "offset", ("read", 0, "offset", REVISION + 1)),
            (2, "offset", ("read", 0, "raw", "offset", "0x70000000")),
            (2, "bar", ("read", 0, "bar", 3, "offset", 0)),
            (2, "driver's own", ("write", 0, "offset", 0x78E024, "value", 1)),
            (2, "engine", ("counters", 0, "engine", 99)), (2, "no such card", ("show", 55))):
        fails(status, text, "fw", *words)
    said("fw", "write", 0, "offset", STORAGE, "value", 5)
    os.chmod("/dev/neuron0", 0o666)
    try:
        for words in (("write", 0, "offset", STORAGE, "value", 1), ("read", 0, "raw", "offset", STORAGE)):
            fails(2, "CAP_SYS_RAWIO", "fw", *words, user=USER)
        with Context() as ctx:
            ctx.host(4096)
            fails(2, "CAP_SYS_ADMIN", "fw", "metric", 0, "text", "mine", user=USER)
        equal(run("fw", "read", 0, "offset", REVISION, user=USER).returncode, 0, "by the list")
    finally:
        os.chmod("/dev/neuron0", 0o600)
    equal([one["value"] for one in asked("fw", "read", 0, "raw", "offset", STORAGE)], [5],
          "what was stored before")
    said("fw", "write", 0, "offset", STORAGE, "value", 0)


@case("an engine that has aborted is shown, and recovered; one that has not is refused")
def engines():
    with Session() as session:
        session.do("ring create 0 engine 4 queue 1 name r")
        equal(session.one("engine show dev 0 engine 4")["eng-id"], 4, "engine")
        equal(len(session.do("engine show")), sum(dev["engines"] for dev in devices().values()), "engines")
        session.fails("engine recover 0 engine 4", "rror")
        emu(0, "inject", "dma", "abort", 4)
        until("engine 4 is seen aborted",
              lambda: session.one("engine show dev 0 engine 4")["state"] == "aborted")
        check("cause" in session.one("engine show dev 0 engine 4"), "cause")
        session.do("engine recover 0 engine 4")
        check(session.one("engine show 0 engine 4")["state"] != "aborted", "state")
        lost = session.one("ring show ring r")
        equal((lost["state"], bool(lost["lost-text"])), ("lost", True), "ring")
        session.fails("ring write r imm 1 event 0 core 0", lost["lost-text"])
        session.do("ring destroy r")
    for status, text, words in (
            (1, '"engine" is missing', ("recover", 0)), (1, '"dev" is missing', ("recover", "engine", 4)),
            (1, '"dev" is missing', ("show", "engine", 4)), (2, "engine", ("show", 0, "engine", 99)),
            (2, "engine", ("recover", 0, "engine", 99))):
        fails(status, text, "engine", *words)
    empty()


@case("links are asked for anew")
def refresh():
    index = places()[0]

    def age():
        return max(one["age-ms"] for one in asked("neighbor", "show", index))
    linked(*places())
    until("the answer is old", lambda: age() > 500)
    equal(said("neighbor", "refresh", index), "", "text")
    check(age() < 500, "the answer is new")
    fails(1, "dev", "neighbor", "refresh")
    fails(2, "no such card", "neighbor", "refresh", 55)


main()
