# SPDX-License-Identifier: GPL-2.0
# Runs the pipeline example over a random file and says so in TAP; for the
# cases that differ only in the machine they want.
# shellcheck shell=bash

# pipeline_case NAME [PIPELINE-ARGS...]
pipeline_case()
{
	local name=$1
	shift
	echo "TAP version 13"
	echo "1..2"
	dd if=/dev/urandom of=/tmp/in bs=1000003 count=9 status=none
	if /usr/lib/neuron/examples/pipeline "$@" /tmp/in /tmp/out >/tmp/pipeline.log 2>&1; then
		echo "ok 1 - $name"
	else
		echo "not ok 1 - $name"
		sed 's/^/# /' /tmp/pipeline.log
		return 1
	fi
	if cmp /tmp/in /tmp/out; then
		echo "ok 2 - what came back is the file"
	else
		echo "not ok 2 - what came back is the file"
		return 1
	fi
}
