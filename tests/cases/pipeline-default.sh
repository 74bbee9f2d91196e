#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1 everywhere=yes
. "$(dirname "$0")/lib-pipeline.sh"
pipeline_case "the pipeline example moves a file and its records tell each chunk's end" no
