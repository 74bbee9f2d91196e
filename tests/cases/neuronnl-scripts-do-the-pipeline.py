#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=300 kernels="6.1 6.12 latest"
"""Scripts of neuronnl do what the demo does, and sessions keep and give up what they make."""

import json
import os
import subprocess
import tempfile

from neuroncase import case, check, devices, emu, empty, equal, looker, main, ready
from neighborcase import linked

EXAMPLES = "/usr/share/neuron/examples"


def run(*words, stdin=None, cwd=None):
    """A run of neuronnl that has ended."""
    return subprocess.run(["neuronnl", *words], input=stdin, capture_output=True, text=True,
                          check=False, cwd=cwd, timeout=200)


def script(name, size):
    """Runs an example; what it read must be what it wrote. Its answers."""
    data = os.urandom(size)
    with tempfile.TemporaryDirectory() as work:
        with open(f"{work}/{name}.in", "wb") as file:
            file.write(data)
        ended = run("-j", "-batch", f"{EXAMPLES}/{name}.nnl", cwd=work)
        equal((ended.returncode, ended.stderr), (0, ""), "status and errors")
        with open(f"{work}/{name}.out", "rb") as file:
            check(file.read() == data, "the file is what it was")
    return [json.loads(line) for line in ended.stdout.splitlines()]


def lines(*words):
    """Answers of a session with these lines."""
    ended = run("-j", "-batch", "-", stdin="\n".join(words))
    equal((ended.returncode, ended.stderr), (0, ""), f"status and errors of {words}")
    return [json.loads(line) for line in ended.stdout.splitlines()]


def fails(status, text, *words):
    """The last of these lines fails with this status, and says this."""
    ended = run("-batch", "-", stdin="\n".join(words))
    equal(ended.returncode, status, f"status of {words}: {ended.stderr}")
    check(text in ended.stderr, f"'{text}' is not in '{ended.stderr}'")
    check(ended.stderr.endswith(f"Command failed -:{len(words)}\n"), ended.stderr)


@case("the pipeline of the demo is a script: claim, allocate, write, rings, notifications, read")
def pipeline():
    ready(0)
    answers = script("pipeline", 1 << 20)
    records = [answer["nq"] for answer in answers if "nq" in answer]
    equal([record[0]["id"] for record in records if record and "time-us" in record[0]], [0, 1, 2],
          "events that drove it")
    empty()


@case("the transfer from card to card is a script")
def neighbor():
    ready(0)
    ready(1)
    linked(0, 1)
    script("neighbor", 65536)
    empty()


@case("every line answers one JSON object; a label stands where an id can stand")
def labels():
    answers = lines("ctx open dev 0 name one", "mem alloc size 8K name buf", "mem show mem 1",
                    "mem show mem buf", "mem free buf", "ctx close one")
    equal([list(answer) for answer in answers],
          [["ctx"], ["mem"], ["mem"], ["mem"], ["mem"], ["ctx"]], "keys")
    equal(answers[0]["ctx"][0]["label"], "one", "label of the context")
    equal((answers[1]["mem"][0]["label"], answers[1]["mem"][0]["size"]), ("buf", 8192), "memory")
    equal(answers[1], answers[3], "memory by label")
    equal(answers[2], answers[3], "memory by id")
    equal(answers[4:], [{"mem": []}, {"ctx": []}], "nothing to say")
    empty()


@case("what a session leaves behind is gone with it")
def leftovers():
    lines("mem alloc size 1M channel 0 dev 0", "ring create dev 0 core 1", "core claim 2 dev 0",
          "nq create core 2 type notify", "mem alloc size 4K dev 1")
    empty()
    equal([core for core in looker().dump("core-get", {}) if "ctx-id" in core], [], "claims")


