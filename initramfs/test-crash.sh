# shellcheck shell=sh disable=SC2030,SC2031,SC2034,SC2154 # variables shared with the script that reads this; a subshell
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that crashes a system to try whether the crash is saved. It is read by
# that script, never run. Promises: nothing is crashed that "kdump-init check" holds for unable to
# save a dump, nor without a yes; a system that did not crash after all has the same kernel loaded
# as before, and no mark of a test. What came of the test is told by kdump-report (test-verdict.sh).
# top, stamp, mark, die, warn and the steps of a load are the script's.

# Nor is there a verdict without the commands (kdump-report).
need_commands() {
	[ ! -x "$top/sbin/kdump-init" ] || case $("$top/sbin/kdump-init" --help 2>&1 >/dev/null) in
	*kdump-init-full*) die "kdump-init-full, which has the commands, is missing beside /sbin/kdump-init, or is another machine's, so that nobody can say whether this system is ready, nor what came of the test: install it there (the package kdump-init has it, and so has make's folder build/ARCH)" ;;
	esac
}

# Everything that would make the crash a loss, and not a test.
check_before_test() {
	need_commands
	[ -n "$top$dry_run" ] || [ "$(id -u)" = 0 ] || die "only root can crash the system: run it with sudo"
	[ "$(crash_fact loaded)" = 1 ] || die "no capture kernel is loaded, so a crash would save nothing: load it with kdump-load"
	[ -f "$stamp" ] || die "another program than kdump-load has loaded the capture kernel: take that back (kexec -p -u), and load it with kdump-load"
	changed=$(changed_since)
	[ -z "$changed" ] || die "what is loaded is not what is there: $(printf '%s\n' "$changed" | paste -s -d ';')"
	[ -w "$top/proc/sysrq-trigger" ] || die "no /proc/sysrq-trigger to crash by: this kernel lacks CONFIG_MAGIC_SYSRQ"
	if [ ! -x "$top/sbin/kdump-init" ]; then
		warn "no /sbin/kdump-init here: whether this system is ready was not checked"
	else
		code=0
		findings=$("$top/sbin/kdump-init" check 2>&1) || code=$?
		[ "$code" = 0 ] || printf '%s\n' "$findings" >&2
		[ "$code" -le 1 ] || die "kdump-init check failed (exit $code, above): whether a crash would be saved is not known"
		[ "$code" = 0 ] || die "not ready to dump (kdump-init check, above): a crash would save nothing"
	fi
}

ask() {
	cat <<'END_OF_WARNING'
This crashes the running system at once, to see whether the crash is saved. What is not on the
disk is lost, all programs and logins end, and the system is back after the dump and a restart.
END_OF_WARNING
	say "Loaded: $(stamped kernel), $(stamped archive)"
	[ -z "$yes" ] || return 0
	printf 'Type yes to crash it now: '
	read -r answer || answer='' # nobody is there to answer
	[ "$answer" = yes ] || die "not crashed: the answer was not yes (a script says --yes)"
}

# What kdump-report needs to know of the test after the restart.
write_mark() {
	if ! mkdir -p "${mark%/*}" || ! {
		echo "time=$(date +%s)"
		echo "boot=$(fact /proc/sys/kernel/random/boot_id)"
		echo "keep=$keep"
	} >"$mark.new" || ! mv "$mark.new" "$mark"; then
		[ "$keep" = yes ] || die "cannot write $mark, and without it nobody removes the dump (--keep-nothing)"
		warn "cannot write $mark: kdump-report will not say when no dump came of it"
	fi
}

# Loads the same again, with WORDS behind its command line. In a shell of its own, whose end by a
# failing step the caller survives.
load_again() { # WORDS
	(
		held='' # that is the caller's
		kernel=$(stamped kernel) initrd=$(stamped archive) dtb=$(stamped dtb)
		cmdline="$(stamped line)$1" built_in=yes
		choose_files
		load_files
		exit "$refused" # by a dry run
	)
}

# For a system that goes on: without the mark, and with what was loaded before. What is loaded until
# then would take a crash for the test, and no signal leaves it so.
take_back() {
	trap '' HUP INT TERM
	trap - EXIT
	load_again '' || { rm -f "$mark"; die "the capture kernel could not be loaded again: do that now, with kdump-load"; }
	rm -f "$mark"
	[ -z "$held" ] || let_others
}

# Whether a test of this boot was killed before it could do that.
test_was_left() {
	[ -f "$mark" ] && grep -q -x "boot=$(fact /proc/sys/kernel/random/boot_id)" "$mark"
}

test_capture() {
	[ -z "$kernel$initrd$append$cmdline$dtb$auto" ] ||
		bad_usage "--test crashes into what is loaded: load another one before"
	check_before_test
	if [ -n "$dry_run" ]; then
		load_again ' kdump.test=yes' || exit 1
		echo 'sync; echo c >/proc/sysrq-trigger'
		exit 0
	fi
	ask
	wait_for_loads
	write_mark
	trap take_back EXIT
	trap 'exit 1' HUP INT TERM # sh runs the above only on exit
	sync # what other programs have written is not part of the test; before the load, for it takes time
	load_again ' kdump.test=yes' || exit 1
	echo "$me: crashing"
	echo c >"$top/proc/sysrq-trigger"
	take_back
	die "the system did not crash: it goes on as before (dmesg may say why)"
}
