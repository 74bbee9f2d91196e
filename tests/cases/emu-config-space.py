#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 hotplug=1 module=no kernels="6.1 6.12" timeout=300
"""Configuration space of the card as it is without options."""

from emuspace import says
from tapcase import case, check, main


@case("it has 32 messages of MSI, no MSI-X, and the whole DRAM behind BAR4")
def options():
    text = says(r"Region 4: Memory at \w+ \(64-bit, prefetchable\) .*\[size=8G\]$",
                r"Capabilities: \[50\] MSI: Enable- Count=1/32 Maskable- 64bit\+$")
    check("MSI-X" not in text, "no MSI-X")


main()
