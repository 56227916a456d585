# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges a run from outside, with tools that are not ours, on the disk image and
# the console log. Every check goes through `check`, which counts, and goes on
# after a failure so that one run tells everything that is wrong.

checks=0 failures=0

# check "what must hold" COMMAND...
check() {
	local what=$1 out=$case_dir/check.log
	shift
	checks=$((checks + 1))
	if "$@" >"$out" 2>&1; then
		echo "  ok: $what" >>"$case_dir/verdict"
		return 0
	fi
	failures=$((failures + 1))
	{
		echo "  NOT OK: $what"
		echo "    command: $*"
		head -n 20 "$out" | sed 's/^/    /'
	} >>"$case_dir/verdict"
	note "NOT OK: $what"
	sed -n '1,3s/^/    /p' "$out" | while IFS= read -r line; do note "$line"; done
	return 1
}

# A line of the first system's report, without the prefix.
report_line() {
	sed -n "s/^T-$nonce: //p" "$case_dir/report.$1" | grep -a -E -- "$2"
}

# The console without the kernel's own lines, which may break into any other: what they tore
# apart is one line again.
console_of_programs() {
	tr -d '\r' <"$case_dir/console.log" |
		LC_ALL=C sed -z -E 's/\[ *[0-9]+\.[0-9]{6}\](\[ *[TC][0-9]+\])? [^\n]*\n//g'
}

# A line that kdump-init wrote to the console.
said() {
	console_of_programs | grep -a -E "kdump-init: .*$1"
}

not() {
	! "$@"
}

# whole_dump DIRECTORY: what its status says is true, in the opinion of a judge that shares
# nothing with kdump-init; whose own verify has to be of the same opinion.
whole_dump() {
	"$tests/lib/judge-dump" "$1" && "$build/host/kdump-init" verify "$1"
}

# The machine crashed, kdump-init ran, and the first system came up again.
judge_round_trip() {
	disk_report "$disk_image" first >"$case_dir/report.first"
	disk_report "$disk_image" second >"$case_dir/report.second"
	check "the first system crashed with a capture kernel loaded" \
		loaded_and_crashed || return 1
	check "kdump-init ran" said . || return 1
	check "three boots in all: first, capture, first" \
		[ "$(boots_seen "$case_dir/console.log")" = 3 ]
	check "no oops, panic or BUG in the capture kernel" capture_is_calm
	check "the first system came up again" report_line second '^second boot$'
}

loaded_and_crashed() {
	report_line first '^(first boot|known|filled|loaded|kdump-load|crashing|the crash)'
	report_line first '^loaded: 1$' >/dev/null && report_line first '^crashing$' >/dev/null
}

# From the second kernel's first line to the third's, nothing went wrong. An x86 tells what it
# does against Spectre, which is calm.
capture_is_calm() {
	! awk '/^\[ *0\.000000\] Linux version/ { n++ } n == 2' "$case_dir/console.log" |
		grep -a -v -e '^kdump-init: why it died: ' -e '] Spectre V1 : Mitigation: ' | grep -a -E 'Kernel panic|Internal error|BUG[: ]|Oops|Bad page|usercopy|Out of memory|invoked oom'
}

# kB of what /proc/meminfo called $1 before the crash.
lived_kib() {
	report_line first '^lived, kB:' | sed -n "s/.* $1: \\([0-9]*\\).*/\\1/p"
}

# Tens of MiB of files, of which tmpfs are less than half, processes, names.
has_lived() {
	report_line first '^lived, kB:' || return 1
	[ $(($(lived_kib Cached) - $(lived_kib Shmem))) -ge 24576 ] &&
		[ "$(lived_kib Shmem)" -ge 16384 ] && [ "$(lived_kib Mapped)" -ge 1024 ] &&
		[ "$(lived_kib AnonPages)" -ge 8192 ] && [ "$(lived_kib Slab)" -ge 8192 ]
}

