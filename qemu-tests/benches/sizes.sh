# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What has to be stored on the board, and what is unpacked into the reserved memory.

bench_sizes() {
	local out=$work/bench-sizes
	bench_new sizes virt 512
	{
		echo "what,bytes"
		echo "commit,$(commit_here)"
		echo "binary armel,$(stat -c %s "$build/armel/kdump-init")"
		echo "binary armel with the commands,$(stat -c %s "$build/armel/kdump-init-full")"
		echo "binary armhf,$(stat -c %s "$build/armhf/kdump-init")"
		echo "binary armhf with all codecs,$(stat -c %s "$(codecs_binary)")"
		write_config
		capture_archive "$out/capture.img" "$out/kdump-init.conf" ext4 || return 1
		echo "archive with ext4 and virtio,$(stat -c %s "$out/capture.img")"
		echo "archive unpacked,$(bsdtar -xOf "$out/capture.img" | wc -c)"
	} >"$results/sizes.csv"
}
