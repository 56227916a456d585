# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Too little memory, and memory that cannot be believed. Whatever the old kernel's
# structures hold, PID 1 and the worker go on, the whole memory is saved byte for byte,
# and where nothing tells what a page was used for, no page is left out for it.

for size in 34M 35M; do
	define fault-memory-$size virt memory_size $size
done
for size in 32M 33M 36M 37M 38M 40M 48M; do
	define_extra fault-memory-$size virt memory_size $size
done
define fault-memory-hog virt memory_hog release
define fault-memory-hog-stays virt memory_hog keep

define fault-corrupt-printk virt corrupt elf descriptors
define fault-corrupt-memmap virt corrupt kdump memmap
define fault-corrupt-memmap-part virt corrupt kdump memmap-part
define fault-corrupt-vmcoreinfo virt corrupt elf vmcoreinfo
define fault-corrupt-all virt corrupt elf descriptors ring memmap tables vmcoreinfo

# case_memory_size CRASHKERNEL: where init starts, at least the log is saved; where the
# kernel itself fails before that, it reboots.
case_memory_size() {
	memory=512 crashkernel=$1 deadline=$patience
	config_lines=("target = ${part}2")
	with_earlier_dump
	crash_and_capture || return 1
	judge_fault || return 1
	if ! said 'version' >/dev/null; then
		note "with $1 the kernel does not start init"
		check "the kernel itself failed" capture_failed
		check "nothing was saved" [ -z "$(new_dumps)" ]
	elif report_line second "^dump .*/000[2-9]-.*/vmcore\$" >/dev/null; then
		note "with $1 everything is saved"
		judge_saved complete
	else
		note "with $1 the log is saved"
		judge_saved log-only
	fi
}

capture_failed() {
	awk '/^\[ *0\.000000\] Linux version/ { n++ } n == 2' "$case_dir/console.log" |
		grep -a 'Kernel panic'
}

# case_memory_hog release|keep
case_memory_hog() {
	wrapper=hog hog=$1 fill_mib=48 deadline=$patience
	config_lines=("target = ${part}2")
	first_extra=$small_memory
	qemu_drive[1]+=,throttling.bps-write=1048576
	with_earlier_dump
	crash_and_capture || return 1
	judge_fault || return 1
	check "the kernel killed for want of memory" grep -a -q 'Out of memory: Killed process' \
		"$case_dir/console.log"
	if [ "$1" = keep ]; then
		check "the log had been made durable" log_survives
		return
	fi
	check "a worker was killed" said 'attempt 1 .*killed by signal 9'
	check "so was the hog" grep -a -q 'Killed process .*(busybox)' "$case_dir/console.log"
	# whether the next worker begins before the hog is dead or after is the kernel's choice
	local result=complete
	! report_line second '^status result=log-only$' >/dev/null || result=log-only
	note "saved by a later attempt: $result"
	judge_saved $result
	check "status: not the first attempt" grep -E '^attempt=[2-9]$' "$case_dir/dump/status"
}

# The kernel that came up again does not replay the journal: its list may be older. A later
# attempt that needed less memory may have taken the place of the first.
log_survives() {
	dump=$dump_path/$(disk_debugfs "$disk_image" "ls -p $dump_path" | cut -d / -f 6 |
		grep '^000[2-9]-' | sort | tail -n 1)
	pull vmcore-dmesg.txt && grep -F 'sysrq triggered crash' "$case_dir/dump/vmcore-dmesg.txt"
}

# case_corrupt FORMAT WHAT...: random bytes over VMCOREINFO before the crash, over the
# rest in the capture kernel, which reads it when kdump-init does.
case_corrupt() {
	local before=() after=() thing
	for thing in "${@:2}"; do
		if [ "$thing" = vmcoreinfo ]; then before=("$thing"); else after+=("$thing"); fi
	done
	wrapper=wait crash_by=told deadline=$patience
	config_lines=("target = ${part}2" "format = $1")
	first_extra=$small_memory
	with_earlier_dump
	within_reach
	meanwhile=scramble_twice
	crash_and_capture || return 1
	judge_fault || return 1
	judge_smooth
	judge_saved complete || return 1
	judge_corrupt_"$1" "${@:2}"
}

scramble_twice() {
	scramble_when "waits before the crash" "${before[@]}" &&
		scramble_when "waits in the capture kernel" "${after[@]}"
}

judge_corrupt_elf() {
	judge_sum
	check "all $known_count known pages are in the dump" \
		known_pages "$case_dir/dump/vmcore" "$known_count"
	case " $* " in
	*" vmcoreinfo "*) check "kdump-init says that there is none" said 'VMCOREINFO' ;;
	*" ring "*) check "kdump-init says that the log is lost" said 'the log cannot be read' ;;
	*) check "the log is there, or is said to be lost" said \
		'(records of the log were torn|the log cannot be read|the log: [0-9]+ lines)' ;;
	esac
}

# The known pages are page cache: with struct pages to be believed, none would be left.
# An eighth of them that makes no sense is enough not to believe any.
judge_corrupt_kdump() {
	local whole=$case_dir/whole
	status_is format kdump
	check "the log is there" said 'the log: [0-9]+ lines'
	check "kdump-init says that struct pages make no sense" said 'struct pages (make no sense|cannot be)'
	check "status: only zero pages were left out" status_is level 1
	check "it can be made an ELF core" \
		"$build/host/kdump-init" dump -f elf "$case_dir/dump/vmcore" "$whole"
	check "all $known_count known pages are in the dump" known_pages "$whole" "$known_count"
	rm -f "$whole"
}
