# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A target without a filesystem: the dump goes straight onto a partition that was blank, by a
# capture kernel that has no driver of any filesystem, and kdump-init extract gets it out of the
# image of that partition.

define virt-raw virt raw
define_extra raspi0-raw raspi0 raw

case_raw() {
	local image=$case_dir/p2.img out=$case_dir/out
	fstype=raw extra_modules=()
	config_lines=("target = raw:$(target_name partuuid)")
	first_extra=$small_memory
	crash_and_capture || return 1
	check "kdump-init saved the dump" said 'complete: /0001-[0-9TZ]* on PARTUUID='
	judge_round_trip || return 1
	disk_partition "$disk_image" "$image"
	check "there is no filesystem on the partition" not report_line second '^mounted$'
	check "kdump-init extract gets it out" "$build/host/kdump-init" extract "$image" "$out" ||
		return 1
	check "exactly one dump, with a name and a time" take_dump "$out" || return 1
	judge_moved
}
