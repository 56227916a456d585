# shellcheck shell=sh disable=SC2154,SC2034,SC2016,SC2119,SC2120 # variables of tests/run; text for a fake; dry_run OPTION...
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
	printf '#!/bin/sh\nfor word; do printf "%%s\\n" "$word"; done >>calls\n%s\n' "$1" >bin/kexec
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

# A bzImage of 16 MiB when it starts, at a multiple of 2 MiB, as its header says, of the given release.
bzimage() { # FILE [RELEASE]
	kernel_with "$1" 514 0x53726448
	put "$1" 526 $((0x400 - 0x200))
	put "$1" 560 $((2 << 20))
	put "$1" 568 2047
	put "$1" 608 $((16 << 20))
	printf '%s (maker@host) #1\0' "${2:-6.9.0-test}" | dd of="$1" bs=1 seek=1024 conv=notrunc 2>/dev/null
}

# An Image of arm64 of 16 MiB.
image_of_arm64() { # FILE
	kernel_with "$1" 56 0x644d5241
	put "$1" 16 $((16 << 20))
}

put() { # FILE OFFSET WORD
	word "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# The value of --append in the last dry run, as the shell reads it.
appended_line() {
	eval "set -- $(echo "$out" | grep '^kexec ' | head -n 1)"
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
	kernel_with kernel 100 1
	dry_run
	exits 1
	has "$err" 'no kernel that can be loaded'
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
	mkdir -p root/usr/lib/modules/6.9.0-v7+
	zimage root/usr/lib/modules/6.9.0-v7+/vmlinuz
	run kdump-load --dry-run
	has "$out" '-p root/usr/lib/modules/6.9.0-v7+/vmlinuz --initrd=root/boot/kdump-initrd.img-6.9.0-v7+'
	rm root/usr/lib/modules/6.9.0-v7+/vmlinuz
	run kdump-load --dry-run
	exits 1
	has "$err" 'name one with --kernel'
	# rpi-update's kernel of the Pi 5, whose pages have 16 KiB, has another name than the others of 64 bits.
	mkdir -p root/boot/firmware
	rm -f root/boot/kernel*
	zimage root/boot/firmware/kernel8.img
	zimage root/boot/firmware/kernel_2712.img
	echo 6.12.9-v8-16k+ >root/proc/sys/kernel/osrelease
	run kdump-load --dry-run --initrd archive
	has "$out" '-p root/boot/firmware/kernel_2712.img'
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
	image_of_arm64 kernel
	put kernel 16 $((38 << 20))
	dry_run
	has "$err" 'add crashkernel=96M'
	zimage kernel
	rm root/sys/kernel/kexec_crash_size
	refused CONFIG_KEXEC=y
}

test_a_scarce_reservation_is_a_warning() {
	system
	zimage kernel
	echo $((22 << 20)) >root/sys/kernel/kexec_crash_size
	dry_run
	exits 0
	# 0x208000 + 16 MiB + 4 KiB, 14 MiB to run in, and the archive unpacked
	has "$err" 'may run out of memory below 33 MiB'
}

test_what_netconsole_sends_has_what_the_capture_says() {
	system
	zimage kernel
	dry_run
	lacks "$out" kdump_console
	echo 'console=ttyAMA0 netconsole=6665@10.0.0.2/eth0,6666@10.0.0.1/ root=/dev/mmcblk0p2' >root/proc/cmdline
	dry_run
	exits 0
	has "$out" ' netconsole=6665@10.0.0.2/eth0,6666@10.0.0.1/ '
	has "$out" ' printk.devkmsg=on kdump_console=kmsg '
}

test_memory_of_cma_is_room_to_run_in_and_none_to_be_loaded_into() {
	system
	zimage kernel
	echo $((22 << 20)) >root/sys/kernel/kexec_crash_size
	mkdir -p root/sys/kernel/kexec
	echo $((22 << 20)) >root/sys/kernel/kexec/crash_size
	cp root/sys/kernel/kexec_crash_loaded root/sys/kernel/kexec/crash_loaded
	printf '%s\n' 48000000-483fffff 4c000000-4cbfffff 'nonsense' >root/sys/kernel/kexec/crash_cma_ranges
	dry_run
	exits 0
	lacks "$err" 'may run out of memory'
	printf '%s\n' 48000000-483fffff >root/sys/kernel/kexec/crash_cma_ranges
	dry_run
	has "$err" '22 MiB are reserved, and 4 MiB of CMA; the capture may run out of memory below 33 MiB'
	run kdump-load --status
	has "$out" 'reserved: 22 MiB, and 4 MiB of CMA'
	echo $((16 << 20)) >root/sys/kernel/kexec/crash_size
	printf '%s\n' 48000000-57ffffff >root/sys/kernel/kexec/crash_cma_ranges
	refused 'kernel and archive need'
}

test_kernels_before_6_6_need_less_without_tracefs() {
	system
	for named in vmlinuz-6.1.0-50-armmp:28 vmlinuz-5.10.0-32-armmp:28 vmlinuz-6.6.1:33 vmlinuz-7.2.13:33 kernel:33; do
		zimage "${named%:*}"
		run kdump-load --kernel "${named%:*}" --initrd archive --dry-run
		exits 0
		has "$out" "# crashkernel=${named#*:}M is the least that will do"
	done
	run kdump-load --kernel vmlinuz-6.1.0-50-armmp --initrd archive --dry-run --cmdline 'console=ttyAMA0 panic=5'
	has "$out" '# crashkernel=33M is the least that will do'
}

test_loading_calls_kexec_and_says_so() {
	system
	zimage kernel
	run kdump-load --kernel kernel --initrd archive --dtb archive
	exits 0
	has "$out" 'loaded kernel with archive (64 MiB reserved)'
	grep -qx -e --image-size=0x1400000 calls
	grep -qx -e --dtb=archive calls
	grep -qx -e '--append=console=ttyAMA0 root=/dev/mmcblk0p2 nr_cpus=1 reset_devices novmcoredd initcall_blacklist=tracer_init_tracefs,trace_eval_init cryptomgr.notests rcupdate.rcu_expedited=1 panic=5 cma=0 init=/sbin/kdump-init' calls
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
	has "$err" 'a crash would save nothing: kdump-load loads what saves it, --dry-run says what stands in the way'
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

# Where Linux 6.19 and later have them; the old names may be gone.
test_the_newer_names_in_sys_are_read_first() {
	system
	zimage kernel
	mkdir root/sys/kernel/kexec
	echo $((64 << 20)) >root/sys/kernel/kexec/crash_size
	echo 1 >root/sys/kernel/kexec/crash_loaded
	rm root/sys/kernel/kexec_crash_size root/sys/kernel/kexec_crash_loaded
	run kdump-load --status
	exits 0
	has "$out" 'reserved: 64 MiB'
	fake_kexec ''
	run kdump-load --kernel kernel --initrd archive
	exits 0
	echo 0 >root/sys/kernel/kexec/crash_loaded
	echo 1 >root/sys/kernel/kexec_crash_loaded
	run kdump-load --status
	exits 1
}

test_arm64_tries_the_newer_system_call_first() {
	system
	image_of_arm64 kernel
	printf 'ffff800008010000 T _stext\n' >root/proc/kallsyms
	run kdump-load --kernel kernel --initrd archive
	exits 0
	[ "$(head -n 1 calls)" = -s ]
	rm calls
	# Only the older call: no _text is added where it is there, -c where kexec knows it.
	printf 'ffff800008000000 T _text\nffff800008010000 T _stext\n' >root/proc/kallsyms
	fake_kexec 'case $1 in
		--help) echo " -a, --kexec-syscall-auto"; exit ;;
		-s) echo "syscall kexec_file_load not available." >&2; exit 1 ;;
		esac; echo 1 >root/sys/kernel/kexec_crash_loaded'
	run kdump-load --kernel kernel --initrd archive
	exits 0
	grep -qx -e -c calls
}

