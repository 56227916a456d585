# shellcheck shell=sh disable=SC2154 # variables of the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-open that knows which crash(8) reads which kernel. It is read by that script,
# never run. Promises: it only compares numbers. machine, release and version are the script's.

# A kernel that changed what crash looks at, the first crash that knows it, and what fails in an
# older one: "session", it opens no dump; else the commands. Of another machine a row does not
# hold. Each is a commit of crash-utility/crash, and the first tag that contains it:
#   5.10 a5531b2 "printk: add support for lockless ringbuffer"
#   6.1  9efc1f6 "Introduce maple tree vma iteration to vm_area_dump()"
#   6.2  df1f0cb "x86_64: Fix for move of per-cpu variables into struct pcpu_hot" (session),
#        f182d08 "Fix for mm_struct.rss_stat conversion into percpu_counter" (ps)
#   6.4  7750e61 "Support module memory layout change on Linux 6.4"
#   6.5  8858006 "Fix failure of gathering task table on Linux 6.5-rc1 and later"
#   6.9  7c2c90d "Fix "kmem -v" option on Linux 6.9 and later kernels"
#   6.10 6752571 "X86 64: fix for crash session loading failure"
#   6.14 2795136 "Fix the failing of cmd "files" for v6.14-rc1 kernel"
#   6.16 7e8a279 "Fix "kmem -p" option on Linux 6.16-rc1 and later kernels"
#   6.18 89e4139 "Fix "timer -r" option on Linux 6.18 and later kernels"
crash_rows() {
	cat <<'END_OF_ROWS'
5.10 7.3.0 any    log
6.1  8.0.3 any    vm
6.2  8.0.3 x86_64 session
6.2  8.0.3 any    ps
6.4  8.0.4 any    session
6.5  8.0.4 any    ps
6.9  8.0.6 any    kmem -v
6.10 8.0.6 x86_64 session
6.14 9.0.0 any    files
6.16 9.0.1 any    kmem -p
6.18 9.0.2 any    timer -r
END_OF_ROWS
}

# A version as one number that can be compared; nothing where it is none.
as_number() { # MAJOR.MINOR[.REVISION]...
	printf '%s\n' "$1" | sed -n 's/^\([0-9][0-9]*\)\.\([0-9][0-9]*\)\(\.\([0-9][0-9]*\)\)\{0,1\}.*/\1 \2 \4/p' |
		awk '{ print $1 * 1000000 + $2 * 1000 + $3 }'
}

# What crash $version lacks for this kernel, a row "CRASH FAILS" each, oldest first; with no
# version, what this kernel needs.
crash_lacks() {
	crash_rows | while read -r since first of fails; do
		[ "$of" = any ] || [ "$of" = "$machine" ] || continue
		[ "$(as_number "$release")" -ge "$(as_number "$since")" ] || continue
		[ -n "$version" ] && [ "$(as_number "$version")" -ge "$(as_number "$first")" ] || echo "$first $fails"
	done
}

# The crash that reads all of this kernel, as far as is known.
crash_needed() {
	version='' crash_lacks | sed 's/ .*//' | sort -t . -k1,1n -k2,2n -k3,3n | tail -n 1
}
