# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No module is named by hand: the machine describes itself (check --describe) to the target's
# filesystem, its disk's drivers and the watchdog's, the archive is packed from that, and the
# crash is saved with it.

define virt-described virt described
define_extra arm64-described arm64 described
define_extra x86_64-described x86_64 described

case_described() {
	local board=$case_dir/board
	config_lines=("target = LABEL=$disk_label")
	first_extra=$small_memory
	describe_machine "$board" || return 1
	check "it names the filesystem" grep -x 'fstype = ext4' "$board"
	check "it names a driver of the disk" grep -x 'driver = virtio_blk' "$board"
	check "it knows all" not grep '^unknown' "$board"
	case_new "$machine"
	config_lines=("target = LABEL=$disk_label")
	first_extra=$small_memory extra_modules=() modules='' archive_options=(--for "$board")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean ext4
	judge_files ext4 || return 1
	judge_status
	judge_vmcore
}

# What kdump-init says on the machine, in a boot without a crash.
describe_machine() { # FILE
	mode=describe boot_limit=1
	write_settings
	write_config
	disk_make "$disk_image" "$table" "${disk_fstype:-$fstype}" "$disk_content"
	first_system "$case_dir/first.cpio"
	capture_add_files "$case_dir/first.cpio" "$(kdump_binary)" "$(kdump_binary)-full" \
		"$case_dir/kdump-init.conf"
	run_machine || return 1
	disk_report "$disk_image" first >"$case_dir/report.first"
	report_line first '^board ' | sed 's/^board //' >"$1"
	check "the machine describes itself" grep -q '^kernel = ' "$1"
}
