# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A target that never appears costs the dump, but not the machine: it is given up
# after `wait`, the console says why, and the machine comes back. Where root= is another
# one, the log lands there.

define virt-missing-target virt missing_target
define_extra raspi0-missing-target raspi0 missing_target
define fault-log-on-root virt log_on_root

case_missing_target() {
	local nowhere=deadbeef-0000-4000-8000-000000000000
	config_lines=("target = UUID=$nowhere" "wait = 5")
	known_count=16
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "the console names the target that is missing" said "$nowhere"
	check "and for how long it was waited for" said 'did not appear within 5 s'
	judge_clean "$fstype"
	check "the target can be looked at afterwards" report_line second '^mounted$'
	check "no dump, not even a part of one" not report_line second '^dump .*/vmcore'
}

# The target's partition is not the root of the first system, but the capture kernel is told so.
case_log_on_root() {
	local nowhere=deadbeef-0000-4000-8000-000000000000
	config_lines=("target = UUID=$nowhere" "path = /elsewhere" "wait = 2")
	append="root=${part}2"
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "kdump-init says that the target is missing" said 'did not appear within 2 s'
	check "and where the log goes" said 'no target took anything: the log goes to root='
	judge_clean "$fstype"
	dump_path=/var/crash
	pull_dumps
	judge_dumps "" 0001
	check "status says which target it was meant for" \
		grep -q -x "instead_of=UUID=$nowhere" "$dumps"/0001-*/status
	check "the log tells why it died" \
		grep -q 'sysrq triggered crash' "$dumps"/0001-*/vmcore-dmesg.txt
}
