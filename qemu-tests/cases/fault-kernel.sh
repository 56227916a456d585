# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Crashes that are no sysrq from a shell: in an interrupt, of a watchdog for tasks, for
# want of memory, with the target full of half done writes, on another processor than
# the first. Each is saved whole, and `panic` in its status says what it was.

define fault-crash-irq virt crash_irq
define fault-crash-hung-task virt crash_hung_task
define fault-crash-oom virt crash oom \
	'Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled'
define_extra fault-crash-load virt crash load \
	'Kernel panic - not syncing: sysrq triggered crash'
define fault-crash-smp virt crash_smp
for machine in arm64 x86_64; do
	define_extra fault-crash-hung-task-$machine $machine crash_hung_task
	define_extra fault-crash-oom-$machine $machine crash oom \
		'Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled'
	define_extra fault-crash-load-$machine $machine crash load \
		'Kernel panic - not syncing: sysrq triggered crash'
	define_extra fault-crash-smp-$machine $machine crash_smp
done
define_extra fault-header-arm64 arm64 bad_header

# judge_crash_saved PANIC (an expression): all of the memory, and why it was lost.
judge_crash_saved() {
	judge_fault || return 1
	judge_smooth
	judge_saved complete || return 1
	check "status: why it died" status_matches panic "$1"
	check "readelf finds a sane core" sane_elf "$case_dir/dump/vmcore"
	check "all $known_count known pages are in the dump" \
		known_pages "$case_dir/dump/vmcore" "$known_count"
	judge_log
	judge_sum
}

# case_crash BY PANIC
case_crash() {
	crash_by=$1 wrapper=hash deadline=$patience
	config_lines=("target = ${part}2")
	first_extra=$small_memory
	with_earlier_dump
	crash_and_capture || return 1
	judge_crash_saved "${*:2}"
}

# The host makes the handler of sysrq-c dereference NULL, and calls it from the
# interrupt of the serial port.
case_crash_irq() {
	within_reach
	meanwhile=crash_in_interrupt
	case_crash outside \
		'Un(able to handle kernel NULL pointer dereference|handled fault: page domain fault) .*00000000'
}

crash_in_interrupt() {
	check "it waits" until_told 'waits before the crash' || return 1
	check "its handler is made to fault" meddle null "$qemu_pid" "$(handler_address)" || return 1
	check "BREAK and c arrive" meddle break "$console_socket" "$monitor_socket" c
}

handler_address() {
	tr -d '\r' <"$case_dir/console.log" |
		sed -n "s/^T-$nonce: sysrq_handle_crash is at \\([0-9a-f]*\\)\$/\\1/p" | head -n 1
}

case_crash_hung_task() {
	disk_scratch 96
	case_crash hung-task 'Kernel panic - not syncing: hung_task: blocked tasks'
}

case_crash_smp() {
	machine_extra=(-smp 4)
	case_crash cpu2 'Kernel panic - not syncing: sysrq triggered crash' || return 1
	[ "$machine" = x86_64 ] || # it does not say
		check "the capture kernel ran on processor 2" grep -a -q -E \
			'Booting Linux on physical CPU 0x0*2\>' "$case_dir/console.log"
	check "there are notes of four processors" four_notes
}

four_notes() {
	readelf -n "$case_dir/dump/vmcore"
	[ "$(readelf -nW "$case_dir/dump/vmcore" | grep -c NT_PRSTATUS)" = 4 ]
}
