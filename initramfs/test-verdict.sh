# shellcheck shell=sh disable=SC2034,SC2154 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-report that says what came of "kdump-load --test", which leaves a mark
# (test-crash.sh). It is read by that script, never run. Promises: a test has passed when there is a
# dump that says it is one, that is complete, and that kdump-init verify finds as it was written;
# there is one verdict for each test, and none before all targets could be looked at; nothing is
# removed but the files of a dump that was to go (--keep-nothing), and that only when it passed.
# top, work, tab, mark, verdict_file, away, value, number_of, within, mark_of, read_dump, ring_of,
# where, say and warn are the script's.

# A value of a file of KEY=VALUE lines.
value_in() { # FILE KEY
	sed -n "s/^$2=//p" "$1" 2>/dev/null
}

boot_id() { cat "$top/proc/sys/kernel/random/boot_id" 2>/dev/null; }

# Is a test marked, and has the system started anew since?
test_is_due() {
	[ -f "$mark" ] || return 1
	boot=$(value_in "$mark" boot)
	[ -z "$boot" ] || [ "$boot" != "$(boot_id)" ]
}

# Whether a dump may be of the test that is marked. New ones that are not: where the capture failed,
# the dump of an earlier test stays. It crashed before this one was begun, or, where a clock began
# anew, has passed for that one. The kernel's clock lags a little behind that of date.
may_be_of_this_test() {
	crashed=$(number_of crash_time)
	[ -z "$crashed" ] || [ "$crashed" -ge $((${begun:-0} - 2)) ] || return 1
	[ "$(mark_of)" != "$passed_before" ]
}

# The new dump that says it is a test; else one that does not say whether it is, and one of another
# crash since, whose capture has removed that of the test, or which came in its place.
find_test() {
	of_test='' unsaid='' other='' begun=$(value_in "$mark" time) passed_before=$(value_in "$verdict_file" dump)
	while IFS=$tab read -r target dump; do
		may_be_of_this_test || continue
		case $(value test) in
		yes) of_test=$dump test_mark=$(mark_of) ;;
		'') unsaid=$dump ;;
		*) other=$dump ;;
		esac
	done <"$work/new"
}

# A dump that is complete by its own words: held against its checksums, where it lies.
verify_test() {
	on=$(ring_of "$of_test") of=$(where "$of_test")
	set -- verify "$of_test"
	[ -z "$on" ] || set -- extract --check "$on" "${of_test##*/}"
	within 600 "$top/sbin/kdump-init" "$@" >"$work/said" 2>&1
	case $? in
	0) passed=yes words="complete and verified, $size in $of" ;;
	1) words="$of is not what was written: $(tail -n 1 "$work/said")" ;;
	*) passed=yes words="complete, $size in $of; it could not be verified: $(tail -n 1 "$work/said")" ;;
	esac
}

# Sets $passed (yes, no or unknown) and $words. Returns 1 where there is nothing to say yet.
judge_test() {
	find_test
	passed=no dump=$of_test
	if [ -n "$of_test" ]; then
		read_dump
		case $result in
		complete) verify_test ;;
		partial) words="a part of the memory could not be believed, the rest is in $(where "$of_test")" ;;
		log-only) words="the log alone was saved; capture.log of $(where "$of_test") says why" ;;
		*) words="nothing of the kernel was saved ($result); capture.log of $(where "$of_test") says why" ;;
		esac
	elif [ -n "$away" ]; then
		warn "what came of kdump-load --test is not known: $away could not be looked at"
		return 1
	elif [ -n "$other" ]; then
		passed=unknown
		words="another crash came instead of it, or before its dump was looked at, which the next capture removes: see $(where "$other"), then test again"
	elif [ -n "$unsaid" ]; then
		words="the capture was interrupted, or its archive has an older kdump-init (make it again), or another crash came: what there is of it is in $(where "$unsaid")"
	else
		words="there is no dump: the capture kernel did not start, or reached no target; its console (serial line, screen) shows how far it comes"
	fi
}

describe_verdict() {
	echo "passed=$passed"
	echo "time=$(value_in "$mark" time)"
	echo "boot=$(boot_id)"
	say "directory=$(where "$of_test")"
	[ "$passed" != yes ] || say "dump=$test_mark"
	case $goes in '' | *capture) ;; *) say "goes=$test_mark" ;; esac
	say "words=$words"
}

