#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 module=no kernels="6.1 6.12" timeout=300 emu-args="--dma inline --irq msix --bar4-mib 1024 --true-bar-reads"
"""A foreign driver in user space finds nothing missing; copies end within its stores."""

import emuforeign	# noqa: F401  pylint: disable=unused-import
from tapcase import main

main()
