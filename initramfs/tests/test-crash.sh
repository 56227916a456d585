# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load --test and its verdict in kdump-report: only a system that is ready
# is crashed, after a yes; the mark is there for the crash and gone without one; and "passed" is
# said of a whole dump alone. Here /proc/sysrq-trigger is a file, so that no crash ever comes.

# A board (load-armed.sh) with a loaded kernel and, in /var, a place for the mark. Its kexec keeps
# what the mark was at each load.
armed_board() {
	board
	mkdir -p root/proc/sys/kernel/random root/var/lib/kdump-init
	: >root/proc/sysrq-trigger
	echo first-boot >root/proc/sys/kernel/random/boot_id
	fake root/sbin/kdump-init '[ "$2" != --archive ] || { echo "$3: good"; exit; }
[ ! -e lost ] || { cat lost; exit 1; }
echo "good, and this system is ready to dump"'
	run kdump-load
	exits 0
	rm calls
	fake_kexec 'cp root/var/lib/kdump-init/test marked 2>/dev/null || :
echo 1 >root/sys/kernel/kexec_crash_loaded'
}

lines_loaded() { sed -n 's/^--append=//p' calls; }

not_crashed() {
	[ ! -s root/proc/sysrq-trigger ] || fail 'it crashed'
	[ ! -e root/var/lib/kdump-init/test ] || fail 'the mark is there'
}

test_the_crash_of_a_test_is_marked_and_one_that_does_not_come_leaves_all_as_it_was() {
	armed_board
	run kdump-load --test --yes
	exits 1
	has "$err" 'the system did not crash: it goes on as before'
	[ "$(cat root/proc/sysrq-trigger)" = c ] || fail 'it was not triggered'
	[ "$(lines_loaded | wc -l)" = 2 ] || fail 'it was not loaded twice'
	has "$(lines_loaded | head -n 1)" ' kdump.test=yes'
	[ "$(lines_loaded | tail -n 1)" = "$(sed -n 's/^line = //p' root/run/kdump-init/loaded)" ]
	grep -qx 'boot=first-boot' marked
	grep -qx 'keep=yes' marked
	[ ! -e root/var/lib/kdump-init/test ] || fail 'the mark stayed'
	run kdump-load --status
	exits 0
}

test_a_test_loads_what_was_loaded_with_its_device_tree() {
	armed_board
	echo tree >board.dtb
	run kdump-load --dtb board.dtb --append quick=1
	rm calls
	run kdump-load --test --yes
	has "$(cat calls)" "--dtb=$PWD/board.dtb"
	has "$(lines_loaded | head -n 1)" 'quick=1 kdump.test=yes'
	has "$(cat calls)" "--initrd=$PWD/root/boot/kdump-initrd.img-6.9.0-test"
}

test_nothing_crashes_without_a_yes() {
	armed_board
	for answer in no y '' YES; do
		echo "$answer" >answer
		run kdump-load --test <answer
		exits 1
		has "$out" 'What is not on the'
		has "$err" 'the answer was not yes'
		not_crashed
	done
	run kdump-load --test </dev/null
	exits 1
	not_crashed
	[ ! -e calls ] || fail 'kexec was called'
	echo yes >answer
	run kdump-load --test <answer
	[ "$(cat root/proc/sysrq-trigger)" = c ] || fail 'yes was not enough'
}

refused_test() { # REASON
	run kdump-load --test --yes
	exits 1
	has "$err" "$1"
	not_crashed
	[ ! -e calls ] || fail 'kexec was called'
}

test_a_system_that_would_save_nothing_is_not_crashed() {
	armed_board
	echo 'target /dev/vda: not there' >lost
	refused_test 'not ready to dump'
	has "$err" 'target /dev/vda: not there'
	rm lost
	echo 'keep = 2' >>root/etc/kdump-init.conf
	refused_test '/etc/kdump-init.conf has changed'
	echo 'target = /dev/vda' >root/etc/kdump-init.conf
	mv root/proc/sysrq-trigger elsewhere
	refused_test 'lacks CONFIG_MAGIC_SYSRQ'
	mv elsewhere root/proc/sysrq-trigger
	rm root/run/kdump-init/loaded
	refused_test 'another program than kdump-load'
	echo 0 >root/sys/kernel/kexec_crash_loaded
	refused_test 'no capture kernel is loaded, so a crash would save nothing: load it with kdump-load'
}

