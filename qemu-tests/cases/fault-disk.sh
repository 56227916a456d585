# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks with errors, and targets that are none. In fault-io-* the only target is a second
# disk that fails in one way: where only some places of it are bad less is saved beside
# them, else nothing can be, and the machine has to come back all the same. In fault-second-*
# the first disk has a second target, which takes the dump.
# fault-target-* are targets that cannot be mounted, several in one run, and one that
# appears late. An earlier dump lies on every target and outlives all of it. A second target is
# tried after the only one has failed as it does alone, so that these run in make check-long.

for way in first_write middle fsync late_fsync superblock; do
	define_extra fault-io-${way/_/-} virt fault $way alone
	define fault-second-${way/_/-} virt fault $way second
done
define fault-io-spots virt fault spots alone
define fault-target-broken virt fault_targets alone
define fault-second-target virt fault_targets second
define fault-target-late virt fault_target_late
for machine in arm64 x86_64; do
	define_extra fault-second-first-write-$machine $machine fault first_write second
	define_extra fault-second-late-fsync-$machine $machine fault late_fsync second
	define_extra fault-second-target-$machine $machine fault_targets second
	define_extra fault-target-late-$machine $machine fault_target_late
done

# The ways in which the second disk fails; `meets` is what kdump-init has to say of it.
break_first_write() { # that of the superblock, when it is mounted
	meets="cannot mount /dev/$second_disk as auto: I/O error"
	second_drive inject-error.0.event=none inject-error.0.iotype=write \
		inject-error.0.errno=5
}

# Where a file of tens of MiB lies, and nothing else: sectors all over the first half.
break_middle() {
	# shellcheck disable=SC2046 # a list of numbers
	break_places $(seq 41 4 127)
}

# Two of them. What was written up to there stays for the time being, so that the next file
# lies behind them.
break_spots() {
	break_places 41 45
}

break_places() { # MIB...
	local rules=() mib n=0
	meets='cannot save the memory: I/O error'
	for mib; do
		rules+=("inject-error.$n.event=none" "inject-error.$n.iotype=write"
			"inject-error.$n.sector=$((mib * 2048))" "inject-error.$n.errno=5")
		n=$((n + 1))
	done
	second_drive "${rules[@]}"
}

break_fsync() { # each, that of the mount included
	meets='attempt 1 .*failed'
	second_drive inject-error.0.event=none inject-error.0.iotype=flush \
		inject-error.0.errno=5
}

# Each from the tenth on, which is about when the memory has been written.
break_late_fsync() {
	local rules=() n
	meets='cannot save the memory: '
	for n in 1 2 3 4 5 6 7 8 9; do
		rules+=("set-state.$((n - 1)).event=flush_to_disk" "set-state.$((n - 1)).state=$n"
			"set-state.$((n - 1)).new_state=$((n + 1))")
	done
	second_drive "${rules[@]}" inject-error.0.event=flush_to_disk inject-error.0.state=10 \
		inject-error.0.iotype=flush inject-error.0.errno=5
}

break_superblock() {
	meets="UUID=$second_uuid did not appear within 3 s"
	second_drive inject-error.0.event=none inject-error.0.iotype=read \
		inject-error.0.sector=2 inject-error.0.errno=5
}

# prepare_targets alone|second: earlier dumps, the second disk, and which targets are good.
prepare_targets() {
	second_image
	deadline=600 # marks a hang, on a host with much else to do
	first_extra=$small_memory
	disk_content=$case_dir/content
	earlier_dump "$disk_content"
	good=()
	[ "$1" != second ] || good=("target = UUID=$disk_uuid")
}

# judge_ending alone|second [WORDS]: the machine is back, and what could be saved was. With WORDS
# that is less, on the bad disk, as kdump-init says in them.
judge_ending() {
	judge_round_trip || return 1
	judge_reboot 180
	judge_first_target
	if [ "$1${2:+less}" = aloneless ]; then
		check "kdump-init comes back with less" said "a filtered dump to UUID=$second_uuid"
		check "and saves it, or less still" said "$2: .* on UUID=$second_uuid"
		return
	fi
	if [ "$1" = alone ]; then
		check "kdump-init says that nothing was saved" said 'nothing was saved'
		check "the first disk: it is no target" complete_dumps 1
		return
	fi
	check "kdump-init goes on to the next target" said "complete: .* on UUID=$disk_uuid"
	check "the first disk: the dump is complete" complete_dumps 2
}

