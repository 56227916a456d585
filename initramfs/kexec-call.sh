# shellcheck shell=sh disable=SC2154 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that calls kexec, and explains what it says when it fails. It is
# read by that script, never run. There are two system calls: kexec_file_load (kexec -s),
# where the kernel itself describes its memory, and the older kexec_load (kexec -c; before
# kexec-tools 2.0.27 also what no option means, from then on no option tries both).
# Promises: a dry run prints what a real run would do, and loads nothing.

# What the running kernel says of CONFIG_NAME: y, n, or unknown.
config_of() { # NAME
	for config in /proc/config.gz "/boot/config-$release" "/usr/lib/modules/$release/config" \
		"/lib/modules/$release/config" /dev/null; do
		[ ! -r "$top$config" ] || break
	done
	case $config in
	*.gz) gzip -dc <"$top$config" ;;
	/dev/null) echo unknown ;;
	*) cat "$top$config" ;;
	esac 2>/dev/null | sed -n "/^CONFIG_$1=y/{s/.*/y/p;q;};/^unknown/{p;q;};\$s/.*/n/p"
}

# The system calls to try, in this order ($tries), and whether the first is there for certain
# ($sure). 32-bit ARM has only the older one. --dtb is ignored by the newer one, so a device
# tree of the user's turns the order around.
choose_calls() {
	calls='file old' tries='' sure=''
	[ -z "$dtb" ] || [ "$kind" != Image ] || calls='old file'
	[ "$kind" != zImage ] || calls=old
	for call in $calls; do
		case $call in
		file) configured=$(config_of KEXEC_FILE) ;;
		*) configured=$(config_of KEXEC) ;;
		esac
		[ "$configured" != n ] || continue
		[ -n "$tries" ] || [ "$configured" != y ] || sure=yes
		tries="$tries $call"
	done
	[ -n "$tries" ] ||
		refuse "the running kernel has neither CONFIG_KEXEC nor CONFIG_KEXEC_FILE as $kind needs it: boot one that has"
}

# -c where this kexec knows it: kexec-tools of 2.0.16 and before do not, and need no option.
old_call_option() {
	kexec --help 2>&1 | grep -q -e --kexec-syscall-auto && echo -c
}

# Tries one call after the other; what failing ones said is in $said. A dry run shows the
# second one as well where it cannot know whether the first will do.
call_kexec() {
	choose_calls
	words='' else=''
	for try in $tries; do
		if "load_by_${try}_call" && [ -z "$dry_run" ]; then
			return 0
		fi
		[ -z "$sure" ] || [ -z "$dry_run" ] || return 0
		words="$words$said
" else='# else: '
	done
	said=$words
	[ -n "$dry_run" ]
}

load_by_file_call() {
	[ -z "$dtb" ] || [ "$kind" != Image ] ||
		warn "kexec_file_load takes no device tree: --dtb $dtb is ignored, and the capture kernel gets the running system's"
	run_kexec -s
}

load_by_old_call() {
	if [ "$kind" = zImage ]; then
		run_kexec --type zImage "--image-size=$(printf '0x%x' "$image_size")"
		return
	fi
	[ "$kind" != Image ] || add_text_symbol
	option=$(old_call_option)
	run_kexec ${option:+"$option"}
}

quoted() {
	for word; do
		case $word in
		'' | *[!A-Za-z0-9_./=:,+-]*) word=\'$(printf %s "$word" | sed "s/'/'\\\\''/g")\' ;;
		esac
		printf '%s ' "$word"
	done
	echo
}

run_kexec() { # OPTION...
	file=$kernel
	[ -z "$dry_run" ] || [ -z "$image" ] || file=IMAGE
	given=${seeded:-$initrd}
	set -- kexec "$@" -p "$file" ${given:+"--initrd=$given"} ${dtb:+"--dtb=$dtb"} "--append=$line"
	if [ -n "$dry_run" ]; then
		printf %s "$else"
		quoted "$@"
	else
		said=$("$@" 2>&1)
	fi
}

# The kernel's unload is the same for both calls, but each may be missing or locked down.
kexec_unload() {
	said=$(kexec -p -u 2>&1) || said=$(kexec -s -p -u 2>&1)
}

