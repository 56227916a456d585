# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load, kdump-report and kdump-mkinitramfs that minds other calls of them: those
# that run now, and what those left that were broken off. It is read by these scripts, never run.
# Promises: nobody waits for a call that is over; what a call that runs has is not touched.

# Whether the process PID runs PROGRAM. After a restart another one may have that number.
runs() { # PID PROGRAM
	case $1 in '' | *[!0-9]*) return 1 ;; esac
	tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -q -F -e "$2"
}

# One at a time, by the file LOCK; goes on without, where no such file can be made. A system without
# flock(1) has for it a link, which is there or not, to a file with the number of who holds it.
wait_for_others() { # LOCK
	lock=$1
	mkdir -p "${lock%/*}" 2>/dev/null && (umask 077 && : >>"$lock") 2>/dev/null || return 0
	if command -v flock >/dev/null 2>&1; then
		exec 9>>"$lock"
		flock 9 || :
		return 0
	fi
	(umask 077 && echo $$ >"$lock.$$") 2>/dev/null || return 0
	tries=5 # of a filesystem without links there is never a holder
	until ln "$lock.$$" "$lock.held" 2>/dev/null; do
		holder=$(cat "$lock.held" 2>/dev/null)
		if [ -z "$holder" ]; then
			tries=$((tries - 1))
			[ "$tries" -gt 0 ] || break
		elif runs "$holder" "$me"; then
			sleep 1
		else
			take_from "$holder"
		fi
	done
	[ "$(cat "$lock.held" 2>/dev/null)" != $$ ] || held=$lock.held
	rm -f "$lock.$$"
}

# The link of one that was killed goes. Another call may have been quicker, and what is moved away
# then is its own: it is put back.
take_from() { # PID
	mv "$lock.held" "$lock.$$.left" 2>/dev/null || return 0
	[ "$(cat "$lock.$$.left")" = "$1" ] || ln "$lock.$$.left" "$lock.held" 2>/dev/null
	rm -f "$lock.$$.left"
}

held=''
let_others() {
	exec 9>&-
	[ -z "$held" ] || rm -f "$held"
	held=''
}

# The name that an archive has until it is whole, in its folder: no other name begins so, and what
# looks for archives does not find it. The number is that of the call.
begun_archive() { echo "$(dirname -- "$1")/.$(basename -- "$1").$$.XXXXXX"; } # FILE

# What calls left that were broken off as they wrote FILE, or the archive of another kernel.
remove_left() { # FILE
	folder=$(dirname -- "$1")
	for left in "$folder/.$(basename -- "$1")".*.?????? "$folder"/.kdump-initrd.img-*.*.??????; do
		if [ ! -f "$left" ] || [ -L "$left" ]; then continue; fi
		writer=${left%.*}
		writer=${writer##*.}
		case $writer in '' | *[!0-9]*) continue ;; esac
		runs "$writer" kdump-mkinitramfs || rm -f "$left"
	done
}
