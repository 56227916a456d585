# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-report: made-up dumps on a made-up system (KDUMP_ROOT), whose
# kdump-init describes one target that is mounted at /data.

# busybox sh runs its own mount and logger, whatever there is in PATH.
needs_fakes() {
	case $shell in busybox*) return 1 ;; esac
}

reporting_board() {
	mkdir -p root/sbin root/proc/self root/data/crash root/etc bin
	fake root/sbin/kdump-init 'echo "kernel = 6.9.0-test"
echo "target = LABEL=kdumps"
echo "fstype = ext4"
echo "path = /crash"
echo "device = /dev/mmcblk0p2"
echo "number = 179:2"
echo "watchdog = /dev/watchdog0"'
	echo '30 1 179:2 / /data rw,relatime shared:1 - ext4 /dev/mmcblk0p2 rw' >root/proc/self/mountinfo
	fake bin/mount 'echo "$*" >>mounts; exit 1'
	fake bin/logger 'cat >>log'
	KDUMP_ROOT=root
	PATH=$PWD/bin:$PATH
	unset JOURNAL_STREAM
	export KDUMP_ROOT PATH
}

dump() { # NUMBER PANIC [LINE...]
	folder=root/data/crash/$1-20261122T061522Z
	mkdir "$folder"
	{
		echo 'result=complete'
		echo 'kernel=6.9.0-test'
		echo "panic=$2"
		echo 'crash_time=1795328122'
		echo 'dump_bytes=15728640'
		shift 2
		for line; do echo "$line"; done
	} >"$folder/status"
}

report() { run kdump-report "$@"; }

test_a_log_that_no_target_took_is_found_on_the_root_filesystem() {
	reporting_board
	dump 0001 'on the target'
	mkdir -p root/var/crash
	mv root/data/crash/0001-20261122T061522Z root/var/crash/
	report --list
	exits 0
	has "$out" 'on the target'
	rm -rf root/data/crash
	mv root/var/crash root/data/crash
	mkdir root/var/crash
	report --list
	exits 0
	[ "$(echo "$out" | grep -c 'on the target')" = 1 ] || fail "once, and not: $out"
	rmdir root/var/crash
	sed -i 's|/crash|/var/crash|; s|/data|/|' root/sbin/kdump-init root/proc/self/mountinfo
	mv root/data/crash root/var/
	report --list
	exits 0
	[ "$(echo "$out" | grep -c 'on the target')" = 1 ] || fail "once, and not: $out"
}

# The capture kernel mounts root= alone: its /var/crash is not the one that is seen where /var has
# a disk of its own, or where the target is mounted on /var/crash itself.
test_a_log_below_another_mount_is_found() {
	needs_fakes || return 0
	reporting_board
	mkdir -p root/var/crash hidden/var/crash
	dump 0001 hidden
	mv root/data/crash/0001-20261122T061522Z hidden/var/crash/
	fake bin/stat 'case $* in *"%d root/var"*) echo 99 ;; *) exec /usr/bin/stat "$@" ;; esac'
	fake bin/mount 'echo "$*" >>mounts
case $* in *remount*) exit 0 ;; "-o bind root/ "*) ;; *) exit 1 ;; esac
for at; do :; done; cp -R hidden/. "$at"'
	fake bin/umount 'rm -rf "${1:?}"/*'
	report --list
	exits 0
	[ "$(echo "$out" | grep -c hidden)" = 1 ] || fail "once, and not: $out"
	grep -q '^-o remount,bind,ro ' mounts || fail 'it could be written to'
	rm -r root/var/crash # what /var is counts then
	report
	exits 0
	has "$out" '/var/crash/0001-20261122T061522Z'
	fake bin/mount 'echo no >&2; exit 1'
	report
	exits 1
	has "$err" 'cannot be looked at'
}

test_a_new_dump_is_reported_once() {
	reporting_board
	report
	exits 1
	[ -z "$out$err" ] || fail "it said something: $out$err"
	dump 0001 'Kernel panic - not syncing: sysrq triggered crash'
	report
	exits 0
	has "$out" 'kernel 6.9.0-test crashed (2026-11-22 06:15:22 UTC): Kernel panic - not syncing: sysrq triggered crash; complete, 15.0 MiB in root/data/crash/0001-20261122T061522Z'
	report
	exits 1
	dump 0002 'another'
	report
	exits 0
	has "$out" 'another'
	lacks "$out" 'sysrq'
}

