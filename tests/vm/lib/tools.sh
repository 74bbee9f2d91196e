# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# QEMU and the few programs that make images, run by their own loader so that
# they need neither root nor the machine's libraries.

tools_dir=$cache_dir/tools
qemu_dir=$cache_dir/qemu

# own_loader DIR PROGRAM ARGS...: run PROGRAM of the tree DIR.
own_loader()
{
	local dir=$1 program=$2
	shift 2
	"$dir/usr/lib64/ld-linux-x86-64.so.2" \
		--library-path "$dir/usr/lib/x86_64-linux-gnu" \
		"$dir/usr/$program" "$@"
}

tools_fetch()
{
	apt_state trixie
	once tools 2 tools_make
}

tools_make()
{
	apt_unpack trixie "$tools_dir" squashfs-tools zstd lz4 kmod \
		busybox-static
}

# squash DIR IMAGE: a read-only image of DIR, everything owned by root. Not
# compressed: guests may be emulated, and then unpacking is what costs.
squash()
{
	rm -f "$2.new"
	own_loader "$tools_dir" bin/mksquashfs "$1" "$2.new" -all-root -noI \
		-noD -noF -noX -no-progress -quiet > /dev/null
	mv "$2.new" "$2"
}

# True if the machine's own QEMU speaks vfio-user (10.1 and later).
qemu_is_new()
{
	local version
	version=$(qemu-system-x86_64 --version 2>/dev/null |
		sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	[ -n "$version" ] &&
		[ "$(printf '%s\n10.1\n' "$version" | sort -V | head -n 1)" = 10.1 ]
}

qemu_fetch()
{
	tools_fetch
	if qemu_is_new; then
		once qemu own qemu_own
	else
		once qemu 1 qemu_make
	fi
}

qemu_own()
{
	mkdir -p "$qemu_dir"
	printf '#!/bin/sh\nexec qemu-system-x86_64 "$@"\n' > "$qemu_dir/run"
	chmod +x "$qemu_dir/run"
}

qemu_make()
{
	local suite=trixie-backports

	apt_unpack trixie "$qemu_dir" qemu-system-x86/$suite \
		qemu-system-common/$suite qemu-system-data/$suite seabios/$suite
	cat > "$qemu_dir/run" <<-'EOF'
	#!/bin/sh
	d=$(dirname "$0")
	exec "$d/usr/lib64/ld-linux-x86-64.so.2" \
		--library-path "$d/usr/lib/x86_64-linux-gnu" \
		"$d/usr/bin/qemu-system-x86_64" \
		-L "$d/usr/share/qemu" -L "$d/usr/share/seabios" "$@"
	EOF
	chmod +x "$qemu_dir/run"
	"$qemu_dir/run" --version > /dev/null
}
