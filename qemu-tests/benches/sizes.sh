# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What has to be stored on the board, and what is unpacked into the reserved memory; what sealed
# dumps take of it, and what they would take with libsodium in place of BearSSL.

# The same calls of each library, with the same result, compiled alike; without those of either.
sizes_primitives() {
	local sodium=$work/libsodium of bare sealed=$out/sealed
	"$repo/.ci/fetch-packages" source "$sodium" libsodium >&3 2>&3 &&
		make -s -C "$repo" ARCH=armel SODIUM="$sodium" \
			build/armel/bench-primitives-{none,bearssl,sodium} >&3 2>&3 || return 1
	bare=$(stat -c %s "$build/armel/bench-primitives-none")
	for of in bearssl sodium; do
		seq 300 | qemu-arm-static "$build/armel/bench-primitives-$of" >"$sealed-$of" || return 1
		echo "what sealed dumps call of $of (armel),$(($(stat -c %s "$build/armel/bench-primitives-$of") - bare))"
	done
	cmp "$sealed-bearssl" "$sealed-sodium" >&3
}

# The same binary without sealed dumps. The libraries are unpacked already: build/sysroot.
sizes_unsealed() {
	mkdir -p "$out/plain" && ln -sfn "$build/sysroot" "$out/plain/sysroot" &&
		make -s -C "$repo" ARCH=armel O="$out/plain" WITH_SEAL=no >&3 2>&3 || return 1
	echo "binary armel without sealed dumps,$(stat -c %s "$out/plain/armel/kdump-init")"
}

bench_sizes() {
	local out=$work/bench-sizes
	bench_new sizes virt 512
	{
		echo "what,bytes"
		echo "commit,$(commit_here)"
		echo "binary armel,$(stat -c %s "$build/armel/kdump-init")"
		echo "binary armel with the commands,$(stat -c %s "$build/armel/kdump-init-full")"
		sizes_unsealed && sizes_primitives || return 1
		echo "binary armhf,$(stat -c %s "$build/armhf/kdump-init")"
		echo "binary armhf with all codecs,$(stat -c %s "$(codecs_binary)")"
		write_config
		capture_archive "$out/capture.img" "$out/kdump-init.conf" ext4 || return 1
		echo "archive with ext4 and virtio,$(stat -c %s "$out/capture.img")"
		echo "archive unpacked,$(bsdtar -xOf "$out/capture.img" | wc -c)"
	} >"$results/sizes.csv"
}
