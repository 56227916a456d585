# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A small dump is as small as makedumpfile's: both write the memory of a system that has
# lived, in the same capture kernel, to the same filesystem, at level 31, in zlib and in
# lzo. It needs less than 3 MiB of memory for that. The times of both are shown and not
# judged: they depend on what else the host does, and `make bench` compares them.

define_extra virt-small-dump virt small_dump
needs virt-small-dump makedumpfile codecs

case_small_dump() {
	local codec
	wrapper="makedumpfile"
	memory=512 crashkernel=128M
	lived_system
	config_lines=("target = ${part}2")
	# shellcheck disable=SC2317 # called by crash_and_capture
	capture_changes() { capture_add_tools "$1"; }
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "the first system has lived" has_lived
	judge_files "$fstype" || return 1
	check "the dump can be pulled out of the disk image" pull_dump "$case_dir/dump" || return 1
	check "status: a dump of level 31" status_says "$case_dir/dump" kdump 31 zlib
	check "the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	for codec in zlib lzo; do compare_tools $codec; done
}

# told WHO CODEC WHAT: the numbers behind WHAT, one for each round. The last round of
# kdump-init in zlib is the real one: its files tell.
told() {
	tr -d '\r' <"$case_dir/console.log" | awk '!seen[$0]++' |
		sed -n "s/^T-$nonce: round [123]: $1 $2: .*\\<$3 \\([0-9]*\\) .*/\\1/p"
	[ "$1 $2" != "kdump-init zlib" ] || case $3 in
	took) status_of duration_ms ;;
	for) status_of dump_bytes ;;
	using) sed -n 's/.* using \([0-9]*\) KiB.*/\1/p' "$case_dir/dump/capture.log" ;;
	esac
}

most() {
	told "$@" | sort -n | tail -n 1
}

# compare_tools CODEC
compare_tools() {
	local who what
	for who in makedumpfile kdump-init; do
		what="$1: $who took $(told $who "$1" took | tr '\n' ' ')ms for $(most $who "$1" for) bytes"
		[ $who = makedumpfile ] || what+=", using $(most $who "$1" using) KiB"
		note "$what"
		echo "  $what" >>"$case_dir/verdict"
		check "$1: $who was timed in three rounds" \
			[ "$(told $who "$1" took | wc -l)" = 3 ] || return 1
	done
	check "$1: makedumpfile succeeded" not grep -a \
		"^T-$nonce: .* makedumpfile $1: ended with [1-9]" "$case_dir/console.log"
	check "$1: the size is within 2 % of makedumpfile's" within_2_percent \
		"$(most kdump-init "$1" for)" "$(most makedumpfile "$1" for)"
	check "$1: less than 3 MiB of memory" [ "$(most kdump-init "$1" using)" -lt 3072 ]
}

within_2_percent() {
	echo "$1 and $2 bytes"
	[ $(($1 * 100)) -le $(($2 * 102)) ] && [ $(($1 * 100)) -ge $(($2 * 98)) ]
}
