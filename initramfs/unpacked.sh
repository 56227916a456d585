# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that unpacks what is in a zImage when it is loaded, and not after the
# crash, while the machine is away: two of the four seconds from the panic to the next boot, with
# Debian's kernel, which is packed with xz. It is read by that script, never run. Promises: what is
# loaded lies and starts where the zImage would have put it; where that cannot be made (no program
# that unpacks it, no memory to do it in, a zImage that does not tell its sizes) the zImage is
# loaded as it is. Variables not set here are the script's.

# Where in FILE, among the SIZE bytes from AT on, there are bytes that gzip, xz, lzop or lz4 begin
# with; the code that unpacks may have the same.
streams_in() { # FILE AT SIZE
	od -An -v -tx1 -j "$2" -N "$3" "$1" 2>/dev/null | tr -d ' \n' | awk -v at_first="$2" '{
		kinds = split("1f8b0800 fd377a585a00 894c5a4f000d0a1a0a 02214c18", kind, " ")
		for (i = 1; i <= kinds; i++) {
			at = 0
			while ((n = index(substr($0, at + 1), kind[i])) > 0) {
				at += n
				if (at % 2) print at_first + (at - 1) / 2
			}
		}
	}'
}

# The numbers as words of four bytes, the lowest one first.
put_words() { # NUMBER...
	for value; do
		# shellcheck disable=SC2059 # the bytes are the format
		printf "$(printf '\\%03o' $((value & 255)) $((value >> 8 & 255)) \
			$((value >> 16 & 255)) $((value >> 24 & 255)))"
	done
}

# kexec puts a zImage at 0x8000, and the kernel in it wants to lie at TEXT_OFFSET: $gap bytes
# behind that. They begin with a branch there, and have the header of a zImage (_magic_sig,
# _magic_start, _magic_end and the order of bytes in linux/arch/arm/boot/compressed/head.S).
put_gap() {
	[ "$gap" -gt 0 ] || return 0
	put_words $((0xea000000 | (gap - 8) / 4))
	head -c 32 /dev/zero
	put_words "$zimage_sig" 0 $((gap + unpacked)) $((0x04030201))
	head -c $((gap - 52)) /dev/zero
}

# What begins at AT in the zImage, unpacked into $whole. The unpacked size stands behind it in four
# bytes, which are the last ones of the stream where that is gzip's.
unpack_at() { # AT
	program=$(unpacker "$(number "$kernel" "$1")") end=$size_at
	[ "$program" != gzip ] || end=$((end + 4))
	found=$(tool "$program") && put_gap >"$whole" || return 1
	tail -c "+$(($1 + 1))" "$kernel" | head -c $((end - $1)) | "$found" -dc >>"$whole" 2>/dev/null &&
		[ "$(wc -c <"$whole")" = $((gap + unpacked)) ]
}

# Whether the zImage tells where its kernel wants to lie, and is of a processor of which the first
# byte of a word is the lowest; whether the reserved memory begins where that kernel can run (16
# MiB: linux/arch/arm/kernel/head.S up to 5.10, CONFIG_ARM_PATCH_PHYS_VIRT), and whether there is
# memory to unpack it in: for the file, for kexec, and as much again.
may_unpack() {
	[ "$kind:$text_told" = zImage:yes ] && [ "$(number "$kernel" 0x30)" = $((0x04030201)) ] &&
		[ "$gap" -ge 0 ] && [ "$unpacked" -gt 0 ] || return 1
	begin=$(sed -n 's/^ *\([0-9a-f]*\)-[0-9a-f]* : Crash kernel$/\1/p' "$top/proc/iomem" 2>/dev/null | head -n 1)
	case $begin in *[1-9a-f]*000000) ;; *) return 1 ;; esac
	available=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' "$top/proc/meminfo" 2>/dev/null)
	[ "${available:-0}" -gt $((3 * (gap + unpacked) / 1024)) ]
}

# What is in the zImage, unpacked into $whole. Its own code in front of that is some 20 to 100 KiB,
# and 256 KiB are looked through: by parts, since od takes a second for that on a slow processor,
# each with the first bytes of the next one.
unpack_first() {
	for part in 0 1 2 3; do
		for at in $(streams_in "$kernel" $((part * 0x10000)) $((0x10000 + 16))); do
			! unpack_at "$at" || return 0
		done
	done
	return 1
}

# Puts what is to be loaded in place of $kernel, and what it takes in place of what a zImage takes.
unpack_zimage() {
	gap=$((text - 0x8000))
	may_unpack && whole=$(temporary_file) || return 0
	at_exit
	if ! unpack_first; then
		rm -f "$whole"
		whole=''
		return 0
	fi
	[ -z "$dry_run" ] ||
		say "# IMAGE: $gap bytes that lead to what is in $(quoted "${packed_kernel:-$kernel}")from $at on, unpacked by $program"
	packed_kernel=${packed_kernel:-$kernel}
	rm -f ${image:+"$image"}
	kernel=$whole image=$whole whole='' is_unpacked=yes
	image_size=$(((gap + unpacked + bss + 0x10000 + mib - 1) / mib * mib))
	room=$((image_size + 0x8000))
}
