# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges the memory image itself: its structure by readelf, its content by what
# the first system is known to have held, and by crash(8).

# The sha256 that busybox found in the capture kernel; empty when it said none.
vmcore_sum() {
	tr -d '\r' <"$case_dir/console.log" |
		sed -n "s/^T-$nonce: vmcore sha256 \\([0-9a-f]\\{64\\}\\) bytes \\([0-9]*\\)\$/\\1/p" | head -n 1
}

file_sum() {
	sha256sum "$case_dir/dump/$1" | cut -d ' ' -f 1
}

same_sum() {
	echo "in the capture kernel $1, in the file $2"
	[ -n "$1" ] && [ "$1" = "$2" ]
}

# crc32 as zlib has it: gzip's trailer holds the same one.
crc32_of() {
	gzip -1 -c "$1" | tail -c 8 | head -c 4 | od -An -tx4 --endian=little | tr -d ' '
}

# Every known page, at a page's start.
known_pages() {
	local found
	found=$(LC_ALL=C grep -a -o -b "KNOWN-$nonce-[0-9]\\{6\\}" "$1" |
		awk -F: '$1 % 4096 == 0 && !seen[$2]++ { n++ } END { print n + 0 }')
	echo "found $found of $2"
	[ "$found" = "$2" ]
}

# An ELF core of this machine whose segments lie inside the file, one note first.
sane_elf() {
	local size
	size=$(stat -c %s "$1")
	readelf -hlW "$1" >"$case_dir/readelf.log" 2>&1
	cat "$case_dir/readelf.log"
	! grep -i -E 'warning|error' "$case_dir/readelf.log" &&
		grep -q 'Type: *CORE' "$case_dir/readelf.log" &&
		grep -q -E 'Machine: *(ARM|AArch64|Advanced Micro Devices X86-64)' "$case_dir/readelf.log" &&
		awk -v size="$size" '
		$1 == "NOTE" { notes++ }
		$1 == "LOAD" { loads++; if (strtonum_hex($2) + strtonum_hex($5) > size) bad = 1 }
		function strtonum_hex(s,   i, v) {
			s = tolower(substr(s, 3))
			for (i = 1; i <= length(s); i++)
				v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
			return v
		}
		END { exit !(notes == 1 && loads >= 1 && !bad) }' "$case_dir/readelf.log"
}

judge_vmcore() {
	local core=$case_dir/dump/vmcore
	check "the dump can be pulled out of the disk image" pull vmcore || return 1
	check "readelf finds a sane core" sane_elf "$core"
	check "all $known_count known pages are in the dump" known_pages "$core" "$known_count"
	check "it has holes where memory was zero" has_holes "$fstype"
	check "status: crc32" status_is crc32 "$(crc32_of "$core")"
	judge_log
	check "what was said can be pulled out of the disk image" pull capture.log
	check "the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	return 0 # it was pulled out: the caller can go on with it
}

run_vmcore_dmesg() {
	local root=$unpacked/userland-$userland
	"$emulator" -L "$root" "$root/sbin/vmcore-dmesg" "$1" >"$2"
}

# The log as kexec-tools' vmcore-dmesg prints it out of the same dump.
judge_log() {
	local core=$case_dir/dump/vmcore
	check "the log can be pulled out of the disk image" pull vmcore-dmesg.txt || return 1
	check "vmcore-dmesg reads the dump" \
		run_vmcore_dmesg "$core" "$case_dir/dmesg.log"
	check "vmcore-dmesg.txt is what vmcore-dmesg prints" \
		cmp "$case_dir/dmesg.log" "$case_dir/dump/vmcore-dmesg.txt"
	check "and so is what kdump-init dmesg prints here" \
		cmp "$case_dir/dmesg.log" <("$build/host/kdump-init" dmesg "$core")
}

# Blocks of the file against its size (ext4: blocks of 512 bytes).
has_holes() {
	local blocks size
	[ "$1" = ext4 ] || return 0
	blocks=$(disk_debugfs "$disk_image" "stat $dump/vmcore" |
		sed -n 's/.*Blockcount: *\([0-9]*\).*/\1/p')
	size=$(listed_size vmcore)
	echo "$((blocks / 2)) KiB of blocks hold $((size / 1024)) KiB"
	[ $((blocks * 512)) -lt "$size" ]
}

judge_sum() {
	check "byte for byte what /proc/vmcore held" same_sum "$(vmcore_sum)" "$(file_sum vmcore)"
}

# run_crash VMCORE COMMANDS-FILE: crash(8) of an architecture that reads these dumps.
run_crash() {
	local root=$unpacked/crash-$judges
	timeout 900 "$emulator" -L "$root" "$root/usr/bin/crash" -s -i "$2" \
		"$(vmlinux "$kernel")" "$1"
}

judge_crash() {
	local out=$case_dir/crash.log
	printf '%s\n' sys bt log quit >"$case_dir/crash.in"
	note "crash(8) opens the dump (this takes a while)"
	check "crash opens it" run_crash_logged "$case_dir/dump/vmcore" "$out"
	check "crash: the panic string" grep -E 'PANIC: .*sysrq triggered crash' "$out"
	check "crash: the release" grep -E "RELEASE: *$(kernel_version "$kernel")" "$out"
	check "crash: a backtrace through sysrq" grep -E '^ *#[0-9]+ .*\(.*sysrq' "$out"
	check "crash: a backtrace through panic" grep -E '^ *#[0-9]+ .*(panic|crash_kexec|__die|die)' "$out"
}

run_crash_logged() {
	run_crash "$1" "$case_dir/crash.in" >"$2" 2>&1 </dev/null || { tail -n 5 "$2"; return 1; }
}
