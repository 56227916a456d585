# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same board with more and more memory, half of which is in use: our time has to grow
# with it, and our memory not at all.

bench_growth() {
	local size small=64M
	rm -f "$results/growth.csv"
	for size in 256 512 1024 2048; do
		ways_table "$results/growth.csv" virt $size 1 host read elf zlib-31 log || return 1
	done
}
