# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# For the cases in which memory or the kernel itself is at fault: a machine that
# lib/meddle reaches, an earlier dump on the target, and verdicts about both. What is
# random comes from a seed that is printed; KDUMP_SEED=N repeats it.

old_dump=0001-20200101T000000Z
small_frames=$(((0x56000000 - 0x40000000) / 4096)) # what small_memory of virt spans
patience=900 # seconds after which a machine hangs, on a host with much else to do

# A target that holds a complete dump of long ago.
with_earlier_dump() {
	local dir
	disk_content=$case_dir/content
	dir=$disk_content$dump_path/$old_dump
	mkdir -p "${dir%/*}"
	"$tests/lib/make-dump" "$dir"
	chmod 700 "${dir%/*}"
	check "the earlier dump is whole beforehand" whole_dump "$dir"
}

# Memory, console and monitor are where lib/meddle finds them. After this, `memory` and
# `machine_extra` stay as they are.
within_reach() {
	seed=${KDUMP_SEED:-$((RANDOM * 32768 + RANDOM))}
	note "KDUMP_SEED=$seed"
	echo "  seed: $seed" >>"$case_dir/verdict"
	console_socket=kdump-$nonce-console monitor_socket=kdump-$nonce-monitor
	# shellcheck disable=SC2054 # commas are QEMU's
	machine_extra+=(
		-object "memory-backend-memfd,id=ram,size=${memory}M,share=on"
		-machine memory-backend=ram
		-chardev "socket,id=monitor,path=$monitor_socket,abstract=on,server=on,wait=off"
		-mon chardev=monitor,mode=control)
	# shellcheck disable=SC2054 # commas are QEMU's
	machine_serial=(
		-chardev "socket,id=console,path=$console_socket,abstract=on,server=on,wait=off,logfile=LOG"
		-serial chardev:console)
}

# until_told TEXT: the machine says it on its console; 1 when it does not in time.
until_told() {
	while machine_runs && [ $((SECONDS - started)) -le "$deadline" ]; do
		! grep -a -q "^T-$nonce: $1" "$case_dir/console.log" || return 0
		sleep 0.2
	done
	return 1
}

meddle() {
	"$tests/lib/meddle" "$@"
}

# scramble_when TEXT WHAT...: while the machine waits, having said TEXT.
scramble_when() {
	check "it $1" until_told "$1" || return 1
	check "random bytes over: ${*:2}" \
		meddle scramble "$qemu_pid" "$seed" "$small_frames" "${@:2}" ||
		note "the machine goes on without"
	sed 's/^/    /' "$case_dir/check.log" >>"$case_dir/verdict"
	check "it is told to go on" meddle type "$console_socket" "go on"
}

# The machine came back, and what is on its disk is what it says it is.
judge_fault() {
	disk_report "$disk_image" first >"$case_dir/report.first"
	disk_report "$disk_image" second >"$case_dir/report.second"
	check "the first system crashed with a capture kernel loaded" loaded_and_crashed || return 1
	check "three boots in all: first, capture, first" \
		[ "$(boots_seen "$case_dir/console.log")" = 3 ]
	check "the first system came up again" report_line second '^second boot$' || return 1
	check "the filesystem is clean, or its journal makes it so" repairable
	check "the earlier dump is as it was" earlier_untouched
	check "what bears a final name is whole" final_names_are_true
}

# Replays the journal in a copy of the partition, which stands for the disk from then
# on, so that what follows sees what a mount would show.
repairable() {
	local copy=$case_dir/p2.img
	disk_partition "$disk_image" "$copy"
	disk_image=$copy p2_start=0
	e2fsck -p -E journal_only "$copy" || [ $? = 1 ] || {
		echo "the journal cannot be replayed"
		return 1
	}
	e2fsck -fn "$copy"
}

earlier_untouched() {
	local f to=$case_dir/earlier
	mkdir -p "$to"
	dump=$dump_path/$old_dump
	for f in vmcore vmcore-dmesg.txt capture.log status; do
		pull $f "$to" && cmp "$disk_content$dump/$f" "$to/$f" || return 1
	done
	whole_dump "$to"
	f=$?
	rm -rf "$to"
	return $f
}

# The dumps on the disk besides the earlier one.
new_dumps() {
	sed -n "s|^T-$nonce: dump d[^ ]* [^ ]* [^ ]* \\($dump_path/[0-9]\\{4\\}-[^/]*\\)\$|\\1|p" \
		"$case_dir/report.second" | grep -v -F "/$old_dump"
}

# A vmcore by its final name has a status, with which it can be verified.
final_names_are_true() {
	local bad=0
	while read -r dump; do
		[ -n "$(listed_size vmcore)$(listed_size status)" ] || continue
		pull_verified || bad=1
	done < <(new_dumps)
	return $bad
}

pull_verified() {
	local f to=$case_dir/final rc
	rm -rf "$to"
	mkdir -p "$to"
	for f in vmcore vmcore-dmesg.txt capture.log status; do
		[ -z "$(listed_size $f)" ] || pull $f "$to" || { echo "$f cannot be read"; return 1; }
	done
	whole_dump "$to"
	rc=$?
	rm -rf "$to"
	return $rc
}

# The directories among them that say what they are.
finished_dumps() {
	while read -r dump; do
		[ -z "$(listed_size status)" ] || echo "$dump"
	done < <(new_dumps)
}

# judge_saved RESULT: exactly one dump besides the earlier one, and its result. Where that is
# less than memory, what an attempt of the same run had of the memory may lie there until the
# next run: it is all that there is of it.
judge_saved() {
	check "exactly one new dump" [ "$(finished_dumps | wc -l)" = 1 ] || return 1
	dump=$(finished_dumps)
	if [ "$1" = complete ]; then
		check "nothing is left incomplete" not report_line second '^dump .*-incomplete'
	else
		check "nothing but memory is left incomplete" \
			not report_line second '^dump .*/(vmcore-dmesg.txt|capture.log|status)-incomplete'
	fi
	check "its status can be read" pull status || return 1
	check "status: $1" status_is result "$1" || return 1
	[ "$1" = log-only ] || [ "$1" = failed ] || check "the memory can be pulled out of the disk image" pull vmcore
}

status_matches() {
	status_of "$1"
	status_of "$1" | grep -x -E -- "$2"
}

# Nothing went wrong on the way: no worker died, and no attempt left a directory.
judge_smooth() {
	check "it was the first attempt" not said 'attempt 2'
	check "no worker was killed" not said 'was killed by signal'
	check "no oops, panic or BUG in the capture kernel" capture_is_calm
	check "no other directory is there" [ "$(new_dumps | wc -l)" = 1 ]
}
