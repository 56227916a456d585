# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A crash is saved whole: byte for byte what /proc/vmcore held, on a clean
# filesystem, under its final name, and the machine comes back by itself.

define virt-capture virt capture
define raspi0-capture raspi0 capture
define_extra arm64-capture arm64 capture
needs virt-capture crash

# The kernel needed not unpack itself after the crash; only a zImage would.
was_unpacked() {
	grep -a -q "^T-$nonce: kdump-load: kdump-load: loaded .* (unpacked)" "$case_dir/console.log"
}

case_capture() {
	wrapper="hash"
	config_lines=("target = ${part}2")
	crash_and_capture || return 1
	judge_round_trip || return 1
	[ "$userland" != armel ] || check "what is in the zImage was unpacked when it was loaded" was_unpacked
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	judge_vmcore || return 1
	judge_sum
	# crash(8) takes longer than the rest: with --repeat, once is enough, since
	# the sums are compared each time.
	[ "$machine" != virt ] || [ "$label" != "$case_name" ] || judge_crash
}
