#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2
"""What the kernel says it accepts is what the spec says: features are found without trying."""

import os

from neuroncase import case, check, equal, family, main

SIZES = {"u32": 32, "u64": 64, "s32": 31}


class Spec:
    """The spec, with the bounds that a policy has of it."""

    def __init__(self, ynl):
        self.consts = {one["name"]: one for one in ynl.yaml["definitions"]}
        self.sets = {one["name"]: {a["name"]: a for a in one["attributes"]}
                     for one in ynl.yaml["attribute-sets"]}

    def bound(self, value):
        """A number, or the constant that has it."""
        return self.consts[value]["value"] if isinstance(value, str) else value

    def range(self, attr):
        """Least and largest value of an integer."""
        checks = attr.get("checks", {})
        size = SIZES[attr["type"]]
        low = 0 if attr["type"] != "s32" else -(1 << 31)
        high = (1 << size) - 1
        if "enum" in attr:
            high = len(self.consts[attr["enum"]]["entries"]) - 1
        return self.bound(checks.get("min", low)), self.bound(checks.get("max", high))


def compare(spec, where, attr, policy):
    """An attribute as the kernel has it."""
    kind = attr["type"]
    if kind == "nest":
        equal(policy.type, "nested", f"{where}: type")
        inner = spec.sets[attr["nested-attributes"]]
        for name in policy:
            compare(spec, f"{where}.{name}", inner[name], policy[name])
        check(len(list(policy)) > 0, f"{where}: nothing in the nest")
        return
    equal(policy.type, {"string": "nul-string"}.get(kind, kind), f"{where}: type")
    if attr.get("enum-as-flags"):
        equal(policy.mask, (1 << len(spec.consts[attr["enum"]]["entries"])) - 1, f"{where}: mask")
    elif kind in SIZES:
        equal((policy.min_value, policy.max_value), spec.range(attr), f"{where}: range")
    # Kernels do not tell the greatest length of binary data.
    elif kind == "string":
        equal(policy.max_length, spec.bound(attr["checks"]["max-len"]), f"{where}: length")


@case("the policy of every operation has the attributes, types and ranges of the spec")
def policies():
    ynl = family()
    spec = Spec(ynl)
    # One policy for both until 6.2: what a dump does not take is refused by the driver.
    merged = tuple(map(int, os.uname().release.split(".")[:2])) < (6, 2)
    count = 0
    for operation in ynl.yaml["operations"]["list"]:
        for kind in ("do", "dump"):
            if kind not in operation:
                continue
            where = f"{operation['name']} {kind}"
            policy = ynl.get_policy(operation["name"], kind)
            wanted = operation["do" if merged else kind]["request"]["attributes"]
            equal(set(policy), set(wanted), f"{where}: attributes")
            for name in wanted:
                compare(spec, f"{where} {name}", spec.sets[operation["attribute-set"]][name],
                        policy[name])
                count += 1
    check(count > 200, f"only {count} attributes were compared")


main()
