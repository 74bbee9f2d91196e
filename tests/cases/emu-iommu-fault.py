#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=2 iommu=intel module=no timeout=300 kernels="6.1 6.12"
"""Faults of addresses, behind an IOMMU that maps page by page."""

import emufaults	# noqa: F401  pylint: disable=unused-import
from tapcase import main

main()
