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
	check "exactly one dump, with a name and a time" find_extracted "$out" || return 1
	check "the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	check "status: complete" grep -qx result=complete "$case_dir/dump/status"
	check "status: why it died" \
		grep -qx 'panic=Kernel panic - not syncing: sysrq triggered crash' "$case_dir/dump/status"
	check "readelf finds a sane core" sane_elf "$case_dir/dump/vmcore"
	check "all $known_count known pages are in the dump" \
		known_pages "$case_dir/dump/vmcore" "$known_count"
	check "vmcore-dmesg reads the dump" \
		run_vmcore_dmesg "$case_dir/dump/vmcore" "$case_dir/dmesg.log"
	check "vmcore-dmesg.txt is what vmcore-dmesg prints" \
		cmp "$case_dir/dmesg.log" "$case_dir/dump/vmcore-dmesg.txt"
	rm -rf "$out"
}

# Moves it to where the judges look.
find_extracted() {
	local found
	found=$(cd "$1" && ls)
	[[ $found =~ ^0001-[0-9]{8}T[0-9]{6}Z$ ]] || { echo "found: $found"; return 1; }
	mv "$1/$found"/* "$case_dir/dump/"
}
