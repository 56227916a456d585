# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What does not fit does not cost everything: a target with room for the log only
# gets the log, and says that this is all there is; format = none asks for that.

define virt-no-fit virt no_fit 40960
define virt-log-only virt log_only

judge_log_only() {
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "exactly one directory is complete" [ "$(report_line second '^dump .*/status$' | wc -l)" = 1 ]
	check "nothing is left incomplete" not report_line second '^dump .*-incomplete'
	check "nothing bears the name vmcore" not report_line second '^dump .*/vmcore$'
	check "the log is there" report_line second '^dump -rw------- .*/vmcore-dmesg.txt$'
	check "status says that it is the log only" report_line second '^status result=log-only$'
	check "status says why it died" report_line second \
		'^status panic=Kernel panic - not syncing: sysrq triggered crash$'
}

case_no_fit() {
	p2_sectors=$1
	config_lines=("target = ${part}2")
	first_extra=$small_memory
	crash_and_capture || return 1
	check "kdump-init says what was wrong" said 'cannot save the memory: No space left on device'
	judge_log_only
}

case_log_only() {
	config_lines=("target = ${part}2" "format = none")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_log_only
}
