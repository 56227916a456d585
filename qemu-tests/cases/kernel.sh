# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every kernel: a system that has lived crashes, and its memory is saved twice by the same
# capture kernel, whole and at level 31. The whole dump is byte for byte what the machine's
# RAM, kept by QEMU in a file, still holds after the capture; log, panic and release are
# right; level 31 leaves out what the rules say. The kernels are in lib/kernels.sh; one
# that the mirror lacks is a skipped case.

# cell MACHINE KERNEL [NAME]: it is called kernel-NAME, after the kernel where none is given.
cell() {
	define "kernel-${3:-$2}" "$1+$2" kernel
	needs "kernel-${3:-$2}" newest
}

cell_extra() {
	cell "$@"
	case_extra+=("kernel-${3:-$2}")
}

cell virt armmp-5.10
cell virt armmp-newest
cell arm64 arm64-6.12
cell x86_64 amd64-6.12
cell virt lpae-newest

cell_extra raspi0 rpi-6.12
cell_extra virt armmp-6.12
cell_extra virt armmp-6.1
cell_extra virt armmp-rc
cell_extra virt lpae-6.1
cell_extra arm64 arm64-5.10
cell_extra arm64 arm64-6.1
cell_extra arm64 arm64-newest
cell_extra arm64 arm64-16k
cell_extra x86_64 amd64-5.10
cell_extra x86_64 amd64-6.1
cell_extra x86_64 amd64-newest
cell_extra vexpress-a9 armmp-6.12 vexpress-a9
cell_extra vexpress-a15 armmp-6.12 vexpress-a15
cell_extra ast2600 armmp-6.12 ast2600
cell_extra raspi3b arm64-6.12 raspi3b

case_kernel() {
	local elf=$case_dir/elf kdump=$case_dir/kdump
	kernel_is_there || return 77
	known_count=2048 wrapper="formats" formats="elf kdump:zlib" huge_mib=16
	[ "$memory" -ge 512 ] || memory=512
	disk_size 2048
	lived_system
	log_longest=200
	config_lines=("target = ${part}2")
	keep_ram
	when_built=reserve_smallest
	kernel_facts
	crash_and_capture || return 1
	judge_kept || return 1
	judge_clean "$fstype"
	check "kdump-load is content with what it recommends" load_was_calm
	check "the first system has lived" has_lived
	check "huge pages hold something, where the kernel has them" huge_pages
	check "two dumps, both complete by their names" find_dumps 2 || return 1
	get_dump 0 "$elf" || return 1
	get_dump 1 "$kdump" || return 1
	judge_dump "$elf" format=elf
	judge_dump "$kdump" format=kdump level=31 compress=zlib
	judge_memory "$elf"
	check "both logs are the same" cmp "$elf/vmcore-dmesg.txt" "$kdump/vmcore-dmesg.txt"
	judge_frames "$elf/vmcore" "$kdump/vmcore" 31
	fact pages_saved "$(sed -n 's/^pages_saved=//p' "$kdump/status")"
	fact pages "$(sed -n 's/^pages=//p' "$kdump/status")"
	fact judged yes
	[ "$failures" != 0 ] || rm -rf "$(ram_file)" "$elf/vmcore" "$kdump/vmcore"
}

huge_pages() {
	report_line first '^huge pages: (this kernel has none|[0-9]+ of [0-9]+ kB)$'
}

judge_memory() {
	check "readelf finds a sane core" sane_elf "$1/vmcore"
	judge_ram "$1/vmcore"
	check "all $known_count known pages are in the dump" known_pages "$1/vmcore" "$known_count"
	judge_dmesg "$1/vmcore" "$1/vmcore-dmesg.txt"
}

kernel_facts() {
	: >"$case_dir/facts"
	fact release "$(kernel_version "$kernel")"
	fact machine "$machine"
	fact memory "$memory"
	fact suite "$kernel_suite"
}
