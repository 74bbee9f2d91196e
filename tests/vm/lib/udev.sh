# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the other parts
# udev of this machine's own suite, for the cases that want it in their guest. The
# libraries that it needs are in the root file system.

udev_fetch()
{
	apt_state "$(own_suite)"
	once udev "$(own_suite)-1" udev_make
}

udev_make()
{
	rm -rf "$cache_dir/udev"
	apt_only "$(own_suite)" "$cache_dir/udev" udev
	# The database of other hardware: most of the package.
	rm -rf "$cache_dir/udev/usr/lib/udev/hwdb.d" "$cache_dir/udev/usr/share"
}
