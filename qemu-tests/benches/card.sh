# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cards: disks that take no more than so many MB (10^6 bytes) a second, by QEMU's throttle. No way
# of saving can take less than its bytes divided by that speed, but for the tenth of a second that
# the throttle lets through at once (util/throttle.c of QEMU: a bucket of avg / 10). The
# machine whose disk is as fast as it is, speed 0, shows what the processor takes alone.

card_speeds="0 10 20 80"
card_ways="dd elf lzo-31 zlib-31 makedumpfile-l-31 makedumpfile-c-31"
card_measured=(round way ms capture_ms bytes kib user_ms system_ms code)

# card_run SPEED ROUNDS WAY...
card_run() {
	local speed=$1 rounds=$2
	shift 2
	bench_new "card-$speed" virt 512
	bench_fill
	wrapper=bench
	more_settings="rounds=$rounds ways=\"$*\""
	# Else ext4 writes them in the background for as long as there is something to save.
	disk_extended=lazy_itable_init=0,lazy_journal_init=0
	[ "$speed" = 0 ] || qemu_drive[1]+=,throttling.bps-write=${speed}000000
	bench_run_all $((rounds * $#)) || return 1
	to_table machine,memory_mib,mb_s "virt,$ram,$speed" "${card_measured[@]}" \
		<"$case_dir/words" | add_table "$results/card.csv"
}

# shellcheck disable=SC2086 # lists of words
bench_card() {
	local speed speeds=$card_speeds ways=$card_ways
	if [ -n "${QUICK:-}" ]; then
		speeds="0 20" ways="dd elf lzo-31 zlib-31"
	fi
	rm -f "$results/card.csv"
	for speed in $speeds; do
		card_run $speed "$rounds" $ways || return 1
	done
}
