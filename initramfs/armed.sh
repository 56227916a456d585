# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that holds the archive against the system before it is loaded, and
# remembers what was loaded. It is read by that script, never run. Promises: kdump-init itself
# says what is wrong with an archive; one that is made again replaces the old one only when it is
# whole (kdump-mkinitramfs); what is loaded is written to /run, where the next boot forgets it.
# top, stamp, release, kernel, initrd, built_in, comfortable, refuse, warn and die are the script's.

# What kdump-init says of the archive FILE, a finding a line; returns its exit code.
archive_findings() { # FILE
	"$top/sbin/kdump-init" check --archive "$1" "$release" 2>&1
}

# The archive that is taken without being named has to be right for this system: one that is
# not would be found out at the crash. Whoever names one may know better, and is told.
check_archive() {
	[ -n "$initrd" ] && [ -n "$own_kernel" ] || return 0
	if [ ! -x "$top/sbin/kdump-init" ]; then
		warn "no /sbin/kdump-init here: whether $initrd suits this system was not checked"
		return 0
	fi
	findings=$(archive_findings "$initrd")
	code=$?
	[ "$code" -le 1 ] || # an older kdump-init, or one that does not run here, says nothing of the archive
		findings="whether $initrd suits this system was not checked: kdump-init check --archive failed (exit $code): $(printf '%s\n' "$findings" | tail -n 1)"
	if [ "$code" = 0 ]; then
		printf '%s\n' "$findings" | grep -v -e ': good$' -e ': usable$' | while IFS= read -r finding; do warn "$finding"; done
	elif [ "$code" = 1 ] && [ -n "$own_archive" ]; then
		refuse "$(printf '%s\n' "$findings" | paste -s -d ';'): kdump-load --auto makes it again"
	else
		printf '%s\n' "$findings" | while IFS= read -r finding; do warn "$finding"; done
	fi
}

# At boot a disk on USB may not be there yet, and an archive that is made without it lacks its
# drivers. One that does not come is not waited for longer than in the capture kernel by default.
wait_for_targets() {
	seconds=30
	while [ "$seconds" -gt 0 ] && "$top/sbin/kdump-init" check --describe 2>/dev/null |
		grep -q '^unknown = the device: it is not there'; do
		sleep 1
		seconds=$((seconds - 1))
	done
}

# With --auto: the archive of the running kernel is made again when it is missing, would not save
# a dump, or has another configuration or list of modules; with what was chosen for the old one. It
# needs the tools of kdump-mkinitramfs, which a small board may not have.
renew_archive() {
	archive=$top/boot/kdump-initrd.img-$release
	remove_left "$archive"
	if [ -f "$archive" ] && archive_findings "$archive" | grep -q ': good$'; then return 0; fi
	maker=$(command -v kdump-mkinitramfs) || {
		warn "no kdump-mkinitramfs here to make $archive with"
		return 0
	}
	wait_for_targets
	made=$("$maker" -k "$release" -o "$archive" --again 2>&1) || {
		warn "$archive could not be made: $(printf '%s\n' "$made" | tail -n 1)"
		return 0
	}
	say "$me: made $archive"
	printf '%s\n' "$made" | grep -i warning >&2 || :
}

# Debian's busybox has no cksum; what has no sum is not compared.
sum_of() { # FILE
	if ! command -v cksum >/dev/null 2>&1; then
		echo unknown
	elif [ -f "$1" ]; then
		cksum <"$1"
	fi
}

# Sums are taken before the files are read: what changes while it is loaded is not what is loaded.
sum_configuration() {
	config_sum=$(sum_of "$top/etc/kdump-init.conf") modules_sum=$(sum_of "$top/etc/kdump-init/modules")
}

sum_files() {
	kernel_sum=$(sum_of "$kernel") archive_sum=${initrd:+$(sum_of "$initrd")}
}

# One line each: what was loaded, and what it was made of.
describe_loaded() {
	say "time = $(date +%s)"
	# nothing where another kernel was named, or its drivers are not those of the running one
	[ -n "$built_in" ] || case "$own_kernel:${packed_kernel:-$kernel}" in yes:* | *-"$release") say "release = $release" ;; esac
	say "kernel = $(readlink -f "${packed_kernel:-$kernel}")"
	say "kernel_sum = $kernel_sum"
	say "archive = ${initrd:+$(readlink -f "$initrd")}"
	say "archive_sum = $archive_sum"
	[ -z "$comfortable" ] || say "wants = $comfortable"
	say "dtb = ${dtb:+$(readlink -f "$dtb")}"
	say "config_sum = $config_sum"
	[ -z "$own_archive" ] || say "modules_sum = $modules_sum"
	say "line = $line"
	say "ways = $ways"
}

write_stamp() {
	[ "$(sum_of /dev/null)" != unknown ] ||
		echo "$me: no cksum here: what is loaded cannot be compared with what is there later" >&2
	if ! mkdir -p "${stamp%/*}" 2>/dev/null || ! describe_loaded >"$stamp.new" ||
		! mv "$stamp.new" "$stamp"; then
		rm -f "$stamp" "$stamp.new" # it is of what was loaded before
		warn "cannot write $stamp: what is loaded cannot be compared with what is there later"
	fi
}

stamped() { # KEY
	sed -n "s/^$1 = //p" "$stamp" 2>/dev/null
}

# Whether there is a way to the servers now that is not the one that was handed over. One that is
# not there now may be again, and what was handed over is kept.
way_has_changed() {
	loaded_line=$(stamped line)
	was=$(stamped ways)
	case $loaded_line in *' kdump.net='*) [ -n "$was" ] || return 1 ;; esac # somebody's own
	now=$(network_ways " $loaded_line" 2>/dev/null)
	[ -n "$now" ] && [ "$now" != " ${was# }" ]
}

# What of the loaded is not what is there now, a line each. Nothing where it is not known what
# was loaded.
changed_since() {
	[ -f "$stamp" ] || return 0
	! test_was_left ||
		echo "a test was broken off, and the next crash would be taken for it: load it with kdump-load"
	for what in kernel archive; do
		file=$(stamped $what)
		[ -n "$file" ] || continue
		if [ ! -f "$file" ]; then
			say "$what $file is gone"
		elif [ "$(sum_of "$file")" != "$(stamped ${what}_sum)" ]; then
			say "$what $file is another one now: load it with kdump-load"
		fi
	done
	! way_has_changed ||
		echo "the way to the server of a target is another one now: load it with kdump-load"
	[ "$(sum_of "$top/etc/kdump-init.conf")" = "$(stamped config_sum)" ] ||
		echo "/etc/kdump-init.conf has changed: make the archive again and load it (kdump-load --auto)"
	! grep -q '^modules_sum = ' "$stamp" || [ "$(sum_of "$top/etc/kdump-init/modules")" = "$(stamped modules_sum)" ] ||
		echo "/etc/kdump-init/modules has changed: make the archive again and load it (kdump-load --auto)"
}
