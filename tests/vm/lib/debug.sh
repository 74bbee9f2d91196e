# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# The kernel's source: the debug kernel is built from it, and a few of its
# tools (YNL, checkpatch, kernel-doc) are used as they are.

source_dir_in_tree=/usr/src/linux-source
linux_tools_dir=$build_dir/linux-tools

source_fetch()
{
	tree_fetch
	once linux-source 1 source_make
}

source_make()
{
	local package dir=$cache_dir/linux-source

	package=$(apt_newest trixie 'linux-source-[0-9.]+')
	[ -n "$package" ] || die "trixie-backports has no linux-source"
	apt_only trixie "$dir" "$package"
	rm -rf "${tree_dir:?}$source_dir_in_tree"
	mkdir -p "$tree_dir$source_dir_in_tree"
	# Device trees and one driver's register lists are a third of it.
	with_progress "unpacking $package" "$dir/unpack.log" \
		tar -x --xz --strip-components=1 --no-same-owner \
		--exclude='*/boot/dts/*' --exclude='*/amd/include/asic_reg/*' \
		-C "$tree_dir$source_dir_in_tree" \
		-f "$dir/usr/src/$package.tar.xz"
	rm -f "$dir/usr/src/$package.tar.xz"
}

linux_tools_fetch()
{
	source_fetch
	once linux-tools 2 linux_tools_make
}

linux_tools_make()
{
	rm -rf "$linux_tools_dir"
	mkdir -p "$linux_tools_dir"
	(
		cd "$tree_dir$source_dir_in_tree" || exit 1
		tar -c MAINTAINERS tools/net/ynl Documentation/netlink \
			scripts/checkpatch.pl scripts/spelling.txt \
			scripts/const_structs.checkpatch scripts/kernel-doc* \
			scripts/checker-valid.sh tools/docs/kernel-doc \
			tools/lib/python include/uapi/linux/netlink.h \
			include/uapi/linux/genetlink.h
	) | tar -x -C "$linux_tools_dir"
}

debug_fetch()
{
	source_fetch
	once kernel-debug "$(sha256sum < "$vm_dir/debug.config" | cut -c 1-16)" \
		debug_make
}

# debug_config_check FRAGMENT CONFIG: name what did not become true.
debug_config_check()
{
	local line name missing=0

	while read -r line; do
		case $line in
		CONFIG_*=n)
			name=${line%=n}
			grep -q "^$name=" "$2" || continue
			;;
		CONFIG_*) ! grep -qxF "$line" "$2" || continue ;;
		*) continue ;;
		esac
		say "debug.config: $line did not become true"
		missing=1
	done < "$1"
	return "$missing"
}

debug_make()
{
	local out=/usr/src/linux-debug

	mkdir -p "$tree_dir$out" "$kernel_dir"
	cp "$vm_dir/debug.config" "$tree_dir$out/fragment"
	with_progress "configuring the debug kernel" "$kernel_dir/config.log" \
		tree_run sh -ec "
			cd $source_dir_in_tree
			make O=$out CC=gcc-14 tinyconfig
			scripts/kconfig/merge_config.sh -m -O $out $out/.config \
				$out/fragment
			make O=$out CC=gcc-14 olddefconfig"
	debug_config_check "$vm_dir/debug.config" "$tree_dir$out/.config"
	say "building the debug kernel, about ten minutes on two processors"
	with_progress "debug kernel" "$kernel_dir/build.log" \
		tree_run nice make -C "$source_dir_in_tree" O="$out" CC=gcc-14 \
		-j "$(nproc)" bzImage modules
	tree_run cat "$out/include/config/kernel.release" > "$kernel_dir/release"
	with_progress "debug modules" "$kernel_dir/install.log" \
		tree_run make -C "$source_dir_in_tree" O="$out" CC=gcc-14 \
		INSTALL_MOD_PATH="$out/root/usr" modules_install
	rm -rf "$kernel_dir/root"
	mkdir -p "$kernel_dir/root"
	cp -a "$tree_dir$out/root/usr" "$kernel_dir/root/"
	rm -f "$kernel_dir"/root/usr/lib/modules/*/build
	ln -sfn usr/lib "$kernel_dir/root/lib"
	# Its ELF file does not boot: it ends before the first line.
	cp "$tree_dir$out/arch/x86/boot/bzImage" "$kernel_dir/image"
	echo "$out" > "$kernel_dir/headers"
	kernel_modules "$(cat "$kernel_dir/release")"
}
