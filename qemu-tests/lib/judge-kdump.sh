# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges kdump-compressed dumps by tools that are not ours: compare-kdump (frames
# and content against the raw dump of the same crash), makedumpfile, crash(8).

# The raw ELF dump of the crash that a case judges by.
raw_dump() {
	echo "$case_dir/dump/vmcore"
}

# built_in BINARY CODEC: it says so when it checks a configuration, or the one beside it, which has
# the commands. (Emulated it could not start that.)
built_in() {
	local commands=$1
	[ ! -x "$1-full" ] || commands=$1-full
	printf 'target = /dev/vda1\nformat = kdump\ncompress = %s\n' "$2" >"$case_dir/codec.conf"
	"$emulator" "$commands" check --syntax "$case_dir/codec.conf" >/dev/null 2>&1
}

# pull_dump DIRECTORY: all four files of $dump.
pull_dump() {
	local f
	mkdir -p "$1"
	for f in vmcore vmcore-dmesg.txt capture.log status; do
		pull $f "$1" || { echo "$f cannot be read"; return 1; }
	done
}

# status_says DIRECTORY FORMAT LEVEL CODEC: and the rest is as it should be.
status_says() {
	local want
	for want in result=complete format="$2" level="$3" compress="$4" pages_unreadable=0 \
		"dump_bytes=$(stat -c %s "$1/vmcore")" "crc32=$(crc32_of "$1/vmcore")" \
		"panic=Kernel panic - not syncing: sysrq triggered crash"; do
		grep -x -F -- "$want" "$1/status" || { echo "not so: $want"; return 1; }
	done
}

# run_makedumpfile ARGUMENT...: on the host, quietly.
run_makedumpfile() {
	local root=$unpacked/makedumpfile-$judges
	timeout 900 "$emulator" -L "$root" "$root/usr/bin/makedumpfile" \
		--message-level 28 "$@" </dev/null
}

# make_dump LEVEL CODEC OUT: out of the raw dump, by the build for this machine.
make_dump() {
	rm -f "$3"
	"$build/host/kdump-init" dump -d "$1" -c "$2" "$(raw_dump)" "$3"
}

# same_dump OURS THEIRS [LOG]
same_dump() {
	"$tests/lib/compare-kdump" "$(raw_dump)" "$1" "$2" | tee "${3:-/dev/null}"
	return "${PIPESTATUS[0]}"
}

# comparison_sees_faults FILE LESS: would the comparison see a page that is wrong, and
# frames that only one of them has?
comparison_sees_faults() {
	check "the comparison notices bytes that are wrong" sees_wrong_bytes "$1" "$case_dir/bad"
	check "the comparison notices frames that are missing" sees_missing_frames "$1" "$2"
	rm -f "$case_dir/bad"
}

sees_wrong_bytes() {
	local end
	cp "$1" "$2"
	end=$(stat -c %s "$2")
	printf '\377\376\375\374' | dd of="$2" bs=1 seek=$((end - 300)) conv=notrunc status=none
	grep -E 'bad: .* [1-9][0-9]* differ|bad: frame .* Error' <(same_dump "$2" "$1" 2>&1)
}

sees_missing_frames() {
	grep -E "^saved only in $1, .*: [1-9]" <(same_dump "$1" "$2")
}

# run_crash without what has to differ: the line that names the file.
crash_answers() {
	run_crash "$1" "$2" >"$3.all" 2>&1 </dev/null || {
		echo "crash ended with $? (124: it took too long), and said last:"
		tail -n 5 "$3.all"
		return 1
	}
	grep -v '^ *DUMPFILE: ' "$3.all" >"$3"
	rm -f "$3.all"
}

# What is asked of crash; each answer has to be the same for every dump of a crash.
crash_questions() {
	cat <<-'END'
		sys
		bt
		ps
		mod
		log
		rd linux_banner 8
		rd init_uts_ns 16
		rd saved_command_line
		p linux_banner
		p init_uts_ns.name
		p saved_command_line
		quit
	END
}

# The answers about the raw dump are what they should be.
judge_raw_answers() {
	local out=$1 banner
	banner="Linux version $(kernel_version "$kernel") "
	check "crash: the panic string" grep -E 'PANIC: .*sysrq triggered crash' "$out"
	check "crash: the release" grep -E "RELEASE: *$(kernel_version "$kernel")" "$out"
	check "crash: a backtrace through sysrq" grep -E '^ *#[0-9]+ .*\(.*sysrq' "$out"
	check "crash: the modules" grep -E '^[0-9a-f]+ +ext4 ' "$out"
	check "crash: the log" grep -F 'sysrq: Trigger a crash' "$out"
	check "crash: linux_banner" grep -E "linux_banner = .*\"$banner" "$out"
	check "crash: init_uts_ns" grep -F "release = \"$(kernel_version "$kernel")" "$out"
	check "crash: saved_command_line" grep -E "saved_command_line = .*\"console=$console" "$out"
}

# judge_by_newest FILE: tools that are built with a 64-bit time_t, as Debian's are since 13, look
# for the fields of the first header of 32-bit ARM elsewhere; they read it as well.
judge_by_newest() {
	local again=$case_dir/again
	if ! have_newest crash "$judges" || ! have_newest makedumpfile "$judges"; then
		note "the mirror lacks crash or makedumpfile of $newest_suite: they judge nothing"
		return 0
	fi
	rm -f "$again" "$again.log"
	check "newest makedumpfile prints the log" newest_makedumpfile --dump-dmesg "$1" "$again.log"
	check "newest makedumpfile: all of the log" \
		same_count "$case_dir/raw.dmesg" "$again.log"
	check "newest makedumpfile filters it again" newest_makedumpfile -d 31 "$1" "$again"
	check "newest makedumpfile leaves the same frames, with the same content" \
		same_dump "$1" "$again"
	rm -f "$again" "$again.log"
	note "the newest crash(8) opens the dump (this takes a while)"
	check "newest crash opens it" newest_crash_answers "$1" "$case_dir/crash.in" "$again"
	judge_raw_answers "$again"
}

same_count() {
	wc -l "$1" "$2" | awk '{ print } NR < 3 { n[NR] = $1 } END { exit !(n[1] > 0 && n[1] == n[2]) }'
}

# As crash_answers. Under qemu-user it aborts by itself at times: then it is asked again.
newest_crash_answers() {
	local turn rc
	for turn in 1 2 3; do
		run_newest crash "$judges" crash -s -i "$2" "$(vmlinux "$kernel")" "$1" \
			>"$3" 2>&1
		rc=$?
		[ $rc = 134 ] || break
		note "crash aborted, turn $turn"
	done
	tail -n 5 "$3"
	return $rc
}

# read_back FILE NAME: makedumpfile reads it, and what it makes of it is the same.
read_back() {
	local again=$case_dir/again
	rm -f "$again" "$again.log"
	check "$2: makedumpfile --dump-dmesg reads it" \
		run_makedumpfile --dump-dmesg "$1" "$again.log"
	check "$2: the log is that of the raw dump" cmp "$case_dir/raw.dmesg" "$again.log"
	check "$2: makedumpfile filters it again" run_makedumpfile -d 31 "$1" "$again"
	check "$2: which leaves the same frames, with the same content" same_dump "$1" "$again"
	rm -f "$again" "$again.log"
}
