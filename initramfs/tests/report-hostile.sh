# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-report where things are not as they should be: names and numbers that
# nobody of ours wrote, no room, two at once, tools that are missing. The system is that of report.sh.

# A card that was put in may have anything on it, root's by its numbers.
test_only_a_name_that_kdump_init_gives_is_a_dumps() {
	reporting_board
	dump 0001 one
	for name in "0002-20261122T061522$(printf '\033[2J')Z" '0003-20261122T061522.Z' '0004-2026 T0Z' \
		"0005-20261122T0615Z
LABEL=kdumps	root/etc-0Z"; do
		mkdir -p "root/data/crash/$name"
	done
	report --list
	exits 0
	[ "$(echo "$out" | wc -l)" = 1 ] || fail "more than one: $out"
	has "$out" '0001-20261122T061522Z'
}

test_a_number_of_a_status_may_be_anything() {
	reporting_board
	dump 0001 zeros
	sed -i 's/^crash_time=.*/crash_time=0089/; s/^dump_bytes=.*/dump_bytes=0089000000/' root/data/crash/0001*/status
	dump 0002 huge
	sed -i 's/^crash_time=.*/crash_time=99999999999999999999999/; s/^dump_bytes=.*/&99999999999999999999/' root/data/crash/0002*/status
	dump 0003 'code'
	sed -i 's/^crash_time=.*/crash_time=a[$(date >ran)]/; s/^dump_bytes=.*/dump_bytes=a[$(date >ran)]/' root/data/crash/0003*/status
	dump 0004 'the last'
	mkdir -p root/var/lib/prometheus/node-exporter
	report --list
	exits 0
	[ "$(echo "$out" | wc -l)" = 4 ] || fail "not all four: $out"
	report --list --json
	printf '%s\n' "$out" | python3 -c 'import json, sys
a, b, c, d = json.load(sys.stdin)
assert a["crash_time"] == 89 and a["dump_bytes"] == 89000000, a
assert b["crash_time"] is None and b["dump_bytes"] == 0, b
assert c["crash_time"] is None and c["dump_bytes"] == 0, c'
	report --boot
	exits 0
	[ "$(wc -l <root/run/motd.d/kdump-init)" = 4 ]
	grep -qx 'panic=the last' root/run/kdump-init/last-crash
	[ ! -e ran ] || fail 'it ran'
	lacks "$err" 'llegal number'
	lacks "$err" 'arithmetic'
}

# /dev/full takes nothing, as a disk that has no room.
test_without_room_what_was_reported_is_not_forgotten() {
	reporting_board
	dump 0001 one
	report
	cp root/var/lib/kdump-init/reported before
	dump 0002 two
	ln -s /dev/full root/var/lib/kdump-init/reported.new
	report
	exits 0
	has "$err" 'will be reported again'
	cmp root/var/lib/kdump-init/reported before
	report
	exits 0
	has "$out" two
	lacks "$out" one
}

# All files in /run/motd.d are shown.
test_a_message_that_could_not_be_written_leaves_nothing() {
	reporting_board
	dump 0001 one
	mkdir -p root/run/motd.d
	ln -s /dev/full root/run/motd.d/kdump-init.new
	report --boot
	exits 0
	has "$err" 'cannot write root/run/motd.d/kdump-init'
	[ -z "$(ls root/run/motd.d)" ] || fail "left: $(ls -l root/run/motd.d)"
}

# A root filesystem that is read-only, or full, and /tmp in it.
test_without_room_in_tmp_there_is_run() {
	reporting_board
	dump 0001 one
	mkdir -p root/run
	TMPDIR=$PWD/nosuch
	export TMPDIR
	report
	exits 0
	has "$out" ': one;'
	for folder in root/run/kdump-report*; do [ ! -e "$folder" ] || fail "$folder stayed"; done
}

# A service at boot, and somebody who asks at that moment.
test_two_at_once_report_a_dump_once() {
	reporting_board
	three_ask
}

test_two_at_once_report_a_dump_once_without_flock() {
	reporting_board
	without flock
	three_ask
	[ -z "$(find root/run -name '*.held')" ] || fail "left: $(find root/run)"
}

three_ask() {
	dump 0001 one
	mv root/sbin/kdump-init root/sbin/described
	fake root/sbin/kdump-init 'sleep 0.3; exec root/sbin/described'
	for i in 1 2 3; do $shell "$tools/kdump-report" >said$i & done
	wait
	[ "$(cat said1 said2 said3 | grep -c ': one;')" = 1 ] || fail "$(cat said1 said2 said3)"
}

# It reports the same dumps to nobody else meanwhile, whatever a program of report.d left running.
test_nobody_waits_for_a_program_of_report_d() {
	reporting_board
	dump 0001 one
	mkdir -p root/etc/kdump-init/report.d
	fake root/etc/kdump-init/report.d/slow 'sleep 600 >/dev/null 2>&1 & echo $! >slow'
	report --boot
	exits 0
	dump 0002 two
	code=0
	# shellcheck disable=SC2086 # a shell may be two words
	timeout 120 $shell "$tools/kdump-report" >said || code=$?
	kill "$(cat slow)"
	exits 0
	has "$(cat said)" ': two;'
}

