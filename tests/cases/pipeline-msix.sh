#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 emu-args="--irq msix --device-id 0x7067" kernels="6.1 6.12"
. "$(dirname "$0")/lib-pipeline.sh"
pipeline_case "a 7067 with MSI-X" no
