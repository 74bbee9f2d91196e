# SPDX-License-Identifier: GPL-2.0
"""What configuration space says, as lspci reads it."""

import re
import subprocess

from emusysfs import cards
from tapcase import case, check, equal

COMMON = (
    r"^\S+ System peripheral \[0880\]: .*\[1d0f:7064\] \(rev 01\)$",
    r"Subsystem: .*\[1d0f:7064\]$",
    r"Region 0: Memory at \w+ \(64-bit, non-prefetchable\) .*\[size=16M\]$",
    r"Region 2: Memory at \w+ \(64-bit, prefetchable\) .*\[size=256M\]$",
    r"Capabilities: \[40\] Power Management version 3$",
    r"D1- D2- .*PME\(D0-,D1-,D2-,D3hot-,D3cold-\)$",
    r"Status: D0 NoSoftRst-",
    r"Capabilities: \[70\] Express \(v2\) Endpoint, ",
    r"FLReset\+",
    r"LnkCap:.*Speed 8GT/s, Width x8",
    r"LnkSta:.*Speed 8GT/s.*, Width x8",
    r"Capabilities: \[100 v2\] Advanced Error Reporting$",
    r"Capabilities: \[150 v1\] Device Serial Number 1d-0f-70-64-00-00-00-",
)


def lspci(name):
    """All that lspci says of a card."""
    run = subprocess.run(["lspci", "-vvnn", "-s", name], capture_output=True, text=True, check=True)
    equal(run.stderr, "", "what lspci complains of")
    return run.stdout


@case("both cards are there as their ids, class, BARs and capabilities say")
def common():
    check(len(cards()) >= 2, "two cards")
    for name in cards()[:2]:
        text = lspci(name)
        for pattern in COMMON:
            check(re.search(pattern, text, re.M), f"{pattern} in:\n{text}")
        for word in ("<access denied>", "!!!", "unassigned", "virtual", "Expansion ROM",
                     "Interrupt: pin"):
            check(word not in text, f"{word} in:\n{text}")


def says(*patterns):
    """What this kind of card has beyond that."""
    text = lspci(cards()[0])
    for pattern in patterns:
        check(re.search(pattern, text, re.M), f"{pattern} in:\n{text}")
    return text
