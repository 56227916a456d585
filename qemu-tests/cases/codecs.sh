# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is compressed can be opened. One capture kernel saves one crash several
# times: raw, and at level 31 with each codec that the binary has (the one that is
# built here has all of them); kdump-init on the host makes the others of the raw
# dump. crash(8) answers the same about all of them, makedumpfile reads them, and
# what it makes of them is the same again. (Debian's makedumpfile has no zstd; crash
# is not asked about `none`, since every dump has pages that are stored as they are.) The
# newest makedumpfile and crash, which are built with a 64-bit time_t, read it as well.

define virt-codecs virt codecs
define_extra raspi0-codecs raspi0 codecs
needs virt-codecs crash makedumpfile codecs newest-crash
needs raspi0-codecs crash makedumpfile codecs

case_codecs() {
	local codec formats=elf captured=()
	known_count=2048
	lived_system
	kdump_init=$(codecs_binary)
	wrapper="formats"
	config_lines=("target = ${part}2")
	for codec in zstd lzo zlib; do
		! built_in "$kdump_init" $codec || captured+=("$codec")
	done
	formats="elf ${captured[*]/#/kdump:}"
	note "captured in $formats"
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "the first system has lived" has_lived
	judge_captures "${captured[@]}" || return 1
	make_the_others
	judge_codecs
	[ "$machine" != virt ] || {
		judge_by_newest "$case_dir/zlib.kdump"
		judge_by_libkdumpfile
	}
}

# judge_captures CODEC...: the raw dump, then one of each codec, in their order.
judge_captures() {
	local dumps n=0 codec dump
	mapfile -t dumps < <(report_line second "^dump .*/status\$" | sed 's/.* \(.*\)\/status$/\1/')
	check "every one of $((1 + $#)) dumps is there" [ ${#dumps[@]} = $((1 + $#)) ] || return 1
	check "nothing is left incomplete" not report_line second '^dump .*-incomplete'
	dump=${dumps[0]}
	check "the raw dump can be pulled out of the disk image" \
		pull_dump "$case_dir/dump" || return 1
	check "raw: status" status_says "$case_dir/dump" elf 0 none
	judge_log
	check "raw: the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	for codec in "$@"; do
		dump=${dumps[$((++n))]}
		judge_capture "$codec"
	done
}

judge_capture() {
	local dir=$case_dir/dump-$1
	check "$1: the dump can be pulled out of the disk image" pull_dump "$dir" || return 1
	check "$1: status" status_says "$dir" kdump 31 "$1"
	check "$1: the dump is whole, kdump-init verify agrees" whole_dump "$dir"
	check "$1: the log is that of the raw dump" \
		cmp "$case_dir/dump/vmcore-dmesg.txt" "$dir/vmcore-dmesg.txt"
	mv "$dir/vmcore" "$case_dir/$1.kdump"
}

make_the_others() {
	local codec
	for codec in none zlib lzo zstd; do
		[ -e "$case_dir/$codec.kdump" ] ||
			check "$codec: kdump-init dump makes it" \
				make_dump 31 $codec "$case_dir/$codec.kdump"
	done
	check "makedumpfile filters the raw dump" \
		run_makedumpfile -c -d 31 "$(raw_dump)" "$case_dir/theirs.kdump"
	check "makedumpfile prints the log of the raw dump" \
		run_makedumpfile --dump-dmesg "$(raw_dump)" "$case_dir/raw.dmesg"
	crash_questions >"$case_dir/crash.in"
	note "crash(8) opens each dump (this takes a while)"
	check "crash opens the raw dump" \
		crash_answers "$(raw_dump)" "$case_dir/crash.in" "$case_dir/crash.raw"
	judge_raw_answers "$case_dir/crash.raw"
}

judge_codecs() {
	local codec file
	for codec in none zlib lzo zstd; do
		file=$case_dir/$codec.kdump
		check "$codec: the frames of makedumpfile, the content of the raw dump" \
			same_dump "$file" "$case_dir/theirs.kdump" "$case_dir/compare.$codec"
		check "$codec: that is what it is packed with" packed_with $codec
		[ $codec = zstd ] || read_back "$file" $codec
		[ $codec = none ] || {
			check "$codec: crash opens it" \
				crash_answers "$file" "$case_dir/crash.in" "$case_dir/crash.$codec"
			check "$codec: crash says of it what it says of the raw dump" \
				diff "$case_dir/crash.raw" "$case_dir/crash.$codec"
		}
		note "$codec: $(stat -c %s "$file") bytes; makedumpfile's zlib:" \
			"$(stat -c %s "$case_dir/theirs.kdump")"
	done
}

judge_by_libkdumpfile() {
	local codec
	have_newest drgn amd64 || return 0
	for codec in none zlib lzo zstd; do
		check "$codec: libkdumpfile reads each page" \
			newest_reads pages "$(raw_dump)" "$case_dir/$codec.kdump"
	done
}

# Most of its pages are; with `none`, all of them.
packed_with() {
	sed -n '/\.kdump: .* pages saved/ { p; q }' "$case_dir/compare.$1" | grep -E \
		"pages saved \(([0-9]+ none, )?[0-9]{4,} $1\)"
}
