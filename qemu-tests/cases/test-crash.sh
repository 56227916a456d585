# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kdump-load --test: the system is crashed, the dump that it gives says that it is a test, and
# after the restart kdump-report says that the test has passed. With --keep-nothing the dump is
# gone then.

define_extra virt-test-crash virt test_crash
define_extra virt-test-crash-keep-nothing virt test_crash --keep-nothing
define_extra arm64-test-crash arm64 test_crash
define_extra x86_64-test-crash x86_64 test_crash

case_test_crash() { # [--keep-nothing]
	config_lines=("target = ${part}2" "path = /var/crash")
	mode=test dump_path=/var/crash first_extra=$small_memory
	more_settings="test_options=${1:-}"
	when_built=add_board
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "it says before that it would do it" grep -a 'dry run: .*kdump.test=yes' "$case_dir/console.log"
	judge_verdict "$@"
	if [ -n "${1:-}" ]; then
		check "the dump is gone" not report_line second "^dump .* $dump_path/"
		return
	fi
	judge_files "$fstype" || return 1
	judge_status
	check "the dump says that it is a test" report_line second '^status test=yes$'
	check "it counts for no day" report_line second '^status of_day=0$'
}

# What the board itself needs to check, to report and to verify.
add_board() {
	capture_add_files "$case_dir/first.cpio" "$(kdump_binary)" "$(kdump_binary)-full" \
		"$case_dir/kdump-init.conf"
}

judge_verdict() { # [--keep-nothing]
	local passed='the test of the capture passed: complete and verified, [0-9.]+ MiB in /target/var/crash/0001-'
	check "the service finds a new dump" report_line second '^report --boot: exit code 0$'
	check "the message of the day says that the test passed" report_line second "^motd: kdump-init: $passed"
	check "so does kdump-report to whoever asks" report_line second "^report : $passed"
	check "a script has it by the exit code" report_line second '^report --test: exit code 0$'
	check "the mark is gone, the verdict stays" report_line second '^remembered: reported tested$'
	[ -z "${1:-}" ] ||
		check "it says that the dump goes" report_line second "^motd: .*removed now \\(--keep-nothing\\)"
}