# A board's kdump-init without kdump-init-full beside it.
test_a_check_that_failed_says_why_and_hinders_a_test_but_no_load() {
	armed_board
	fake root/sbin/kdump-init 'echo "the commands are in kdump-init-full" >&2; exit 3'
	refused_test 'kdump-init-full, which has the commands, is missing beside /sbin/kdump-init'
	lacks "$err" 'would save nothing'
	run kdump-load
	exits 0
	has "$err" 'check --archive failed (exit 3): the commands are in kdump-init-full'
	rm calls
	fake root/sbin/kdump-init 'echo broken >&2; exit 3'
	refused_test 'kdump-init check failed (exit 3, above)'
	has "$err" broken
	lacks "$err" 'would save nothing'
}

test_a_test_that_cannot_load_its_mark_does_not_crash() {
	armed_board
	fake_kexec 'case "$*" in *kdump.test=yes*) echo busy >&2; echo 0 >root/sys/kernel/kexec_crash_loaded; exit 1 ;; esac
echo 1 >root/sys/kernel/kexec_crash_loaded'
	run kdump-load --test --yes
	exits 1
	not_crashed
	[ "$(cat root/sys/kernel/kexec_crash_loaded)" = 1 ] || fail 'nothing is loaded now'
	lacks "$(lines_loaded | tail -n 1)" kdump.test
	fake_kexec 'echo 0 >root/sys/kernel/kexec_crash_loaded; exit 1'
	run kdump-load --test --yes
	exits 1
	has "$err" 'could not be loaded again: do that now'
	not_crashed
}

# As whoever presses Ctrl-C twice does, and a terminal that is closed.
test_what_was_loaded_comes_back_whatever_signals_come_meanwhile() {
	armed_board
	fake_kexec 'case "$*" in *kdump.test=yes*) ;; *) kill -TERM 0; sleep 0.3 ;; esac
echo "$*" >finished; echo 1 >root/sys/kernel/kexec_crash_loaded'
	shell="setsid -w $shell"
	run kdump-load --test --yes
	[ -s finished ] || fail 'nothing was loaded'
	lacks "$(cat finished)" kdump.test
	has "$err" 'the system did not crash'
}

test_a_test_that_was_killed_is_told_until_the_next_load() {
	armed_board
	printf 'time=1795328100\nboot=first-boot\nkeep=yes\n' >mark
	cp mark root/var/lib/kdump-init/test
	run kdump-load --status
	exits 1
	has "$out" 'changed: a test was broken off, and the next crash would be taken for it'
	run kdump-load --test --yes
	exits 1
	has "$err" 'a test was broken off'
	run kdump-load
	exits 0
	not_crashed
	run kdump-load --status
	exits 0
	echo second-boot >root/proc/sys/kernel/random/boot_id
	cp mark root/var/lib/kdump-init/test
	run kdump-load
	cmp mark root/var/lib/kdump-init/test
}

test_a_mark_that_cannot_be_written_is_told() {
	armed_board
	rm -r root/var
	: >root/var
	run kdump-load --test --yes --keep-nothing
	exits 1
	has "$err" 'nobody removes the dump'
	[ ! -s root/proc/sysrq-trigger ] || fail 'it crashed'
	run kdump-load --test --yes
	has "$err" 'kdump-report will not say'
	[ "$(cat root/proc/sysrq-trigger)" = c ] || fail 'it did not crash'
}

test_a_dry_run_of_a_test_changes_nothing() {
	armed_board
	run kdump-load --test --dry-run
	exits 0
	has "$out" 'kdump.test=yes'
	has "$out" 'echo c >/proc/sysrq-trigger'
	not_crashed
	[ ! -e calls ] || fail 'kexec was called'
}

test_options_that_do_not_belong_to_a_test_are_refused() {
	armed_board
	run kdump-load --test --append x
	exits 2
	run kdump-load --yes
	exits 2
	run kdump-load --keep-nothing
	exits 2
	not_crashed
}

# A board that has restarted after a test (report.sh), and whose kdump-init verifies a dump as the
# file "verified" says.
tested_board() { # KEEP
	reporting_board
	mv root/sbin/kdump-init root/sbin/describe
	fake root/sbin/kdump-init '[ "$1" = verify ] || exec root/sbin/describe "$@"
echo "$2: vmcore: what verify says"; exit "$(cat verified)"'
	echo 0 >verified
	mkdir -p root/proc/sys/kernel/random root/var/lib/kdump-init
	echo second-boot >root/proc/sys/kernel/random/boot_id
	marked_test "$1"
}

marked_test() { # KEEP
	printf 'time=1795328100\nboot=first-boot\nkeep=%s\n' "$1" >root/var/lib/kdump-init/test
}