test_the_kernel_s_configuration_tells_which_call_it_has() {
	system
	image_of_arm64 kernel
	echo 'ffff800008010000 T _stext' >root/proc/kallsyms
	printf 'CONFIG_KEXEC_FILE=y\n# CONFIG_KEXEC is not set\n' >root/boot/config-6.9.0-test
	dry_run
	exits 0
	has "$out" 'kexec -s -p kernel'
	lacks "$out" kallsyms
	fake_kexec 'echo "kexec_file_load failed: Device or resource busy" >&2; exit 1'
	run kdump-load --kernel kernel --initrd archive
	exits 1
	[ "$(grep -cx -e -p calls)" = 1 ]
	printf '# CONFIG_KEXEC_FILE is not set\nCONFIG_KEXEC=y\n' | gzip >root/proc/config.gz
	dry_run
	exits 0
	lacks "$out" 'kexec -s'
	has "$out" "'ffff800008000000 T _text'"
	echo 'CONFIG_X=y' | gzip >root/proc/config.gz
	dry_run
	exits 1
	has "$err" 'neither CONFIG_KEXEC nor'
}

test_text_is_found_before_stext_whatever_lies_between() {
	system
	image_of_arm64 kernel
	for pair in ffff000008081000:ffff000008080000 ffff000008080800:ffff000008080000 \
		ffff800008010000:ffff800008000000 ffff800100000000:ffff8000ffff0000 ffff800080010000:ffff800080000000; do
		echo "${pair%:*} T _stext" >root/proc/kallsyms
		dry_run
		exits 0
		has "$out" "'${pair#*:} T _text'"
	done
}

test_a_device_tree_is_for_the_older_call() {
	system
	image_of_arm64 kernel
	printf 'ffff800008000000 T _text\n' >root/proc/kallsyms
	run kdump-load --kernel kernel --initrd archive --dtb archive
	exits 0
	lacks "$(cat calls)" -s
	lacks "$err" ignored
	fake_kexec '[ "$1" = -s ] || exit 1; echo 1 >root/sys/kernel/kexec_crash_loaded'
	run kdump-load --kernel kernel --initrd archive --dtb archive
	exits 0
	has "$err" 'is ignored'
}

