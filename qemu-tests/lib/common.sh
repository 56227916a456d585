# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every part of the tests shares: where things are, and how to say
# something. Sourcing it changes nothing but variables, functions and PATH.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tests=$repo/qemu-tests
build=$repo/build
work=${KDUMP_WORK:-$build/qemu}
cache=${KDUMP_CACHE:-$build/cache}
export KDUMP_CACHE=$cache
PATH=$PATH:/usr/sbin:/sbin # sfdisk, mke2fs, depmod: not in a user's PATH on Debian

die() {
	echo "qemu-tests: $*" >&2
	exit 1
}

# A line of progress. A case of a series is named in it, so that the lines of
# two that run at once can be told apart.
note() {
	if [ -n "${case_name:-}" ]; then
		echo "# $case_name: $*" >&3
	else
		echo "# $*" >&3
	fi
}

# wait_until SECONDS COMMAND...: until that succeeds; 1 when it does not in time.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# File descriptor 3 is for progress; a part that is run alone has none yet.
{ true >&3; } 2>/dev/null || exec 3>&2
