#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: devices=1
# The commands of docs/observe.md work as they stand there.
set -u

tracing=/sys/kernel/tracing
debug=/sys/kernel/debug/neuron
bus=$(neuronnl -j dev show | python3 -c 'import json, sys; print(json.load(sys.stdin)["dev"][0]["bus-name"])')
number=0
failed=0

# point NAME COMMAND...: one line of TAP
point()
{
	number=$((number + 1))
	if "${@:2}"; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		failed=1
	fi
}

# says REGEX COMMAND...: the command's output has a line that matches
says()
{
	local text
	text=$("${@:2}" 2>&1)
	printf '%s\n' "$text" | head -n 40 | sed 's/^/# /'
	grep -qE -- "$1" <<< "$text"
}

trace()
{
	echo 'dev == 0' > "$tracing/events/neuron/filter"
	echo 1 > "$tracing/events/neuron/enable"
	neuronnl ctx show > /dev/null
	exec 9<> /dev/neuron0
	exec 9>&-
	echo 0 > "$tracing/events/neuron/enable"
	grep neuron_ "$tracing/trace"
	echo > "$tracing/trace"
}

echo "TAP version 13"
echo "1..6"
[ -d "$tracing/events" ] || mount -t tracefs tracefs "$tracing"
[ -d /sys/kernel/debug/neuron ] || mount -t debugfs debugfs /sys/kernel/debug
point "the trace of opening and closing" says 'neuron_ctx_open: dev=0 ctx=[0-9]+' trace
point "state" says '^state ready' cat "$debug/$bus/state"
point "queues" says '^' cat "$debug/$bus/queues"
point "registers" says '^engine 0 ' cat "$debug/$bus/registers"
point "the flight recorder" says 'state ready' tail -n 20 "$debug/$bus/flight"
point "everything" says '^\[flight\]' cat "$debug/$bus/all"
exit $failed
