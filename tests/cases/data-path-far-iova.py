#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel append="iommu.forcedac=1" kernels=6.1
# Not on the debug kernel, to save a boot: data-path-intel-iommu has an IOMMU there, and
# data-path-swiotlb addresses above 4 GiB.
"""An IOMMU that hands out the highest addresses of all that the card can reach."""

import datapath

datapath.run("addresses from the top", iommu=True, above=datapath.FOUR_GIB,
             machine=datapath.boot_words("iommu.forcedac=1"))
