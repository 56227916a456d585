# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every kernel: a system that has lived crashes, and its memory is saved twice by the same
# capture kernel, whole and at level 31. The whole dump is byte for byte what the machine's
# RAM, kept by QEMU in a file, still holds after the capture; log, panic and release are
# right; level 31 leaves out what the rules say. The kernels are in lib/kernels.sh; one
# that the mirror lacks is a skipped case.
#
# Where crashkernel=SIZE,cma adds memory that only processes had (x86_64, from 6.17 on), the capture
# runs in it, and the same holds for all that is not of it.

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

define_extra x86_64-cma x86_64+amd64-newest cma
needs x86_64-cma newest

case_kernel() {
	kernel_is_there || return 77
	huge_mib=16
	when_built=reserve_smallest
	save_twice || return 1
	check "huge pages hold something, where the kernel has them" huge_pages
	judge_both
}

# The least that the kernel can be loaded into is too little to run in.
case_cma() {
	local cma_mib
	kernel_is_there || return 77
	when_built=reserve_with_cma
	save_twice || return 1
	check "kdump-load counts what CMA adds" loaded_with_cma
	check "the capture kernel runs in it" capture_memory_above "${crashkernel%M}"
	judge_both
	check "nothing of it is in the dump" nothing_of_cma "$case_dir/elf/readelf"
}

# Whole and at level 31, by one capture kernel.
save_twice() {
	known_count=2048 wrapper="formats" formats="elf kdump:zlib"
	[ "$memory" -ge 512 ] || memory=512
	disk_size 2048
	lived_system
	log_longest=200
	config_lines=("target = ${part}2")
	keep_ram
	kernel_facts
	crash_and_capture && judge_kept
}

judge_both() {
	local elf=$case_dir/elf kdump=$case_dir/kdump
	judge_clean "$fstype"
	check "kdump-load is content with what it recommends" load_was_calm
	check "the first system has lived" has_lived
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
	readelf -lW "$elf/vmcore" >"$elf/readelf"
	[ "$failures" != 0 ] || rm -rf "$(ram_file)" "$elf/vmcore" "$kdump/vmcore"
}

# What kdump-load wants for the kernel and its archive alone, and the rest of what it recommends as CMA.
reserve_with_cma() {
	local said needed comfortable
	said=$(kdump_load_dry_run 1 --kernel "$(kernel_image "$kernel")" --initrd "$case_dir/capture.cpio")
	needed=$(sed -n 's/.*kernel and archive need \([0-9]*\) MiB.*/\1/p' <<<"$said")
	comfortable=$(sed -n 's/.*crashkernel=\([0-9]*\)M or more.*/\1/p' <<<"$said")
	check "kdump-load says how much this kernel needs" [ $((comfortable > needed && needed > 8)) = 1 ] ||
		return 1
	crashkernel=${needed}M cma_mib=$((comfortable - needed))
	cma_mib=$(((cma_mib + 15) / 16 * 16))
	first_extra="crashkernel=${cma_mib}M,cma"
	note "crashkernel=$crashkernel $first_extra"
	fact crashkernel "$crashkernel,$cma_mib,cma"
}

loaded_with_cma() {
	tr -d '\r' <"$case_dir/console.log" |
		grep "^T-$nonce: kdump-load: kdump-load: loaded .*${crashkernel%M} MiB reserved, and $cma_mib MiB of CMA"
}

# Of the second kernel's "Memory: FREE/ALL available".
capture_memory_above() { # MIB
	local kib
	kib=$(tr -d '\r' <"$case_dir/console.log" | awk '/\[ *0\.000000\] Linux version/ { n++ } n == 2' |
		sed -n 's|.* Memory: [0-9]*K/\([0-9]*\)K available.*|\1|p')
	echo "$((kib / 1024)) MiB"
	[ $((kib / 1024)) -gt "$1" ]
}

# nothing_of_cma PROGRAM-HEADERS: no segment reaches into a range of it.
nothing_of_cma() {
	local range address length kind from to ranges=0
	for range in $(report_line first '^cma range ' | cut -d ' ' -f 3); do
		ranges=$((ranges + 1))
		from=$((0x${range%-*})) to=$((0x${range#*-}))
		while read -r kind _ _ address _ length _; do
			[ "$kind" = LOAD ] || continue
			[ $((address <= to && address + length > from)) = 1 ] || continue
			echo "the segment at $address of $length has some of $range"
			return 1
		done <"$1"
	done
	echo "$ranges ranges"
	[ $ranges -gt 0 ]
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
