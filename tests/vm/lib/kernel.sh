# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# Guest kernels: 6.1, 6.12, latest (Debian's cloud images) and debug (ours).
# Each has build/vm/kernels/NAME with: release, image (Debian's as an ELF file,
# which boots without a decompressor), modules.img, initramfs, and its headers at
# the place named by the file "headers" inside of the private tree.

kernels_dir=$cache_dir/kernels

# Modules that the initramfs loads, where they are not built in.
boot_modules="virtio_pci virtio_blk virtio_console squashfs overlay
	virtio_iommu"

kernel_fetch()
{
	kernel=$1
	kernel_dir=$kernels_dir/$kernel
	tools_fetch
	if [ "$kernel" = debug ]; then
		debug_fetch
	else
		once "kernel-$kernel" 2 kernel_make
	fi
	kernel_initramfs "$kernel"
}

# The headers alone, which is all that building a module needs.
kernel_headers()
{
	kernel=$1
	kernel_dir=$kernels_dir/$kernel
	tree_fetch
	if [ "$kernel" = debug ]; then
		debug_fetch
	else
		once "headers-$kernel" 1 headers_make
	fi
}

kernel_suite()
{
	case $kernel in
	6.1) echo bookworm ;;
	*) echo trixie ;;
	esac
}

# The release of the newest cloud kernel of this name: 6.1.0-47-cloud-amd64.
kernel_release()
{
	local suite=$1 version package

	case $kernel in
	6.1) version='6\.1\.[0-9]+-[0-9]+' ;;
	6.12) version='6\.12\.[0-9a-z.+-]+' ;;
	latest) version='[0-9]+\.[0-9]+\.[0-9a-z.+-]+' ;;
	*) die "no kernel is called $kernel: 6.1, 6.12, latest or debug" ;;
	esac
	package=$(apt_newest "$suite" "linux-headers-$version-cloud-amd64")
	[ -n "$package" ] || die "$suite has no cloud kernel $kernel"
	echo "${package#linux-headers-}"
}

# One release for headers and image, whichever is asked for first; a newer
# one, with its headers, if the mirror has forgotten it in between.
kernel_settle_release()
{
	local suite
	suite=$(kernel_suite)
	apt_state "$suite"
	mkdir -p "$kernel_dir"
	if [ -s "$kernel_dir/release" ] && [ -n "$(apt_newest "$suite" \
		"linux-image-$(sed 's/[+.]/\\&/g' "$kernel_dir/release")")" ]; then
		return
	fi
	rm -f "$stamp_dir/headers-$kernel"
	kernel_release "$suite" > "$kernel_dir/release"
}

headers_make()
{
	local suite release package
	suite=$(kernel_suite)
	locked "release-$kernel" kernel_settle_release
	release=$(cat "$kernel_dir/release")
	package=linux-headers-$release
	# shellcheck disable=SC2046 # one word per package
	apt_only "$suite" "$tree_dir" "$package" \
		$(apt_depends "$suite" "$package" 'linux-(headers|kbuild)-')
	echo "/usr/src/$package" > "$kernel_dir/headers"
}

kernel_make()
{
	local suite release package image
	suite=$(kernel_suite)
	locked "release-$kernel" kernel_settle_release
	release=$(cat "$kernel_dir/release")
	package=linux-image-$release
	# Later kernels come in several packages.
	# shellcheck disable=SC2046 # one word per package
	apt_only "$suite" "$kernel_dir/root" "$package" \
		$(apt_depends "$suite" "$package" 'linux-(base|binary|modules)-' || true)
	image=$(find "$kernel_dir/root" -name "vmlinuz*" -type f | head -n 1)
	[ -n "$image" ] || die "$package holds no kernel"
	python3 "$vm_dir/lib/payload.py" "$image" "$kernel_dir/image" "$tools_dir"
	kernel_modules "$release"
}

# Unpacked and indexed modules, as an image that guests see.
kernel_modules()
{
	local release=$1 root=$kernel_dir/root modules

	modules=$root/usr/lib/modules/$release
	find "$modules" -name '*.ko.xz' -print0 | xargs -0 -r -P 2 -n 50 \
		env XZ_OPT= xz -d
	depmod_in "$root" "$release"
	rm -rf "$kernel_dir/modules"
	mkdir -p "$kernel_dir/modules/usr/lib"
	cp -al "$root/usr/lib/modules" "$kernel_dir/modules/usr/lib/modules"
	squash "$kernel_dir/modules" "$kernel_dir/modules.img"
}

# depmod looks at its name: a link to kmod, run by the tree's own loader.
depmod_in()
{
	local root=$1 release=$2
	[ -e "$tools_dir/usr/sbin/depmod" ] ||
		ln -s ../bin/kmod "$tools_dir/usr/sbin/depmod"
	own_loader "$tools_dir" sbin/depmod -b "$root" "$release"
}

# kernel_initramfs NAME: busybox, our /init and the modules to find the disks.
kernel_initramfs()
{
	local want

	kernel=$1
	kernel_dir=$kernels_dir/$kernel
	want=$(cat "$vm_dir/guest/init" "$vm_dir/lib/initramfs.py" |
		sha256sum | cut -c 1-16)
	once "initramfs-$kernel" "$want" initramfs_make
}

initramfs_make()
{
	# shellcheck disable=SC2086 # one word per module
	python3 "$vm_dir/lib/initramfs.py" \
		--busybox "$tools_dir/usr/bin/busybox" \
		--init "$vm_dir/guest/init" \
		--modules "$kernel_dir/modules/usr/lib/modules/$(cat \
			"$kernel_dir/release")" \
		--output "$kernel_dir/initramfs" $boot_modules
}
