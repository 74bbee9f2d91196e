# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by the test bed's parts and by run
# A private root of Debian 13 with what fleets run, and a way to run it there.

fleet_root=$cache_dir/fleets
fleet_packages="base-files libc-bin bash dash coreutils sed grep tar util-linux mount
	busybox-static munge slurmd slurmctld slurm-client podman crun catatonit containerd
	prometheus-node-exporter runc python3-grpcio python3-protobuf protobuf-compiler"
# Without what they depend on: of these only the .proto files are read.
fleet_alone="golang-github-kubernetes-cri-api-dev golang-github-gogo-protobuf-dev"

fleet_fetch()
{
	apt_state trixie
	once fleets "$(printf '%s' "$fleet_packages $fleet_alone" | sha256sum | cut -c 1-16)" fleet_make
}

fleet_make()
{
	local d=$fleet_root name

	rm -rf "$d"
	# shellcheck disable=SC2086 # one word per package
	apt_unpack trixie "$d" $fleet_packages
	# shellcheck disable=SC2086 # as above
	apt_only trixie "$d" $fleet_alone
	rm -rf "$d/var/run" "$d"/usr/share/{doc,locale,man}
	mkdir -p "$d"/{dev,proc,sys,run,tmp,root,etc/slurm,samples,etc/containers}
	ln -s /run "$d/var/run"
	ln -sf dash "$d/usr/bin/sh"
	# Slurm's programs look at their names.
	for name in slurmd slurmctld; do
		ln -sf "$name-wlm" "$d/usr/sbin/$name"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\n' > "$d/etc/passwd"
	printf 'root:x:0:\n' > "$d/etc/group"
	printf '127.0.0.1 localhost head node1 node2 node3 node4\n' > "$d/etc/hosts"
	fleet_podman > "$d/etc/containers/containers.conf"
	echo '{ "default": [ { "type": "insecureAcceptAnything" } ] }' > "$d/etc/containers/policy.json"
}

# Containers within a test: no cgroups of their own, nothing kept.
fleet_podman()
{
	cat <<-'EOF'
	[containers]
	cgroups = "disabled"
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "none"
	EOF
}

# fleet_run COMMAND...: in the root, with four device files that are called like cards,
# the samples, an own name and own loopback, and nothing that stays behind.
fleet_run()
{
	# shellcheck disable=SC2016 # for the inner shell to expand
	unshare --mount --uts --net --pid --fork --kill-child --propagation private -- bash -c '
		root=$1 samples=$2
		shift 2
		hostname head && ip link set lo up || exit 125
		# Names are not looked up with no other address than 127.0.0.1.
		ip address add 192.0.2.1/32 dev lo || exit 125
		mount --bind "$root" "$root" && cd "$root" || exit 125
		mount -t proc proc proc && mount -t sysfs sysfs sys &&
			mount -t cgroup2 -o ro cgroup2 sys/fs/cgroup || exit 125
		for place in dev run tmp root var/lib var/log var/spool; do
			mount -t tmpfs -o mode=755 tmpfs "$place" || exit 125
		done
		mkdir dev/shm dev/pts
		for node in null zero full random urandom tty; do
			touch "dev/$node" && mount --bind "/dev/$node" "dev/$node" || exit 125
		done
		card=0
		for node in null zero full random; do
			touch "dev/neuron$card" && mount --bind "/dev/$node" "dev/neuron$card" || exit 125
			card=$((card + 1))
		done
		mount --bind "$samples" samples && mount --bind samples/slurm etc/slurm || exit 125
		exec env -i PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C chroot . "$@"
	' fleet_run "$fleet_root" "$samples" "$@"
}
