# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sealed dumps: what lies on the disk says nothing to who has not the key, and the distribution's age,
# with the key of either recipient, makes of it what the other judges judge as always. The capture
# kernel gets its randomness from kdump-load. Where it gets none, and has none of its own, nothing
# is saved but the report of that.

define_extra virt-seal virt seal elf
define virt-seal-kdump virt seal kdump
define_extra raspi0-seal raspi0 seal elf
define_extra raspi0-seal-kdump raspi0 seal kdump
define virt-seal-none virt seal_none
define virt-seal-tcp virt seal_tcp
needs virt-seal-kdump crash makedumpfile

# new_key FILE -> $recipient
new_key() {
	rm -f "$1"
	age-keygen -o "$1" 2>/dev/null && recipient=$(age-keygen -y "$1")
}

case_seal() {
	local recipient format=$1
	config_lines=("target = ${part}2" "format = $format")
	for key in one other; do
		check "age-keygen makes a key" new_key "$case_dir/$key.key" || return 1
		config_lines+=("seal = $recipient")
	done
	[ "$format" = kdump ] || wrapper="hash"
	when_built=add_what_loads
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_sealed_files || return 1
	judge_sealed "$format" || return 1
	"judge_opened_$format"
	rm -f "$case_dir"/*.age
}

# To the first system: what kdump-load asks for randomness, and what tells it that this is needed.
add_what_loads() {
	local dir=$case_dir/loads
	mkdir -p "$dir"/{sbin,etc}
	cp "$(kdump_binary)" "$dir/sbin/kdump-init"
	cp "$(kdump_binary)-full" "$dir/sbin/kdump-init-full"
	cp "$case_dir/kdump-init.conf" "$dir/etc/"
	capture_add "$case_dir/first.cpio" "$dir"
	rm -rf "$dir"
}

judge_sealed_files() {
	local f
	check "exactly one dump, with a name and a time" find_dump || return 1
	for f in vmcore.age vmcore-dmesg.txt.age capture.log status; do
		check "$f is there, and private" listed '-rw------- 0:0' "/$f"
	done
	check "nothing of it is there in the clear" \
		not report_line second "^dump .*/(vmcore|vmcore-dmesg.txt)\$"
	for f in vmcore.age vmcore-dmesg.txt.age capture.log; do
		check "$f can be pulled out of the disk image" pull $f || return 1
	done
	check "no known page is on the disk" not grep -a -q "KNOWN-$nonce" "$disk_image"
	check "no line of the log is on the disk" \
		not grep -a -q 'sysrq: Trigger a crash' "$disk_image"
}

judge_sealed() {
	local dir=$case_dir/dump key=$case_dir/one.key
	report_line second '^status ' | sed 's/^status //' >"$dir/status"
	check "status: complete" status_is result complete
	check "status: sealed" status_is sealed age
	check "status: why it died is not told" status_is panic sealed
	check "status: $1" status_is format "$1"
	check "status: crc32 of what lies there" status_is crc32 "$(crc32_of "$dir/vmcore.age")"
	check "the dump is whole, kdump-init verify agrees" whole_dump "$dir"
	check "verify says how it is opened" verify_says_how "$dir"
	check "age opens the memory" opens "$key" vmcore || return 1
	check "age opens the log with the other key" \
		opens "$case_dir/other.key" vmcore-dmesg.txt || return 1
	check "age refuses it where one bit is another" refuses_changed "$key" || return 1
	check "another key does not open it" refuses_another
}

verify_says_how() {
	"$build/host/kdump-init" verify "$1" |
		grep -F 'vmcore.age: sealed; age -d -i KEY vmcore.age >vmcore opens it'
}

opens() { # KEY FILE
	age -d -i "$1" "$case_dir/dump/$2.age" >"$case_dir/dump/$2"
}

refuses_changed() { # KEY
	local copy=$case_dir/changed.age size at byte
	cp "$case_dir/dump/vmcore.age" "$copy"
	size=$(stat -c %s "$copy")
	at=$((size / 2 + RANDOM))
	byte=$(od -An -j $at -N 1 -t u1 "$copy")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %02x $((byte ^ 1 << RANDOM % 8)))" |
		dd of="$copy" bs=1 seek=$at conv=notrunc 2>/dev/null
	! age -d -i "$1" "$copy" >/dev/null
}

