# shellcheck shell=sh disable=SC2154,SC2034,SC2119 # variables of tests/run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load and a kernel that has kdump-init in itself: it needs no
# archive, no root partition and no /sbin/kdump-init, and its room is known exactly. The kernels
# are made up, with `system`, `zimage` and `image_of_arm64` of load.sh.

# A newc archive of one empty file, as CONFIG_INITRAMFS_SOURCE links it in.
newc() { # NAME
	printf '070701%0104d%s\0' 0 "$1"
	printf '070701%0104dTRAILER!!!\0' 1
}

# What zimage of load.sh makes, with this packed in it as the kernel's build packs.
zimage_of() { # FILE CONTENT
	zimage "$1"
	gzip -n -9 <"$2" >packed
	dd if=packed of="$1" bs=1 seek=4097 conv=notrunc 2>/dev/null
}

linked_in_zimage() {
	{ head -c 100000 /dev/urandom; newc etc/hostname; newc ./etc/kdump-init.conf; } >content
	zimage_of kernel content
}

named_without_archive() { run kdump-load --kernel kernel --dry-run "$@"; }

test_zimage_with_kdump_init_in_it_needs_nothing_else() {
	system
	echo 'console=ttyAMA0 root=UUID=12 crashkernel=64M' >root/proc/cmdline
	linked_in_zimage
	for none in '' '--initrd none'; do
		# shellcheck disable=SC2086 # none, or two words
		named_without_archive $none
		exits 0
		lacks "$err" refused
		lacks "$out" rootwait
		lacks "$out" initrd
		lacks "$out" initcall_blacklist
		has "$out" init=/sbin/kdump-init
	done
}

test_image_with_kdump_init_in_it_needs_nothing_else() {
	system
	image_of_arm64 kernel
	newc etc/kdump-init.conf >>kernel
	named_without_archive
	exits 0
	lacks "$err" refused
}

test_kernel_without_kdump_init_in_it_needs_a_root_partition() {
	system
	{ head -c 100000 /dev/urandom; newc etc/hostname; } >content
	zimage_of kernel content
	named_without_archive
	exits 1
	has "$err" 'no /sbin/kdump-init on the root partition'
	image_of_arm64 kernel
	newc etc/hostname >>kernel
	named_without_archive
	exits 1
}

# What nobody can look into is believed.
test_built_in_is_believed() {
	system
	zimage kernel
	named_without_archive --initrd built-in
	exits 0
	lacks "$err" refused
	run kdump-load --kernel kernel --initrd built-in
	exits 0
	has "$out" 'loaded kernel with its own archive (64 MiB reserved)'
	lacks "$(cat calls)" --initrd
}

test_kdump_init_elsewhere_in_the_kernel_is_no_archive() {
	system
	{ head -c 1000 /dev/urandom; printf '\0/etc/kdump-init.conf\0'; } >content
	zimage_of kernel content
	named_without_archive
	exits 1
}

# 2 MiB unpacked at 0x208000 with 4 KiB of bss are 4 MiB and a little; half of that, and 4 MiB.
small_linked_in_zimage() {
	linked_in_zimage
	put kernel 104 $((2 << 20))
}

test_dry_run_prints_the_least_crashkernel() {
	system
	small_linked_in_zimage
	named_without_archive
	has "$out" '# crashkernel=11M is the least that will do'
	lacks "$err" warning
	echo $((9 << 20)) >root/sys/kernel/kexec_crash_size
	named_without_archive
	has "$err" 'the capture may run out of memory below 11 MiB'
	echo $((1 << 20)) >root/sys/kernel/kexec_crash_size
	named_without_archive
	exits 1
	has "$err" 'boot with crashkernel=11M or more'
}

test_no_kernel_needs_less_than_was_tried() {
	system
	linked_in_zimage
	put kernel 104 $((100 << 10))
	named_without_archive
	has "$out" '# crashkernel=8M is the least that will do'
}

test_large_kernel_with_kdump_init_in_it_needs_no_more_than_one_without() {
	system
	linked_in_zimage
	put kernel 104 $((40 << 20))
	named_without_archive
	# 0x208000 + 40 MiB + 4 KiB, and the 14 MiB of a distribution's
	has "$out" '# crashkernel=57M is the least that will do'
}