# Nobody will have to know of the test again but by the verdict. One that cannot be kept is told,
# with the test, of which nothing goes then: the next call comes to a verdict of its own.
write_verdict() {
	mkdir -p "${verdict_file%/*}" && describe_verdict >"$verdict_file.new" &&
		mv "$verdict_file.new" "$verdict_file" && rm -f "$mark" && return
	rm -f "$verdict_file.new"
	warn "cannot write $verdict_file: the same test will be told of again"
	goes='' words=${words%, which is removed*}
	verdict_file=$work/tested
	describe_verdict >"$verdict_file"
}

# Whether somebody is to get the directory of each new dump, which the service sees to.
has_programs() {
	for program in "$top"/etc/kdump-init/report.d/*; do
		! [ -f "$program" ] || ! [ -x "$program" ] || return 0
	done
	return 1
}

# A test that is due gets its verdict, in $work/verdict; what is to go with it, or with that of an
# earlier call, is $to_remove, a line as of $work/all. The programs of report.d get it before.
decide_test() {
	: >"$work/verdict"
	if test_is_due && judge_test; then
		goes=''
		if [ "$passed" = yes ] && [ "$(value_in "$mark" keep)" = no ]; then
			goes=now
			[ -z "$(ring_of "$of_test")" ] || goes='by the next capture'
			[ "$action" = boot ] || [ "$goes" != now ] || ! has_programs || goes='by kdump-report --boot, after report.d had it'
			words="$words, which is removed $goes (--keep-nothing)"
		fi
		write_verdict
		tell_verdict >"$work/verdict"
	fi
	goes=$(value_in "$verdict_file" goes)
	[ -n "$goes" ] && { [ "$action" = boot ] || ! has_programs; } || return 0
	while IFS=$tab read -r target dump; do
		[ "$(mark_of)" != "$goes" ] || [ "$(value test)" != yes ] || printf '%s\t%s\n' "$target" "$dump"
	done <"$work/all" >"$work/to_remove"
	to_remove=$(cut -f2 "$work/to_remove")
}

tell_verdict() {
	case $(value_in "$verdict_file" passed) in
	yes) printf 'the test of the capture passed: ' ;;
	no) printf 'the test of the capture failed: ' ;;
	*) printf 'what came of the test of the capture is not known: ' ;;
	esac
	value_in "$verdict_file" words
}

# With --test: the last verdict, whenever that was.
show_verdict() {
	if [ ! -f "$verdict_file" ]; then
		[ -z "$json" ] || echo null
		[ -n "$json" ] || echo "no test was made (kdump-load --test)"
		return 1
	fi
	passed=$(value_in "$verdict_file" passed)
	if [ -n "$json" ]; then
		case $passed in yes) truth=true ;; no) truth=false ;; *) truth=null ;; esac
		when=$(value_in "$verdict_file" time)
		printf '{"passed":%s,"time":%s,"directory":%s,"words":%s}\n' "$truth" "${when:-null}" \
			"$(quoted "$(value_in "$verdict_file" directory)")" "$(quoted "$(value_in "$verdict_file" words)")"
	else
		tell_verdict
	fi
	[ "$passed" = yes ]
}

# As init/store/README.md has it: the status first, and for good, so that a half is no dump. Only
# where all has been done: who was ended before has not told of it.
remove_test() {
	[ -n "$to_remove" ] && [ -n "$done" ] || return 0
	sed '/^goes=/d' "$verdict_file" >"$verdict_file.new" && mv "$verdict_file.new" "$verdict_file"
	case $to_remove in
	"$work"/mnt* | "$work"/root/*)
		at=${to_remove#"$work"/}
		mount -o remount,rw "$work/${at%%/*}" 2>"$work/said" ;;
	esac
	if ! rm -f "$to_remove/status" || ! sync ||
		! rm -f "$to_remove"/vmcore "$to_remove"/vmcore-dmesg.txt "$to_remove"/vmcore.age "$to_remove"/vmcore-dmesg.txt.age "$to_remove/capture.log" ||
		! rmdir "$to_remove"; then
		warn "cannot remove $to_remove; the next capture does"
	fi
}
