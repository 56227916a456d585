# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that hands randomness to a capture kernel that seals its dumps: that
# kernel is seconds old then, and may have none. It is read by that script, never run. Promises:
# 32 bytes of getrandom(2), other ones at each load, stand in front of the archive in memory that is
# never swapped (ramfs), for root alone, and nowhere once the kernel has them.

# The configuration, or the command line, names who can open the dumps.
wants_seed() { [ -n "$seed" ] || is_set seal age1 "$line"; }

# In front of what was packed: the kernel unpacks one archive after the other, but of some packers
# it finds no end.
add_seed() {
	wants_seed || return 0
	if [ -z "$initrd$linked_in" ]; then
		warn "without an archive no randomness can be handed over: a sealed dump is saved only where the capture kernel has some of its own at once"
		return 0
	fi
	if [ ! -x "$top/sbin/kdump-init" ]; then
		refuse "dumps are to be sealed, and there is no /sbin/kdump-init here to get randomness from: install it"
		return 0
	fi
	if [ -n "$dry_run" ]; then
		echo "# 32 random bytes in front of the archive: kdump-init seed"
		return 0
	fi
	memory=$top/run/kdump-init/seed
	[ -n "$top" ] || umount "$memory" 2>/dev/null # of a load that was killed; a mount cannot be removed
	rm -rf "$memory"
	if ! mkdir -p "$top/run/kdump-init" || ! mkdir -m 700 "$memory"; then die "cannot make $memory"; fi
	at_exit
	[ -n "$top" ] || mount -t ramfs -o mode=0700 ramfs "$memory" ||
		die "cannot mount a ramfs at $memory for the randomness"
	(umask 077 && "$top/sbin/kdump-init" seed >"$memory/initrd") ||
		die "kdump-init seed failed: there is no randomness to seal dumps with"
	[ -z "$initrd" ] || cat "$initrd" >>"$memory/initrd" || die "no memory for a copy of $initrd"
	seeded=$memory/initrd
}

forget_seed() {
	[ -n "$memory" ] || return 0
	rm -f "$memory/initrd"
	[ -n "$top" ] || umount "$memory" 2>/dev/null
	rmdir "$memory" 2>/dev/null
	memory='' seeded=''
}
