#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=virtio kernels="latest debug" everywhere=yes
"""A paravirtual IOMMU."""

import datapath

datapath.run("virtio-iommu", iommu=True)
