# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Power cuts. fault-power records every write and flush of one capture, and then makes
# many disks of it, each as a power cut at some moment would have left it, what was not
# flushed lost in part and in no order. fault-power-kill kills QEMU itself, and boots the
# disk again into the next capture. KDUMP_SEED= repeats a series.

# case_power CUTS FSTYPE LINE...: more lines of the configuration.
define fault-power virt power 40 ext4
define fault-power-kdump virt power 40 ext4 "format=kdump"
define_extra fault-power-vfat virt power 20 vfat "format=kdump"
define_extra fault-power-f2fs virt power 20 f2fs "format=kdump"
define_extra fault-power-300 virt power 300 ext4
define_extra fault-power-vfat-300 virt power 300 vfat "format=kdump"
define_extra fault-power-f2fs-300 virt power 300 f2fs "format=kdump"
for machine in arm64 x86_64; do
	define_extra fault-power-$machine $machine power 40 ext4 "format=kdump"
	define_extra fault-power-kill-$machine $machine power_kill 3
	needs fault-power-$machine makedumpfile
	needs fault-power-kill-$machine makedumpfile
done
define_extra fault-power-kill virt power_kill 3
define_extra fault-power-30 virt power_kill 30
define_extra fault-power-raw virt power_raw 100
for name in fault-power-{raw,kdump,vfat,f2fs,vfat-300,f2fs-300,kill,30}; do
	needs "$name" makedumpfile
done

draw_seed() {
	seed=${KDUMP_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	note "KDUMP_SEED=$seed"
}

case_power() {
	draw_seed
	fstype=$2
	read -r -a extra_modules < <(cut_modules "$fstype")
	config_lines=("target = ${part}2" "${@:3}")
	first_extra=$small_memory deadline=600
	disk_mib=512 p2_sectors=$((256 * 2048))
	disk_content=$case_dir/content
	earlier_dump "$disk_content"
	record_writes
	# shellcheck disable=SC2317 # crash_and_capture calls it
	capture_changes() { cp --sparse=always "$disk_image" "$case_dir/before.img"; }
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_reboot 180
	judge_cuts "$1"
}

cut_at() {
	"$tests/lib/power-cuts" "$writes_log" "$case_dir/before.img" "$p2_start" "$p2_sectors" \
		64 1024 "$seed" "$@"
}

# Cut 0 is none: what all others are compared with.
judge_cuts() {
	local first last log=$case_dir/cuts.log
	check "the recorded writes can be read" cut_at || return 1
	note "$(cut_at) flushes in the capture"
	cut_at 0 "$case_dir/cut-0.img" >/dev/null
	check "without a cut: the disk can be looked at" look_at 0 0 || return 1
	check "without a cut: the filesystem is sound, the dumps can be read" is_readable 0 || return 1
	check "without a cut: the earlier dump is there" \
		earlier_is_there "$case_dir/found-0" "$disk_content"
	mv "$case_dir/found-0" "$case_dir/whole"
	check "without a cut: what bears a final name is whole" honest_dumps "$case_dir/whole"
	check "without a cut: the dump is complete" \
		[ "$(find "$case_dir/whole" -name status | wc -l)" = 2 ]
	: >"$log"
	for ((first = 1; first <= $1; first = last + 1)); do
		last=$((first + looks_at_once - 1))
		[ "$last" -le "$1" ] || last=$1
		judge_some_cuts "$first" "$last"
	done
	check "what was durable once stays" names_stay "$log"
	tell_cuts "$log"
	[ "$failures" != 0 ] || rm -rf "$case_dir/whole"
}

judge_some_cuts() {
	local number
	for ((number = $1; number <= $2; number++)); do
		cut_at "$number" "$case_dir/cut-$number.img" >"$case_dir/cut-$number.told" ||
			return 1
	done
	check "power cuts $1 to $2: the disks can be looked at" look_at "$1" "$2" || return 1
	for ((number = $1; number <= $2; number++)); do
		check "power cut $number" survives_cut "$number"
	done
}

# The filesystem was sound, or was made so, and its dumps are in found-NUMBER.
is_readable() {
	[ ! -e "$case_dir/cut-$1.fsck" ] || { cat "$case_dir/cut-$1.fsck"; return 1; }
	[ -d "$case_dir/found-$1" ]
}

# One cut: nothing that bears its final name differs from what it became without one.
survives_cut() {
	local found=$case_dir/found-$1
	cat "$case_dir/cut-$1.told"
	is_readable "$1" && earlier_is_there "$found" "$disk_content" &&
		honest_dumps "$found" "$case_dir/whole" || return 1
	echo "$(cat "$case_dir/cut-$1.told");" \
		"$(cd "$found" && find . -path './0002*' -type f -printf '%f ')" >>"$case_dir/cuts.log"
	rm -rf "$found" "$case_dir/cut-$1.told"
}

# names_stay LOG: a final name that a cut found, of whose writes nothing but what was
# flushed counted, is there after every later cut, too.
names_stay() {
	sed 's/^cut [0-9]*: entry \([0-9]*\) of [0-9]*, \([0-9]*\) unflushed.*;/\1 \2/' "$1" |
		sort -n -k 1,1 -k 2,2r | awk '
		{
			names = 0
			for (i = 3; i <= NF; i++)
				names += $i !~ /-incomplete$/
			if (names < least) { print "fewer final names:", $0; bad = 1 }
			if ($2 == 0 && names > least) least = names
		}
		END { exit bad || NR == 0 }'
}

tell_cuts() {
	note "$(wc -l <"$1") cuts survived: $(grep -c '; .*\<status ' "$1") with the whole dump, $(
		grep -c 'vmcore-incomplete' "$1") with a part of the memory, $(
		grep -c ';.*vmcore-dmesg.txt ' "$1") with the log; $(
		grep -c ', [1-9][0-9]* lost' "$1") lost writes, $(
		grep -c '([1-9][0-9]* in part' "$1") kept parts of writes"
}

