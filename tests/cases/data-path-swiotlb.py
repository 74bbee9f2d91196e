#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 append="swiotlb=force" mem=1536 low-mem=512 kernels="6.1 debug"
"""Bounce buffers are forced, and most memory is above 4 GiB: what is mapped for good needs none."""

import datapath

datapath.run("swiotlb=force", above=datapath.FOUR_GIB, machine=datapath.bounce_is_forced)
