#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 iommu=intel emu-args="--device-id 0x7066" kernels="6.1 6.12"
. "$(dirname "$0")/lib-pipeline.sh"
pipeline_case "a 7066 behind an IOMMU that maps page by page" yes
