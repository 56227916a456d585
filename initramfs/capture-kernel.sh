# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that knows the capture kernel: what kind of file $kernel is, how
# much memory it needs to start, and the command line it gets. It is read by that script,
# never run. Promises: it only reads; its variables and die, refuse and fact are the
# script's.

# The little-endian number of BYTES bytes at OFFSET of the kernel.
number() { # OFFSET [BYTES]
	# shellcheck disable=SC2046 # one word per byte
	set -- $(od -An -v -tu1 -j "$1" -N "${2:-4}" "$kernel" 2>/dev/null ||
		hexdump -v -s "$1" -n "${2:-4}" -e '1/1 "%u "' "$kernel")
	value=0 weight=1
	for byte; do
		value=$((value + byte * weight))
		weight=$((weight * 256))
	done
	echo "$value"
}

# What kind of kernel it is, by its magic numbers, and the room it needs to start ($room)
# and to run ($run); 0 when unknown.
read_kernel() {
	room=0 run=0
	if [ "$(number 36)" = 24061976 ]; then
		kind=zImage
		measure_zimage
	elif [ "$(number 56)" = 1682788929 ]; then
		kind=Image
		room=$(($(number 8) + $(number 16)))
		run=$((room + 8 * mib))
	elif [ "$(number 514)" = 1400005704 ]; then
		kind=bzImage
		room=$(number 608)
	elif [ "$(number 4)" = 1735223674 ] || [ "$(number 0 2)" = 35615 ]; then
		kind=compressed
	elif [ "$(number 0)" = 1444480295 ]; then
		die "$kernel is a U-Boot uImage: unwrap it with dd if=$kernel of=zImage bs=64 skip=1 and load that"
	else
		die "$kernel is no kernel that can be loaded: zImage (ARM), Image (arm64) or bzImage (x86_64) expected"
	fi
}

# The memory that a zImage uses until the kernel in it runs, counted from where kexec puts
# it (0x8000). It unpacks the kernel to TEXT_OFFSET and, when that would overwrite it,
# first moves itself behind the end of the unpacked kernel, with its stack and heap; the
# kernel's bss comes to lie there afterwards. kexec-tools must keep the archive and the
# device tree out of all that. The sizes are in the table that linux/arch/arm/boot/
# compressed/vmlinux.lds.S writes; kernels without it get a generous guess.
measure_zimage() {
	length=$(wc -c <"$kernel")
	text=2129920 unpacked=$((length * 5)) bss=0 heap=65536 tags=0
	[ "$(number 52)" != 1162167621 ] || tags=16
	at=$(number 56)
	while [ "$tags" -gt 0 ] && [ "$at" -lt "$length" ]; do
		words=$(number "$at")
		[ "$words" -gt 1 ] || break
		if [ "$(number $((at + 4)))" = 1515408459 ] && [ "$words" -ge 4 ]; then
			unpacked=$(number "$(number $((at + 8)))")
			bss=$(number $((at + 12)))
			[ "$words" -lt 6 ] || text=$(number $((at + 16)))
			[ "$words" -lt 6 ] || heap=$(number $((at + 20)))
		fi
		at=$((at + words * 4)) tags=$((tags - 1))
	done
	behind=$((length + 4096 + heap + 65536))
	[ "$bss" -le "$behind" ] || behind=$bss
	image_size=$((text - 32768 + unpacked + behind))
	image_size=$(((image_size + mib - 1) / mib * mib))
	room=$((image_size + 32768))
	run=$((text + unpacked + bss + 5 * mib))
}

# Whether the words of --append set this option.
appended() { # NAME
	case " $append " in *" $1 "* | *" $1="*) return 0 ;; esac
	return 1
}

# Options of the running kernel that a capture kernel must not get: they would start
# something else, take memory, hide the console or end the run at the first oops.
unwanted() { # NAME, with _ for -
	case $1 in
	crashkernel | init | rdinit | initrd | BOOT_IMAGE | elfcorehdr | kexec*) ;;
	mem | memmap | memtest | hugepages* | hugetlb* | default_hugepagesz | cma | log_buf_len) ;;
	maxcpus | nr_cpus | possible_cpus | reset_devices) ;;
	panic | panic_* | *_panic | oops | crash_kexec_post_notifiers | sysctl.*) ;;
	quiet | splash | plymouth* | kgdb* | trace* | ftrace* | slub_debug | page_owner) ;;
	resume* | noresume | hibernate | single | [Ss1-5] | emergency | rescue | rd.* | systemd.*) ;;
	*) return 1 ;;
	esac
}

# The running kernel's command line without the unwanted; quoted values may hold spaces.
take_over() {
	set -f
	taken='' part=''
	# shellcheck disable=SC2046 # one word per option
	set -- $(fact /proc/cmdline)
	for word; do
		part=${part:+$part }$word
		quotes=$(printf %s "$part" | tr -dc '"')
		case $((${#quotes} % 2)) in 1) continue ;; esac
		word=$part part=''
		[ "$word" != -- ] || break
		unwanted "$(printf %s "${word%%=*}" | tr - _)" && continue
		case " $append " in *" $word "*) continue ;; esac
		taken="$taken $word"
	done
	set +f
}

build_cmdline() {
	line=$cmdline
	[ -z "$cmdline" ] || return 0
	take_over
	line=$taken
	appended nr_cpus || appended maxcpus || line="$line maxcpus=1"
	appended reset_devices || line="$line reset_devices"
	appended panic || line="$line panic=5"
	case $kind in
	bzImage) ;;
	*) appended cma || line="$line cma=0" ;;
	esac
	[ -n "$initrd" ] || use_root_partition
	line="$line$append"
	while case $line in ' '*) true ;; *) false ;; esac; do line=${line# }; done
}

# Without an archive the kernel itself must find and mount the root partition.
use_root_partition() {
	appended init || line="$line init=/sbin/kdump-init"
	appended init || [ -x "$top/sbin/kdump-init" ] ||
		refuse "no /sbin/kdump-init on the root partition: install it there, or use an archive (--initrd FILE)"
	case " $line $append " in *' rootwait'*) ;; *) line="$line rootwait" ;; esac
	case " $line $append " in
	*' root=UUID='* | *' root=LABEL='*)
		refuse "the kernel alone cannot find root=UUID= or root=LABEL=: use root=PARTUUID= or a device name, or an archive (--initrd FILE)" ;;
	*' root='*) ;;
	*) refuse "the running command line has no root=: add it with --append root=..., or use an archive (--initrd FILE)" ;;
	esac
}
