# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What does not fit does not cost everything: a target with no room for the whole
# memory gets a filtered dump, one with no room for that the log, and says that this
# is all there is. A full one gets nothing, and nothing that looks like a dump.
# format = none asks for the log alone, which is durable soon after kdump-init's start. How
# soon, on a processor of 500 million instructions a second, is shown, and `make bench`
# measures it as `log`; what fails here is a hang.

for name in full-dump dump anything; do
	define virt-no-fit-$name virt no_fit_${name/-/_}
	define_extra raspi0-no-fit-$name raspi0 no_fit_${name/-/_}
done
needs virt-no-fit-full-dump makedumpfile
needs raspi0-no-fit-full-dump makedumpfile
define virt-log-only virt log_only 10000

# crash_with_room KIB: of the target.
crash_with_room() {
	p2_sectors=$(($1 * 2))
	config_lines=("target = ${part}2" "free = 1M")
	first_extra=$small_memory
	crash_and_capture
}

case_no_fit_full_dump() {
	crash_with_room 24576 || return 1
	check "kdump-init says what was wrong" said 'cannot save the memory: No space left on device'
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	check "the log was saved once" [ "$(log_lines_said)" = 1 ]
	check "the dump can be pulled out of the disk image" pull_dump "$case_dir/dump" || return 1
	check "status: a filtered dump" status_says "$case_dir/dump" kdump 31 zlib
	check "the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	check "its log is the one that was saved" \
		cmp "$case_dir/dump/vmcore-dmesg.txt" \
		<("$build/host/kdump-init" dmesg "$case_dir/dump/vmcore")
	check "makedumpfile reads it" run_makedumpfile -d 31 "$case_dir/dump/vmcore" "$case_dir/again"
	rm -f "$case_dir/again"
}

log_lines_said() {
	said 'the log: [0-9]+ lines' | wc -l
}

judge_log_only() {
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "exactly one directory is complete" [ "$(report_line second '^dump .*/status$' | wc -l)" = 1 ]
	check "nothing is left incomplete" not report_line second '^dump .*-incomplete'
	check "nothing bears the name vmcore" not report_line second '^dump .*/vmcore$'
	check "the log is there" report_line second '^dump -rw------- .*/vmcore-dmesg.txt$'
	check "the log was saved once" [ "$(log_lines_said)" = 1 ]
	check "status says that it is the log only" report_line second '^status result=log-only$'
	check "status says why it died" report_line second \
		'^status panic=Kernel panic - not syncing: sysrq triggered crash$'
}

case_no_fit_dump() {
	crash_with_room 4096 || return 1
	check "kdump-init says what was wrong" said 'cannot save the memory: No space left on device'
	judge_log_only
}

case_no_fit_anything() {
	full=yes
	crash_with_room 4096 || return 1
	check "the target was full" report_line_of_full
	judge_round_trip || return 1
	check "kdump-init says what was wrong" said 'No space left on device'
	judge_clean "$fstype"
	check "the target can be looked at afterwards" report_line second '^mounted$'
	check "nothing says that it is a dump" not report_line second '^dump .*/status$'
	check "nothing bears a dump's name" not report_line second "^dump .*/[0-9]{4}-[0-9TZ]*\$"
	check "nor that of a dump's file" not report_line second '^dump .*/(vmcore|vmcore-dmesg.txt)$'
}

report_line_of_full() {
	disk_report "$disk_image" first | grep -E "^T-$nonce: the target is full: 0 KiB are free"
}

# case_log_only MILLISECONDS: of a clock that counts instructions, two nanoseconds
# each, so that load on the host makes no difference; waiting for the disk counts, too.
case_log_only() {
	qemu+=(-icount "shift=1,sleep=on")
	config_lines=("target = ${part}2" "format = none")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_log_only || return 1
	judge_durable "$1"
}

# The kernel's own time stamps: of the line before kdump-init starts, and of the
# unmounting of the target, which comes after the last fsync.
judge_durable() {
	local from to
	from=$(stamp_of 'Run /init as init process')
	to=$(stamp_of 'EXT4-fs (vda2): unmounting filesystem')
	check "the kernel said when init started, and when the target was left" \
		[ "${from:-0}" -gt 0 -a "${to:-0}" -gt "${from:-0}" ] || return 1
	note "durable, and the target unmounted, $((to - from)) ms after init's start"
	check "the log is durable within $1 ms of init's start" [ $((to - from)) -le "$1" ]
}

# Milliseconds since its boot at which the capture kernel said TEXT.
stamp_of() {
	tr -d '\r' <"$case_dir/console.log" |
		awk -v text="$1" '
		/^\[ *0\.000000\] Linux version/ { boot++ }
		boot == 2 && index($0, text) {
			split(substr($0, 2), t, /[.\]]/)
			printf "%d\n", t[1] * 1000 + substr(t[2], 1, 3)
			exit
		}'
}
