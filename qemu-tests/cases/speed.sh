# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The full copy is not slower than busybox dd with fsync, in the same capture kernel,
# of the same memory, to the same filesystem. How much quicker it is depends on the host
# and on what else that does: `make bench` measures it. More than half of the memory is
# filled with text and noise; an idle machine's zeros would flatter whoever skips them.

define_extra virt-speed virt speed
alone virt-speed

case_speed() {
	wrapper="dd"
	memory=512 crashkernel=96M fill_mib=224
	config_lines=("target = ${part}2")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	check "half of the memory was filled" filled 208
	judge_vmcore
	compare_speed
}

filled() {
	local mib
	mib=$(report_line first '^filled MiB: ' | sed 's/.*: //')
	echo "filled: $mib MiB"
	[ "${mib:-0}" -ge "$1" ]
}

# took WHO ROUND: milliseconds, as the capture kernel said.
took() {
	tr -d '\r' <"$case_dir/console.log" |
		sed -n "s/^T-$nonce: round $2: $1 took \\([0-9]*\\) ms\$/\\1/p" | head -n 1
}

# The median of three rounds, so that a moment's load on the host does not decide.
compare_speed() {
	local round dd ours ratios=() ratio
	for round in 1 2 3; do
		dd=$(took dd $round) ours=$(took kdump-init $round)
		[ $round != 3 ] || ours=$(status_of duration_ms)
		check "round $round: both were timed" [ $((dd > 0 && ours > 0)) = 1 ] || return 1
		ratio=$((dd * 10 / ours))
		ratios+=("$ratio")
		note "round $round: dd $dd ms, kdump-init $ours ms: $(tenths $ratio) times as fast"
		echo "  round $round: dd $dd ms, kdump-init $ours ms, ratio $(tenths $ratio)" \
			>>"$case_dir/verdict"
	done
	ratio=$(printf '%s\n' "${ratios[@]}" | sort -n | sed -n 2p)
	note "median: $(tenths "$ratio") times as fast as dd"
	check "it is not slower than dd" [ "$ratio" -ge 10 ]
}

tenths() {
	echo "$(($1 / 10)).$(($1 % 10))"
}
