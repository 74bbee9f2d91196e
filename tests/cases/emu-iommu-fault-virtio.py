#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=virtio module=no timeout=300 kernels=latest
"""Faults of addresses, behind an IOMMU that maps as its guest tells it."""

import emufaults	# noqa: F401  pylint: disable=unused-import
from tapcase import main

main()
