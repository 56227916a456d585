# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Space and history: a target that is full at each stage, captures in a row, a machine
# that crashes all the time, a path that leads astray. Whatever happens, the machine
# comes back, the filesystem is clean, no partial dump bears a final name, and the
# newest complete dump of before is there and whole.
#
# One crash, many captures of it: first-system/before-space does in the capture kernel
# what `history` says. The dumps are judged on the host.

define fault-full-log virt full_log
define fault-full-memory virt full_memory kdump
define_extra fault-full-memory-elf virt full_memory elf
define fault-full-in-vain virt full_in_vain
define_extra fault-full-level virt full_level
define fault-full-status virt full_status
define fault-full-remains virt full_remains
define fault-series-5 virt series 5 2
define_extra fault-series virt series 50 5
define fault-crash-loop virt crash_loop
define virt-loop-brake virt loop_brake
define fault-foreign virt foreign
define fault-path-file virt path_file
define fault-path-link virt path_link
define fault-path-read-only virt path_read_only
for machine in arm64 x86_64; do
	define_extra fault-full-memory-$machine $machine full_memory kdump
	define_extra fault-full-in-vain-$machine $machine full_in_vain
	define_extra fault-full-remains-$machine $machine full_remains
	define_extra fault-crash-loop-$machine $machine crash_loop
done

# crash_with HISTORY CONFIG-LINE...: on a target of $target_kib.
target_kib=65536
crash_with() {
	formats=$1 wrapper=space
	p2_sectors=$((target_kib * 2))
	config_lines=("target = ${part}2" "${@:2}")
	first_extra=$small_memory
	deadline=1200 # many captures, on a host that may be busy
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	pull_dumps
}

