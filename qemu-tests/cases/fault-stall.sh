# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A disk stalls for ever in the middle of the dump. The attempt ends after `stall`,
# the worker, which nothing can kill, is left behind, and so is the disk. The second
# target takes the dump; without one, the log that was saved before is what remains.
# The machine restarts by itself in any case.

# shellcheck source-path=SCRIPTDIR
. "$tests/lib/fault-stall.sh"

define fault-stall-second virt stall_second
define fault-stall-only virt stall_only
for machine in arm64 x86_64; do
	define_extra fault-stall-second-$machine $machine stall_second
done

judge_stalled() {
	check "the attempt was given up" said "attempt 1 .LABEL=$stalled_label.: no progress for 10 s"
	check "the disk is left alone from there on" said "disk $second_disk hangs"
	check "it restarted within $1 s" restarted_within "$1"
	note "restarted after $(restarted_after) s"
	check "the stalled disk is sound, its journal replayed" sound "$stalled_image"
	check "the log is there" has_name "$stalled_image" vmcore-dmesg.txt
	check "and no memory that looks whole" not has_name "$stalled_image" vmcore
	check "nothing says that it is complete" not has_name "$stalled_image" status
}

case_stall_second() {
	deadline=900
	stalled_disk 16000000
	config_lines=("stall = 10" "target = LABEL=$stalled_label" "target = UUID=$disk_uuid")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_stalled 300 # and not timeout's half an hour
	judge_clean ext4
	judge_files ext4 || return 1
	judge_status
	judge_vmcore
}

case_stall_only() {
	deadline=900
	stalled_disk 16000000
	config_lines=("stall = 10" "target = LABEL=$stalled_label")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_stalled 300 # and not timeout's half an hour
	judge_clean ext4
	check "and it said that nothing was saved" said 'nothing was saved'
}
