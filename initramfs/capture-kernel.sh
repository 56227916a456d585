# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that knows the capture kernel: what kind of file $kernel is, and how
# much memory it needs to start. It is read by that script, never run. Promises: it changes
# nothing but a temporary file, where a packed kernel is unpacked; its variables and die,
# refuse and fact are the script's.

# What the headers of kernels hold to be known by, as little-endian numbers, with the names
# that these have in their sources:
zimage_sig=$((0x016f2818)) # _magic_sig, linux/arch/arm/boot/compressed/head.S
zimage_more=$((0x45454545)) # there, too: a table of sizes follows
zimage_tag_sizes=$((0x5a534c4b)) # in that table: linux/arch/arm/boot/compressed/vmlinux.lds.S
arm64_image_magic=$((0x644d5241)) # "ARM\x64", ARM64_IMAGE_MAGIC, linux/arch/arm64/include/asm/image.h
mz_magic=$((0x5a4d)) # "MZ", MZ_MAGIC, linux/include/linux/pe.h
zboot_type=$((0x676d697a)) # "zimg", linux/drivers/firmware/efi/libstub/zboot-header.S
x86_header=$((0x53726448)) # "HdrS", linux/Documentation/arch/x86/boot.rst
uimage_magic=$((0x56190527)) # IH_MAGIC, u-boot/include/image.h, which is big-endian
uimage_header=64 # sizeof(struct legacy_img_hdr), there, too
fdt_magic=$((0xedfe0dd0)) # FDT_MAGIC, big-endian, devicetree-specification, chapter 5.2

# What kind of kernel FILE is, by its magic numbers; nothing when it is none, or packed.
kind_of() { # FILE
	if [ "$(number "$1" 0x24)" = "$zimage_sig" ]; then
		echo zImage
	elif [ "$(number "$1" 0x38)" = "$arm64_image_magic" ]; then
		echo Image
	elif [ "$(number "$1" 0x202)" = "$x86_header" ]; then
		echo bzImage
	fi
}

# The kind of kernel, the room it needs to start ($room), what it takes itself ($taken), and what
# a distribution's kernel needs to run ($run).
read_kernel() {
	room=0 run=0 taken=0
	kind=$(kind_of "$kernel")
	[ -n "$kind" ] || unpack_kernel
	case $kind in
	zImage) measure_zimage ;;
	Image) measure_image ;;
	bzImage) measure_bzimage ;;
	esac
}

# The program that unpacks what starts with these bytes (as a little-endian number), as
# linux/scripts/Makefile.lib packs it; nothing when they are unknown.
unpacker() { # FOUR-BYTES
	case $(printf %08x "$1") in
	????8b1f) echo gzip ;;
	587a37fd) echo xz ;;
	fd2fb528) echo zstd ;;
	??685a42) echo bzip2 ;;
	4f5a4c89) echo lzop ;;
	184c2102) echo lz4 ;;
	??00005d) echo lzma ;;
	esac
}

# What lies in the file of a kernel into $image, and its $kind. Behind a compressed stream the
# kernel's build puts the unpacked size, in four bytes, where the format has none of its own
# (linux/scripts/Makefile.lib); gzip ends with 2 for what it ignores there.
unpack_stream() {
	for behind in 0 4; do
		# shellcheck disable=SC2086 # a program and its option
		tail -c "+$((from + 1))" "$kernel" | head -c $((size - behind)) | $program >"$image" 2>/dev/null
		case $program:$? in *:0 | gzip*:2) break ;; *) [ "$behind" = 0 ] || return 1 ;; esac
	done
	kind=$(kind_of "$image")
	[ -n "$kind" ]
}

# The file of U-Boot's mkimage: 64 bytes, then the kernel as it is or packed. Only a file of one
# kernel is taken: ih_size, ih_type and their numbers are in u-boot/include/image.h.
find_in_uimage() {
	from=$uimage_header size=$(big_number "$kernel" 12)
	case $(number "$kernel" 30 1) in
	2 | 14) ;; # IH_TYPE_KERNEL, IH_TYPE_KERNEL_NOLOAD
	4) die "$kernel is a uImage of several files: take the kernel out of it, with dumpimage -T multi -p 0 -o zImage $kernel, and load that" ;;
	*) die "$kernel is a uImage that holds no kernel: name the kernel's with --kernel FILE" ;;
	esac
	[ "$size" -le $(($(wc -c <"$kernel") - from)) ] ||
		die "$kernel is a uImage of $size bytes, and ends before them: copy it again"
	[ -n "$(unpacker "$(number "$kernel" "$from")")" ] || program='cat'
}

