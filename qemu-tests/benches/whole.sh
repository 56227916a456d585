# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From the panic to the first line of the next boot's kernel, as somebody at the console
# would time it: with kdump-init in Debian's kernel, with one of its own (make capture-kernel), and
# with an init that does nothing but reboot. That is measured twice: as `reboot` with the kernel
# packed, as kexec alone loads it and everything was compared with before kdump-load unpacked it, and
# with what kdump-load makes of it. And where that time goes: until the capture kernel's first line
# (kexec, unpacking), from there to init, from init to the order to reboot, from there to the next
# boot's first line.

# whole_own_kernel CODEC: one file, in the crashkernel= that is recommended for it.
whole_own_kernel() {
	local file
	file=$(capture_kernel_file virt)
	mode=linked-in
	crashkernel=$(reserved_for "$file")
	append="kdump.target=${part}2 kdump.format=kdump kdump.compress=$1"
	write_settings
	disk_make "$disk_image" "$table" "$fstype" "$disk_content"
	first_system "$case_dir/first.cpio" "$file"
	run_machine
}

# whole_run ROUND WAY
whole_run() {
	local panic capture init saved next words
	bench_new "whole-$1-$2" virt 512
	bench_fill
	bench_way "${2%-unpacked}"
	[ "$2" != reboot ] || more_settings="packed=yes"
	meanwhile=stamp_console
	# shellcheck disable=SC2317 # called by crash_and_capture
	capture_changes() { capture_add_files "$1" "$build/armel/bench-meter"; }
	case $2 in
	own-*-31) words=${2#own-} && whole_own_kernel "${words%-31}" ;;
	*) crash_and_capture ;;
	esac || return 1
	panic=$(time_of 1 'Kernel panic - not syncing')
	capture=$(time_of 2 'Linux version')
	init=$(time_of 2 'Run /')
	saved=$(time_of 2 'kdump-init: rebooting')
	next=$(time_of 3 'Linux version')
	if [ -z "$panic" ] || [ -z "$capture" ] || [ -z "$init" ] || [ -z "$next" ]; then
		note "whole, $2: no panic, no init, or no next boot, was seen"
		return 1
	fi
	saved=${saved:-$init}
	echo "round=$1 way=$2 ms=$((next - panic)) jump_ms=$((capture - panic))" \
		"boot_ms=$((init - capture)) init_ms=$((saved - init)) back_ms=$((next - saved))"
	case_tidy
}

bench_whole() {
	local round way list=(reboot reboot-unpacked lzo-31 zlib-31 elf log own-lzo-31 own-zlib-31)
	[ -z "${QUICK:-}" ] || list=(reboot lzo-31 log own-lzo-31)
	bench_machine virt
	case_begin bench-whole "$work/bench-whole" virt
	build_capture_kernel virt || return 1
	for ((round = 1; round <= rounds; round++)); do
		for way in "${list[@]}"; do
			whole_run $round "$way" || return 1
		done
		list=("${list[@]:1}" "${list[0]}")
	done >"$work/bench-whole.words"
	to_table machine,memory_mib,commit "virt,512,$(commit_here)" round way ms jump_ms boot_ms init_ms back_ms \
		<"$work/bench-whole.words" >"$results/whole.csv"
}
