# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A target that is set to panic at its first fault (tune2fs -e panic), and has one: the block
# bitmap of its first group does not bear its checksum. The capture kernel goes on, says so, and
# saves the dump beside the fault; a fault that lets nothing be saved is left to the next target.

define fault-errors-panic virt errors_panic

# Where the folder of dumps lies, and what is made in it.
damage_bitmap() {
	local block
	tune2fs -e panic "$second" >/dev/null
	block=$(dumpe2fs "$second" 2>/dev/null | sed -n 's/.*Block bitmap at \([0-9]*\).*/\1/p' | head -n 1)
	[ -n "$block" ] || { echo "no block bitmap found"; return 1; }
	printf '\252\125\252\125' | dd of="$second" bs=1 conv=notrunc status=none \
		seek=$((block * $(stat_ext4 'Block size') + 100))
}

# A number of the second disk's superblock.
stat_ext4() {
	dumpe2fs -h "$second" 2>/dev/null | sed -n "s/^$1: *//p"
}

case_errors_panic() {
	second_image
	deadline=600
	first_extra=$small_memory
	disk_content=$case_dir/content
	earlier_dump "$disk_content"
	check "the target is set to panic, and has a fault" damage_bitmap || return 1
	second_drive
	config_lines=("target = UUID=$second_uuid" "wait = 3")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_reboot 180
	check "the kernel met the fault" grep -a -q -E 'EXT4-fs error \(device vda\)' "$case_dir/console.log"
	check "the dump is complete all the same" said "complete: .* on UUID=$second_uuid"
	check "the superblock says panic as before" [ "$(stat_ext4 'Errors behavior')" = Panic ]
	check "e2fsck repairs what it was told of" repaired_ext4
	check "the dumps can be read" take_out "$second" "$case_dir/found" || return 1
	check "the earlier dump is there and complete" earlier_is_there "$case_dir/found" \
		"$case_dir/second.content"
	check "what bears a final name is whole" honest_dumps "$case_dir/found"
	check "both are complete" complete_dumps 2
	rm -rf "$case_dir"/{found,second.content,second.img.before}
}

repaired_ext4() {
	e2fsck -fy "$second"
	[ $? -le 1 ]
}
