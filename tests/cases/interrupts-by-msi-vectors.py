#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel emu-args="--device-id 0x7066"
"""MSI with a vector for each source."""

from driverirq import vectors, with_interrupts
from neuroncase import case, Context, equal, main


@case("each source has its vector")
def own():
    with Context():
        equal(len(vectors()), 29, "vectors")


with_interrupts()
main()