test_a_number_that_comes_again_with_another_time_is_new() {
	reporting_board
	dump 0001 one
	report
	mv root/data/crash/0001-20261122T061522Z root/data/crash/0001-20271122T061522Z
	report
	exits 0
	[ "$(wc -l <root/var/lib/kdump-init/reported)" = 1 ] || fail 'what is gone is remembered'
}

test_the_list_has_all_dumps_in_order() {
	reporting_board
	report --list
	exits 1
	for number in 0009 0010 10000; do dump $number "panic $number"; done
	report
	report --list
	exits 0
	[ "$(echo "$out" | sed 's/-.*//' | tr '\n' ' ')" = '0009 0010 10000 ' ] || fail 'the order is wrong'
	has "$out" 'complete'
	has "$out" '15.0 MiB'
}

test_json_is_json_whatever_a_panic_line_holds() {
	reporting_board
	dump 0001 'a "quoted" \ line with	a tab'
	report --list --json
	exits 0
	printf '%s\n' "$out" | python3 -c 'import json, sys
(d,) = json.load(sys.stdin)
assert d["panic"] == "a \"quoted\" \\ line witha tab", d
assert d["crash_time"] == 1795328122 and d["dump_bytes"] == 15728640, d
assert d["directory"].endswith("/0001-20261122T061522Z") and d["target"] == "LABEL=kdumps", d'
}

test_a_terminal_gets_no_control_characters() {
	reporting_board
	dump 0001 "$(printf 'evil \033[2J line')"
	report
	[ "$(echo "$out" | tr -d '[:print:]\n' | wc -c)" = 0 ] || fail 'an escape came through'
}

test_a_dump_without_a_whole_status_is_reported_as_what_it_is() {
	reporting_board
	mkdir root/data/crash/0003-20261122T061522Z
	report
	exits 0
	has "$out" 'kernel unknown crashed (unknown): unknown; unfinished, 0.0 MiB'
	printf 'result=complete' >root/data/crash/0003-20261122T061522Z/status
	report --list
	has "$out" unfinished
}

test_a_status_that_is_a_pipe_is_none() {
	reporting_board
	mkdir root/data/crash/0003-20261122T061522Z
	mkfifo root/data/crash/0003-20261122T061522Z/status
	report
	exits 0
	has "$out" unfinished
}

test_what_is_no_dump_is_not_reported() {
	reporting_board
	mkdir root/data/crash/lost+found root/data/crash/notes root/data/crash/0009-mine
	dump 0001 one
	mv root/data/crash/0001-20261122T061522Z root/elsewhere
	ln -s ../../elsewhere root/data/crash/0001-20261122T061522Z
	report
	exits 1
}

test_the_boot_tells_journal_motd_metrics_and_programs() {
	reporting_board
	mkdir -p root/var/lib/prometheus/node-exporter root/etc/kdump-init/report.d
	fake root/etc/kdump-init/report.d/mail 'echo "mail: $1" >>called'
	fake root/etc/kdump-init/report.d/broken 'exit 7'
	echo not executable >root/etc/kdump-init/report.d/README
	dump 0001 'Kernel panic - not syncing: Oops'
	boot_of first-boot
	report --boot
	exits 0
	! needs_fakes || grep -q '^kernel 6.9.0-test crashed .*Oops' log
	grep -q '^kdump-init: kernel 6.9.0-test crashed .*Oops' root/run/motd.d/kdump-init
	grep -qx 'panic=Kernel panic - not syncing: Oops' root/run/kdump-init/last-crash
	grep -qx 'kdump_dumps_total 1' root/var/lib/prometheus/node-exporter/kdump-init.prom
	grep -qx 'kdump_last_crash_timestamp_seconds 1795328122' root/var/lib/prometheus/node-exporter/kdump-init.prom
	[ "$(cat called)" = 'mail: root/data/crash/0001-20261122T061522Z' ]
	has "$err" 'report.d/broken failed (exit 7)'
	boot_of second-boot # /run may be a folder of the disk, which outlives it
	report --boot
	exits 1
	[ "$(wc -l <called)" = 1 ] || fail 'a program was called again'
	[ ! -e root/run/motd.d/kdump-init ] || fail 'the message of the day stayed'
	[ ! -e root/run/kdump-init/last-crash ] || fail 'the reason of the first boot stayed'
	[ -e root/var/lib/prometheus/node-exporter/kdump-init.prom ]
}

