# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# TAP of a runner in bash: a plan, cases, a summary.

tap_number=0
tap_failed=0

# tap_plan N LOG: N cases follow; what the one that runs says is in LOG.
tap_plan()
{
	tap_log=$2
	echo "TAP version 13"
	echo "1..$1"
}

# tap_case TEXT COMMAND...: passes if COMMAND does; what it said is shown if not.
tap_case()
{
	local text=$1
	shift
	tap_number=$((tap_number + 1))
	if "$@" > "$tap_log" 2>&1; then
		echo "ok $tap_number - $text"
		return
	fi
	echo "not ok $tap_number - $text"
	sed 's/^/# /' "$tap_log"
	tap_failed=$((tap_failed + 1))
}

# tap_end: the line that sums up; its status is that of the runner.
tap_end()
{
	echo "$((tap_number - tap_failed)) passed, $tap_failed failed"
	[ "$tap_failed" -eq 0 ]
}
