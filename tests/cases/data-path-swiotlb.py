#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 append="swiotlb=force" kernels=6.1
"""Bounce buffers are forced: what is mapped for good needs none."""

import datapath

datapath.run("swiotlb=force", machine=datapath.bounce_is_forced)
