# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A disk that stalls for ever in the middle of a dump, and what can be told from
# outside about a machine that met it. Read by the cases that need it.
#
# The disk is one more, with a filesystem and no partition table: what the first
# system reports goes to the first disk, which works. Its reads work; of writes it
# takes so many bytes, then one byte a second.

stalled_label=stalled
stalled_mib=512

# stalled_disk BYTES
stalled_disk() {
	stalled_image=$case_dir/stalled.img
	two_disks
	rm -f "$stalled_image"
	mke2fs -q -F -t ext4 -L "$stalled_label" -E nodiscard,root_owner=0:0 \
		"$stalled_image" "${stalled_mib}M" >/dev/null
	# shellcheck disable=SC2034,SC2054 # of lib/machine.sh; commas are QEMU's
	machine_extra=(
		-drive "file=$stalled_image,format=raw,if=none,id=d1,cache=unsafe,throttling.bps-write=1,throttling.bps-write-max=$1"
		-device "$disk_bus,drive=d1")
}

# sound FILESYSTEM: as it is or once its journal was replayed, which a copy shows.
sound() {
	local rc=1
	cp --sparse=always "$1" "$case_dir/sound.img"
	e2fsck -fp "$case_dir/sound.img"
	[ $? -gt 1 ] || { e2fsck -fn "$case_dir/sound.img" && rc=0; }
	rm -f "$case_dir/sound.img"
	return "$rc"
}

# The first disk's target as a filesystem of its own.
target_copy() {
	disk_partition "$disk_image" "$case_dir/p2.img"
	echo "$case_dir/p2.img"
}

# names FILESYSTEM: every file below the dump path. An attempt that was cut off is
# in the journal yet, so that is replayed first.
names() {
	cp --sparse=always "$1" "$case_dir/names.img"
	e2fsck -fp "$case_dir/names.img" >/dev/null 2>&1
	rm -rf "$case_dir/names"
	mkdir -p "$case_dir/names"
	debugfs -R "rdump $dump_path $case_dir/names" "$case_dir/names.img" >/dev/null 2>&1
	(cd "$case_dir/names" && find . -type f)
	rm -rf "$case_dir/names" "$case_dir/names.img"
}

has_name() {
	names "$1" | grep -E "/$2\$"
}

# Seconds of its own clock after which the capture kernel restarted; 0: it did not say.
restarted_after() {
	awk '/^\[ *0\.000000\] Linux version/ { n++ } n == 2' "$case_dir/console.log" | tr -d '\r' |
		sed -n 's/^\[ *\([0-9]*\)\.[0-9]*\] reboot: Restarting system.*/\1/p' | tail -n 1
}

restarted_within() {
	local s
	s=$(restarted_after)
	echo "it restarted after '$s' s"
	[ -n "$s" ] && [ "$s" -le "$1" ]
}