# case_power_raw CUTS: a target without a filesystem. The earlier dump is that of a first crash, which
# the device has room for beside the new one.
case_power_raw() {
	local image=$case_dir/p2.img
	draw_seed
	fstype=raw extra_modules=()
	config_lines=("target = raw:PARTUUID=$disk_partuuid_gpt" "format = kdump")
	first_extra=$small_memory deadline=600
	disk_mib=512 p2_sectors=$((256 * 2048))
	prepare_crash || return 1
	run_machine || return 1
	disk_partition "$disk_image" "$image"
	disk_content=$case_dir/content
	check "the first crash is on the device" look_raw "$image" "$disk_content$dump_path" || return 1
	earlier=$(ls "$disk_content$dump_path")
	check "and whole" whole_dump "$disk_content$dump_path/$earlier"
	mv "$case_dir/console.log" "$case_dir/console-first.log"
	dd if=/dev/zero of="$disk_image" bs=512 seek=64 count=1 conv=notrunc status=none
	cp --sparse=always "$disk_image" "$case_dir/before.img"
	record_writes
	run_machine || return 1
	judge_reboot 180
	judge_cuts "$1"
}

# case_power_kill CUTS: after each, the disk is booted into a capture that nothing disturbs.
case_power_kill() {
	local number
	draw_seed
	RANDOM=$((seed % 32768))
	config_lines=("target = ${part}2" "format = kdump")
	first_extra=$small_memory deadline=600
	disk_content=$case_dir/content
	earlier_dump "$disk_content"
	prepare_crash || return 1
	mkdir -p "$case_dir/newest"
	cp -r "$disk_content$dump_path/$earlier" "$case_dir/newest/"
	for ((number = 1; number <= $1; number++)); do
		cut_power "$number" $((RANDOM % 20 + 1)) $((RANDOM % 300)) || return 1
		capture_again "$number" || return 1
	done
	[ "$failures" != 0 ] || rm -rf "$case_dir"/{found,newest}
}

# The disk and what boots from it; the machine is started more than once.
prepare_crash() {
	local capture=$case_dir/capture.cpio
	write_settings
	write_config
	disk_make "$disk_image" "$table" "$fstype" "$disk_content"
	check "kdump-mkinitramfs makes the archive" \
		capture_archive "$capture" "$case_dir/kdump-init.conf" "${extra_modules[@]}" || return 1
	first_system "$case_dir/first.cpio" "$capture"
}

# start_crash NAME NUMBER: the machine from its first boot, in a day of its own, so that no
# limit per day counts.
start_crash() {
	serial_log=$case_dir/$1-$2.log
	dd if=/dev/zero of="$disk_image" bs=512 seek=64 count=1 conv=notrunc status=none
	machine_start "$disk_image" "$case_dir/first.cpio" "crashkernel=$crashkernel $first_extra" \
		"$serial_log" -no-reboot -rtc "base=$(date -u -d "2027-01-01 +$2 days" +%Y-%m-%dT12:00:00)"
}

# until_said COUNT: lines of kdump-init. 1 when there will be none.
until_said() {
	while machine_runs && [ $((SECONDS - started)) -le "$deadline" ]; do
		[ "$(grep -a -c '^kdump-init: ' "$serial_log")" -lt "$1" ] || return 0
		sleep 0.02
	done
	return 1
}

# cut_power NUMBER LINES MS: when kdump-init has said so many lines, and then a while later.
cut_power() {
	start_crash cut "$1"
	check "cut $1: the capture came to that moment" until_said "$2" || return 1
	sleep "$(printf '0.%03d' "$3")"
	kill -KILL "$qemu_pid"
	wait "$qemu_pid" 2>/dev/null # killed, as it should be
	machine_stop
	note "cut $1: $3 ms after '$(grep -a '^kdump-init: ' "$serial_log" | tail -n 1 | tr -d '\r')'"
	judge_series "cut $1"
}

capture_again() {
	local before
	before=$(find "$case_dir/found" -name status | wc -l)
	start_crash after "$1"
	check "after cut $1: the capture ends in a reboot" machine_wait "$serial_log" 'reboot: Restarting'
	judge_series "after cut $1"
	check "after cut $1: the next dump is complete" \
		[ "$(sed -n 's/^result=//p' "$(newest_status)")" = complete ]
	check "after cut $1: it is a new one" [ ! -e "$case_dir/newest/$(basename "$(
		dirname "$(newest_status)")")" ]
	note "after cut $1: $(find "$case_dir/found" -name status | wc -l) dumps are complete, it were $before"
	rm -rf "$case_dir/newest"/*
	cp -r "$(dirname "$(newest_status)")" "$case_dir/newest/"
}

newest_status() {
	find "$case_dir/found" -name status | sort | tail -n 1
}

# What judge_promises asks for; the newest complete dump takes the place of the earlier one.
judge_series() {
	local found=$case_dir/found copy=$case_dir/p2.img name
	disk_partition "$disk_image" "$copy"
	check "$1: the filesystem is sound, its journal replayed" sound_ext4 "$copy"
	check "$1: the dumps can be read" take_out "$copy" "$found" || return 1
	name=$(ls "$case_dir/newest")
	check "$1: the newest dump before is as it was" \
		diff -r "$case_dir/newest/$name" "$found/$name"
	check "$1: what bears a final name is whole" honest_dumps "$found"
}
