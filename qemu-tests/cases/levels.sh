# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# At each level the frames that are saved are exactly those that makedumpfile
# saves of the same memory, and each has its content. One crash of a system that has
# lived gives the raw dump; both tools filter it on the host.
#
# There is nothing to explain: Debian 12's makedumpfile (1.7.2) is older than the
# changes of struct page that it stumbled over later, and this kernel (6.1) has
# none of them, so that not one frame may differ, at any level. (Zero pages are
# saved in both, as one page that they share: levels 0 and 1 save the same frames.)

define virt-levels virt levels
define_extra raspi0-levels raspi0 levels
needs virt-levels makedumpfile
needs raspi0-levels makedumpfile

case_levels() {
	local level
	local -A saved=()
	known_count=2048
	lived_system
	config_lines=("target = ${part}2")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	check "the first system has lived" has_lived
	judge_vmcore || return 1
	for level in 0 1 2 4 8 16 31; do judge_level $level; done
	judge_states
	comparison_sees_faults "$case_dir/theirs.16" "$case_dir/theirs.31"
	rm -f "$case_dir"/theirs.*
}

# judge_level LEVEL -> saved[LEVEL]
judge_level() {
	local ours=$case_dir/ours.$1 theirs=$case_dir/theirs.$1 log=$case_dir/compare.$1
	rm -f "$theirs"
	check "level $1: kdump-init dump" make_dump "$1" zlib "$ours"
	check "level $1: makedumpfile" run_makedumpfile -c -d "$1" "$(raw_dump)" "$theirs"
	check "level $1: the same frames, the same content" same_dump "$ours" "$theirs" "$log"
	saved[$1]=$(sed -n 's/.*: \([0-9]*\) pages saved.*/\1/p' "$log" | head -n 1)
	note "level $1: ${saved[$1]} pages, $(file_kib "$ours") KiB;" \
		"makedumpfile's: $(file_kib "$theirs") KiB"
	rm -f "$ours"
	[ "$1" = 16 ] || [ "$1" = 31 ] || rm -f "$theirs"
}

file_kib() {
	echo $(($(stat -c %s "$1") / 1024))
}

# Each level has something of its own to leave out, hundreds of pages of it.
judge_states() {
	check "cache was left out" less 2 0
	check "cache with buffers was left out" less 4 2
	check "memory of processes was left out" less 8 0
	check "free pages were left out" less 16 0
	check "all of it was left out" less 31 16
}

less() {
	echo "level $1: ${saved[$1]} pages, level $2: ${saved[$2]}"
	[ $((saved[$1] + 500)) -lt $((saved[$2])) ]
}
