#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel emu-args="--device-id 0x7066" kernels="6.1 debug"
"""An IOMMU that maps page by page, with addresses below 4 GiB."""

import datapath

datapath.run("intel-iommu", iommu=True)