# The number that comes before HEX, of any length: shells have 32 or 64 bits.
hex_before() { # HEX
	rest=$1 borrowed=''
	while digits=${rest#"${rest%????}"} rest=${rest%????} && [ "$digits" = 0000 ]; do
		borrowed=ffff$borrowed
	done
	printf '%s%04x%s\n' "$rest" $((0x$digits - 1)) "$borrowed"
}

# A kernel without _text in its symbols (Debian's arm64) makes kexec-tools describe the
# memory wrongly when it loads by kexec_load, and the capture kernel faults when it reads the
# dump. _text is the multiple of 64 KiB that lies before _stext: a whole 64 KiB before it since
# Linux 5.11, 2 or 4 KiB in older ones (linux/arch/arm64/kernel/vmlinux.lds.S). kexec is told
# so through a file bound over /proc/kallsyms.
add_text_symbol() {
	symbols=$top/proc/kallsyms
	[ -r "$symbols" ] && ! grep -q ' _text$' "$symbols" || return 0
	start=$(sed -n '/ _stext$/{s/ .*//p;q;}' "$symbols")
	case $start in
	'' | 0000000000000000)
		printf %s "$words" >&2
		refuse "/proc/kallsyms hides the kernel's addresses, which kexec needs: sysctl -w kernel.kptr_restrict=1, then again as root"
		return 0 ;;
	esac
	text=$(hex_before "$start")
	text=${text%????}0000
	if [ -n "$dry_run" ]; then
		printf %s "$else"
		echo "{ echo '$text T _text'; cat $symbols; } >FILE && mount -o bind FILE $symbols"
		return 0
	fi
	bound=$(temporary_file) || die "cannot make a temporary file"
	at_exit
	{ echo "$text T _text"; cat "$symbols"; } >"$bound"
	mount -o bind "$bound" "$symbols" ||
		die "cannot give kexec the symbol _text: mounting over /proc/kallsyms failed"
}

# What kexec's words mean; with two calls tried, the words of both. What says most comes
# first: that a call is missing is no reason when the other one gave another.
explain_failure() {
	printf '%s\n' "$said" >&2
	case $kind:$said in
	zImage:*'nvalid argument'*)
		die "kexec failed: a 32-bit ARM kernel that cannot stop its other CPUs refuses (Raspberry Pi 2 and 3): boot the running one with nr_cpus=1" ;;
	*:*' busy'*)
		die "kexec failed: either another load is under way (try again), or the running kernel cannot stop its other CPUs (dmesg says 'CPUs are stuck in the kernel': boards without PSCI, or kvm-arm.mode=protected): boot it with nr_cpus=1" ;;
	*:*'rejected by service'* | *:*'Required key'* | *:*'Package not installed'* | *:*'No data available'* | *:*'Bad message'* | *:*'corrupted shared'*)
		die "kexec failed: the running kernel loads only kernels that are signed with a key it knows (CONFIG_KEXEC_SIG, Secure Boot), and ${packed_kernel:-$kernel} is not: load the distribution's signed file as it is, sign it and enrol the key (mokutil --import), or switch Secure Boot off" ;;
	*:*'not permitted'*)
		die "kexec failed: this is not root, or the kernel is locked down (cat /sys/kernel/security/lockdown): it then takes only a signed kernel, by kexec_file_load (CONFIG_KEXEC_FILE); load the distribution's signed kernel, or boot without lockdown= and Secure Boot" ;;
	*:*'free area'* | *:*'hole'* | *:*'assign requested'* | *:*'allocate memory'*)
		die "kexec failed: the $(in_mib "$reserved") MiB reserved are too small or lie badly: boot with a larger crashkernel=" ;;
	*:*'too long'* | *:*'ommand line overflow'*)
		die "kexec failed: the command line is too long for the kernel: give a shorter one with --cmdline LINE" ;;
	*:*'not implemented'* | *:*'not available'*)
		die "kexec failed: the running kernel lacks both CONFIG_KEXEC and CONFIG_KEXEC_FILE, or the one it has needs a newer kexec-tools: boot a kernel that has CONFIG_KEXEC=y" ;;
	esac
	die "kexec failed (its words are above); --dry-run shows the command"
}
