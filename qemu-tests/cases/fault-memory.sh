# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Too little memory, and memory that cannot be believed. Whatever the old kernel's
# structures hold, PID 1 and the worker go on, the whole memory is saved byte for byte,
# and where nothing tells what a page was used for, no page is left out for it.

# What is saved at least. In less than 30M kexec has no room to load; what comes to less for the
# capture kernel is a log of its own that is larger: 256K take 1 MiB, with the records that
# describe it, 512K take 2 MiB. Then the kernel panics before init: one that does nothing but
# reboot needs as much (make bench, smallest).
define fault-memory-30M virt memory_size 30M 0 complete
define fault-memory-30M-256K virt memory_size 30M 256K complete
define fault-memory-30M-512K virt memory_size 30M 512K nothing
for size in 31M 32M 36M 48M; do
	define_extra "fault-memory-$size" virt memory_size "$size" 0 complete
done
define fault-memory-hog virt memory_hog release log-only
define fault-memory-hog-stays virt memory_hog keep log-only

define fault-corrupt-printk virt corrupt elf descriptors
define_extra fault-corrupt-memmap virt corrupt kdump memmap
define_extra fault-corrupt-memmap-part virt corrupt kdump memmap-part
define fault-corrupt-vmcoreinfo virt corrupt elf vmcoreinfo
define fault-corrupt-all virt corrupt elf descriptors ring memmap tables vmcoreinfo

# case_memory_size CRASHKERNEL LOG LEAST: what has to be saved at least. Where that is nothing, it
# is the kernel that fails, before init or by the panic that ends it, and it reboots. LOG is the
# size of the capture kernel's own log, 0 for what it takes by itself.
case_memory_size() {
	memory=512 crashkernel=$1 deadline=$patience
	[ "$2" = 0 ] || append="log_buf_len=$2"
	config_lines=("target = ${part}2")
	with_earlier_dump
	crash_and_capture || return 1
	judge_fault || return 1
	judge_least "$3" || return 1
	[ "$(result_on_disk)" != nothing ] || check "the kernel itself failed" capture_failed
}

# What the new dump on the disk says of itself: complete, partial, log-only; or nothing.
result_on_disk() {
	local result=nothing
	for dump in $(finished_dumps); do
		result=$(disk_debugfs "$disk_image" "cat $dump/status" | sed -n 's/^result=//p')
	done
	echo "$result"
}

# is_at_least LEAST RESULT
is_at_least() {
	echo "$2, at least $1"
	sed -n "/^$1\$/,\$p" <<<$'nothing\nfailed\nlog-only\npartial\ncomplete' | grep -q -x "$2"
}

# judge_least LEAST: that, or more, and what it says of itself is so.
judge_least() {
	local result
	result=$(result_on_disk)
	note "saved: $result; at least: $1"
	check "at least $1 is saved" is_at_least "$1" "$result"
	if [ "$result" = nothing ]; then
		check "and nothing looks as if it were saved" [ -z "$(finished_dumps)" ]
	else
		judge_saved "$result"
	fi
}

capture_failed() {
	awk '/^\[ *0\.000000\] Linux version/ { n++ } n == 2' "$case_dir/console.log" |
		grep -a 'Kernel panic'
}

# case_memory_hog release|keep LEAST
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
	judge_least "$2"
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
	*) judge_what_is_intact ;;
	esac
}

# Each record whose descriptor and info were left alone is a line of the log, whatever has become
# of those beside it.
judge_what_is_intact() {
	local intact=$case_dir/intact lines
	sed -n 's/^ *intact: //p' "$case_dir/verdict" >"$intact"
	lines=$(wc -l <"$intact")
	note "$lines records were left alone"
	check "some records were left alone" [ "$lines" -ge 20 ]
	check "the log can be pulled out of the disk image" pull vmcore-dmesg.txt || return 1
	check "each record that was left alone is in it" holds_all "$intact" "$case_dir/dump/vmcore-dmesg.txt"
	check "kdump-init counts no fewer" [ "$(said 'the log: ' | sed 's/.*the log: \([0-9]*\) lines.*/\1/')" -ge "$lines" ]
	rm -f "$intact"
}

# holds_all LINES LOG: each as a line behind its time.
holds_all() {
	local lost
	lost=$(sed 's/^\[ *[0-9]*\.[0-9]*\] //' "$2" | grep -v -x -F -f - "$1")
	[ -z "$lost" ] || { echo "$(wc -l <<<"$lost") records are not there, the first:" "$lost"; return 1; }
}

# The known pages are page cache: with struct pages to be believed, none would be left.
# An eighth of them that makes no sense is enough not to believe any.
judge_corrupt_kdump() {
	local whole=$case_dir/whole
	check "status: the format" status_is format kdump
	check "the log is there" said 'the log: [0-9]+ lines'
	check "kdump-init says that struct pages make no sense" said 'struct pages (make no sense|cannot be)'
	check "status: only zero pages were left out" status_is level 1
	check "it can be made an ELF core" \
		"$build/host/kdump-init" dump -f elf "$case_dir/dump/vmcore" "$whole"
	check "all $known_count known pages are in the dump" known_pages "$whole" "$known_count"
	rm -f "$whole"
}
