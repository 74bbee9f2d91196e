#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 iommu=intel module=no timeout=300 kernels="6.1 6.12"
"""Interrupts by MSI, folded onto the vectors that are granted."""

from emuinterrupts import give_back
from tapcase import case, main

case("vectors that were given back interrupt nobody, and the card goes on")(give_back)
main()
