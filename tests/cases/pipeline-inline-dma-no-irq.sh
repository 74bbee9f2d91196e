#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 emu-args="--dma inline --irq none --device-id 0x7065" kernels="6.1 6.12"
# shellcheck disable=SC2034
interrupts=no
. "$(dirname "$0")/lib-pipeline.sh"
pipeline_case "a 7065 without interrupts that copies inside the doorbell" no