refuses_another() {
	local recipient
	new_key "$case_dir/third.key" && ! age -d -i "$case_dir/third.key" "$case_dir/dump/vmcore.age" >/dev/null
}

judge_opened_elf() {
	local core=$case_dir/dump/vmcore
	check "readelf finds a sane core" sane_elf "$core"
	check "all $known_count known pages are in the dump" known_pages "$core" "$known_count"
	judge_sum
	judge_opened_log
}

judge_opened_kdump() {
	judge_opened_log
	check "makedumpfile reads it" \
		run_makedumpfile -c -d 31 "$case_dir/dump/vmcore" "$case_dir/theirs.kdump"
	rm -f "$case_dir/theirs.kdump"
	[ "$machine" != virt ] || judge_crash
}

judge_opened_log() {
	local core=$case_dir/dump/vmcore
	[ "$(status_of format)" = kdump ] || {
		check "vmcore-dmesg reads the dump" run_vmcore_dmesg "$core" "$case_dir/dmesg.log"
		check "the log is what vmcore-dmesg prints" \
			cmp "$case_dir/dmesg.log" "$case_dir/dump/vmcore-dmesg.txt"
	}
	check "the log is what kdump-init dmesg prints here" \
		cmp "$case_dir/dump/vmcore-dmesg.txt" <("$build/host/kdump-init" dmesg "$core")
	check "the log tells why it died" \
		grep -q 'Kernel panic - not syncing: sysrq triggered crash' "$case_dir/dump/vmcore-dmesg.txt"
}

# Loaded by kexec itself, so that no randomness comes with the archive; the capture kernel is told to
# believe neither the device tree's nor the processor's.
case_seal_none() {
	local recipient
	check "age-keygen makes a key" new_key "$case_dir/one.key" || return 1
	config_lines=("target = ${part}2" "seal = $recipient")
	append="random.trust_bootloader=off random.trust_cpu=off"
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "exactly one directory" find_dump || return 1
	report_line second '^status ' | sed 's/^status //' >"$case_dir/dump/status"
	check "kdump-init says why" said 'panic, no dump: no randomness'
	check "status: failed" status_is result failed
	check "status: no dump, and why" status_is panic 'panic, no dump: no randomness'
	check "nothing of the crashed kernel is there" not report_line second '^dump .*/vmcore'
	check "no known page is on the disk" not grep -a -q "KNOWN-$nonce" "$disk_image"
}

# Over a network nobody has to be trusted on the way, and no leave (insecure) is needed: what comes
# to the desk is called as it is, and opened there.
case_seal_tcp() {
	local recipient code=0 dir=$case_dir/dump
	extra_modules=()
	set_network 4
	check "age-keygen makes a key" new_key "$case_dir/one.key" || return 1
	check "kdump-init receive listens" start_desk "$desk_at" || return 1
	config_lines=("target = tcp:$desk_seen:$desk_port" "format = kdump" "seal = $recipient")
	when_built=add_what_loads
	crash_and_capture || { stop_desk; return 1; }
	check "kdump-init saved the dump" said "complete: /0001-[0-9TZ]* on tcp:"
	wait "$desk_pid" || code=$?
	check "the receiver ends well" [ "$code" = 0 ]
	check "exactly one dump, with a name and a time" take_dump "$desk" || return 1
	check "its files are the sealed ones" sealed_names "$dir"
	check "the dump is whole, kdump-init verify agrees" whole_dump "$dir"
	check "age opens the memory" opens "$case_dir/one.key" vmcore || return 1
	check "age opens the log" opens "$case_dir/one.key" vmcore-dmesg.txt || return 1
	judge_opened_log
}

sealed_names() {
	[ "$(find "$1" -mindepth 1 -printf '%f\n' | LC_ALL=C sort | tr '\n' ' ')" = \
		'capture.log status vmcore-dmesg.txt.age vmcore.age ' ]
}
