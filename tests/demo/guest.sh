#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of the demo: guest.sh FILE NAME. Waits for events, never for
# a time; the limit only guards against a hang.
set -u

file=$1
name=$2
pipeline=/usr/lib/neuron/examples/pipeline
limit_s=300

fail()
{
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

title()
{
	printf '\n== %s\n' "$*"
}

# shown COMMAND...: print the command, then run it.
shown()
{
	printf '$ %s\n' "$*"
	"$@"
}

# next_line FD: the next line of the monitor at FD, in $line.
next_line()
{
	IFS= read -r -t "$limit_s" -u "$1" line ||
		fail "the monitor had nothing to say for $limit_s s"
}

# await PATTERN: show the monitor's lines up to one that matches.
await()
{
	while :; do
		next_line 3
		printf '  %s\n' "$line"
		# shellcheck disable=SC2053 # it is a pattern
		[[ $line == $1 ]] && return
	done
}

# Its links end at card 0 in the west and at card 2 in the east, in any order.
await_links_down()
{
	local -A seen=()

	while [ "${#seen[@]}" -lt 2 ]; do
		await 'neighbor-change-ntf [02]:*link down'
		seen[${line%%: *}]=1
	done
}

# Each card looks for its neighbours by itself, once both sides are ready.
wait_for_links()
{
	local -A seen=()
	local line peer

	exec 4< <(exec neuronnl monitor hotplug)
	peer=$!
	while [ "${#seen[@]}" -lt 8 ]; do
		next_line 4
		case $line in
		neighbor-change-ntf*" link up to "*)
			line=${line#*pci/}
			seen[${line%% link*}]=1
			;;
		esac
	done
	kill "$peer"
	exec 4<&-
}

# The monitor begins with what exists: 4 cards and 8 ports. It has joined then.
start_monitor()
{
	local found=0

	printf '$ neuronnl monitor hotplug &\n'
	exec 3< <(exec neuronnl monitor hotplug)
	monitor=$!
	while [ "$found" -lt 12 ]; do
		next_line 3
		case $line in *"(found)"*) found=$((found + 1)) ;; esac
	done
	echo "  it knows 4 cards and their 8 ports, and waits for news"
}

# moved CARD: bytes that the driver handed to its engines so far.
moved()
{
	neuronnl -j -s dev show "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)["dev"][0]["stats"]["bytes"])'
}

# Card 1 works until it is told to stop, and each pass has to be right.
work_loop()
{
	local passes=0

	while [ ! -e /run/demo-stop ]; do
		"$pipeline" -d 1 "$file" > /run/demo-loop 2>&1 ||
			{ cat /run/demo-loop >&2; return 1; }
		passes=$((passes + 1))
	done
	echo "  card 1: $passes times the whole file, each time equal"
}

wait_for_links
title "The cards and their links"
shown neuronnl dev show || fail "neuronnl dev show"
shown neuronnl neighbor show --dot > /run/demo-dot || fail "neuronnl neighbor show"
grep -e '^\$' -e ' -- ' /run/demo-dot
[ "$(grep -c ' -- ' /run/demo-dot)" -eq 4 ] || fail "the ring has not four links"

title "Who wants to know what happens"
start_monitor

title "$name: host -> DRAM channel 0 -> channel 1 -> host, on card 0"
shown "$pipeline" "$file" || fail "the pipeline failed"

title "While card 1 does the same again and again, a card is plugged ..."
work_loop &
worker=$!
before=$(moved 1)
vmctl plug 0 || fail "vmctl plug"
await 'device-change-ntf 4:*state ready*'
title "... and card 3 is pulled"
vmctl unplug-device 3 || fail "vmctl unplug-device"
await 'device-del-ntf 3:*'
await_links_down
meanwhile=$(($(moved 1) - before))
[ "$meanwhile" -gt 0 ] || fail "card 1 did not work meanwhile"
echo "  card 1 moved $((meanwhile / 1048576)) MiB meanwhile"
touch /run/demo-stop
wait "$worker" || fail "the work on card 1 was disturbed"

kill "$monitor"
wait "$monitor" || fail "the monitor ended with status $?"
left=$(neuronnl -j dev show | python3 -c '
import json, sys
print(*(dev["dev-index"] for dev in json.load(sys.stdin)["dev"]))')
[ "$left" = "0 1 2 4" ] || fail "cards $left are there, not 0 1 2 4"
echo "  cards there now: $left"
