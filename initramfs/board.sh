# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-mkinitramfs that finds out which modules the targets need, from the lines
# that "kdump-init check --describe" prints on the board (KEY = VALUE, kdump-init(8)). It is read
# by that script, never run. Promises: what is not known is told; of the description only names
# that can be module names or aliases are passed on. $work, $kver, $config, die and tool are the
# script's; modules are wanted by lines of $work/wanted, as with -m.

# The description, as $work/board: the file of --for, or of the running system where the archive
# is for a kernel that is installed here. Returns 1 where there is none.
describe_board() {
	if [ -n "$board" ]; then
		grep -q '^kernel = ' "$board" 2>/dev/null ||
			die "$board (--for) is no description of a board: make it there with kdump-init check --describe"
		tr -d '\r' <"$board" >"$work/board"
		sed 's/^/board /' "$work/board" >>"$work/made"
		return 0
	fi
	[ -z "$given_root" ] && [ -n "$tree" ] || return 1
	"$init" check --describe "$config" >"$work/board" 2>"$work/describe" && return 0
	: >"$work/board"
	echo "$me: warning: $init check --describe failed ($(tail -n 1 "$work/describe")): the drivers of the targets are not known, name them with -m" >&2
	return 1
}

# Values of a key, each once.
described() { # KEY
	sed -n "s/^$1 = //p" "$work/board" | awk '!seen[$0]++'
}

# Whether this kernel has the module, or has it built in.
has_module() { # NAME
	"$modprobe" -C "$work/none" -d "$work/root" -S "$kver" --show-depends "$1" >/dev/null 2>&1
}

want_driver() { # NAME [PARAMETERS]
	case $1 in *[!A-Za-z0-9_-]*) die "the description names the driver '$1', which is no module's name" ;; esac
	if has_module "$1" || has_module "fs-$1"; then
		echo "$1${2:+ $2}" >>"$work/wanted"
	else
		echo "$me: warning: kernel $kver has no module $1, which drives a target on the board: is it built in under another name?" >&2
	fi
}

# A driver that is built into the board's kernel may be a module of another one. An alias that
# leads nowhere is that of a device which needs none.
want_alias() { # ALIAS
	"$modprobe" -C "$work/none" -d "$work/root" -S "$kver" -R -- "$1" >>"$work/wanted" 2>/dev/null
}

# Those of the modules in FILE, one a line, that this kernel has, as with -m; any other is told.
want_lines() { # FILE WHENCE
	while read -r name parameters; do
		if [ -z "$name" ]; then
			continue
		elif has_module "$name" || has_module "fs-$name"; then
			echo "$name $parameters" >>"$work/wanted"
		else
			echo "$me: warning: kernel $kver has no module $name ($2)" >&2
		fi
	done <"$1"
}

# The modules that every archive for this configuration gets, as with -m.
want_listed() {
	[ -f "$listed" ] || return 0
	{ cat "$listed"; echo; } | tr -d '\r' | sed 's/#.*//' >"$work/listed"
	want_lines "$work/listed" "$listed"
}

# Adds what the board needs to the wanted modules; what was named with -m stays.
want_for_board() {
	for name in $(described driver; described fstype | tr , '\n' | grep -vx -e raw -e tcp); do want_driver "$name"; done
	described module >"$work/told"
	while read -r name parameters; do
		case $parameters in
		*[!A-Za-z0-9_=@/.,:\;+\ -]*) die "the description gives the module '$name' the parameters '$parameters'" ;;
		esac
		want_driver "$name" "$parameters"
	done <"$work/told"
	if [ "$(described kernel)" != "$kver" ]; then
		described alias >"$work/aliases"
		while read -r name; do want_alias "$name" || continue; done <"$work/aliases"
	fi
	awk -F ' = ' -v me="$me" '
		$1 ~ /^(target|watchdog|pstore|mtdoops|netconsole)$/ { of = $1 " " $2 }
		$1 == "unknown" { print me ": warning: " of ": " substr($0, 11) "; if its drivers are modules, name them with -m" }
	' "$work/board" >&2
}

# What was chosen and for what, a line for each target and watchdog.
tell_board() {
	awk -F ' = ' '
		function tell() { if (of != "") print of words }
		$1 ~ /^(target|watchdog|pstore|mtdoops|netconsole)$/ {
			tell()
			of = sprintf("%-8s %s:", $1, $2)
			words = ""
		}
		$1 == "driver" || $1 == "fstype" { words = words " " $2 }
		$1 == "module" { words = words " " $2; sub(/ [^ ]*=.*/, "", words) }
		END { tell() }
	' "$work/board"
}
