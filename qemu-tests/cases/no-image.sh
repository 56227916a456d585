# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The crashed kernel's memory cannot be had: its headers make no sense. The target gets
# what kdump-init said of that, and a status that nobody takes for a dump.

define virt-no-image virt no_image

case_no_image() {
	wrapper=blind
	config_lines=("target = UUID=$disk_uuid")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean ext4
	check "it says what is wrong" said '/proc/vmcore: '
	check "it leaves a report" said "left a report: .* on UUID=$disk_uuid"
	check "and says that nothing was saved" said 'nothing was saved$'
	check "one directory has a status" [ "$(report_line second '^dump .*/status$' | wc -l)" = 1 ]
	check "the status says so" report_line second '^status result=failed$'
	check "what was said is there" report_line second '^dump -rw------- .*/capture.log$'
	check "and nothing else" not report_line second '^dump .*/(vmcore|vmcore-dmesg.txt)(-incomplete)?$'
}
