# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Little is enough: a capture kernel with 30 MiB in all, in less than which kexec finds no room
# to load it (busybox dd needs 32: make bench, smallest), and files that fit the smallest boards.

define virt-small virt small 30M
define sizes none sizes
needs sizes codecs
for size in 31M 32M 36M 48M; do
	define_extra virt-small-$size virt small $size
done

case_small() {
	memory=512 crashkernel=$1
	config_lines=("target = ${part}2")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	judge_vmcore
}

case_sizes() {
	local out=$case_dir/capture.img
	machine_use virt
	config_lines=("target = ${part}2")
	write_config
	check "the archive is made" capture_archive "$out" "$case_dir/kdump-init.conf" ext4
	check "kdump-init for armel is below 144 KiB" smaller "$(kdump_binary)" 147456
	check "it is built without sealed dumps and network" build_plain
	check "that is below 128 KiB" smaller "$case_dir/plain/$kdump_arch/kdump-init" 131072
	rm -rf "$case_dir/plain"
	note "with all codecs: $(stat -c %s "$(codecs_binary)") bytes"
	check "the archive with ext4 and virtio is below 1 MiB" smaller "$out" 1048576
	check "kdump-init asks for no dynamic linker" \
		not grep -q INTERP <(readelf -lW "$(kdump_binary)")
}

# The libraries of the architecture are unpacked already: build/sysroot.
build_plain() {
	mkdir -p "$case_dir/plain" && ln -sfn "$build/sysroot" "$case_dir/plain/sysroot" &&
		make -s -C "$repo" ARCH="$kdump_arch" O="$case_dir/plain" WITH_SEAL=no WITH_NET=no
}

smaller() {
	local size
	size=$(stat -c %s "$1") || return 1
	note "${1##*/}: $size bytes"
	[ "$size" -lt "$2" ]
}
