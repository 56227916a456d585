# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The table of cases, filled by the files in cases/: each says `define NAME
# MACHINE FUNCTION [ARGUMENT...]`, or `define_extra` for a case that runs only when
# it is asked for by name. Machine `none` needs no emulator. `alone NAME`: it
# measures time, nothing else may run beside it. `needs NAME THING...`: `crash` (which
# brings the kernel's symbols) or `makedumpfile`, which judge its dump; `newest` or
# `newest-crash`, judges of another suite that it can do without; or `codecs`, a kdump-init for
# the machine with every codec built in.

declare -A case_machine=() case_call=() case_alone=() case_needs=()
case_order=() case_extra=()

define() {
	case_order+=("$1")
	case_machine[$1]=$2
	case_call[$1]="${*:3}"
}

define_extra() {
	define "$@"
	case_extra+=("$1")
}

alone() {
	case_alone[$1]=yes
}

needs() {
	case_needs[$1]="${*:2}"
}

series_load() {
	local file
	for file in "$tests"/cases/*.sh; do
		# shellcheck disable=SC1090 # each case file is checked by itself
		. "$file"
	done
}

# The names that the patterns mean, one a line; no pattern: the default series.
series_select() {
	local name pattern found
	if [ $# = 0 ]; then
		for name in "${case_order[@]}"; do
			[[ " ${case_extra[*]-} " == *" $name "* ]] || echo "$name"
		done
		return
	fi
	for pattern in "$@"; do
		found=
		for name in "${case_order[@]}"; do
			# shellcheck disable=SC2053 # a pattern is meant
			[[ $name == $pattern ]] && found=1 && echo "$name"
		done
		[ -n "$found" ] || die "no case is called $pattern (see --list)"
	done
}
