# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# A private Debian 13 tree with the compilers that the guest kernels' headers
# want. Commands run inside by chroot, in a user namespace if not root.

tree_dir=$cache_dir/tree

tree_fetch()
{
	apt_state trixie
	once tree 2 tree_make
}

tree_make()
{
	apt_unpack trixie "$tree_dir" base-files libc-bin bash dash coreutils \
		sed grep mawk findutils diffutils tar gzip bzip2 xz-utils zstd \
		cpio make gcc-12 gcc-14 gcc binutils libc6-dev libelf-dev \
		libssl-dev bison flex bc perl python3 kmod util-linux hostname \
		sparse dwarves patch file
	tree_settle
}

# What the packages' install scripts would have done and is needed.
tree_settle()
{
	mkdir -p "$tree_dir/proc" "$tree_dir/dev" "$tree_dir/sys" \
		"$tree_dir/tmp" "$tree_dir/root" "$tree_dir/etc" "$tree_dir/run" \
		"$tree_dir/usr/src" "$tree_dir/var/lib" "$tree_dir/usr/local/bin"
	chmod 1777 "$tree_dir/tmp"
	[ -e "$tree_dir/usr/bin/awk" ] || ln -s mawk "$tree_dir/usr/bin/awk"
	[ -e "$tree_dir/usr/bin/sh" ] || ln -s dash "$tree_dir/usr/bin/sh"
	printf 'root:x:0:0:root:/root:/bin/sh\n' > "$tree_dir/etc/passwd"
	printf 'root:x:0:\n' > "$tree_dir/etc/group"
	printf '/usr/lib/x86_64-linux-gnu\n/usr/lib\n' > "$tree_dir/etc/ld.so.conf"
	tree_run ldconfig
}

# tree_with PACKAGES...: more packages in the tree, each fetched once.
tree_with()
{
	local package

	tree_fetch
	for package; do
		tree_package=$package
		once "tree-$package" 1 tree_with_make
	done
}

tree_with_make()
{
	apt_unpack trixie "$tree_dir" "$tree_package"
	tree_run ldconfig
}

# tree_run [--bind FROM:TO]... COMMAND...: run COMMAND in the tree.
tree_run()
{
	local flags=(--mount --propagation private) binds=()

	[ "$(id -u)" -eq 0 ] || flags+=(--user --map-root-user)
	while [ "${1:-}" = --bind ]; do
		binds+=("$2")
		shift 2
	done
	# shellcheck disable=SC2016 # for the inner shell to expand
	unshare "${flags[@]}" -- bash -c '
		tree=$1 count=$2
		shift 2
		mount --rbind /proc "$tree/proc" || exit 125
		mount --rbind /dev "$tree/dev" || exit 125
		while [ "$count" -gt 0 ]; do
			mkdir -p "$tree/${1#*:}"
			mount --rbind "${1%%:*}" "$tree/${1#*:}" || exit 125
			shift
			count=$((count - 1))
		done
		exec env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			LC_ALL=C TERM="${TERM:-dumb}" chroot "$tree" "$@"
	' tree_run "$tree_dir" "${#binds[@]}" "${binds[@]}" "$@"
}
