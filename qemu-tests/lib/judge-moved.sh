# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Verdicts on a dump that does not lie on the disk of the machine: it was sent, or extracted.

# take_dump DIRECTORY: moves the one dump in it to where the judges look.
take_dump() {
	local found
	found=$(cd "$1" && ls)
	[[ $found =~ ^0001-[0-9]{8}T[0-9]{6}Z$ ]] || { echo "found: $found"; return 1; }
	[ "$(stat -c %a "$1/$found" "$1/$found"/* | sort -u | tr '\n' ' ')" = '600 700 ' ] ||
		{ ls -la "$1/$found"; return 1; }
	mv "$1/$found"/* "$case_dir/dump/"
	rm -rf "$1"
}

judge_moved() {
	local core=$case_dir/dump/vmcore
	check "the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	check "status: complete" status_is result complete
	check "status: why it died" status_is panic "Kernel panic - not syncing: sysrq triggered crash"
	check "readelf finds a sane core" sane_elf "$core"
	check "all $known_count known pages are in the dump" known_pages "$core" "$known_count"
	check "vmcore-dmesg reads the dump" run_vmcore_dmesg "$core" "$case_dir/dmesg.log"
	check "vmcore-dmesg.txt is what vmcore-dmesg prints" \
		cmp "$case_dir/dmesg.log" "$case_dir/dump/vmcore-dmesg.txt"
}
