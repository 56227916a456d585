# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A capture kernel of our own (make capture-kernel), with all drivers and kdump-init in one file,
# captures Debian's, in the crashkernel= that kdump-load recommends for it: the dump is byte for
# byte what the machine's RAM, kept by QEMU in a file, still holds; that of level 31 (-31) has the
# frames that the rules leave, as they are in that RAM. kdump-load finds out by itself that this
# kernel needs no archive.

# one_file MACHINE BOARD
one_file() {
	define_extra "$1-capture-kernel" "$1" capture_kernel "$2" elf
	define_extra "$1-capture-kernel-31" "$1" capture_kernel "$2" kdump
}

one_file virt virt
one_file raspi0 raspi0
one_file vexpress-a9 vexpress
one_file vexpress-a15 vexpress
one_file arm64 aarch64-virt

case_capture_kernel() { # BOARD FORMAT
	local kernel_file
	build_capture_kernel "$1" || return
	kernel_file=$(capture_kernel_file "$1")
	mode=linked-in known_count=2048 deadline=900 log_lines=300 log_longest=200
	[ "$memory" -ge 512 ] || memory=512
	disk_size 2048
	append="kdump.target=${part}2 kdump.format=$2"
	keep_ram
	crashkernel=${KDUMP_RESERVE:-$(reserved_for "$kernel_file")}
	check "kdump-load says how much this kernel needs" [ "${crashkernel%M}" -ge 1 ] || return 1
	note "${kernel_file#"$build"/}: $(stat -c %s "$kernel_file") bytes, crashkernel=$crashkernel"
	write_settings
	disk_make "$disk_image" "$table" "$fstype" "$disk_content"
	first_system "$case_dir/first.cpio" "$kernel_file"
	run_machine || return 1
	judge_own_kernel "$2"
}

judge_own_kernel() { # FORMAT
	local dir=$case_dir/$1
	judge_kept || return 1
	judge_clean "$fstype"
	check "kdump-load is content with what it recommends" load_was_calm
	check "the capture kernel is another one than the crashed" other_kernel
	check "one dump, complete by its name" find_dumps 1 || return 1
	mkdir -p "$dir"
	get_dump 0 "$dir" || return 1
	"judge_own_$1" "$dir"
	[ "$failures" != 0 ] || rm -rf "$(ram_file)" "$dir/vmcore"
}

judge_own_elf() {
	judge_dump "$1" format=elf
	judge_memory "$1"
}

judge_own_kdump() {
	judge_dump "$1" format=kdump level=31
	check "the log holds each of the $log_lines lines" has_talked_lines "$1/vmcore-dmesg.txt"
	check "level 31: the frames that the rules leave, with their content" \
		"$tests/lib/judge-frames" "$(ram_file)@$ram_base" 31 "$1/vmcore"
	check "the judge notices a frame that is not there" \
		judge_objects "$(ram_file)@$ram_base" "$1/vmcore" 31 drop 'not saved, but to be: 1 frames'
	check "the judge notices a byte that is wrong" \
		judge_objects "$(ram_file)@$ram_base" "$1/vmcore" 31 byte ' 1 differ from the raw dump'
	rm -f "$case_dir/bad.kdump"
}

# The second kernel's first line is not the first one's.
other_kernel() {
	[ "$(grep -a '\] Linux version' "$case_dir/console.log" | sed 's/^[^]]*\] //' | sort -u | wc -l)" = 2 ]
}
