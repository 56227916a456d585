# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every way of saving the same memory, in one capture kernel: first-system/before-bench.

theirs="dd cp makedumpfile-0 makedumpfile-E-1 makedumpfile-l-31 makedumpfile-c-31"
ours="elf zlib-31 lzo-31 zstd-31 none-31 zlib-0 lzo-0 zstd-0 none-0 log"
# What the goals are about: where each round takes long.
few="dd read write elf makedumpfile-l-31 lzo-31 makedumpfile-c-31 zlib-31 log"
# Debian's makedumpfile for armhf needs an ARMv7.
armv6="dd read write elf lzo-31 zlib-31 log"
measured=(round way ms capture_ms bytes kib user_ms system_ms largest_kib tree_kib free_kib
	nonzero_kib faults switches code)

# ways_table FILE MACHINE MEMORY ROUNDS CLOCK WAY...
ways_table() {
	local file=$1 machine=$2 memory=$3 rounds=$4 clock=$5
	shift 5
	bench_new "ways-$machine-$memory-$clock" "$machine" "$memory"
	bench_fill
	wrapper=bench
	crashkernel=${small:-$crashkernel}
	more_settings="rounds=$rounds ways=\"$*\" recipient=${recipient:-}"
	[ "$clock" = host ] || [ "$machine" = raspi0 ] || qemu+=(-icount "shift=4,sleep=off")
	bench_run_all $((rounds * $#)) || return 1
	to_table machine,memory_mib,clock "$machine,$ram,$clock" "${measured[@]}" \
		<"$case_dir/words" | add_table "$file"
}

# shellcheck disable=SC2086 # lists of words
bench_ways() {
	rm -f "$results/ways.csv"
	ways_table "$results/ways.csv" virt 512 "$rounds" host read write $theirs $ours || return 1
	[ -n "${QUICK:-}" ] ||
		ways_table "$results/ways.csv" virt 1024 "$rounds" host $few
}

# counted_on_both FILE VIRT-WAYS RASPI0-WAYS: one round. raspi0 always counts instructions; both at
# once, since load changes nothing there.
# shellcheck disable=SC2086 # lists of words
counted_on_both() {
	local pid table=$1 second=$work/bench-counted.csv rc
	rm -f "$table" "$second"
	(ways_table "$second" raspi0 512 1 instructions $3) &
	pid=$!
	(ways_table "$table" virt 512 1 instructions $2)
	rc=$?
	wait $pid && [ $rc = 0 ] && add_table "$table" <"$second"
}

bench_instructions() {
	counted_on_both "$results/instructions.csv" "read $theirs $ours" "$armv6"
}

# What sealing costs, of the whole memory and of level 31.
bench_seal() {
	local list="elf elf-sealed lzo-31 lzo-31-sealed" counted=$work/bench-seal.csv recipient
	recipient=$(age-keygen 2>/dev/null | age-keygen -y) &&
		counted_on_both "$counted" "$list" "$list" &&
		sed "1s/^/commit,/; 1!s/^/$(commit_here),/" "$counted" >"$results/seal.csv"
}
