# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The log is what kexec-tools' vmcore-dmesg prints out of the same memory, byte for
# byte: of a buffer that has wrapped (6.1 takes no smaller one than the 128 KiB it
# was built with, so that more is said), with records that nobody expects. virt
# has the buffer that log_buf_len= allocates, raspi0 the kernel's own.

define virt-dmesg virt dmesg 800 log_buf_len=256K
define raspi0-dmesg raspi0 dmesg 450
needs virt-dmesg makedumpfile
needs raspi0-dmesg makedumpfile

case_dmesg() {
	local log=$case_dir/dump/vmcore-dmesg.txt
	log_lines=$1 log_dies=yes
	config_lines=("target = ${part}2")
	first_extra="$small_memory ${2:-}"
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	judge_vmcore || return 1
	check "the buffer has wrapped" not grep -F 'Linux version' "$log"
	check "it was full" [ "$(stat -c %s "$log")" -gt 65536 ]
	judge_odd_lines "$log"
	judge_log_of_dumps
}

# Twice each: in the middle, and as the last thing before the crash.
judge_odd_lines() {
	check "bytes that cannot be printed" twice "$1" 'bytes \\x80\\xff\\xfe, text \\xc3\\xa4'
	check "several lines in one record" twice "$1" '^  three, indented$'
	check "records without text" grep -E '^\[ *[0-9]+\.[0-9]{6}\] $' "$1"
	check "the longest record that the kernel takes" grep -E '\] long 989 .{980}$' "$1"
	check "what only a program called a panic (status: why it died)" twice "$1" \
		'\] Kernel panic - not syncing: says a program$'
	check "the last line" grep -F 'sysrq: Trigger a crash' "$1"
}

twice() {
	[ "$(grep -a -c -E -- "$2" "$1")" = 2 ]
}

# The same log out of what can be made of that dump.
judge_log_of_dumps() {
	local ours=$case_dir/ours theirs=$case_dir/theirs
	check "kdump-init makes a kdump file of it" make_dump 31 zlib "$ours"
	check "the log of that is the same" \
		cmp "$case_dir/dmesg.log" <("$build/host/kdump-init" dmesg "$ours")
	check "makedumpfile makes one" run_makedumpfile -c -d 31 "$(raw_dump)" "$theirs"
	check "and the log of that, too" \
		cmp "$case_dir/dmesg.log" <("$build/host/kdump-init" dmesg "$theirs")
	rm -f "$ours" "$theirs"
}
