# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# Debian packages of any suite without root: a private apt state per suite.
# The machine's own apt.conf still applies (proxy, authentication, dates);
# only sources, status, lists and caches are private.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_state SUITE: bring up the private state of SUITE, once.
apt_state()
{
	apt_suite=$1
	apt_dir=$cache_dir/apt/$apt_suite
	once "apt-$apt_suite" 1 apt_state_make
}

# Run in the child of once(): apt_suite and apt_dir are set.
apt_state_make()
{
	local mirror security suites suite

	[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"
	mirror=$(python3 "$vm_dir/lib/sources.py")
	security=$(python3 "$vm_dir/lib/sources.py" security)
	rm -rf "$apt_dir"
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial" \
		"$apt_dir/none/partial"
	: > "$apt_dir/status"
	suites="$apt_suite $apt_suite-updates"
	case $apt_suite in
	sid) suites=sid ;;
	trixie) suites="$suites trixie-backports" ;;
	esac
	for suite in $suites; do
		echo "deb [signed-by=$keyring] $mirror $suite main"
	done > "$apt_dir/sources.list"
	if [ -n "$security" ] && [ "$apt_suite" != sid ]; then
		echo "deb [signed-by=$keyring] $security $apt_suite-security main" \
			>> "$apt_dir/sources.list"
	fi
	apt_config > "$apt_dir/apt.conf"
	say "reading the package lists of $suites"
	with_progress "package lists" "$apt_dir/update.log" \
		apt_get "$apt_suite" update -o APT::Update::Error-Mode=any
}

apt_config()
{
	cat <<-EOF
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear DPkg::Post-Invoke;
	#clear DPkg::Pre-Install-Pkgs;
	Dir::Etc::sourcelist "$apt_dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$apt_dir";
	Dir::State::lists "$apt_dir/lists";
	Dir::State::status "$apt_dir/status";
	Dir::State::extended_states "$apt_dir/extended_states";
	Dir::Cache "$apt_dir/cache";
	Dir::Cache::archives "$apt_dir/cache/archives";
	Dir::Log "$apt_dir";
	APT::Sandbox::User "$(id -un)";
	APT::Architecture "amd64";
	APT::Architectures "amd64";
	APT::Install-Recommends "false";
	APT::Install-Suggests "false";
	APT::Keep-Downloaded-Packages "true";
	APT::Get::Assume-Yes "true";
	APT::Default-Release "";
	Acquire::Languages "none";
	Acquire::Retries "3";
	Debug::NoLocking "true";
	EOF
}

# apt_get SUITE ARGS...
apt_get()
{
	local suite=$1
	shift
	apt-get -c "$cache_dir/apt/$suite/apt.conf" -q "$@"
}

# apt_newest SUITE REGEX: the highest version-numbered package name.
apt_newest()
{
	apt-cache -c "$cache_dir/apt/$1/apt.conf" pkgnames |
		grep -E "^$2\$" | sort -V | tail -n 1
}

# apt_depends SUITE PACKAGE REGEX: its direct dependencies of such a name.
apt_depends()
{
	apt-cache -c "$cache_dir/apt/$1/apt.conf" depends "$2" |
		awk '$1 == "Depends:" { print $2 }' | grep -E "^$3"
}

# apt_unpack SUITE DIR PACKAGES...: PACKAGES and all that they depend on.
apt_unpack()
{
	local suite=$1 dir=$2
	shift 2
	apt_take "$suite" "$dir" install --download-only -- "$@"
}

# apt_only SUITE DIR PACKAGES...: PACKAGES alone, without dependencies.
apt_only()
{
	local suite=$1 dir=$2
	shift 2
	apt_take "$suite" "$dir" download -- "$@"
}

# apt_take SUITE DIR APT-GET-WORDS... -- PACKAGES...: download and unpack. A
# mirror forgets old versions: a failure gets a second chance with new lists.
apt_take()
{
	local suite=$1 uris
	uris=$(mktemp "$cache_dir/apt/$suite/uris.XXXXXX")
	if ! apt_download "$uris" "$1" "${@:3}"; then
		say "once more, with the package lists read again"
		with_progress "package lists" "$uris.log" apt_get "$suite" update
		apt_download "$uris" "$1" "${@:3}"
	fi
	mkdir -p "$2"
	locked unpack apt_extract "$cache_dir/apt/$suite/cache/archives" "$2" \
		"$uris"
	rm -f "$uris" "$uris.log"
}

# apt_download LIST SUITE APT-GET-WORDS... -- PACKAGES...: LIST gets the files'
# names. Errors are returned by hand, because it stands in a condition.
apt_download()
{
	local list=$1 suite=$2 verb=()
	shift 2
	while [ "$1" != -- ]; do
		verb+=("$1")
		shift
	done
	shift
	# An empty archive directory, or what is there already is left out.
	apt_get "$suite" "${verb[0]}" --print-uris "$@" \
		-o Dir::Cache::archives="$cache_dir/apt/$suite/none" \
		> "$list.log" || return 1
	awk -F"'" '/^\x27/ { split($3, f, " "); print f[1], f[2] }' \
		"$list.log" > "$list"
	say "$(awk '{ n += $2 } END { printf "%d packages of '"$suite"', %d MiB", \
		NR, n / 1048576 }' "$list")"
	(
		cd "$cache_dir/apt/$suite/cache/archives" || exit 1
		with_progress "downloading" "$list.log" \
			apt_get "$suite" "${verb[@]}" "$@"
	)
}

# apt_extract ARCHIVES DIR LIST: unpack; usr-merged in every suite. What DIR
# has already is left alone, because somebody may be running it.
apt_extract()
{
	local archives=$1 dir=$2 list=$3 deb name

	for name in bin sbin lib lib64; do
		mkdir -p "$dir/usr/$name"
		ln -sfn "usr/$name" "$dir/$name"
	done
	touch "$dir/.unpacked"
	while read -r deb _; do
		grep -qxF "$deb" "$dir/.unpacked" && continue
		name=$archives/$deb
		# download writes the colon of an epoch as it is, install does not.
		[ -e "$name" ] || name=$archives/${deb//%3a/:}
		dpkg-deb --fsys-tarfile "$name" |
			tar -x -p --keep-directory-symlink --no-same-owner \
				--warning=no-timestamp -C "$dir" || return 1
		printf '%s\n' "$deb" >> "$dir/.unpacked"
	done < "$list"
}
