# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load: made-up kernels, made-up /proc and /sys (KDUMP_ROOT), and a
# kexec that writes down what it was asked to do.

# A system with 64 MiB reserved and the command line of a small board.
system() {
	mkdir -p root/proc/sys/kernel root/sys/kernel root/boot root/sbin bin
	echo 'console=ttyAMA0 root=/dev/mmcblk0p2 crashkernel=64M' >root/proc/cmdline
	echo 6.9.0-test >root/proc/sys/kernel/osrelease
	echo 0 >root/proc/sys/kernel/kexec_load_disabled
	echo $((64 << 20)) >root/sys/kernel/kexec_crash_size
	echo 0 >root/sys/kernel/kexec_crash_loaded
	head -c 100000 /dev/zero >archive
	fake_kexec 'echo 1 >root/sys/kernel/kexec_crash_loaded'
	KDUMP_ROOT=root
	PATH=$PWD/bin:$PATH
	export KDUMP_ROOT PATH
}

fake_kexec() { # WHAT-IT-DOES
	printf '#!/bin/sh\nfor word; do echo "$word"; done >>calls\n%s\n' "$1" >bin/kexec
	chmod +x bin/kexec
}

# A zImage of 1 MiB: 16 MiB unpacked, TEXT_OFFSET 0x208000, heap 64 KiB.
zimage() { # FILE [BSS]
	{
		pad head 36 && cat head
		word 0x016f2818 0 0x100000 0x04030201 0x45454545 64 0
		word 3 0x11111111 7
		word 6 0x5a534c4b 104 "${2:-4096}" 0x208000 0x10000
		word 0
		word $((16 << 20))
	} >"$1"
	pad "$1" $((1 << 20))
}

# A kernel of another kind: the word at its offset, and nothing else.
kernel_with() { # FILE OFFSET MAGIC
	: >"$1"
	pad "$1" "$2"
	word "$3" >>"$1"
	pad "$1" 4096
}

# The value of --append in the last dry run, as the shell reads it.
appended_line() {
	eval "set -- $(echo "$out" | grep '^kexec ')"
	for argument; do
		case $argument in --append=*) echo "${argument#--append=}" ;; esac
	done
}

dry_run() { run kdump-load --kernel kernel --initrd archive --dry-run "$@"; }

test_zimage_size_follows_its_table() {
	system
	zimage kernel
	dry_run
	exits 0
	# 0x208000 - 0x8000 + 16 MiB + (1 MiB + 4 KiB + 64 KiB + 64 KiB), whole MiB
	has "$out" 'kexec --type zImage --image-size=0x1400000 -p kernel --initrd=archive'
}

test_zimage_size_holds_a_large_bss() {
	system
	zimage kernel $((8 << 20))
	dry_run
	has "$out" --image-size=0x1a00000
}

test_zimage_without_a_table_gets_five_times_its_length() {
	system
	kernel_with kernel 36 0x016f2818
	pad kernel $((1 << 20))
	dry_run
	exits 0
	has "$out" --image-size=0x900000
}

test_other_kernels_are_told_by_their_magic() {
	system
	kernel_with kernel 514 0x53726448
	dry_run
	exits 0
	has "$out" 'kexec -s -p kernel'
	lacks "$out" cma=0
	kernel_with kernel 56 0x644d5241
	dry_run
	has "$out" 'kexec -p kernel'
	kernel_with kernel 0 0x56190527
	dry_run
	exits 1
	has "$err" 'uImage: unwrap it'
	kernel_with kernel 100 1
	dry_run
	exits 1
	has "$err" 'no kernel that can be loaded'
}

test_the_command_line_takes_over_what_is_good() {
	system
	zimage kernel
	echo 'BOOT_IMAGE=/z console=tty1 console=ttyAMA0,115200 quiet root=PARTUUID=1-2 rootwait crashkernel=64M@1M' \
		'panic=10 init=/sbin/x kdump.wait=5 mem=256M cma=64M log-buf-len=4M dyndbg="file a.c +p" oops=panic' \
		'hung_task_panic=1 splash systemd.unit=x single -- quux' >root/proc/cmdline
	dry_run
	exits 0
	[ "$(appended_line)" = 'console=tty1 console=ttyAMA0,115200 root=PARTUUID=1-2 rootwait kdump.wait=5 dyndbg="file a.c +p" maxcpus=1 reset_devices panic=5 cma=0' ]
}

test_append_wins_over_defaults_and_comes_last() {
	system
	zimage kernel
	dry_run --append 'nr_cpus=1 panic=60' --append "cma=4M console=ttyAMA0 x='y z'"
	exits 0
	[ "$(appended_line)" = "root=/dev/mmcblk0p2 reset_devices nr_cpus=1 panic=60 cma=4M console=ttyAMA0 x='y z'" ]
	dry_run --cmdline 'only this'
	[ "$(appended_line)" = 'only this' ]
}

test_without_an_archive_the_root_partition_starts_kdump_init() {
	system
	zimage kernel
	run kdump-load --kernel kernel --dry-run
	exits 1
	has "$err" 'no /sbin/kdump-init'
	touch root/sbin/kdump-init
	chmod +x root/sbin/kdump-init
	run kdump-load --kernel kernel --dry-run
	exits 0
	has "$(appended_line)" 'root=/dev/mmcblk0p2 '
	has "$(appended_line)" 'init=/sbin/kdump-init rootwait'
	echo 'root=UUID=12' >root/proc/cmdline
	run kdump-load --kernel kernel
	exits 1
	has "$err" 'use root=PARTUUID='
	echo 'console=ttyS0' >root/proc/cmdline
	run kdump-load --kernel kernel
	exits 1
	has "$err" 'has no root='
}

