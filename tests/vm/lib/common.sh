# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every script of the test bed needs: places, messages, stamps, locks.

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
top_dir=$(cd "$vm_dir/../.." && pwd)
build_dir=${NEURON_BUILD_DIR:-$top_dir/build}
cache_dir=$build_dir/vm
stamp_dir=$cache_dir/stamps
mkdir -p "$stamp_dir" "$cache_dir/locks"

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# locked NAME COMMAND...: run COMMAND while no other process holds NAME.
locked()
{
	local name=$1 fd status
	shift
	exec {fd}>"$cache_dir/locks/$name"
	if ! flock -n "$fd"; then
		say "waiting for another process that is busy with $name"
		flock "$fd"
	fi
	"$@" {fd}>&-
	status=$?
	exec {fd}>&-
	return "$status"
}

# once NAME VERSION FUNCTION: run FUNCTION unless stamp NAME has VERSION.
once()
{
	local name=$1 version=$2 function=$3

	if [ "$(cat "$stamp_dir/$name" 2>/dev/null)" = "$version" ]; then
		return 0
	fi
	locked "$name" once_locked "$name" "$version" "$function"
}

once_locked()
{
	local name=$1 version=$2 function=$3 start=$SECONDS status

	if [ "$(cat "$stamp_dir/$name" 2>/dev/null)" = "$version" ]; then
		return 0
	fi
	rm -f "$stamp_dir/$name"
	# Not "|| die": in a condition bash ignores the errors inside.
	set +e
	( set -eu; "$function" )
	status=$?
	set -e
	[ "$status" -eq 0 ] || die "$name: failed"
	printf '%s\n' "$version" > "$stamp_dir/$name"
	say "$name: ready after $((SECONDS - start)) s"
}

# with_progress TEXT LOG COMMAND...: a line of progress each ten seconds.
with_progress()
{
	local text=$1 log=$2 start=$SECONDS status=0 ticker
	shift 2
	(
		while sleep 10; do
			say "$text: $((SECONDS - start)) s," \
			    "$(wc -l < "$log" 2>/dev/null || echo 0) lines of log"
		done
	) &
	ticker=$!
	"$@" > "$log" 2>&1 || status=$?
	kill "$ticker" 2>/dev/null || true
	wait "$ticker" 2>/dev/null || true
	if [ "$status" -ne 0 ]; then
		tail -n 25 "$log" >&2
		say "$text: exit status $status, whole log: $log"
	fi
	return "$status"
}

own_suite()
{
	local VERSION_CODENAME=
	# shellcheck source=/dev/null
	. /etc/os-release
	printf '%s\n' "${VERSION_CODENAME:-unknown}"
}