# Words of kexec-tools (strerror) and what is made of them.
test_each_error_of_the_file_call_is_explained() {
	system
	image_of_arm64 kernel
	echo CONFIG_KEXEC_FILE=y >root/boot/config-6.9.0-test
	while IFS=: read -r words remedy; do
		fake_kexec "echo 'kexec_file_load failed: $words' >&2; exit 1"
		run kdump-load --kernel kernel --initrd archive
		exits 1
		has "$err" "failed: $words"
		has "$err" "$remedy"
	done <<-'END'
		Device or resource busy:nr_cpus=1
		Device or resource busy:CPUs are stuck in the kernel
		Key was rejected by service:signed with a key it knows
		Required key not available:signed with a key it knows
		No data available:signed with a key it knows
		Operation not permitted:locked down
		Function not implemented:CONFIG_KEXEC
		Cannot assign requested address:larger crashkernel=
	END
	# The reason of the first call is not hidden by the second, which is not there.
	rm root/boot/config-6.9.0-test
	echo 'ffff800008000000 T _text' >root/proc/kallsyms
	fake_kexec 'if [ "$1" = -s ]; then echo "kexec_file_load failed: Key was rejected by service"
		else echo "kexec_load failed: Function not implemented"; fi; exit 1'
	run kdump-load --kernel kernel --initrd archive
	exits 1
	has "$err" 'signed with a key it knows'
}

test_packed_arm64_kernels_are_unpacked_and_measured() {
	system
	echo CONFIG_KEXEC_FILE=y >root/boot/config-6.9.0-test
	echo $((16 << 20)) >root/sys/kernel/kexec_crash_size
	image_of_arm64 Image
	fake_kexec 'for word; do [ ! -f "$word" ] || [ "$word" = archive ] || cp "$word" got; done; echo 1 >root/sys/kernel/kexec_crash_loaded'
	for program in gzip xz zstd; do
		"$program" -c Image >stream
		zboot_of stream zboot
		for kernel in stream zboot; do
			rm -f got
			run kdump-load --kernel "$kernel" --initrd archive --dry-run
			exits 1
			has "$err" '16 MiB are reserved, kernel and archive need 17 MiB'
			has "$out" "| $program -dc >IMAGE"
			has "$out" 'kexec -s -p IMAGE'
			echo $((64 << 20)) >root/sys/kernel/kexec_crash_size
			run kdump-load --kernel "$kernel" --initrd archive
			exits 0
			cmp got Image
			has "$out" "loaded $kernel "
			echo $((16 << 20)) >root/sys/kernel/kexec_crash_size
		done
	done
	gzip -c Image | head -c 60 >torn
	run kdump-load --kernel torn --initrd archive --dry-run
	exits 1
	has "$err" 'is the file whole'
	{ xz -c Image; word 0x1000000; } >sized.xz
	run kdump-load --kernel sized.xz --initrd archive --dry-run
	has "$err" 'kernel and archive need 17 MiB'
	echo no Image | gzip >text.gz
	run kdump-load --kernel text.gz --initrd archive --dry-run
	exits 1
	has "$err" 'cannot be unpacked to the Image'
}

# The EFI program around a compressed Image, as far as kdump-load looks at it.
zboot_of() { # STREAM FILE
	word 0x5a4d 0x676d697a 512 "$(wc -c <"$1")" >"$2"
	pad "$2" 512
	cat "$1" >>"$2"
	pad "$2" $(($(wc -c <"$2") + 100))
}

test_the_reservation_for_an_image_is_judged() {
	system
	image_of_arm64 kernel
	echo $((40 << 20)) >root/sys/kernel/kexec_crash_size
	dry_run
	exits 0
	has "$err" 'may run out of memory below 49 MiB'
}

test_the_reservation_for_a_bzimage_is_judged() {
	system
	bzimage kernel
	echo $((16 << 20)) >root/sys/kernel/kexec_crash_size
	dry_run
	exits 1
	has "$err" 'need 19 MiB to start: boot with crashkernel=45M'
	echo $((40 << 20)) >root/sys/kernel/kexec_crash_size
	dry_run
	exits 0
	has "$err" 'may run out of memory below 45 MiB'
}

test_a_limit_of_loads_is_told() {
	system
	zimage kernel
	echo 0 >root/proc/sys/kernel/kexec_load_limit_panic
	refused kexec_load_limit_panic
}

test_unloading_turns_to_the_newer_call() {
	system
	fake_kexec '[ "$1" = -s ] || exit 1'
	run kdump-load --unload
	exits 0
}

# A crash while the machine shuts down is to be saved, too.
test_the_capture_kernel_stays_loaded_through_shutdown() {
	system
	unit=$tools/kdump-load.service
	! grep -E '^(Conflicts|Before)=.*shutdown' "$unit"
	grep -qx DefaultDependencies=no "$unit"
	grep -qx IgnoreOnIsolate=yes "$unit"
	run kdump-load.init stop
	exits 0
	[ ! -e calls ] || fail 'kexec was called'
}