test_a_whole_dump_of_a_test_has_passed_and_that_is_said_once_by_the_service() {
	tested_board yes
	dump 0001 'Kernel panic - not syncing: sysrq triggered crash' test=yes
	JOURNAL_STREAM=8:1 report --boot
	exits 0
	has "$out" '<5>test: kernel 6.9.0-test crashed'
	has "$out" '<5>the test of the capture passed: complete and verified, 15.0 MiB in root/data/crash/0001-20261122T061522Z'
	lacks "$out" '<2>'
	grep -q '^kdump-init: the test of the capture passed' root/run/motd.d/kdump-init
	grep -qx 'reason=test' root/run/kdump-init/last-crash
	[ ! -e root/var/lib/kdump-init/test ] || fail 'the mark stayed'
	JOURNAL_STREAM=8:1 report --boot
	exits 1
	[ -z "$out" ] || fail "again: $out"
}

test_who_asks_after_the_restart_gets_the_verdict_and_who_asks_for_it_always() {
	tested_board yes
	dump 0001 one test=yes
	report --boot
	report
	has "$out" 'the test of the capture passed: '
	echo third-boot >root/proc/sys/kernel/random/boot_id
	report
	exits 1
	[ -z "$out" ] || fail "long ago: $out"
	report --test
	exits 0
	has "$out" 'the test of the capture passed: '
	report --test --json
	exits 0
	printf '%s\n' "$out" | python3 -c 'import json, sys
d = json.load(sys.stdin)
assert d["passed"] is True and d["time"] == 1795328100, d
assert d["directory"].endswith("/0001-20261122T061522Z"), d'
}

# What is there of the test, and what is said of it.
fails_with() { # WORDS
	report --test
	exits 1
	has "$out" "the test of the capture failed: $1"
	[ ! -e root/var/lib/kdump-init/test ] || fail 'the mark stayed'
	rm -rf root/data/crash/*
	marked_test yes
}

test_what_is_no_whole_dump_of_the_test_has_failed() {
	tested_board yes
	fails_with 'there is no dump: the capture kernel did not start'
	dump 0001 'a real crash before it' test=no
	sed -i 's/^crash_time=.*/crash_time=1795320000/' root/data/crash/0001*/status
	fails_with 'there is no dump'
	mkdir root/data/crash/0002-20261122T061522Z
	fails_with 'the capture was interrupted, or'
	for row in 'log-only the log alone was saved' 'partial a part of the memory' 'failed nothing of the kernel'; do
		dump 0003 one test=yes
		sed -i "s/^result=.*/result=${row%% *}/" root/data/crash/0003*/status
		fails_with "${row#* }"
	done
	echo 1 >verified
	dump 0004 one test=yes
	fails_with 'root/data/crash/0004-20261122T061522Z is not what was written: root/data/crash/0004-20261122T061522Z: vmcore: what verify says'
	JOURNAL_STREAM=8:1 report --boot
	has "$out" '<2>the test of the capture failed: there is no dump'
	grep -q 'the test of the capture failed' root/run/motd.d/kdump-init
}

# Nobody has asked for the dumps that are new, so that the earlier test's is among them still.
test_the_dump_of_an_earlier_test_passes_for_no_later_one() {
	tested_board yes
	dump 0001 one test=yes
	report --test
	exits 0
	marked_test yes # by a clock that began anew with the restart
	fails_with 'there is no dump'
	dump 0002 one test=yes
	sed -i 's/^crash_time=.*/crash_time=1795328000/' root/data/crash/0002*/status
	fails_with 'there is no dump'
	dump 0003 one test=yes
	sed -i 's/^crash_time=.*/crash_time=-1/' root/data/crash/0003*/status
	report --test
	exits 0
}

test_what_could_not_be_verified_is_told() {
	tested_board yes
	echo 3 >verified
	dump 0001 one test=yes
	report --test
	exits 0
	has "$out" 'it could not be verified: '
}

test_there_is_no_verdict_before_the_restart_nor_without_all_targets() {
	tested_board yes
	echo first-boot >root/proc/sys/kernel/random/boot_id
	report
	[ -z "$out" ] || fail "too early: $out"
	report --test
	exits 1
	has "$out" 'no test was made'
	echo second-boot >root/proc/sys/kernel/random/boot_id
	sed -i '/number/d' root/sbin/describe
	report
	has "$err" 'what came of kdump-load --test is not known: LABEL=kdumps could not be looked at'
	[ -e root/var/lib/kdump-init/test ] || fail 'the mark is gone'
}

