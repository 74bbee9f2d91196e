# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the parts of tests/vm/lib
# Whole Debian systems of a suite, made once: real ones, with the database and the
# scripts of their packages. What runs in one sees it through an overlay.

roots_dir=$cache_dir/roots

# What a machine has on which the packages are installed: what they depend on, and
# what kernels do.
target_packages="dkms gcc libc6-dev pkgconf systemd udev openssl libnl-3-dev
	libnl-genl-3-dev libjson-c5 libncursesw6 libedit2 libkmod2 initramfs-tools"

# A machine on which they are built: no more than they say, and what judges them.
build_packages()
{
	echo build-essential lintian
	sed -n '/^Build-Depends:/,/^[^ ]*:/s/^ \([^ ,]*\).*/\1/p' \
		"$top_dir/tools/packaging/debian/control"
}

# root_fetch SUITE target|build
root_fetch()
{
	root_suite=$1
	root_kind=$2
	case $root_kind in
	target) root_include=$target_packages ;;
	build) root_include=$(build_packages) ;;
	esac
	root_include=$(printf '%s' "$root_include" | tr -s '[:space:]' ,)
	apt_state "$root_suite"
	once "root-$root_suite-$root_kind" \
		"$(printf '%s' "$root_include" | sha256sum | cut -c 1-12)" root_make
}

# This machine's way to the mirror counts, as it does for apt.sh; what else it has
# told its apt does not.
root_make()
{
	local root=$roots_dir/$root_suite-$root_kind
	rm -rf "$root"
	mkdir -p "$roots_dir"
	apt-config dump | grep -E '^Acquire::([a-z]+::Proxy|Check|Retries)' \
		> "$root.conf" || true
	say "a Debian $root_suite with ${root_include//,/ }"
	# shellcheck disable=SC2016 # for the hook to expand
	with_progress "$root_suite" "$root.log" mmdebstrap --mode=root \
		--variant=minbase --include="$root_include" --aptopt="$root.conf" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook='rm "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap' \
		"$root_suite" "$root" "$cache_dir/apt/$root_suite/sources.list"
}

# newest_headers SUITE PATTERN: the newest release of a cloud kernel that begins so.
newest_headers()
{
	local package
	package=$(apt_newest "$1" "linux-headers-$2[0-9a-z.+-]*-cloud-amd64")
	[ -n "$package" ] || die "$1 has no headers of a kernel $2"
	echo "${package#linux-headers-}"
}

# headers_fetch SUITE RELEASE: Debian's packages of the headers of a kernel, with
# what the target of the suite lacks of what they need, in $roots_dir/headers/RELEASE.
headers_fetch()
{
	root_suite=$1
	root_release=$2
	once "root-headers-$root_release" 1 headers_fetch_make
}

headers_fetch_make()
{
	local to=$roots_dir/headers/$root_release
	rm -rf "$to"
	mkdir -p "$to/partial"
	with_progress "headers of $root_release" "$to/log" \
		apt_get "$root_suite" install --download-only \
		-o Dir::State::status="$roots_dir/$root_suite-target/var/lib/dpkg/status" \
		-o Dir::Cache::archives="$to" "linux-headers-$root_release"
}

# in_root DIR ROOT COMMAND...: run COMMAND in ROOT, whose files stay as they are: what
# it changes is in DIR, for the next command. No network, and no card in /sys.
in_root()
{
	local dir=$1 root=$2
	shift 2
	mkdir -p "$dir/upper" "$dir/work" "$dir/merged"
	# shellcheck disable=SC2016 # for the inner shell to expand
	unshare --mount --net --propagation private -- bash -c '
		dir=$1 root=$2
		shift 2
		mount -t overlay overlay -o "lowerdir=$root,upperdir=$dir/upper,workdir=$dir/work" \
			"$dir/merged" || exit 125
		mount -t proc proc "$dir/merged/proc" || exit 125
		mount --rbind /dev "$dir/merged/dev" || exit 125
		exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			chroot "$dir/merged" "$@"
	' in_root "$dir" "$root" "$@"
}
