#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=virtio kernels=latest
. "$(dirname "$0")/lib-pipeline.sh"
pipeline_case "a card behind a paravirtual IOMMU" yes