# Where in the file the kernel lies ($from, $size), and what unpacks it ($program, a command).
find_packed() {
	from=0 size=$(wc -c <"$kernel") program=''
	if [ "$(number "$kernel" 0 2)" = "$mz_magic" ] && [ "$(number "$kernel" 0x04)" = "$zboot_type" ]; then
		from=$(number "$kernel" 0x08) size=$(number "$kernel" 0x0c)
	elif [ "$(number "$kernel" 0)" = "$uimage_magic" ]; then
		find_in_uimage
	elif [ "$(number "$kernel" 0)" = "$fdt_magic" ]; then
		die "$kernel is a FIT image, or a device tree: take the kernel out of it, with dumpimage -T flat_dt -p 0 -o zImage $kernel, and load that"
	fi
	[ -z "$program" ] || return 0
	program=$(unpacker "$(number "$kernel" "$from")")
	[ -n "$program" ] ||
		die "$kernel is no kernel that can be loaded: zImage (ARM), Image (arm64) or bzImage (x86_64) expected"
	command -v "$program" >/dev/null 2>&1 ||
		die "$kernel is packed with $program, which is not here: install it, or unpack the Image elsewhere and name that with --kernel"
	program="$program -dc"
}

# A packed arm64 kernel is either one compressed stream (Image.gz) or an EFI program that
# unpacks itself: "zimg" at 4, where the stream lies at 8 and 12 (linux/drivers/firmware/efi/
# libstub/zboot-header.S). kexec-tools before 2.0.28 cannot load the latter, and neither can
# be measured, nor can what lies in a uImage; so the kernel in it is unpacked here and loaded.
unpack_kernel() {
	packed_kernel=$kernel
	find_packed
	image=$(temporary_file) || die "cannot make a temporary file to unpack $kernel into"
	at_exit
	unpack_stream || die "$kernel cannot be unpacked to the Image of an arm64 kernel, nor to a zImage (${program% -dc}): is the file whole, is there room in ${TMPDIR:-/tmp}? A plain Image of 32-bit ARM cannot be loaded, its zImage can"
	[ -z "$dry_run" ] || say "tail -c +$((from + 1)) $(quoted "$kernel")| head -c $size | $program >IMAGE"
	kernel=$image
}

# The memory that a zImage uses until the kernel in it runs, counted from where kexec puts
# it (0x8000). It unpacks the kernel to TEXT_OFFSET and, when that would overwrite it,
# first moves itself behind the end of the unpacked kernel, with its stack and heap; the
# kernel's bss comes to lie there afterwards. kexec-tools must keep the archive and the
# device tree out of all that. The sizes are in the table that linux/arch/arm/boot/
# compressed/vmlinux.lds.S writes; kernels without it get a generous guess. To run, Debian's
# armmp and rpi kernels need 13 to 14 MiB more than text, data and bss, 8 to 9 MiB where tracefs
# was what took the rest (see `saving`).
measure_zimage() {
	length=$(wc -c <"$kernel")
	text=$((0x208000)) unpacked=$((length * 5)) bss=0 heap=$((0x10000)) tags=0 text_told=''
	[ "$(number "$kernel" 0x34)" != "$zimage_more" ] || tags=16
	at=$(number "$kernel" 0x38) # _magic_table
	while [ "$tags" -gt 0 ] && [ "$at" -lt "$length" ]; do
		words=$(number "$kernel" "$at")
		[ "$words" -gt 1 ] || break
		if [ "$(number "$kernel" $((at + 4)))" = "$zimage_tag_sizes" ] && [ "$words" -ge 4 ]; then
			size_at=$(number "$kernel" $((at + 8))) # __piggy_size_addr
			unpacked=$(number "$kernel" "$size_at")
			bss=$(number "$kernel" $((at + 12))) # _kernel_bss_size
			[ "$words" -lt 6 ] || text=$(number "$kernel" $((at + 16))) text_told=yes # TEXT_OFFSET
			[ "$words" -lt 6 ] || heap=$(number "$kernel" $((at + 20))) # MALLOC_SIZE
		fi
		at=$((at + words * 4)) tags=$((tags - 1))
	done
	behind=$((length + 0x1000 + heap + 0x10000))
	[ "$bss" -le "$behind" ] || behind=$bss
	image_size=$((text - 0x8000 + unpacked + behind))
	image_size=$(((image_size + mib - 1) / mib * mib))
	room=$((image_size + 0x8000))
	taken=$((text + unpacked + bss))
	run=$((taken + 14 * mib))
	[ -n "$cmdline" ] || ! older_than 6 6 || run=$((taken + 9 * mib))
}

# An Image says at 0x08 and 0x10 where it wants to lie and how much it takes with its bss (linux/
# Documentation/arch/arm64/booting.rst). To run, Debian's kernels need up to 31 MiB more: of 5.10
# 66M save a dump and 61M panic, of 6.1 and 6.12 60M and 66M save one and 54M panic.
measure_image() {
	room=$(($(number "$kernel" 0x08) + $(number "$kernel" 0x10))) # text_offset, image_size
	taken=$room
	run=$((room + 32 * mib))
}

# A bzImage names at 0x260 the memory it takes until it runs, at 0x230 of what its address is a
# multiple (init_size, kernel_alignment: linux/Documentation/arch/x86/boot.rst). The description of the
# memory precedes it (linux/arch/x86/kernel/crash.c, crash_load_segments): Debian's 7.2 of 60 MiB is
# not loaded into 64M. To run, Debian's 6.12 needs less than 28 MiB more: 86M save a dump.
measure_bzimage() {
	room=$(number "$kernel" 0x260)
	[ "$room" != 0 ] || return 0
	run=$((room + 28 * mib))
	room=$((room + $(number "$kernel" 0x230)))
}
