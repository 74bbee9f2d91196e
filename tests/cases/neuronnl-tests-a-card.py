#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 topology=ring timeout=600 kernels="6.1 6.12 latest"
"""neuronnl dev test: a healthy card passes, a fault is named, what others hold is left alone."""

import json
import subprocess

from clicase import obeys
from neuroncase import (case, check, Context, devices, emu, empty, entry, equal, event, main, ready,
                        stats, until)

CORES, ENGINES = 4, 12
PARTS = {"card": 1, "firmware": 1, "link": 2, "memory": 2, "engine": ENGINES, "events": CORES,
         "semaphores": CORES, "notifications": CORES}
NUMBERS = ("eng-id", "nc-id", "channel", "port")
CARD = 0


def run(*words):
    return subprocess.run(["neuronnl", *words], capture_output=True, text=True, check=False)


def tested(*words, status=0):
    """Parts of a test, by (name, number), and its exit status."""
    result = run("-j", "dev", "test", str(CARD), *words)
    equal(result.returncode, status, f"exit status: {result.stdout} {result.stderr}")
    answer = obeys("test", json.loads(result.stdout))
    parts = {}
    for part in answer["test"]:
        number = next((part[key] for key in NUMBERS if key in part), None)
        parts[(part["part"], number)] = (part["result"], part["text"])
    equal(len(parts), len(answer["test"]), "no part is told twice")
    return parts


def names(parts, result):
    return sorted(key for key, (got, _) in parts.items() if got == result)


def both_links_up():
    """The neighbours know each other: then the test sends through the links."""
    for index in devices():
        ready(index)
        with Context(index) as ctx:
            ctx.do("neighbor-refresh")

    def up():
        with Context(CARD) as ctx:
            ctx.do("neighbor-refresh")
            links = ctx.ynl.dump("neighbor-get", {"dev-index": CARD})
        return all("peer-bus-name" in link for link in links)
    until("both links are up", up)


@case("a healthy card passes every part, and nothing is left of the test")
def healthy():
    both_links_up()
    before = stats(CARD)
    parts = tested()
    for name, count in PARTS.items():
        equal(sum(key[0] == name for key in parts), count, f"parts called {name}")
    equal(names(parts, "fail") + names(parts, "skip"), [], f"not passed: {parts}")
    for eng in range(ENGINES):
        want = "15 of 16" if eng % 3 == 2 else "16 of 16"
        check(parts[("engine", eng)][1].startswith(f"{want} queues"), str(parts[("engine", eng)]))
    for port in ("east", "west"):
        check("bytes sent" in parts[("link", port)][1], str(parts[("link", port)]))
    after = stats(CARD)
    for key in ("engine-aborts", "fwio-timeouts", "fwio-errors", "resets", "copy-failures"):
        equal(after[key], before[key], key)
    empty(CARD)


@case("text has a line per part, and says at the end how many passed")
def text():
    result = run("dev", "test", "dev", str(CARD), "quick")
    equal(result.returncode, 0, result.stdout)
    lines = result.stdout.splitlines()
    equal(len(lines), 2 + sum(PARTS.values()), "lines")
    check("quick test" in lines[0] and devices()[CARD]["bus-name"] in lines[0], lines[0])
    check(all(" pass " in line for line in lines[1:-1]), result.stdout)
    want = f"works: {sum(PARTS.values())} passed, 0 failed, 0 skipped"
    check(lines[-1].endswith(want), lines[-1])
    equal(result.stderr, "", "errors")


@case("online changes nothing on the card")
def online():
    before = stats(CARD)
    parts = tested("online")
    equal({key[0] for key in parts}, {"card", "firmware", "link"}, "parts")
    equal(names(parts, "fail"), [], "failed")
    after = stats(CARD)
    for key in ("descriptors", "doorbells", "copies", "cleared-bytes", "mems", "rings", "nqs"):
        equal(after[key], before[key], key)


