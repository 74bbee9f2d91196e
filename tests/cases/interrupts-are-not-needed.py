#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 emu-args="--dma inline --irq none --device-id 0x7065"
"""A card that has no interrupts at all."""

from driverirq import notifications, without_interrupts
from neuroncase import main

without_interrupts()
notifications()
main()
