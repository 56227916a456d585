# shellcheck shell=sh disable=SC2154,SC2016,SC2120 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load and what is packed in a zImage: it is unpacked when it is loaded,
# and starts where the zImage would have put it. The system and the zImage are those of load.sh;
# what kexec is given lies in "got" afterwards.

# A board that lets every zImage be unpacked which can be.
roomy_board() {
	system
	echo '  48000000-4bffffff : Crash kernel' >root/proc/iomem
	echo 'MemAvailable:     300000 kB' >root/proc/meminfo
	echo : >root/sbin/kdump-init
	fake_kexec 'for word; do [ ! -f "$word" ] || [ "$word" = archive ] || cp "$word" got; done
echo 1 >root/sys/kernel/kexec_crash_loaded'
	TMPDIR=$PWD/tmp
	mkdir -p tmp
	export TMPDIR
}

# A kernel of 200,000 bytes, the same each time.
unpacked_kernel() {
	head -c 50000 /dev/zero | tr '\0' 'k' >content
	awk 'BEGIN { for (i = 0; i < 15000; i++) printf "%09d\n", i * 7919 }' >>content
}

# zimage of load.sh with content in it from AT on, packed by COMMAND, for TEXT-OFFSET. The
# unpacked size stands behind it, as the kernel's build has it; gzip ends with that.
zimage_packed_by() { # TEXT-OFFSET COMMAND [AT]
	[ -e content ] || unpacked_kernel
	zimage kernel
	put kernel 92 "$1"
	$2 <content >packed
	case $2 in gzip*) ;; *) word "$(wc -c <content)" >>packed ;; esac
	truncate -s "${3:-4096}" kernel
	cat packed >>kernel
	put kernel 84 $(($(wc -c <kernel) - 4))
	pad kernel $((1 << 20))
}

load_it() {
	rm -f got calls
	run kdump-load --kernel kernel --initrd archive "$@"
	exits 0
	[ -z "$(ls tmp)" ] || fail 'a temporary file is left'
}

is_loaded_as_it_is() {
	load_it
	cmp got kernel
	has "$out" 'loaded kernel with archive'
	grep -qx -e --image-size=0x400000 calls
}

test_what_a_zimage_would_unpack_to_is_loaded_where_that_would_put_it() {
	roomy_board
	for program in 'gzip -n -9' 'xz --check=crc32'; do
		zimage_packed_by 0x208000 "$program"
		load_it
		tail -c +$((0x200001)) got | head -c 200000 | cmp - content
		# b 0x200000; its own length, and of the order of bytes
		{ word 0xea07fffe 0 0 0 0 0 0 0 0 0x016f2818 0 $((0x200000 + 200000)) 0x04030201; } >begin
		head -c 52 got | cmp - begin
		# 2 MiB and 200,000 bytes, 4 KiB of bss and a little
		grep -qx -e --image-size=0x300000 calls
		has "$out" 'loaded kernel (unpacked) with archive'
		grep -q "^kernel = $PWD/kernel$" root/run/kdump-init/loaded
	done
}

test_what_is_in_a_zimage_is_found_wherever_it_begins() {
	roomy_board
	for at in 65533 196608 262140; do
		zimage_packed_by 0x208000 'xz --check=crc32' $at
		load_it
		tail -c +$((0x200001)) got | head -c 200000 | cmp - content
	done
}

test_a_kernel_that_lies_where_kexec_puts_it_is_loaded_alone() {
	roomy_board
	zimage_packed_by 0x8000 'xz --check=crc32'
	load_it
	cmp got content
	grep -qx -e --image-size=0x100000 calls
}

test_a_dry_run_tells_how_a_zimage_is_unpacked() {
	roomy_board
	zimage_packed_by 0x208000 'xz --check=crc32'
	load_it --dry-run
	[ ! -e calls ] || fail 'kexec was called'
	has "$out" '# IMAGE: 2097152 bytes that lead to what is in kernel from 4096 on, unpacked by xz'
	has "$out" 'kexec --type zImage --image-size=0x300000 -p IMAGE --initrd=archive'
}

test_bytes_of_code_that_look_packed_do_not_matter() {
	roomy_board
	zimage_packed_by 0x208000 'xz --check=crc32'
	printf '\037\213\010\000' | dd of=kernel bs=1 seek=700 conv=notrunc 2>/dev/null
	printf '\3757zXZ\000' | dd of=kernel bs=1 seek=900 conv=notrunc 2>/dev/null
	load_it
	tail -c +$((0x200001)) got | cmp - content
}

test_a_zimage_in_a_uimage_is_unpacked_as_well() {
	roomy_board
	zimage_packed_by 0x8000 'gzip -n -9'
	mkimage -A arm -O linux -T kernel -C none -a 0x8000 -e 0x8000 -d kernel uImage
	rm -f got
	run kdump-load --kernel uImage --initrd archive
	exits 0
	cmp got content
	[ -z "$(ls tmp)" ] || fail 'a temporary file is left'
}

# The memory is missing, what tells where it may lie, or a part of what is packed.
test_a_zimage_that_cannot_be_unpacked_is_loaded_as_it_is() {
	roomy_board
	zimage_packed_by 0x208000 'xz --check=crc32'
	printf 'MemAvailable:     6000 kB\n' >root/proc/meminfo
	is_loaded_as_it_is
	roomy_board
	echo '  00000000-00000000 : Crash kernel' >root/proc/iomem
	is_loaded_as_it_is
	echo '  48200000-4bffffff : Crash kernel' >root/proc/iomem
	is_loaded_as_it_is
	roomy_board
	put kernel $((4096 + 30000)) 0
	is_loaded_as_it_is
}

test_a_zimage_of_another_size_than_it_tells_is_loaded_as_it_is() {
	roomy_board
	zimage_packed_by 0x208000 'xz --check=crc32'
	put kernel $((4096 + $(wc -c <packed) - 4)) 200001
	run kdump-load --kernel kernel --initrd archive
	exits 0
	cmp got kernel
}