@case("what others hold is left out by name, and stays as it is")
def others():
    with Context(CARD) as holder, Context(CARD) as user:
        holder.do("core-claim", claim=[1])
        src, inp = user.host(4096)
        dst, out = user.host(4096)
        ring = user.ring(0, 3)
        user.do("event-set", nc_id=0, event_id=5, value=1)
        parts = tested("quick")
        skipped = [("engine", eng) for eng in (0, 3, 4, 5)]
        for name in ("events", "notifications", "semaphores"):
            skipped += [(name, nc) for nc in (0, 1)]
        equal(names(parts, "skip"), sorted(skipped), f"left out: {parts}")
        equal(names(parts, "fail"), [], f"failed: {parts}")
        for key in skipped[1:4]:
            check("holds core 1" in parts[key][1], str(parts[key]))
        check("others use 1 of its queues" in parts[("engine", 0)][1], str(parts[("engine", 0)]))
        equal(user.event(0, 5), 1, "another's event")
        inp[:4] = b"mine"
        user.write(ring, [entry(src, dst, 4096), event(5, 0)])
        user.acked(ring, 2)
        equal((out[:4], user.event(0, 5)), (b"mine", 0), "another's ring")
    empty(CARD)


@case("events and semaphores have the values that they had before")
def as_before():
    with Context(CARD) as ctx:
        for number in (0, 63, 200):
            ctx.do("event-set", nc_id=2, event_id=number, value=1)
        ctx.do("semaphore-set", nc_id=2, semaphore_id=7, op="set", value=-5)
    empty(CARD)
    equal(names(tested(), "fail"), [], "failed")
    with Context(CARD) as ctx:
        equal([ctx.event(2, number) for number in (0, 63, 200, 201)], [1, 1, 1, 0], "events")
        value = ctx.do("semaphore-get", nc_id=2, semaphore_id=7)["value"]
        # A job has it without a sign.
        value = value[0] - (1 << 32) if isinstance(value, list) else value
        equal(value, -5, "semaphore")


@case("a byte that an engine spoils is found, at that engine and no other")
def corrupt():
    emu(CARD, "inject", "dma", "corrupt", 4)
    parts = tested(status=2)
    equal(names(parts, "fail"), [("engine", 4)], f"failed: {parts}")
    check("came back wrong, at 0x0 " in parts[("engine", 4)][1], str(parts[("engine", 4)]))
    equal(names(tested("quick"), "fail"), [], "failed afterwards")


@case("a firmware that answers with errors fails as firmware")
def firmware():
    emu(CARD, "inject", "fwio", "error", 2, 1000)
    parts = tested("online", status=2)
    emu(CARD, "inject", "fwio", "none")
    check(("firmware", None) in names(parts, "fail"), str(parts))
    check("reading registers" in parts[("firmware", None)][1], str(parts[("firmware", None)]))
    result = run("dev", "test", str(CARD), "online")
    equal(result.returncode, 0, result.stdout)


@case("a firmware that has to be asked again passes, and its retries are counted")
def retries():
    emu(CARD, "inject", "fwio", "drop", 1)
    parts = tested("online")
    check(" 1 retries" in parts[("firmware", None)][1], str(parts[("firmware", None)]))


@case("records that are lost fail as notifications")
def records():
    emu(CARD, "inject", "nq", "overflow", 3)
    parts = tested("quick", status=2)
    check(("notifications", 0) in names(parts, "fail"), str(parts))
    check("not of event 0" in parts[("notifications", 0)][1], str(parts))
    equal({key[0] for key in names(parts, "fail")}, {"notifications"}, f"failed: {parts}")
    emu(CARD, "inject", "nq", "none")
    equal(names(tested("quick"), "fail"), [], "failed afterwards")


@case("an engine that aborts fails, all others are tested; recovered, it passes")
def aborted():
    emu(CARD, "inject", "dma", "abort", 7)
    parts = tested("quick", status=2)
    check(("engine", 7) in names(parts, "fail"), str(parts))
    check("abort" in parts[("engine", 7)][1], str(parts[("engine", 7)]))
    equal({key for key in names(parts, "fail") if key[0] == "engine"}, {("engine", 7)}, "engines")

    def recovered():
        # Refused if the driver, which has no ring there any more, was first.
        run("engine", "recover", "dev", str(CARD), "engine", "7")
        return run("dev", "test", str(CARD), "quick").returncode == 0
    until("the card passes again", recovered)
    empty(CARD)


@case("wrong words are refused with 1, a card that is not there with 2")
def words():
    for wrong, status in ((("dev", "test"), 1), (("dev", "test", "0", "quick", "online"), 1),
                          (("dev", "test", "0", "fast"), 1), (("dev", "test", "55"), 2)):
        result = run(*wrong)
        equal((result.returncode, result.stdout), (status, ""), str(wrong))
        check(result.stderr, "says why")
        json.loads(run("-j", *wrong).stdout)


main()
