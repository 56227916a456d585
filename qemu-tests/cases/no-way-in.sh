# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The capture kernel finds no PID 1 of ours: its archive cannot be unpacked, or there is none
# and the disk of root= never appears. The running kernel was told to wait for its root without
# end (rootwait); the capture kernel must not: it panics within a bounded time and reboots, and
# the earlier dump is as it was. Nothing else bounds a kernel before PID 1.

define virt-torn-archive virt no_way_in torn
define virt-no-root-disk virt no_way_in none

# case_no_way_in torn|none
case_no_way_in() {
	first_extra="root=/dev/mmcblk7p2 rootwait"
	config_lines=("target = ${part}2")
	if [ "$1" = torn ]; then
		# shellcheck disable=SC2317 # crash_and_capture calls it
		capture_changes() { tear "$1"; }
	else
		append="init=/sbin/kdump-init"
		more_settings='kexec_options="--initrd none --drivers-built-in"'
	fi
	with_earlier_dump
	crash_and_capture || return 1
	judge_fault || return 1
	check "the capture kernel panicked for want of a root" capture_lacks_root
	check "nothing was saved" [ -z "$(new_dumps)" ]
}

# Half of the archive, with a start that no kernel knows: what a torn write leaves.
tear() {
	truncate -s "$(($(stat -c %s "$1") / 2))" "$1"
	printf 'torn' | dd of="$1" conv=notrunc status=none
}

capture_lacks_root() {
	awk '/^\[ *0\.000000\] Linux version/ { n++ } n == 2' "$case_dir/console.log" |
		grep -a 'Kernel panic - not syncing: VFS: Unable to mount root fs'
}
