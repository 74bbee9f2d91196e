#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=400 kernels="6.1 6.12 latest"
"""What neuronnl -j prints is as tools/schema says, by a standard validator."""

import json
import os
import select
import subprocess

import jsonschema

from clicase import neuronnl, obeys, run, SCHEMAS
from neuroncase import case, check, Context, emu, empty, equal, Failure, main, ready, until

# Objects whose JSON is of another kind: a file of its own format.
OTHERS = {"cdi"}
# What goes on without end unless it is told to.
ENDS = {"top": ["count", "1"]}


def tree():
    """Every command of the tool, by object."""
    found = {}
    for line in obeys("help", json.loads(neuronnl("-j", "help", "tree")))["help"]:
        found.setdefault(line["object"], []).append(line["command"])
    return found


def shown():
    """What "show" of every object prints now, validated; by object."""
    found = {}
    for name, commands in tree().items():
        if "show" in commands and name not in OTHERS:
            more = ENDS.get(name, [])
            found[name] = obeys(name, json.loads(neuronnl("-j", name, "show", *more)))
    return {name: document.get(name, document) for name, document in found.items()}


def lines_of(process, count):
    """So many lines of a process that goes on."""
    found, rest = [], b""

    def more():
        nonlocal rest
        if select.select([process.stdout], [], [], 0)[0]:
            rest += os.read(process.stdout.fileno(), 65536)
        *whole, rest = rest.split(b"\n")
        found.extend(whole)
        return len(found) >= count
    until(f"{count} lines", more)
    return [json.loads(line) for line in found]


@case("every object has a schema that is valid itself")
def there():
    for name in set(tree()) - OTHERS:
        check(os.path.exists(f"{SCHEMAS}/{name}.json"), f"no schema of {name}")
    for name in os.listdir(SCHEMAS):
        with open(f"{SCHEMAS}/{name}", encoding="utf-8") as file:
            jsonschema.Draft202012Validator.check_schema(json.load(file))


@case("all objects, with nothing in use")
def idle():
    for index in (0, 1):
        ready(index)
    seen = shown()
    for name in ("dev", "neighbor", "core", "engine", "stats", "topology"):
        check(seen[name], f"{name} shows nothing")
    for name in ("mem", "ring", "nq", "job"):
        equal(seen[name], [], name)
    obeys("dev", json.loads(neuronnl("-j", "-s", "dev", "show")))


@case("all objects, with memory, rings, queues, claims and jobs")
def busy():
    with Context() as ctx:
        ctx.do("context-set", label="schema")
        ctx.host(8192, label="buf0")
        ctx.device(4096, 1)
        ctx.ring()
        ctx.queue(0)
        ctx.do("core-claim", claim=[1])
        emu(0, "inject", "fwio", "delay", "500", "1")
        ctx.start("reg-read", offset=[0x40604])
        until("a job", lambda: json.loads(neuronnl("-j", "job", "show"))["job"])
        seen = shown()
        for name in ("mem", "ring", "nq", "ctx", "job"):
            check(seen[name], f"{name} shows nothing")
    empty()


SESSION = """
ctx open dev 0 name s
core claim 0
mem alloc size 64K name in
mem alloc size 64K channel 0 name dram
event set core 0 event 0-2 value 0
nq create core 0 type event size 16K name done
ring create dev s core 0 name r
ring write r src in dst dram entry imm 1 event 0 core 0 start
ring read r
nq wait done
ring wait r
ring show
event get core 0 event 0-3
sema get core 0 sema 0,5
fw read offset 0x40604 count 3
fw counters engine 2
fw counters
mem copy in dram length 4K job later
job wait later
dev test 1 quick
top count 2 interval 200ms
"""


@case("the answers of commands that do something")
def session():
    ended = subprocess.run(["neuronnl", "-j", "-batch", "-"], input=SESSION, capture_output=True,
                           text=True, check=False)
    equal((ended.returncode, ended.stderr), (0, ""), f"status and errors; it said {ended.stdout}")
    documents = [json.loads(line) for line in ended.stdout.splitlines()]
    check(len(documents) >= len(SESSION.split("\n")) - 2, f"documents: {ended.stdout}")
    said = set()
    for document in documents:
        name = "top" if "interval-ms" in document else next(iter(document))
        obeys(name, document)
        said |= {name} if document[name if name in document else "dev"] else set()
    # What is done at once was no job, and there is none to show.
    check({"nq", "ring", "event", "sema", "fw", "test", "top"} <= said, f"only of {said}")
    empty()


@case("the monitor's lines: what exists, changes of a card, and the time")
def monitor():
    with subprocess.Popen(["neuronnl", "-j", "-t", "monitor"], stdout=subprocess.PIPE) as process:
        try:
            first = lines_of(process, 5)
            equal(first[0]["name"], "resync", "first line")
            equal(run("neuronnl", "dev", "reset", "0").returncode, 0, "reset")
            news = lines_of(process, 2)
        finally:
            process.terminate()
    for line in first + news:
        obeys("monitor", line)
        check("timestamp" in line, f"no time in {line}")
    check("device-change-ntf" in [line["name"] for line in news], news)


@case("an error leaves a document that obeys, too")
def errors():
    for words in (("dev", "show", "dev", "55"), ("mem", "show", "nonsense"), ("stats", "show", "x")):
        ended = run("neuronnl", "-j", *words)
        check(ended.returncode in (1, 2) and ended.stderr, f"{words}: {ended}")
        equal(obeys(words[0], json.loads(ended.stdout)), {words[0]: []}, str(words))


@case("the validator is one: a key more, a wrong type and a missing key are seen")
def strict():
    good = json.loads(neuronnl("-j", "dev", "show"))
    for change in ({"nonsense": 1}, {"cores": "4"}, {"state": "nonsense"}, {"cores": -1},
                   {"dev-index": None}):
        bad = {"dev": [{**good["dev"][0], **change}]}
        if change == {"dev-index": None}:
            del bad["dev"][0]["dev-index"]
        try:
            obeys("dev", bad)
        except Failure:
            continue
        raise Failure(f"{change} was taken")


main()
