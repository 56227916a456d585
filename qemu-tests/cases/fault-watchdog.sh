# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A watchdog is armed and set to what `stall` needs. A capture that takes longer than
# its timeout succeeds, since it gets on all the time. One that gets on no more is
# reset, even with nobody left to notice: PID 1 and the worker are frozen in the middle
# of the dump. On `virt` that is softdog, a module of the capture kernel; on `ast2600`
# the hardware's, whose time is 30 s when nobody sets it. There the first system's
# watchdog goes on after the crash, and ends a capture kernel that hangs before PID 1
# runs: `fault-watchdog-early`, in which it never does.

# shellcheck source-path=SCRIPTDIR
. "$tests/lib/fault-stall.sh"

define fault-watchdog-softdog virt watchdog_slow softdog
define fault-watchdog-stalled virt watchdog_stalled softdog
for machine in arm64 x86_64; do
	define_extra fault-watchdog-softdog-$machine $machine watchdog_slow softdog
	define_extra fault-watchdog-stalled-$machine $machine watchdog_stalled softdog
done
define_extra fault-watchdog-aspeed ast2600 watchdog_slow
define_extra fault-watchdog-aspeed-stalled ast2600 watchdog_stalled
define_extra fault-watchdog-early ast2600 watchdog_early

watchdog_case() {
	extra_modules=(ext4 ${1:+"$1"})
	config_lines=("target = UUID=$disk_uuid" "stall = $2")
	first_extra=$small_memory
	deadline=900 # a hang, on a host with much else to do
}

armed_for() {
	said "watchdog /dev/watchdog0?: armed, $1 s" # whichever is there first
}

# The same by the kernel's own word at the moment of the freeze. kdump-init logs it where that
# can disturb nothing, between the log and the memory or after an attempt: where the driver came
# a moment later than that, PID 1 is frozen with the line unsaid.
kernel_says_armed() {
	tr -d '\r' <"$case_dir/console.log" |
		grep -a -x -F "T-$nonce: watchdog0: active, timeout $1 s"
}

case_watchdog_slow() {
	watchdog_case "${1:-}" 10
	if [ "$machine" != ast2600 ]; then
		qemu_drive[1]+=,throttling.bps-write=1800000
	else
		wrapper=slow # this card's emulation would hold up the whole machine
	fi
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "the watchdog was armed, 30 s above stall" armed_for 40
	judge_clean ext4
	judge_files ext4 || return 1
	judge_status
	judge_vmcore
	note "the memory took $(status_of duration_ms) ms"
	check "the memory alone took longer than the watchdog waits" \
		[ "$(status_of duration_ms)" -gt 40000 ]
}

case_watchdog_stalled() {
	watchdog_case "${1:-}" 5
	wrapper=freeze meanwhile=stamp_console
	[ "$machine" = ast2600 ] || qemu_drive[1]+=,throttling.bps-write=4000000
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "the watchdog was armed, 30 s above stall" kernel_says_armed 35
	check "all but its guard was frozen" grep -a -q "^T-$nonce: frozen: frozen 1, guard alive: yes" \
		"$case_dir/console.log"
	check "kdump-init did not end the capture" not said '(complete|rebooting|given up)'
	check "nor did anybody else restart the machine" [ -z "$(restarted_after)" ]
	check "the watchdog did, in its time" reset_within 15 240
	judge_sound_and_honest
}

# The kernel pets a watchdog that runs already, for as long as watchdog.open_timeout
# says; kdump-load's is longer. Then the hardware's 30 s are left.
case_watchdog_early() {
	config_lines=("target = ${part}2")
	armed=60 append="watchdog.open_timeout=15"
	wrapper=hang meanwhile=stamp_console
	crash_and_capture || return 1
	disk_report "$disk_image" first >"$case_dir/report.first"
	disk_report "$disk_image" second >"$case_dir/report.second"
	check "the first system's watchdog was armed" report_line first '^watchdog: active, 60 s$'
	check "the first system crashed with a capture kernel loaded" loaded_and_crashed || return 1
	check "the capture kernel hung before PID 1 of ours" grep -a -q "^T-$nonce: hangs" \
		"$case_dir/console.log"
	check "kdump-init never ran" not said .
	check "nobody restarted the machine" [ -z "$(restarted_after)" ]
	check "the watchdog did, in its time" hang_ended_within 10 240
	check "the first system came up again" report_line second '^second boot$'
}

hang_ended_within() {
	local from to
	from=$(time_of 2 "T-$nonce: hangs") to=$(time_of 3 'Linux version')
	echo "hung at ${from:-?} ms, booting again at ${to:-?} ms"
	[ -n "$from" ] && [ -n "$to" ] || return 1
	[ $((to - from)) -ge $(($1 * 1000)) ] && [ $((to - from)) -le $(($2 * 1000)) ]
}

# What the first disk's target has to be after a reset in the middle.
judge_sound_and_honest() {
	local copy
	copy=$(target_copy)
	check "the filesystem is sound, its journal replayed" sound "$copy"
	check "no memory that looks whole" not has_name "$copy" vmcore
	check "nothing says that it is complete" not has_name "$copy" status
	rm -f "$copy"
}

# reset_within LEAST MOST: seconds from the freeze to the next boot.
reset_within() {
	local from to
	from=$(time_of 2 "T-$nonce: frozen: ") to=$(time_of 3 'Linux version')
	echo "frozen at ${from:-?} ms, booting again at ${to:-?} ms"
	[ -n "$from" ] && [ -n "$to" ] || return 1
	[ $((to - from)) -ge $(($1 * 1000)) ] && [ $((to - from)) -le $(($2 * 1000)) ]
}