boot_of() { # ID
	mkdir -p root/proc/sys/kernel/random
	echo "$1" >root/proc/sys/kernel/random/boot_id
}

# A service that is started again, and a target that appears late.
test_a_second_call_of_a_boot_takes_nothing_back() {
	reporting_board
	boot_of first-boot
	mkdir -p root/var/lib/prometheus/node-exporter
	dump 0002 'the first to be told'
	sed -i 's/^crash_time=.*/crash_time=-1/' root/data/crash/0002*/status
	report --boot
	grep -qx 'panic=the first to be told' root/run/kdump-init/last-crash
	cp -R root/run told
	cp root/var/lib/prometheus/node-exporter/kdump-init.prom metrics
	report --boot
	exits 1
	diff -r root/run told
	cmp root/var/lib/prometheus/node-exporter/kdump-init.prom metrics
	dump 0003 'the next'
	sed -i 's/^crash_time=.*/crash_time=1795328999/' root/data/crash/0003*/status
	report --boot
	exits 0
	[ "$(sed 's/.*): //; s/;.*//' root/run/motd.d/kdump-init | paste -s -d :)" = 'the first to be told:the next' ]
	grep -qx 'panic=the next' root/run/kdump-init/last-crash
	dump 0004 'from a disk that came late'
	sed -i 's/^crash_time=.*/crash_time=1795320000/' root/data/crash/0004*/status
	report --boot
	has "$(cat root/run/motd.d/kdump-init)" 'from a disk that came late'
	grep -qx 'panic=the next' root/run/kdump-init/last-crash
}

test_under_systemd_the_line_has_priority_crit() {
	reporting_board
	dump 0001 one
	JOURNAL_STREAM=8:1 report --boot
	exits 0
	echo "$out" | grep -q '^<2>kernel 6.9.0-test crashed'
}

test_a_target_that_is_not_mounted_is_mounted_read_only() {
	reporting_board
	: >root/proc/self/mountinfo
	report
	exits 1
	has "$err" 'target LABEL=kdumps cannot be mounted'
	needs_fakes || return 0
	has "$(cat mounts)" '-o ro -t ext4 /dev/mmcblk0p2 '
	dump 0001 one
	fake bin/mount 'for at; do :; done; cp -R root/data/. "$at"'
	fake bin/umount 'echo "$1" >>unmounted; rm -rf "${1:?}"/*'
	report
	exits 0
	has "$out" '/crash/0001-20261122T061522Z'
	[ -s unmounted ] || fail 'it stayed mounted'
}

# A test's dump is removed on a target that is mounted for writing then, so that nothing but this
# stands between rm -rf and all others.
test_what_cannot_be_unmounted_is_not_removed() {
	needs_fakes || return 0
	reporting_board
	: >root/proc/self/mountinfo
	dump 0001 one
	fake bin/mount 'for at; do :; done; echo "$at" >at; cp -R root/data/. "$at"'
	fake bin/umount 'exit 32'
	TMPDIR=$PWD
	export TMPDIR
	report
	exits 0
	[ -d "$(cat at)/crash/0001-20261122T061522Z" ] || fail 'it is gone'
	has "$err" 'cannot unmount'
	fake bin/mount 'for at; do :; done; echo "$at" >at; cp -R root/data/. "$at"; kill -TERM $PPID; sleep 0.2'
	report
	exits 3
	[ -d "$(cat at)/crash/0001-20261122T061522Z" ] || fail 'it is gone after a signal'
	fake bin/mount 'for at; do :; done; echo "$at" >at; exit 32'
	report
	exits 1
	[ ! -e "$(dirname "$(cat at)")" ] || fail 'the temporary folder stayed'
}

