# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that finds out whether a kernel has kdump-init in itself, as its built-in
# initramfs (CONFIG_INITRAMFS_SOURCE; `make capture-kernel`), and so needs neither an archive nor
# a root partition. It is read by that script, never run. Promises: it only reads; what it cannot
# look into (a zImage that is not packed with gzip, an archive that is packed by itself, a system
# without od and awk) it takes for a kernel without. kernel, kind, initrd, taken, run and mib are the
# script's.

# Where the gzip stream of a zImage begins; nothing when there is none. The kernel's build packs
# with `gzip -n -9` (linux/scripts/Makefile.lib), which begins with these bytes (RFC 1952): magic,
# deflate, no flags, no time, best compression. Before it stands the
# code that unpacks it, some 20 KiB; no more than 256 KiB are looked through, which takes long.
packed_at() { # FILE
	od -An -v -tx1 -N $((0x40000)) "$1" 2>/dev/null | tr -d ' \n' | awk '{
		at = 0
		while ((n = index(substr($0, at + 1), "1f8b08000000000002")) > 0) {
			at += n
			if (at % 2) { print (at - 1) / 2; exit }
		}
	}'
}

# What runs in the end, unpacked.
kernel_bytes() {
	case $kind in
	zImage)
		stream=$(packed_at "$kernel")
		[ -z "$stream" ] || tail -c "+$((stream + 1))" "$kernel" | gzip -dc 2>/dev/null ;;
	*) cat "$kernel" ;;
	esac
}

# The archive of the kernel's build is newc (linux/Documentation/driver-api/early-userspace/
# buffer-format.rst): six characters of magic, 104 of numbers, then the file's name.
has_kdump_init() {
	kernel_bytes | tr '\0' '\n' |
		LC_ALL=C grep -q '070701[0-9A-Fa-f]\{104\}[./]*etc/kdump-init.conf$' 2>/dev/null
}

# Sets $linked_in where no archive was named and the kernel has kdump-init in it.
find_linked_in() {
	[ -z "$initrd$linked_in$own_kernel" ] || return 0
	[ "$kind" != bzImage ] && has_kdump_init || return 0
	linked_in=yes
}

# Such a kernel is small, has next to no drivers and no archive to unpack beside itself, so that it
# needs less to run: what it takes itself, half of that for what it sets up, and 4 MiB for page
# tables, buffers and kdump-init; never less than the 8 MiB that kernels of 2 to 2.7 MiB save a dump
# in (config/kernel/README.md), never more than a distribution's kernel of that size.
estimate_linked_in() {
	least=$((taken + taken / 2 + 4 * mib))
	[ "$least" -ge $((8 * mib)) ] || least=$((8 * mib))
	[ "$taken" = 0 ] || [ "$least" -ge "$run" ] || run=$least
}
