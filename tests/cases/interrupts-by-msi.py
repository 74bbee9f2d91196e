#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 everywhere=yes
"""One MSI vector for all sources, which is what Linux grants without interrupt remapping."""

from driverirq import losing, lost_notifications, notifications, vectors, with_interrupts
from neuroncase import case, Context, equal, main


@case("all sources share one vector")
def shared():
    with Context():
        equal(len(vectors()), 1, "vectors")


with_interrupts()
losing()
notifications()
lost_notifications()
main()
