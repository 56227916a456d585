# shellcheck shell=sh disable=SC2154,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold when kdump-load is given what U-Boot boots: files that mkimage itself made. The
# system and the kernels are those of load.sh; what kexec is given lies in "got" afterwards.

uboot_board() {
	system
	printf 'CONFIG_KEXEC_FILE=y\nCONFIG_KEXEC=y\n' >root/boot/config-6.9.0-test
	fake_kexec 'for word; do [ ! -f "$word" ] || [ "$word" = archive ] || cp "$word" got; done
echo 1 >root/sys/kernel/kexec_crash_loaded'
}

uimage_of() { # KERNEL TYPE COMPRESSION
	mkimage -A arm -O linux -T "$2" -C "$3" -a 0x8000 -e 0x8000 -n 'Linux-6.9.0' -d "$1" uImage
}

loads_from_uimage() { # KERNEL
	rm -f got
	run kdump-load --kernel uImage --initrd archive
	exits 0
	cmp got "$1"
	has "$out" 'loaded uImage with archive'
}

test_a_uimage_is_unwrapped() {
	uboot_board
	zimage zImage
	uimage_of zImage kernel none
	loads_from_uimage zImage
	grep -qx -e --image-size=0x1400000 calls
	uimage_of zImage kernel_noload none
	loads_from_uimage zImage
	image_of_arm64 Image
	uimage_of Image kernel none
	loads_from_uimage Image
	# What stands behind the kernel is not part of it: an update that wrote over a longer file.
	pad uImage 200000
	loads_from_uimage Image
}

test_a_packed_uimage_is_unwrapped_and_unpacked() {
	uboot_board
	image_of_arm64 Image
	gzip -c Image >Image.gz
	for said in gzip none; do
		uimage_of Image.gz kernel $said
		loads_from_uimage Image
	done
	run kdump-load --kernel uImage --initrd archive --dry-run
	exits 0
	has "$out" "tail -c +65 uImage | head -c $(wc -c <Image.gz) | gzip -dc >IMAGE"
	has "$out" 'kexec -s -p IMAGE'
}

test_the_own_kernel_may_be_a_uimage() {
	uboot_board
	zimage zImage
	uimage_of zImage kernel none
	mv uImage root/boot/uImage-6.9.0-test
	run kdump-load --initrd archive
	exits 0
	cmp got zImage
	grep -qx 'release = 6.9.0-test' root/run/kdump-init/loaded
}

uimage_refused() { # REASON
	run kdump-load --kernel uImage --initrd archive
	exits 1
	[ ! -e calls ] || fail 'kexec was called'
	has "$err" "$1"
}

test_a_uimage_that_holds_no_single_kernel_is_refused() {
	uboot_board
	zimage zImage
	uimage_of zImage:archive multi none
	uimage_refused 'uImage of several files: take the kernel out of it, with dumpimage -T multi -p 0 -o zImage uImage'
	uimage_of archive ramdisk none
	uimage_refused 'uImage that holds no kernel'
	uimage_of archive kernel none
	uimage_refused 'uImage cannot be unpacked to the Image of an arm64 kernel, nor to a zImage (cat)'
	uimage_of zImage kernel none
	truncate -s 500000 uImage
	uimage_refused 'uImage of 1048576 bytes, and ends before them'
	printf '\320\015\376\355' >uImage
	pad uImage 4096
	uimage_refused 'FIT image, or a device tree: take the kernel out of it, with dumpimage -T flat_dt -p 0 -o zImage uImage'
}
