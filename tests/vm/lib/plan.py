# SPDX-License-Identifier: GPL-2.0
"""The cases in tests/cases: what each needs, and which share one boot."""

import fnmatch
import os
import re
import shlex

from paths import BUILD, TOP

CASES = os.environ.get("NEURON_CASES", os.path.join(TOP, "tests", "cases"))
STAGED = os.path.join(BUILD, "stage/usr/lib/neuron/cases")
HEADER = re.compile(r"^\s*(?:#|/?\*+|//)\s*vm:(.*?)(?:\*/)?$")
HEADER_LINES = 40
DEFAULTS = {
    "devices": "1", "hotplug": "0", "iommu": "none", "topology": "ring",
    "emu-args": "", "timeout": "120", "kernels": "", "exclusive": "no",
    "reload": "no", "module": "yes", "user": "no",
    "append": "", "mem": "0", "low-mem": "0", "kexec": "no", "udev": "no",
    "everywhere": "no", "nodes": "1",
}
# More cases than this are not left to one guest while another has none.
SHARE = 16
FEW = 2
# Cases that differ in one of these cannot share a boot.
APART = ("iommu", "topology", "emu-args", "module", "append", "low-mem",
         "nodes")


class Case:
    """One case: name, the program's name in the guest, and its needs."""

    def __init__(self, path):
        """Read the header of a case's source."""
        self.name, suffix = os.path.splitext(os.path.basename(path))
        self.program = self.name if suffix == ".c" else os.path.basename(path)
        self.needs = dict(DEFAULTS)
        self.has_header = False
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in list(file)[:HEADER_LINES]:
                match = HEADER.match(line.rstrip("\n"))
                if match:
                    self.has_header = True
                    self.read_needs(match.group(1))

    def read_needs(self, text):
        """Take over key=value words."""
        for word in shlex.split(text):
            key, _, value = word.partition("=")
            if key not in DEFAULTS:
                raise ValueError("%s: vm: knows no %s" % (self.name, key))
            self.needs[key] = value

    def runs_on(self, kernel):
        """Return True if the case is for this kernel."""
        wanted = self.needs["kernels"].replace(",", " ").split()
        return not wanted or kernel in wanted

    def left_to(self, kernel):
        """Return True if a run of this kernel makes another one needless."""
        return (kernel is not None and self.runs_on(kernel)
                and self.needs["everywhere"] != "yes")

    def line(self):
        """Return the line by which the guest's runner knows the case."""
        return "%s %s %s %s %s" % (
            self.name, self.program, self.needs["timeout"],
            self.needs["reload"], self.needs["user"])


def find(words, pattern):
    """Return the cases, those called words only, filtered by pattern."""
    found = []
    for name in sorted(os.listdir(CASES)) if os.path.isdir(CASES) else []:
        path = os.path.join(CASES, name)
        if name.endswith((".sh", ".py")) and os.access(path, os.X_OK):
            found.append(Case(path))
        elif name.endswith(".c"):
            case = Case(path)
            if case.has_header:
                found.append(case)
    words = [os.path.splitext(os.path.basename(word))[0] for word in words]
    unknown = set(words) - {case.name for case in found}
    if unknown:
        raise ValueError("no case is called " + ", ".join(sorted(unknown)))
    return [case for case in found if (not words or case.name in words)
            and (not pattern or fnmatch.fnmatch(case.name, pattern))]


def groups(cases):
    """Return lists of cases, each list for one boot."""
    table = {}
    for case in cases:
        # Cases for one card or two get two; who counts more of them gets his own number.
        key = tuple(case.needs[name] for name in APART)
        key += (max(FEW, int(case.needs["devices"])),)
        if case.needs["exclusive"] == "yes":
            key += (case.name,)
        table.setdefault(key, []).append(case)
    return [part for group in table.values() for part in parts(group)]


def parts(group):
    """Cut a long list of cases into a few of about the same length."""
    count = -(-len(group) // SHARE)
    return [group[number::count] for number in range(count)]


def boot_options(group):
    """Return the options of `run` for a group: the union of its needs."""
    needs = group[0].needs
    argv = ["--iommu", needs["iommu"], "--topology", needs["topology"],
            "--emu-args=" + needs["emu-args"], "--append=" + needs["append"],
            "--low-mem", needs["low-mem"], "--nodes", needs["nodes"]]
    for name in ("devices", "hotplug", "mem"):
        argv += ["--" + name,
                 str(max(int(case.needs[name]) for case in group))]
    return argv + (["--no-module"] if needs["module"] == "no" else [])