test_a_dump_that_was_to_go_goes_when_it_has_passed() {
	tested_board no
	mkdir -p root/etc/kdump-init/report.d
	fake root/etc/kdump-init/report.d/look 'cat "$1/status" >called'
	dump 0001 one test=yes
	: >root/data/crash/0001-20261122T061522Z/vmcore
	dump 0002 'a real crash' test=no
	report --boot
	has "$(cat called)" result=complete
	grep -q 'passed: .* which is removed now' root/run/motd.d/kdump-init
	[ ! -e root/data/crash/0001-20261122T061522Z ] || fail 'it is there'
	[ -e root/data/crash/0002-20261122T061522Z/status ] || fail 'the real one went'
	rm -r root/data/crash/0002-20261122T061522Z
	marked_test no
	echo 1 >verified
	dump 0003 one test=yes
	report --boot
	[ -e root/data/crash/0003-20261122T061522Z/status ] || fail 'one that failed went'
	marked_test no
	echo 0 >verified
	dump 0004 one test=yes
	: >root/data/crash/0004-20261122T061522Z/mine
	report --boot
	has "$err" 'cannot remove root/data/crash/0004-20261122T061522Z; the next capture does'
	[ -e root/data/crash/0004-20261122T061522Z/mine ] || fail 'what is not ours went'
}

# Whoever logs in may ask before the service does, and a folder without programs wants nothing.
test_a_dump_that_was_to_go_stays_until_the_programs_had_it() {
	tested_board no
	mkdir -p root/etc/kdump-init/report.d
	fake root/etc/kdump-init/report.d/look 'cat "$1/status" >called'
	for asked in '' --test; do
		dump 0001 one test=yes
		report $asked
		exits 0
		has "$out" 'which is removed by kdump-report --boot'
		[ -e root/data/crash/0001-20261122T061522Z/status ] || fail "it went with '$asked'"
		report --list
		[ -e root/data/crash/0001-20261122T061522Z/status ] || fail 'it went with the list'
		report --boot
		has "$(cat called)" test=yes
		[ ! -e root/data/crash/0001-20261122T061522Z ] || fail 'it is there'
		dump 0001 'a crash of that name' test=no
		report --boot
		[ -e root/data/crash/0001-20261122T061522Z/status ] || fail 'what was not meant went'
		rm -r root/data/crash/* called root/var/lib/kdump-init/reported root/var/lib/kdump-init/tested
		marked_test no
	done
	chmod -x root/etc/kdump-init/report.d/look
	dump 0001 one test=yes
	report
	has "$out" 'which is removed now'
	[ ! -e root/data/crash/0001-20261122T061522Z ] || fail 'it is there without programs'
}

# Its capture has removed the dump of the test, or it came before the test's own.
test_a_real_crash_is_not_taken_for_the_test() {
	tested_board no
	dump 0002 'a real crash' test=no
	report --boot
	exits 0
	has "$err$out$(cat root/run/motd.d/kdump-init)" 'what came of the test of the capture is not known: another crash came instead of it'
	[ -e root/data/crash/0002-20261122T061522Z/status ] || fail 'the real one went'
	grep -qx reason=crash root/run/kdump-init/last-crash
	report --test
	exits 1
	report --test --json
	has "$out" '{"passed":null'
}

# What is loaded for the test would have its mark on a crash that comes meanwhile.
test_what_takes_time_is_done_before_the_marked_kernel_is_loaded() {
	needs_fakes || return 0
	armed_board
	fake bin/sync 'cp calls at_sync 2>/dev/null || : >at_sync'
	run kdump-load --test --yes
	lacks "$(cat at_sync)" kdump.test
	has "$(lines_loaded | head -n 1)" kdump.test=yes
}

test_machines_can_tell_tests_from_crashes() {
	tested_board yes
	mkdir -p root/var/lib/prometheus/node-exporter
	dump 0001 'a real crash' test=no
	dump 0002 one test=yes
	sed -i 's/^crash_time=.*/crash_time=1795329999/' root/data/crash/0002*/status
	report --list --json
	printf '%s\n' "$out" | python3 -c 'import json, sys
assert [d["test"] for d in json.load(sys.stdin)] == [False, True]'
	report --list
	has "$out" 'test: one'
	report --boot
	for line in 'kdump_dumps_total 1' 'kdump_last_crash_timestamp_seconds 1795328122' \
		'kdump_test_passed 1' 'kdump_last_test_timestamp_seconds 1795328100'; do
		grep -qx "$line" root/var/lib/prometheus/node-exporter/kdump-init.prom || fail "no $line"
	done
}
