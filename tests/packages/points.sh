# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by tests/vm/lib/common.sh
# Test points without numbers, which `run` gives them when all are there.

# point TEXT COMMAND...: passes if COMMAND does; what it said is shown if not. Its
# status is in point_status: asked in a condition, bash would ignore errors inside.
point()
{
	local text=$1 start=$SECONDS log
	shift
	log=$(mktemp "$points_dir/log.XXXXXX")
	say "$text ..."
	( set -e; "$@" ) > "$log" 2>&1
	point_status=$?
	if [ "$point_status" -eq 0 ]; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		tail -n 60 "$log" | sed 's/^/# /'
	fi
	say "$text: $([ "$point_status" -eq 0 ] && echo passed || echo FAILED)" \
		"after $((SECONDS - start)) s"
}
