#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 mem=1536 low-mem=512 kernels=6.1
# Not on the debug kernel, to save a boot: data-path-swiotlb has such memory there, too.
"""Most of the guest's memory lies above 4 GiB."""

import datapath

datapath.run("memory above 4 GiB", above=datapath.FOUR_GIB)
