# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From the panic to the first line of the next boot's kernel, as somebody at the console
# would time it: with kdump-init, and with an init that does nothing but reboot.

# whole_run ROUND WAY
whole_run() {
	local panic next start=0 saved=0
	bench_new "whole-$1-$2" virt 512
	bench_fill
	bench_way "$2"
	meanwhile=stamp_console
	# shellcheck disable=SC2317 # called by crash_and_capture
	capture_changes() { capture_add_files "$1" "$build/armel/bench-meter"; }
	crash_and_capture || return 1
	panic=$(time_of 1 'Kernel panic - not syncing')
	next=$(time_of 3 'Linux version')
	start=$(time_of 2 'Run /')
	saved=$(time_of 2 'kdump-init: rebooting')
	if [ -z "$panic" ] || [ -z "$next" ]; then
		note "whole, $2: no panic, or no next boot, was seen"
		return 1
	fi
	echo "round=$1 way=$2 ms=$((next - panic)) init_ms=$((saved > 0 ? saved - start : 0))"
	case_tidy
}

bench_whole() {
	local round way list=(reboot zlib-31 elf log)
	[ -z "${QUICK:-}" ] || list=(reboot zlib-31 log)
	for ((round = 1; round <= rounds; round++)); do
		for way in "${list[@]}"; do
			whole_run $round "$way" || return 1
		done
		list=("${list[@]:1}" "${list[0]}")
	done >"$work/bench-whole.words"
	to_table machine,memory_mib virt,512 round way ms init_ms \
		<"$work/bench-whole.words" >"$results/whole.csv"
}
