# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# Debian packages that building and testing want on this machine itself.

host_packages="gcc clang libclang-rt-dev make pkg-config libc6-dev libnl-3-dev
	libnl-genl-3-dev libjson-c-dev libkmod-dev libncurses-dev libssl-dev libcmocka-dev
	libedit-dev libedit2 python3 python3-yaml python3-jsonschema shellcheck mandoc valgrind mscgen
	perl git xz-utils systemd debhelper dh-dkms dpkg-dev lintian mmdebstrap rpm"

host_missing()
{
	local package

	for package in $host_packages; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || printf '%s ' "$package"
	done
}

host_fetch()
{
	local missing
	missing=$(host_missing)
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		die "packages are missing, as root: apt-get install $missing"
	fi
	say "installing $missing"
	[ -n "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] ||
		with_progress "package lists" "$cache_dir/host.log" apt-get update
	# shellcheck disable=SC2086 # one word per package
	with_progress "installing packages" "$cache_dir/host.log" \
		env DEBIAN_FRONTEND=noninteractive apt-get install -y \
		--no-install-recommends $missing
}
