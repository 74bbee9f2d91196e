#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=4 topology=ring kernels="6.1 6.12"
"""What neuronnl writes for other programs: Prometheus, container runtimes, graphviz, browsers."""

import json
import os
import re
import subprocess
import xml.etree.ElementTree

import jsonschema

from clicase import neuronnl, run
from neuroncase import (case, check, Context, devices, equal, family, main, ready, reloaded, stats,
                        until)

CARDS = 4
CDI_SCHEMA = "/usr/share/cdi"
FOUR_CARDS = os.path.join(os.path.dirname(__file__), "cdi-of-four-cards.json")
SVG = "{http://www.w3.org/2000/svg}"
SAMPLE = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\d+)$")
# Numbers that the driver has once for all cards.
ONCE = {f"{group}-{what}" for group in ("hotplug", "health", "usage") for what in ("events", "lost")}


def metrics(text):
    """Samples by name: a list of (labels, value)."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        check(match, f"no sample: {line}")
        labels = dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
        found.setdefault(match[1], []).append((labels, int(match[3])))
    return found


def promtool(text):
    """What promtool says of it: status and words."""
    ended = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                           text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def all_ready():
    for index in range(CARDS):
        ready(index)


@case("promtool finds nothing in the metrics, and would")
def lint():
    all_ready()
    text = neuronnl("stats", "show", "--prometheus")
    equal(promtool(text), (0, ""), "promtool")
    check(promtool(text.replace("_total", "_count"))[0], "promtool takes wrong names")
    equal(promtool(neuronnl("stats", "show", "dev", "1", "--prometheus")), (0, ""), "one card")


@case("every counter of the family is a metric, with the same value, for every card")
def values():
    with Context() as ctx:
        mem = ctx.device(1 << 20)
        ctx.do("mem-fill", transfer=[{"dst-mem": mem, "length": 1 << 20, "pattern": 1}], wait_us=20000)
    until("contexts are gone", lambda: not any(d["contexts"] for d in devices().values()))
    before = {index: stats(index) for index in devices()}
    found = metrics(neuronnl("stats", "show", "--prometheus"))
    after = {index: stats(index) for index in devices()}
    for key in after[0]:
        if key in ("dev-index", "bus-name"):
            continue
        name = "neuron_" + key.replace("-", "_")
        samples = found.get(name + "_total") or found.get(name)
        check(samples, f"no metric for {key}")
        equal(len(samples), 1 if key in ONCE else CARDS, f"samples of {name}")
        for labels, value in samples:
            index = int(labels.get("dev", 0))
            check(before[index][key] <= value <= after[index][key] or key in ("mems", "jobs"),
                  f"{name} of {index}: {before[index][key]} {value} {after[index][key]}")
            equal(labels.get("bus_name"), None if key in ONCE else after[index]["bus-name"], name)
    states = [labels["state"] for labels, value in found["neuron_device_state"] if value]
    equal(states, ["ready"] * CARDS, "states")
    engines = family().dump("engine-get", {})
    equal(len(found["neuron_engine_copies_total"]), len(engines), "engines")
    check(sum(value for _, value in found["neuron_engine_copy_bytes_total"]) >= 1 << 20, "copied")


def cdi_valid(spec):
    """The file is as the schema of CDI says, and by the rules that it cannot express."""
    with open(f"{CDI_SCHEMA}/schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    with open(f"{CDI_SCHEMA}/defs.json", encoding="utf-8") as file:
        defs = json.load(file)
    resolver = jsonschema.RefResolver("schema.json", schema, store={"defs.json": defs})
    jsonschema.Draft7Validator(schema, resolver=resolver).validate(spec)
    names = [device["name"] for device in spec["devices"]]
    equal(len(set(names)), len(names), "names once each")
    for name in names:
        check(re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?", name), name)
    return {device["name"]: [node["path"] for node in device["containerEdits"]["deviceNodes"]]
            for device in spec["devices"]}


@case("the CDI file is valid, and has each card by index and by address, and all of them")
def cdi():
    generated = json.loads(neuronnl("cdi", "generate"))
    found = cdi_valid(generated)
    with open(FOUR_CARDS, encoding="utf-8") as file:
        equal(generated, json.load(file), "what tests/fleets gives to container engines")
    want = {"all": [f"/dev/neuron{index}" for index in range(CARDS)]}
    for index, dev in devices().items():
        want[str(index)] = want[dev["bus-name"]] = [f"/dev/neuron{index}"]
    equal(found, want, "devices")
    for path in want["all"]:
        check(os.path.exists(path), path)
    spec = json.loads(neuronnl("cdi", "generate", "kind", "example.org/neuron"))
    equal(spec["kind"], "example.org/neuron", "kind")
    for kind in ("neuron", "0x/y", "a/", "a b/c"):
        equal(run("neuronnl", "cdi", "generate", "kind", kind).returncode, 1, kind)


@case("the file is replaced as a whole, and goes with the last card")
def cdi_file():
    os.makedirs("cdi")
    path = "cdi/neuron.json"
    with open(path, "w", encoding="ascii") as file:
        file.write("old")
        number = os.fstat(file.fileno()).st_ino
        equal(neuronnl("cdi", "generate", "output", path), "", "output")
        equal(os.fstat(file.fileno()).st_size, 0, "the old file was not written to")
    check(os.stat(path).st_ino != number, "another file has the name")
    equal(os.stat(path).st_mode & 0o777, 0o644, "mode")
    equal(os.listdir("cdi"), ["neuron.json"], "what is left there")
    with open(path, encoding="utf-8") as file:
        equal(cdi_valid(json.load(file)), cdi_valid(json.loads(neuronnl("cdi", "generate"))), "file")
    subprocess.run(["rmmod", "neuron"], check=True)
    try:
        equal(neuronnl("cdi", "generate", "output", path), "", "output")
        equal(os.listdir("cdi"), [], "what is left there")
        equal(run("neuronnl", "cdi", "generate").returncode, 1, "without cards")
    finally:
        subprocess.run(["modprobe", "neuron"], check=True)
        reloaded()
    all_ready()


def linked():
    """Pairs of addresses that are linked, by the family: from east to west."""
    return {(port["bus-name"], port["peer-bus-name"]) for port in family().dump("neighbor-get", {})
            if port["port"] == "east" and "peer-bus-name" in port}


@case("the picture as text, dot, SVG and JSON has every card and every link once")
def topology():
    until("the ring is known", lambda: len(linked()) == CARDS)
    names = {dev["bus-name"] for dev in devices().values()}
    edges = re.findall(r'"([^"]+)" -- "([^"]+)"', neuronnl("topology", "show", "--dot"))
    equal(sorted(edges), sorted(linked()), "edges")
    equal(neuronnl("neighbor", "show", "--dot"), neuronnl("topology", "--dot"), "the old name")
    root = xml.etree.ElementTree.fromstring(neuronnl("topology", "--svg"))
    equal(root.tag, f"{SVG}svg", "root")
    equal({text.text for text in root.iter(f"{SVG}text")} & names, names, "cards")
    titles = [path.find(f"{SVG}title").text for path in root.iter(f"{SVG}path")]
    equal(sorted(titles), sorted(f"{east} east, {west} west" for east, west in linked()), "links")
    text = neuronnl("topology")
    equal(text.split("\n")[0], "ring", "text")
    equal((text.count("east to west"), {name for name in names if name in text}), (CARDS, names),
          "text")
    cards = json.loads(neuronnl("-j", "topology"))["topology"]
    equal({(card["bus-name"], card["east"]["peer-bus-name"]) for card in cards}, linked(), "JSON")
    for words in (("-j", "topology", "--svg"), ("topology", "--dot", "--svg")):
        equal(run("neuronnl", *words).returncode, 1, str(words))


main()