# A program that is told to end, and does not.
stubborn_program() {
	reporting_board
	dump 0001 one
	mkdir -p root/etc/kdump-init/report.d
	fake root/etc/kdump-init/report.d/1-stubborn 'trap "" TERM; echo began >>called; while :; do sleep 0.2; done'
	fake root/etc/kdump-init/report.d/2-mail 'echo "mail: $1" >>called'
	KDUMP_PROGRAM_SECONDS=1
	export KDUMP_PROGRAM_SECONDS
}

test_a_program_that_does_not_end_is_killed_and_the_next_one_is_called() {
	stubborn_program
	# shellcheck disable=SC2086 # a shell may be two words
	timeout -k 1 30 $shell "$tools/kdump-report" --boot >said 2>&1 || fail "exit code $?"
	[ "$(cat called)" = "$(printf 'began\nmail: root/data/crash/0001-20261122T061522Z')" ] || fail "$(cat called)"
	has "$(cat said)" '1-stubborn was ended: it took longer than 1 s'
}

# As that of a busybox before 1.34, which takes no -k.
test_where_timeout_does_not_kill_a_program_that_does_not_end_is_killed() {
	stubborn_program
	fake bin/timeout 'case $1 in -*) exit 1 ;; esac; exec /usr/bin/timeout "$@"'
	# shellcheck disable=SC2086 # a shell may be two words
	/usr/bin/timeout -k 1 30 $shell "$tools/kdump-report" --boot >said 2>&1 || fail "exit code $?"
	has "$(cat called)" 'mail: '
	has "$(cat said)" '1-stubborn was ended: it took longer than 1 s'
}

test_without_timeout_the_programs_are_called() {
	reporting_board
	dump 0001 one
	mkdir -p root/etc/kdump-init/report.d tools
	fake root/etc/kdump-init/report.d/mail 'echo "$1" >>called'
	ln -s /usr/bin/* tools
	rm tools/timeout
	PATH=$PWD/bin:$PWD/tools
	case $shell in busybox*) return 0 ;; esac # it has its own
	shell=/bin/dash report --boot
	exits 0
	[ -s called ] || fail 'it was not called'
	[ -z "$err" ] || fail "a warning: $err"
}

# Those who read them are not root: node_exporter, a fleet manager, whoever logs in. But who may
# open the lock may hold it.
test_what_is_told_may_be_read_whatever_the_umask_is() {
	reporting_board
	dump 0001 one
	mkdir -p root/var/lib/prometheus/node-exporter root/var/lib/kdump-init
	umask 077
	report --boot
	for file in root/run/motd.d root/run/motd.d/kdump-init root/run/kdump-init root/run/kdump-init/last-crash \
		root/var/lib/prometheus/node-exporter/kdump-init.prom; do
		case $(ls -ld "$file") in d??????r-x* | -??????r--*) ;; *) fail "$(ls -ld "$file")" ;; esac
	done
	[ ! -e root/run/kdump-init/report.lock ] || [ "$(stat -c %a root/run/kdump-init/report.lock)" = 600 ]
}

# Where the root filesystem is read-only, /var/lib is often in memory.
test_a_list_of_what_was_reported_that_does_not_stay_is_told() {
	needs_fakes || return 0
	reporting_board
	fake bin/stat 'case $* in "-f -c %T "*) echo tmpfs ;; *) exec /usr/bin/stat "$@" ;; esac'
	report
	exits 1
	[ -z "$err" ] || fail "without a dump: $err"
	dump 0001 one
	report
	exits 0
	has "$err" 'root/var/lib/kdump-init is in memory: after the next start the same dumps are reported again'
	fake bin/stat 'case $* in "-f -c %T "*) echo ext2/ext3 ;; *) exec /usr/bin/stat "$@" ;; esac'
	dump 0002 two
	report
	[ -z "$err" ] || fail "it stays: $err"
}

test_the_list_of_what_was_reported_may_be_elsewhere() {
	reporting_board
	mkdir -p root/var/lib root/data/state
	ln -s "$PWD/root/data/state" root/var/lib/kdump-init
	dump 0001 one
	report
	exits 0
	[ -s root/data/state/reported ]
	report
	exits 1
}

# What an earlier test came to is no verdict of this one.
test_without_room_the_verdict_is_of_the_test_that_was_made() {
	for option in --boot --test ''; do
		rm -rf root bin log
		reporting_board
		a_test_was_begun yes
		printf 'passed=yes\ntime=1\nboot=x\ndirectory=old\nwords=complete and verified, in old\n' >root/var/lib/kdump-init/tested
		ln -s /dev/full root/var/lib/kdump-init/tested.new
		JOURNAL_STREAM=8:1 report $option
		has "$out" 'the test of the capture failed: there is no dump'
		lacks "$out" passed
		has "$err" 'will be told of again'
		[ ! -L root/var/lib/kdump-init/tested.new ] || fail 'its new file stayed'
		grep -qx passed=yes root/var/lib/kdump-init/tested || fail 'the old one is gone'
	done
	rm -rf root bin log
	reporting_board
	a_test_was_begun no
	dump 0001 'sysrq triggered crash' test=yes
	ln -s /dev/full root/var/lib/kdump-init/tested.new
	report --test
	exits 0
	lacks "$out" removed
	[ -e root/data/crash/0001-20261122T061522Z/status ] || fail 'it is gone, and the next call will not find it'
	report --test # now there is room
	exits 0
	[ ! -e root/data/crash/0001-20261122T061522Z ] || fail 'it stayed'
}
