# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# The guests' root file system: packages of this machine's own suite, so that
# programs built here run there. One read-only image serves all guests.

rootfs_dir=$cache_dir/rootfs

rootfs_packages="base-files bash dash coreutils sed grep gawk findutils
	diffutils tar gzip procps util-linux mount kmod pciutils iproute2
	login passwd libc-bin libnl-3-200 libnl-genl-3-200 libjson-c5 libkmod2
	libncursesw6 ncurses-base libasan8 libubsan1 python3 python3-yaml
	python3-jsonschema strace hostname"

rootfs_fetch()
{
	local suite want
	suite=$(own_suite)
	tools_fetch
	apt_state "$suite"
	want=$suite-$(sha256sum < "$vm_dir/lib/rootfs.sh" | cut -c 1-12)
	once rootfs "$want" rootfs_make
}

# Every name in this suite: some libraries have changed theirs.
rootfs_existing()
{
	local package name

	for package in $rootfs_packages; do
		name=$(apt_newest "$1" "$package(t64)?")
		[ -n "$name" ] || die "$1 has no package $package"
		echo "$name"
	done
	# One of these is libcrypto.
	apt_newest "$1" 'libssl[0-9]+(t64)?'
}

rootfs_make()
{
	local suite
	suite=$(own_suite)
	rm -rf "$rootfs_dir"
	# shellcheck disable=SC2046 # one word per package
	apt_unpack "$suite" "$rootfs_dir" $(rootfs_existing "$suite")
	rootfs_checkers "$suite"
	rootfs_trim
	rootfs_settle
	chmod -R u+rwX "$rootfs_dir"
	squash "$rootfs_dir" "$cache_dir/rootfs.img"
}

# What judges the command's output: promtool, and the schema of CDI files. Taken
# alone, since nothing that their packages depend on is of use here.
rootfs_checkers()
{
	local suite=$1 dir=$cache_dir/checkers

	rm -rf "$dir"
	apt_only "$suite" "$dir" "$(apt_newest "$suite" '(promtool|prometheus)')" \
		"$(apt_newest "$suite" \
			'golang-(tags.cncf|github.*devices)-container-device-interface-dev')"
	install -D -t "$rootfs_dir/usr/bin" "$dir/usr/bin/promtool"
	find "$dir/usr/share/gocode" -path '*/container-device-interface/schema/*.json' \
		! -path '*/testdata/*' \
		-exec install -D -m 644 -t "$rootfs_dir/usr/share/cdi" {} +
	[ -e "$rootfs_dir/usr/share/cdi/schema.json" ] || die "no schema of CDI files"
	rm -rf "$dir"
}

rootfs_trim()
{
	rm -rf "$rootfs_dir"/usr/share/{doc,man,locale,info,lintian,bug,zoneinfo} \
		"$rootfs_dir"/usr/lib/python3*/{test,idlelib,tkinter,lib2to3} \
		"$rootfs_dir"/usr/lib/python3*/{distutils,turtledemo,ensurepip} \
		"$rootfs_dir"/usr/lib/python3*/pydoc_data \
		"$rootfs_dir"/var/cache/apt "$rootfs_dir"/usr/share/perl*
	find "$rootfs_dir" -name __pycache__ -prune -exec rm -rf {} +
}

# What the packages' install scripts would have done and is needed.
rootfs_settle()
{
	local d=$rootfs_dir

	mkdir -p "$d"/{proc,sys,dev,run,tmp,root,mnt,home/tester,var/tmp}
	chmod 1777 "$d/tmp" "$d/var/tmp"
	[ -e "$d/usr/bin/awk" ] || ln -s gawk "$d/usr/bin/awk"
	[ -e "$d/usr/bin/sh" ] || ln -s dash "$d/usr/bin/sh"
	[ -e "$d/usr/bin/which" ] || ln -s which.debianutils "$d/usr/bin/which"
	cat > "$d/etc/passwd" <<-'EOF'
	root:x:0:0:root:/root:/bin/bash
	nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
	tester:x:1000:1000:tester:/home/tester:/bin/bash
	EOF
	cat > "$d/etc/group" <<-'EOF'
	root:x:0:
	nogroup:x:65534:
	neuron:x:990:
	tester:x:1000:
	EOF
	printf 'root:*:19000:0:99999:7:::\ntester:*:19000:0:99999:7:::\n' \
		> "$d/etc/shadow"
	printf 'neuron-guest\n' > "$d/etc/hostname"
	printf '127.0.0.1 localhost neuron-guest\n' > "$d/etc/hosts"
	rm -f "$d/etc/mtab" "$d/etc/ld.so.cache"
	ln -s /proc/self/mounts "$d/etc/mtab"
	printf '/usr/local/lib\n/usr/lib/x86_64-linux-gnu\n/usr/lib\n' \
		> "$d/etc/ld.so.conf"
	"$d/usr/sbin/ldconfig" -r "$d" 2>/dev/null || ldconfig -r "$d"
	rootfs_compile_python
}

# Compiled once here, not in every guest, where it may be emulated.
rootfs_compile_python()
{
	local python

	for python in "$rootfs_dir"/usr/bin/python3.*[0-9]; do
		python=${python##*/}
		own_loader "$rootfs_dir" "bin/$python" -E -m compileall -q -j 2 \
			-s "$rootfs_dir" -p / "$rootfs_dir/usr/lib/$python" \
			"$rootfs_dir/usr/lib/python3" ||
			say "some of $python's modules do not compile: harmless"
	done
}
