#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
# The commands of docs/observe.md work as they stand there; what they say follows as comments.
set -u

number=0
failed=0

# point NAME REGEX TEXT: one line of TAP; a line of TEXT must match
point()
{
	number=$((number + 1))
	if grep -qE -- "$2" <<< "$3"; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		failed=1
	fi
	head -n 40 <<< "$3" | sed 's/^/# /'
}

echo "TAP version 13"
echo "1..6"
python3 - <<'PY'
import sys
sys.path.insert(0, "/usr/lib/neuron/cases")
from neuroncase import ready
ready(0)
PY
bus=$(neuronnl -j dev show |
	python3 -c 'import json, sys; print(json.load(sys.stdin)["dev"][0]["bus-name"])')
[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
[ -d /sys/kernel/debug/neuron ] || mount -t debugfs debugfs /sys/kernel/debug

cd /sys/kernel/tracing || exit 1
echo 'dev == 0' > events/neuron/filter
echo 1 > events/neuron/enable
exec 9<> /dev/neuron0
exec 9>&-
echo 0 > events/neuron/enable
point "tracing the opening and closing of a card" 'neuron_ctx_open: dev=0 ctx=[0-9]+' \
	"$(grep neuron_ trace)"
echo 0 > events/neuron/filter
echo > trace

cd "/sys/kernel/debug/neuron/$bus" || exit 1
point "state" '^state ready$' "$(cat state)"
point "engines" '^engine 11 core 3 ' "$(cat engines)"
point "registers" '^engine 0 ' "$(cat registers)"
point "the flight recorder" '^[0-9]+ [0-9.]+ (request|state|reset|health) ' "$(tail -n 20 flight)"
point "everything" '^\[flight\]$' "$(cat all)"
exit $failed