judge_clean() {
	local copy=$case_dir/p2.img
	case $1 in
	ext4)
		check "the filesystem is clean" e2fsck -fn "$disk_image?offset=$((p2_start * 512))"
		check "the journal needs no replay" not grep -q needs_recovery \
			<(disk_debugfs "$disk_image" features) ;;
	vfat)
		disk_partition "$disk_image" "$copy"
		check "the filesystem is clean" fsck.vfat -n "$copy" ;;
	f2fs)
		disk_partition "$disk_image" "$copy"
		check "the filesystem is clean" fsck.f2fs --dry-run "$copy" ;;
	esac
}

# The directory of the one dump, from the first system's list.
find_dump() {
	dump=$(sed -n "s|^T-$nonce: dump d[^ ]* [^ ]* [^ ]* \\($dump_path/[0-9]\\{4\\}-[0-9TZ]*\\)\$|\\1|p" \
		"$case_dir/report.second")
	[ -n "$dump" ] && [ "$(wc -l <<<"$dump")" = 1 ] &&
		[[ $dump =~ /[0-9]{4}-[0-9]{8}T[0-9]{6}Z$ ]]
}

listed() {
	report_line second "^dump $1 [0-9]+ $dump$2\$"
}

# Names and modes, as the first system's kernel shows them.
judge_files() {
	local dir='drwx------ 0:0' file='-rw------- 0:0' f
	check "exactly one dump, with a name and a time" find_dump || {
		report_line second '^dump' | while read -r f; do note "found: $f"; done
		return 1
	}
	if [ "$1" = vfat ]; then # it has no modes
		dir='d[rwx-]* 0:0' file='-[rwx-]* 0:0'
	fi
	check "the dump's directory is private" listed "$dir" ''
	for f in vmcore vmcore-dmesg.txt capture.log status; do
		check "$f is there, and private" listed "$file" "/$f"
	done
	check "nothing is left incomplete" not report_line second '^dump .*-incomplete'
}

# pull FILE [DIRECTORY]: out of the disk image into the case's folder, for its owner only.
pull() {
	local to=${2:-$case_dir/dump}/$1
	rm -f "$to"
	case $fstype in
	ext4) disk_debugfs "$disk_image" "dump $dump/$1 $to" ;;
	vfat) mcopy -n -i "$disk_image@@$((p2_start * 512))" "::$dump/$1" "$to" ;;
	esac
	[ -s "$to" ] || return 1
	chmod 600 "$to"
	fallocate -d "$to" 2>/dev/null || true # zeros need no room here either
}

status_of() {
	sed -n "s/^$1=//p" "$case_dir/dump/status"
}

status_is() {
	[ "$(status_of "$1")" = "$2" ] ||
		{ echo "$1 is '$(status_of "$1")', not '$2'"; return 1; }
}

judge_status() {
	report_line second '^status ' | sed 's/^status //' >"$case_dir/dump/status"
	check "status can be read" [ -s "$case_dir/dump/status" ] || return 1
	check "status is key=value throughout" not grep -a -v -E '^[a-z0-9_]+=' "$case_dir/dump/status"
	check "status: complete" status_is result complete
	check "status: the old kernel" status_is kernel "$(kernel_version "$kernel")"
	check "status: ELF" status_is format elf
	check "status: size of the dump" status_is dump_bytes "$(listed_size vmcore)"
	check "status: no page was unreadable" status_is pages_unreadable 0
	check "status: duration" grep -E '^duration_ms=[1-9][0-9]*$' "$case_dir/dump/status"
	check "status: time of the crash" grep -E '^crash_time=[1-9]' "$case_dir/dump/status"
	check "status: why it died" status_is panic \
		"Kernel panic - not syncing: sysrq triggered crash"
	check "status: version" grep -E '^version=.' "$case_dir/dump/status"
}

listed_size() {
	sed -n "s|^T-$nonce: dump [^ ]* [^ ]* \\([0-9]*\\) $dump/$1\$|\\1|p" "$case_dir/report.second"
}