case_fault() {
	local less='' broken=1
	case $1$2 in
	middlealone) less='saved the log' broken=2 ;;
	spotsalone) less=complete broken=2 ;;
	esac
	prepare_targets "$2"
	"break_$1"
	config_lines=("target = UUID=$second_uuid" "wait = 3" "${good[@]}")
	crash_and_capture || return 1
	judge_ending "$2" "$less" || return 1
	check "the kernel met the error" \
		grep -a -q -E "I/O error.* (dev )?$second_disk" "$case_dir/console.log"
	check "kdump-init says so" said "$meets"
	judge_promises "$second" "$case_dir/second.content" "the broken disk"
	check "the broken disk: beside the earlier dump no more is complete than that" \
		complete_dumps "$broken"
	case $1 in
	superblock | first_write) check "the broken disk is as it was" cmp "$second" "$second.before" ;;
	middle | spots) check "the log is there" find_log ;;
	esac
	rm -rf "$case_dir"/{found,second.content,second.img.before}
}

find_log() {
	find "$case_dir/found" -path '*/000[2-9]-*/vmcore-dmesg.txt' | grep .
}

# One that is not there, a superblock that is damaged, a filesystem of another kind than
# the configuration says (the good one, under a wrong name), a medium that cannot be written.
case_fault_targets() {
	prepare_targets "$1"
	second_drive_readonly
	config_lines=(
		"target = UUID=deadbeef-0000-4000-8000-000000000000" "wait = 2"
		"target = ${part}1"
		"target = ${part}2" "fstype = vfat"
		"target = /dev/$second_disk" "${good[@]}")
	extra_modules=(ext4 vfat)
	# shellcheck disable=SC2317 # crash_and_capture calls it
	capture_changes() { damage_boot_partition; }
	crash_and_capture || return 1
	judge_ending "$1" || return 1
	check "what is missing is named" said 'deadbeef.* did not appear within 2 s'
	check "the damaged superblock is met" said "cannot mount ${part}1 as auto: "
	check "the wrong filesystem is met" said "cannot mount ${part}2 as vfat: Invalid"
	check "the medium that cannot be written is met" said \
		"cannot mount /dev/$second_disk as auto: (Permission denied|Read-only)"
	check "the disk that cannot be written is as it was" cmp "$second" "$second.before"
	rm -rf "$case_dir"/{found,second.content,second.img.before}
}

# The magic of ext4 where it belongs, and noise around it: over the FAT of the boot partition. No
# features: in every second noise there would be that of a journal, which is no filesystem.
damage_boot_partition() {
	local at=$((p1_start * 512))
	dd if=/dev/urandom of="$disk_image" bs=1024 count=64 seek=$((at / 1024)) conv=notrunc status=none
	printf '\123\357' | dd of="$disk_image" bs=1 seek=$((at + 1024 + 56)) conv=notrunc status=none
	head -c 12 /dev/zero | dd of="$disk_image" bs=1 seek=$((at + 1024 + 92)) conv=notrunc status=none
}

# Its driver is loaded ten seconds after kdump-init started.
case_fault_target_late() {
	wrapper=late deadline=600
	first_extra=$small_memory
	disk_content=$case_dir/content
	earlier_dump "$disk_content"
	config_lines=("target = UUID=$disk_uuid")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_reboot 180
	check "kdump-init waits" said 'waiting up to 30 s for UUID='
	check "and finds it" said 'complete: '
	check "not before ten seconds were over" [ "$(stamp_of '[vda]')" -ge 10000 ]
	judge_first_target
	check "the dump is complete" complete_dumps 2
	rm -rf "$case_dir/found"
}