@case("memory is filled, copied, written and read, on the host and in the card")
def memory():
    with tempfile.TemporaryDirectory() as work:
        data = os.urandom(5 << 20)
        with open(f"{work}/in", "wb") as file:
            file.write(data)
        lines("mem alloc size 8M name host dev 0", "mem alloc size 8M channel 0 name card",
              f"mem write card+4K {work}/in", f"mem read card+4K {work}/card length {len(data)}",
              f"mem write host file {work}/in length 1M", "mem copy host card+7M length 1M",
              f"mem read from card+7M file {work}/copy", "mem fill card length 8 pattern 0x61626364",
              f"mem read card length 8 file {work}/fill",
              "mem fill to host job work", "job wait work")
        with open(f"{work}/card", "rb") as file:
            check(file.read() == data, "in the card and out of it, in pieces")
        with open(f"{work}/copy", "rb") as file:
            check(file.read() == data[:1 << 20], "copied")
        with open(f"{work}/fill", "rb") as file:
            equal(file.read(), b"dcbadcba", "filled")
        fails(1, "does not fit", "mem alloc size 4K name small dev 0",
              f"mem write small {work}/in")
        fails(1, "ends", "mem alloc size 8M name big dev 0",
              f"mem write big {work}/in length 6M")
    empty()


@case("work in the background is a job that can be shown, awaited, and freed")
def jobs():
    # So slow that it never is done at once, as it can be if the guest's processor has to wait.
    emu(0, "inject", "dma", "slow", 5000)
    try:
        answers = lines("mem alloc size 64M name big channel 0 dev 0", "mem fill big job filling",
                        "job show job filling", "job wait filling")
    finally:
        emu(0, "inject", "dma", "slow", 0)
    shown, ended = answers[2]["job"][0], answers[3]["job"][0]
    equal(shown["job-id"], ended["job-id"], "job")
    equal((ended["job-state"], ended["bytes"]), ("done", 64 << 20), "how it ended")
    answers = lines("mem alloc size 4K name small dev 0", "mem fill small job now", "job wait now",
                    "mem fill small job now", "job wait job now timeout 60s")
    equal([(one["job"][0]["job-state"], one["job"][0]["bytes"]) for one in answers[2::2]],
          [("done", 4096)] * 2, "what may have been done at once")
    fails(1, 'no job "now"', "mem alloc size 4K name small dev 0", "mem fill small job now",
          "job wait now", "job wait now")
    empty()


@case("a context has a name and limits, a core one holder, a card regions")
def owners():
    answers = lines("ctx open 0 name a", "ctx set a name b id-limit 1 host-limit 64K",
                    "ctx show")
    known = answers[2]["ctx"][0]
    equal((known["label"], known["id-limit"], known["host-limit"]), ("b", 1, 65536), "limits")
    fails(2, "neuronnl -d ctx show", "ctx open 0 name a", "ctx set a host-limit 64K",
          "mem alloc size 1M")
    fails(2, "neuronnl core show", "ctx open 0 name a", "ctx open 0 name b", "core claim 0-1 dev a",
          "core claim 1,2 dev b")
    fails(1, "several contexts", "ctx open 0 name a", "ctx open 0 name b", "mem alloc size 4K")
    lines("dev set 0 regions 2")
    equal(devices()[0]["dram-regions"], 2, "regions")
    lines("dev set 0 regions 1")
    empty()


@case("refusals name the word that was written, and what to do")
def refusals():
    fails(2, '(core 99). "neuronnl core show"', "core claim 99 dev 0")
    fails(2, "(dev 77)", "core claim 1 dev 77")
    fails(2, "(expect 99)", "dev reset 0 expect 99")
    fails(2, "(channel 9)", "mem alloc size 4K channel 9 dev 0")
    ended = run("-force", "-batch", "-", stdin="core claim 99 dev 0\n\n# no\ncore show \\\n 0\nno\n")
    equal(ended.returncode, 1, "status with force")
    check("Command failed -:1\n" in ended.stderr and "Command failed -:6\n" in ended.stderr and
          "core 3" in ended.stdout, f"{ended}")
    ended = subprocess.run(["neuronnl", "mem", "alloc", "size", "4K", "dev", "0"], user=65534,
                           group=65534, extra_groups=[], capture_output=True, text=True, check=False)
    equal(ended.returncode, 1, "status without permission")
    check("its group" in ended.stderr and "/dev/neuron0" in ended.stderr, ended.stderr)
    empty()


main()
