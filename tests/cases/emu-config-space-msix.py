#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 module=no kernels="6.1 6.12" timeout=300 emu-args="--dma inline --irq msix --bar4-mib 1024 --true-bar-reads"
"""Configuration space of the card with MSI-X and a short BAR4."""

from emuspace import says
from tapcase import case, check, main


@case("it has 32 vectors of MSI-X in BAR0, no MSI, and 1 GiB of BAR4")
def options():
    text = says(r"Region 4: Memory at \w+ \(64-bit, prefetchable\) .*\[size=1G\]$",
                r"Capabilities: \[50\] MSI-X: Enable- Count=32 Masked-$",
                r"Vector table: BAR=0 offset=00f00000$", r"PBA: BAR=0 offset=00f08000$")
    check("MSI:" not in text, "no MSI")


main()