test_files_of_the_running_kernel_are_found() {
	system
	zimage root/boot/vmlinuz-6.9.0-test
	zimage root/boot/kernel7.img
	cp archive root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --dry-run
	exits 0
	has "$out" '-p root/boot/vmlinuz-6.9.0-test --initrd=root/boot/kdump-initrd.img-6.9.0-test'
	echo 6.9.0-v7+ >root/proc/sys/kernel/osrelease
	cp archive root/boot/kdump-initrd.img-6.9.0-v7+
	run kdump-load --dry-run
	has "$out" '-p root/boot/kernel7.img'
	rm root/boot/kernel7.img
	run kdump-load --dry-run
	exits 1
	has "$err" 'name one with --kernel'
}

test_missing_files_are_told() {
	system
	run kdump-load --kernel nosuch
	exits 1
	has "$err" 'no kernel nosuch'
	zimage kernel
	run kdump-load --kernel kernel --initrd nosuch
	exits 1
	has "$err" 'make it with kdump-mkinitramfs'
	run kdump-load --kernel kernel --initrd archive --dtb nosuch
	exits 1
	has "$err" 'no device tree nosuch'
}

# Each refusal: nothing is loaded, and the remedy is named.
refused() { # REMEDY
	rm -f calls
	run kdump-load --kernel kernel --initrd archive
	exits 1
	[ ! -e calls ] || fail 'kexec was called'
	has "$err" "$1"
	dry_run
	exits 1
	has "$err" "would be refused"
	has "$out" 'kexec --type zImage'
}

test_refusals_name_the_remedy() {
	system
	zimage kernel
	echo 1 >root/proc/sys/kernel/kexec_load_disabled
	refused 'and reboot'
	echo 0 >root/proc/sys/kernel/kexec_load_disabled
	echo $((20 << 20)) >root/sys/kernel/kexec_crash_size
	refused '20 MiB are reserved, kernel and archive need 21 MiB to start: boot with crashkernel='
	echo 0 >root/sys/kernel/kexec_crash_size
	refused 'multiple of 128 MiB'
	echo console=ttyS0 >root/proc/cmdline
	refused 'add crashkernel=64M'
	rm root/sys/kernel/kexec_crash_size
	refused CONFIG_KEXEC=y
}

test_a_scarce_reservation_is_a_warning() {
	system
	zimage kernel
	echo $((22 << 20)) >root/sys/kernel/kexec_crash_size
	dry_run
	exits 0
	has "$err" 'may run out of memory below'
}

test_loading_calls_kexec_and_says_so() {
	system
	zimage kernel
	run kdump-load --kernel kernel --initrd archive --dtb archive
	exits 0
	has "$out" 'loaded kernel with archive (64 MiB reserved)'
	grep -qx -e --image-size=0x1400000 calls
	grep -qx -e --dtb=archive calls
	grep -qx -e '--append=console=ttyAMA0 root=/dev/mmcblk0p2 maxcpus=1 reset_devices panic=5 cma=0' calls
}

test_a_failing_kexec_is_explained() {
	system
	zimage kernel
	fake_kexec 'echo "kexec_load failed: Invalid argument" >&2; exit 1'
	run kdump-load --kernel kernel --initrd archive
	exits 1
	has "$err" 'kexec_load failed: Invalid argument'
	has "$err" nr_cpus=1
	fake_kexec 'echo "Could not find a free area of memory" >&2; exit 1'
	run kdump-load --kernel kernel --initrd archive
	exits 1
	has "$err" 'larger crashkernel='
	fake_kexec ''
	run kdump-load --kernel kernel --initrd archive
	exits 1
	has "$err" 'no kernel is loaded'
}

test_x86_falls_back_to_the_older_system_call() {
	system
	kernel_with kernel 514 0x53726448
	fake_kexec '[ "$1" != -s ] || exit 1; echo 1 >root/sys/kernel/kexec_crash_loaded'
	run kdump-load --kernel kernel --initrd archive
	exits 0
	[ "$(grep -c -x -e -p calls)" = 2 ]
}

test_a_missing_text_symbol_is_added_for_arm64() {
	system
	kernel_with kernel 56 0x644d5241
	printf 'ffffc6a2f5a10000 T _stext\nffffc6a2f5a10000 T other\n' >root/proc/kallsyms
	dry_run
	exits 0
	has "$out" "echo 'ffffc6a2f5a00000 T _text'"
	printf 'ffffc6a2f5a00000 T _text\nffffc6a2f5a10000 T _stext\n' >root/proc/kallsyms
	dry_run
	lacks "$out" kallsyms
	printf '0000000000000000 T _stext\n' >root/proc/kallsyms
	dry_run
	exits 1
	has "$err" kptr_restrict=1
}

test_status_and_unload() {
	system
	run kdump-load --status
	exits 1
	has "$out" 'reserved: 64 MiB'
	has "$out" 'loaded: no'
	echo 1 >root/sys/kernel/kexec_crash_loaded
	run kdump-load --status
	exits 0
	has "$out" 'loaded: yes'
	run kdump-load --unload --dry-run
	has "$out" 'kexec -p -u'
	[ ! -e calls ]
	run kdump-load --unload
	exits 0
	grep -qx -e -u calls
}

test_wrong_options_of_load_are_usage_errors() {
	for arguments in --nosuch word --kernel '--type=x'; do
		run kdump-load "$arguments"
		exits 2
	done
	run kdump-load --help
	exits 0
	has "$out" --dry-run
}