test_without_owners_every_dump_is_one() {
	reporting_board
	dump 0001 one
	fake bin/stat 'echo 12345'
	! needs_fakes || { report && exits 1; }
	sed -i 's/ext4/vfat/' root/sbin/kdump-init
	report
	exits 0
}

test_a_target_is_mounted_with_its_options() {
	needs_fakes || return 0
	reporting_board
	: >root/proc/self/mountinfo
	sed -i 's/^echo "path/echo "options = subvol=@rootfs"\n&/' root/sbin/kdump-init
	report
	has "$(cat mounts)" '-o subvol=@rootfs,ro -t ext4 /dev/mmcblk0p2 '
}

test_a_blank_in_the_mount_point_hides_no_dump() {
	reporting_board
	mv root/data 'root/my data'
	printf '%s\n' '30 1 179:2 / /my\040data rw,relatime shared:1 - ext4 /dev/mmcblk0p2 rw' >root/proc/self/mountinfo
	mkdir -p 'root/my data/crash/0001-20261122T061522Z'
	report
	exits 0
	has "$out" 'root/my data/crash/0001-20261122T061522Z'
}

test_what_was_reported_of_a_target_that_is_away_is_not_reported_again() {
	reporting_board
	cp root/sbin/kdump-init both
	echo 'echo "target = LABEL=other disk"; echo "path = /crash"; echo "number = 8:1"' >>both
	sed -i '/watchdog/d' both
	mkdir -p root/other/crash/0007-20261122T061522Z
	echo '31 1 8:1 / /other rw - ext4 /dev/sda1 rw' >>root/proc/self/mountinfo
	cp root/sbin/kdump-init one
	cp both root/sbin/kdump-init
	report
	exits 0
	has "$out" '/other/crash/0007-'
	cp one root/sbin/kdump-init
	dump 0001 'one more'
	report
	exits 0
	cp both root/sbin/kdump-init
	report
	exits 1
	[ -z "$out" ] || fail "again: $out"
}

# As cli_apart.c has it.
test_a_board_without_the_commands_is_told_what_to_install() {
	reporting_board
	fake root/sbin/kdump-init 'echo "$*" >>asked; echo "kdump-init: the commands are in kdump-init-full" >&2; exit 3'
	for option in '' --list --test --boot; do
		report $option
		exits 3
		has "$err" 'kdump-init-full, which has the commands, is missing beside /sbin/kdump-init'
		has "$err" 'install it there'
	done
	[ "$(sort -u asked)" = --help ] || fail "it went on: $(cat asked)"
	rm root/sbin/kdump-init
	report
	exits 3
	has "$err" 'no /sbin/kdump-init here: install'
}

test_a_target_that_is_not_there_is_told() {
	reporting_board
	fake root/sbin/kdump-init 'echo "target = LABEL=x"; echo "path = /c"; echo "unknown = the device: it is not there"'
	report
	exits 1
	has "$err" 'target LABEL=x is not there'
	fake root/sbin/kdump-init 'echo broken >&2; exit 3'
	report
	exits 3
	has "$err" 'kdump-init check --describe failed: broken'
}

# A board whose target is raw: a folder "ring" stands for the device, of which kdump-init extract
# makes what it is told to.
ring_board() {
	reporting_board
	sed -i 's/fstype = ext4/fstype = raw/' root/sbin/kdump-init
	mv root/sbin/kdump-init described
	mkdir ring
	fake root/sbin/kdump-init 'echo "$*" >>asked
case "$1 $2" in
"check --describe") . ./described ;;
"extract --texts") [ ! -e broken ] || { echo "$3: it is no ring" >&2; exit 3; }
	cp -R ring/. "$4" && rm -f "$4"/*/vmcore
	for bad in "$4"/*/bad; do
		[ -e "$bad" ] || continue
		rm -rf "${bad%/*}"
		echo "${bad%/*}: Input/output error" >&2
		exit 3
	done ;;
"extract --check") [ -f "ring/$4/vmcore" ] || { echo "$4/vmcore: damaged on the device" >&2; exit 1; } ;;
*) exit 2 ;;
esac'
}

