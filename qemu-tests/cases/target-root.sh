# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What root= says of the target. target-root: there is no other, and it is given in a form that
# only the kernel knew, with what the kernel takes beside it. target-twin: another disk has a
# filesystem of the same UUID, and comes first by its name; that of root= is the one that is meant.

define target-root virt target_root
define target-twin virt target_twin

# The second partition, counted from the first. Dumps go to /var/crash where nothing says so.
root_words() {
	echo "root=PARTUUID=${disk_partuuid_mbr%-*}-01/PARTNROFF=1"
}

case_target_root() {
	table=dos
	append="$(root_words) rootfstype=f2fs,ext4 rootflags=errors=panic,data=ordered"
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
}

case_target_twin() {
	table=dos
	second_uuid=$disk_uuid
	second_image
	second_drive
	append=$(root_words)
	config_lines=("target = UUID=$disk_uuid")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "both are named, and which one it is" \
		said "/dev/vda and /dev/vdb2: taking /dev/vdb2, which is on the disk of root="
	check "the twin is as it was" cmp "$second" "$second.before"
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	rm -rf "$case_dir"/{second.content,second.img.before}
}
