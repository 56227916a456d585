# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every kernel: a system that has lived crashes, and its memory is saved twice by the same
# capture kernel, whole and at level 31. The whole dump is byte for byte what the machine's
# RAM, kept by QEMU in a file, still holds after the capture; log, panic and release are
# right; level 31 leaves out what the rules say. The kernels are in lib/kernels.sh; one
# that the mirror lacks is a skipped case.

define kernel-armmp-5.10 virt+armmp-5.10 kernel
define kernel-armmp-newest virt+armmp-newest kernel
define kernel-arm64-6.12 arm64+arm64-6.12 kernel
define kernel-amd64-6.12 x86_64+amd64-6.12 kernel
define kernel-lpae-newest virt+lpae-newest kernel
define kernel-rpi-6.12 raspi0+rpi-6.12 kernel
define kernel-armmp-6.12 virt+armmp-6.12 kernel

define_extra kernel-armmp-6.1 virt+armmp-6.1 kernel
define_extra kernel-armmp-rc virt+armmp-rc kernel
define_extra kernel-lpae-6.1 virt+lpae-6.1 kernel
define_extra kernel-arm64-5.10 arm64+arm64-5.10 kernel
define_extra kernel-arm64-6.1 arm64+arm64-6.1 kernel
define_extra kernel-arm64-newest arm64+arm64-newest kernel
define_extra kernel-arm64-16k arm64+arm64-16k kernel
define_extra kernel-amd64-5.10 x86_64+amd64-5.10 kernel
define_extra kernel-amd64-6.1 x86_64+amd64-6.1 kernel
define_extra kernel-amd64-newest x86_64+amd64-newest kernel

case_kernel() {
	local elf=$case_dir/elf kdump=$case_dir/kdump
	kernel_is_there || return 77
	known_count=2048 wrapper="formats" formats="elf kdump:zlib" huge_mib=16
	disk_size 2048
	lived_system
	log_longest=200
	config_lines=("target = ${part}2")
	keep_ram
	crash_and_capture || return 1
	kernel_facts
	judge_kept || return 1
	judge_clean "$fstype"
	check "the first system has lived" has_lived
	check "huge pages hold something, where the kernel has them" huge_pages
	check "two dumps, both complete by their names" find_dumps 2 || return 1
	get_dump 0 "$elf"
	get_dump 1 "$kdump"
	judge_dump "$elf" format=elf
	judge_dump "$kdump" format=kdump level=31 compress=zlib
	judge_memory "$elf"
	check "both logs are the same" cmp "$elf/vmcore-dmesg.txt" "$kdump/vmcore-dmesg.txt"
	judge_frames "$elf/vmcore" "$kdump/vmcore" 31
	fact pages_saved "$(sed -n 's/^pages_saved=//p' "$kdump/status")"
	fact failures "$failures"
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
	fact crashkernel "$crashkernel"
	fact suite "$kernel_suite"
}