dump_in_ring() { # NUMBER PANIC [LINE...]
	dump "$@"
	echo 'the log' >"$folder/vmcore-dmesg.txt"
	echo memory >"$folder/vmcore"
	mv "$folder" ring/
}

test_the_dumps_of_a_raw_device_are_listed_and_reported_once() {
	ring_board
	report
	exits 1
	[ -z "$out$err" ] || fail "it said something: $out$err"
	dump_in_ring 0001 'on the ring'
	report --list
	exits 0
	has "$out" 'on the ring'
	report
	exits 0
	has "$out" ': on the ring; complete, 15.0 MiB in 0001-20261122T061522Z on /dev/mmcblk0p2'
	report
	exits 1
	dump_in_ring 0002 'another'
	touch broken # what was told of is not told again when it is there again
	report
	exits 1
	has "$err" 'target LABEL=kdumps cannot be looked at: /dev/mmcblk0p2: it is no ring'
	rm broken
	report
	exits 0
	[ "$(echo "$out" | grep -c crashed)" = 1 ] || fail "one, and not: $out"
	has "$out" another
	report --list --json
	printf '%s\n' "$out" | python3 -c 'import json, sys
for d in json.load(sys.stdin):
    assert d["directory"] is None and d["device"] == "/dev/mmcblk0p2", d'
	! grep -v -e '^check --describe$' -e '^--help$' -e '^extract --texts /dev/mmcblk0p2 ' asked
}

test_a_dump_of_a_raw_device_that_cannot_be_read_hides_no_other() {
	ring_board
	dump_in_ring 0001 'the first'
	report
	exits 0
	dump_in_ring 0002 'the second'
	: >"$(echo ring/0001-*)/bad"
	report
	exits 0
	has "$out" 'the second'
	has "$err" 'target LABEL=kdumps cannot be looked at: '
	has "$err" 'Input/output error'
	report
	exits 1
	[ -z "$out" ] || fail "it was told again: $out"
	rm ring/0001-*/bad
	report
	exits 1
	[ -z "$out$err" ] || fail "it was told again: $out$err"
	[ "$(wc -l <root/var/lib/kdump-init/reported)" = 2 ] || fail "$(cat root/var/lib/kdump-init/reported)"
}

test_what_crashed_is_told_to_everybody_from_a_raw_device_too() {
	ring_board
	mkdir -p root/etc/kdump-init/report.d
	fake root/etc/kdump-init/report.d/mail 'cat "$1/vmcore-dmesg.txt" >mailed; echo "$KDUMP_DEVICE ${1##*/}" >>mailed'
	dump_in_ring 0001 'on the ring'
	boot_of first-boot
	report --boot
	exits 0
	grep -q 'on the ring' root/run/motd.d/kdump-init
	grep -qx 'directory=0001-20261122T061522Z on /dev/mmcblk0p2' root/run/kdump-init/last-crash
	[ "$(paste -s -d : mailed)" = 'the log:/dev/mmcblk0p2 0001-20261122T061522Z' ]
}

a_test_was_begun() { # KEEP
	mkdir -p root/var/lib/kdump-init
	boot_of before-the-test
	printf 'time=1795328000\nboot=before-the-test\nkeep=%s\n' "$1" >root/var/lib/kdump-init/test
	boot_of after-the-test
}

test_a_test_on_a_raw_device_is_held_against_its_checksums_there() {
	ring_board
	a_test_was_begun no
	dump_in_ring 0001 'sysrq triggered crash' test=yes
	report
	exits 0
	has "$out" 'the test of the capture passed: complete and verified, 15.0 MiB in 0001-20261122T061522Z on /dev/mmcblk0p2, which is removed by the next capture'
	grep -qx 'extract --check /dev/mmcblk0p2 0001-20261122T061522Z' asked
	[ -e ring/0001-20261122T061522Z/status ] || fail 'it is gone'
	a_test_was_begun yes
	dump_in_ring 0002 'sysrq triggered crash' test=yes
	rm ring/0002*/vmcore
	report --test
	exits 1
	has "$out" 'the test of the capture failed: 0002-20261122T061522Z on /dev/mmcblk0p2 is not what was written: 0002-20261122T061522Z/vmcore: damaged on the device'
}