# All of the path, out of the disk image.
pull_dumps() {
	rm -rf "$case_dir/all"
	mkdir -p "$case_dir/all"
	disk_debugfs "$disk_image" "rdump $dump_path $case_dir/all" >/dev/null
	dumps=$case_dir/all/${dump_path##*/}
	find "$case_dir/all" -name vmcore -exec fallocate -d {} \; 2>/dev/null
}

# Numbers of the dumps whose status says RESULT, oldest first.
with_result() {
	local d
	for d in "$dumps"/[0-9]*/; do
		[ ! -f "$d/status" ] || ! grep -q "^result=$1\$" "$d/status" || basename "$d"
	done | cut -d - -f 1 | tr '\n' ' ' | sed 's/ $//'
}

has_results() {
	echo "$1: '$(with_result "$1")', not '$2'"
	[ "$(with_result "$1")" = "$2" ]
}

every_dump_is_whole() {
	local d
	for d in "$dumps"/[0-9]*/; do
		whole_dump "$d" || return 1
	done
}

# judge_dumps COMPLETE LOG-ONLY: their numbers; nothing else is there.
judge_dumps() {
	check "complete dumps: ${1:-none}" has_results complete "$1"
	check "logs alone: ${2:-none}" has_results log-only "$2"
	check "each of them is whole" every_dump_is_whole
	check "nothing is left incomplete" not report_line second '^dump .*/[0-9TZ-]*/.*-incomplete'
	check "each file is private" not report_line second '^dump -...[^-]*[rwx].* /.*/[0-9TZ-]*/'
}

removals() {
	said "removed [0-9]{4}-" | sed 's/.*removed \([0-9]*\)-.*/\1/' | tr '\n' ' ' | sed 's/ $//'
}

judge_removals() {
	check "what was removed: ${1:-nothing}" [ "$(removals)" = "$1" ]
}

# The one dump that is there must not go, even if nothing else has room.
case_full_log() {
	crash_with "kdump fill:0 elf" "free = 0" || return 1
	check "kdump-init says what was wrong" said 'No space left on device'
	judge_removals ""
	judge_dumps 0001 ""
}

# Room is made by what is oldest, and only that; also where ext4 keeps more from everybody, of
# what it calls free (2 % of the filesystem), than the dump is ahead of its writing.
case_full_memory() {
	target_kib=131072
	[ "$1" = kdump ] || target_kib=262144
	crash_with "none $1 $1 $1 fill:1024 $1" "free = 0" || return 1
	judge_removals 0002
	judge_dumps "0003 0004 0005" 0001
}

# All that may go would not be enough for the whole memory: nothing goes for it.
case_full_in_vain() {
	crash_with "kdump kdump fill:1024 elf" "free = 0" || return 1
	check "kdump-init says what was wrong" said 'cannot save the memory: No space left on device'
	check "a filtered dump followed" said 'a filtered dump instead'
	judge_removals 0001
	judge_dumps "0002 0003" ""
	check "the new one is filtered" grep -q '^format=kdump$' "$dumps"/0003-*/status
}

# A dump that only leaves zero pages out may come to any size: what it is decides, and one goes.
case_full_level() {
	crash_with "kdump kdump fill:1024 kdump" "free = 0" "level = 1" || return 1
	check "kdump-init looked for room" said 'looking for room: [0-9]+ MiB at most'
	judge_removals 0001
	judge_dumps "0002 0003" ""
}

# There is room for what the same dump took, to the block; its last blocks, which are
# those of the status or of the end of the memory, find none. (Where a call fails exactly:
# init/tests/faults/faults_save.c.)
case_full_status() {
	# zlib: from lzo there is a way to less, which makes the room that is missing.
	crash_with "kdump fill:last-0 kdump" "free = 0" "compress = zlib" || return 1
	check "kdump-init says what was wrong" \
		said 'cannot (finish the dump|save the memory): No space left on device'
	judge_removals ""
	judge_dumps 0001 0002
}

# What an interrupted capture left goes first, even with no room for a directory.
case_full_remains() {
	crash_with "kdump kdump remains fill:0 kdump" "free = 0" "keep = 3" || return 1
	check "the remains went" said 'removed what interrupted captures had left'
	check "the newest one of before is there, and a new one" \
		has_results complete "0002 0503"
	check "what only looks like a dump stays" \
		cmp "$dumps/outside/vmcore-incomplete" <(echo precious)
	check "so does a name that is not quite one" \
		cmp "$dumps/0501-20260101T000000Z.bak/vmcore-incomplete" <(echo old)
	rm -rf "$dumps"/0502-* "$dumps"/*.bak # what is left is judged as dumps
	check "each dump is whole" every_dump_is_whole
}

# What a user made neither counts, nor goes, nor sets the numbers.
case_foreign() {
	crash_with "kdump kdump foreign kdump kdump" "keep = 2" || return 1
	check "kdump-init names it" said '9999999[89]-20990101T000000Z and 1 more are left alone'
	check "the user's are there" has_results complete "0003 0004 99999998 99999999"
	judge_removals "0001 0002"
	rm -rf "$dumps"/9* # what is left is judged as dumps
	judge_dumps "0003 0004" ""
}

# case_series CAPTURES KEEP: in two formats by turns.
case_series() {
	local history='' i
	for ((i = 1; i < $1; i += 2)); do history+="kdump elf "; done
	[ $(($1 % 2)) = 0 ] || history+="kdump "
	target_kib=524288 # so that keep decides what goes, not the room
	crash_with "${history% }" "keep = $2" "free = 1M" "max_per_day = 0" || return 1
	check "all captures were complete" [ "$(said 'complete: ' | wc -l)" = "$1" ]
	judge_dumps "$(seq -f %04g -s ' ' $(($1 - $2 + 1)) "$1")" ""
	judge_removals "$(seq -f %04g -s ' ' 1 $(($1 - $2)))"
	check "there is nothing else in the path" [ "$(find "$dumps" -mindepth 1 -maxdepth 1 | wc -l)" = "$2" ]
	check "the filesystem holds no more than that" no_more_blocks
}

# KiB that are taken in the filesystem of an image.
taken_kib() {
	disk_debugfs "$1" 'stats -h' | awk -F: '/^Block count/ { all = $2 } /^Free blocks/ { free = $2 }
		/^Block size/ { size = $2 } END { print int((all - free) * size / 1024) }'
}

# KiB of the files below DIR that kdump-init writes: all but runs of 8 zero pages and more, which
# become holes (HOLE_PAGES of init/output/elf_writer.c). In what pull_dumps made each page of zeros
# is one, so that du counts less, by as much as the memory has of short runs: 4 to 5 MiB.
written_kib() { # DIR
	find "$1" -type f -print0 | xargs -0 python3 -c '
import re, sys
written = 0
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        pages = bytearray()
        while page := file.read(4096):
            pages.append(b"0"[0] if not page.strip(b"\0") else b"1"[0])
    written += len(pages) - sum(len(run) for run in re.findall(rb"0{8,}", bytes(pages)))
print(written * 4)'
}

# What is taken, but for the dumps, is what a fresh filesystem takes, and some metadata.
no_more_blocks() {
	local fresh=$case_dir/fresh.img taken ours
	truncate -s "${disk_mib}M" "$fresh"
	disk_filesystem "$fresh" "$fstype"
	taken=$(($(taken_kib "$disk_image") - $(taken_kib "$fresh")))
	rm -f "$fresh"
	ours=$(written_kib "$dumps")
	echo "$taken KiB more than in a fresh filesystem, $ours KiB of dumps"
	[ "$ours" -gt 0 ] && [ $((taken - ours)) -lt 2048 ]
}

case_crash_loop() {
	target_kib=131072
	crash_with "kdump kdump kdump kdump kdump kdump kdump" "max_per_day = 3" || return 1
	check "kdump-init says why" said '3 dumps with memory of this day are enough \(max_per_day = 3\)'
	judge_removals ""
	judge_dumps "0001 0002 0003" "0004 0005 0006 0007"
	check "each knows which of its day it is" [ "$(of_days)" = "1 2 3 0 0 0 0 " ]
}

# A crash that is captured three times is three crashes. That one more follows is not waited for.
case_loop_brake() {
	crash_with "kdump kdump kdump" "keep = 1" "loop_crashes = 3" "loop_within = 1 hour" \
		"on_loop = reboot 7" || return 1
	check "the third is a loop, and no other" \
		[ "$(said 'crashes within 3600 s are a loop' | grep -c '3 crashes')" = 1 ]
	check "PID 1 waits before it reboots" said 'waiting for 7 s'
	judge_dumps 0003 ""
	check "the last one knows of those that are gone" [ "$(loop_words)" = 3 ]
	check "capture.log says so as well" grep -q 'are a loop' "$dumps"/0003-*/capture.log
}

# How many crashes the newest status counts.
loop_words() {
	sed -n 's/^loop=//p' "$dumps"/0003-*/status | wc -w
}

of_days() {
	sed -n 's/^of_day=//p' "$dumps"/*/status | tr '\n' ' '
}

# path_case HISTORY: nothing can be saved; the machine comes back.
path_case() {
	disk_content=$case_dir/content
	mkdir -p "$disk_content/var"
	"$2" "$disk_content"
	crash_with "$1" || return 1
	check "kdump-init says what is wrong" said "$3"
	check "nothing was saved" said 'nothing was saved'
}

make_file() { echo precious >"$1/var/crash"; }
make_link() { mkdir "$1/outside"; ln -s ../outside "$1/var/crash"; }
make_nothing() { :; }

case_path_file() {
	path_case elf make_file 'cannot make a directory for the dump in /var/crash: Not a directory' ||
		return 1
	check "the file is as it was" [ "$(disk_debugfs "$disk_image" 'cat /var/crash')" = precious ]
}

case_path_link() {
	path_case elf make_link 'cannot make a directory for the dump in /var/crash' || return 1
	check "nothing was made where the link leads" outside_is_empty
}

outside_is_empty() {
	disk_debugfs "$disk_image" 'ls -p /outside' | tee "$case_dir/outside"
	[ "$(grep -c '^/' "$case_dir/outside")" = 2 ]
}

case_path_read_only() {
	path_case "kdump read-only elf" make_nothing 'cannot mount' || return 1
	judge_dumps 0001 ""
}
