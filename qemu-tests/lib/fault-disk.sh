# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks that fail, and what has to be true of them afterwards. The promises are judged on
# a copy of the filesystem, after its journal was replayed, by e2fsck and debugfs.
#
# A second disk, in which there is a filesystem and no partition table, is the one that
# fails: what the first system reports goes to the first, which works.

second_uuid=5ec07d0f-0bad-4d15-8c0d-0000000d15c0
second_mib=256
earlier=0001-20231114T221320Z

# earlier_dump DIRECTORY: what the target holds before the crash, a complete dump. It
# stays there to be compared with.
earlier_dump() {
	mkdir -p "$1$dump_path"
	"$tests/lib/make-dump" "$1$dump_path/$earlier"
}

# The names that the first disk and one more have: virtio-mmio finds the disk that was added
# last first, PCI goes by its slots.
two_disks() {
	disk=vdb second_disk=vda
	[ "$disk_bus" = virtio-blk-device ] || disk=vda second_disk=vdb
	part=/dev/$disk
}

# second_image: with an earlier dump; a copy of it for comparison.
second_image() {
	second=$case_dir/second.img
	two_disks
	earlier_dump "$case_dir/second.content"
	rm -f "$second"
	mke2fs -q -F -t ext4 -U "$second_uuid" -L second -E nodiscard,root_owner=0:0 \
		-d "$case_dir/second.content" "$second" "${second_mib}M" >/dev/null
}

# second_drive [RULE...]: adds the second disk to the machine, with blkdebug's rules:
# `inject-error.0.iotype=write`, ... (docs/devel/blkdebug.rst of QEMU).
second_drive() {
	local rules
	cp --sparse=always "$second" "$second.before"
	printf -v rules ',%s' "$@"
	[ $# -gt 0 ] || rules=
	# shellcheck disable=SC2054 # commas are QEMU's
	machine_extra+=(
		-blockdev "driver=file,filename=$second,node-name=f1,cache.no-flush=on"
		-blockdev "driver=blkdebug,node-name=b1,image=f1$rules"
		-blockdev "driver=raw,node-name=d1,file=b1"
		-device "$disk_bus,drive=d1,werror=report,rerror=report")
}

# second_drive_readonly: as behind a switch that is set.
second_drive_readonly() {
	cp --sparse=always "$second" "$second.before"
	# shellcheck disable=SC2054 # commas are QEMU's
	machine_extra+=(-drive "file=$second,format=raw,if=none,id=d1,readonly=on"
		-device "$disk_bus,drive=d1")
}

# record_writes: the first disk, with every write and every flush of it recorded.
record_writes() {
	writes_log=$case_dir/writes.log
	: >"$writes_log"
	# shellcheck disable=SC2034,SC2054 # of lib/machine.sh; commas are QEMU's
	qemu_drive=(
		-blockdev "driver=file,filename=DISK,node-name=f0,cache.no-flush=on"
		-blockdev "driver=file,filename=$writes_log,node-name=l0,cache.no-flush=on"
		-blockdev "driver=blklogwrites,node-name=d0,file=f0,log=l0"
		-device "$disk_bus,drive=d0")
}

# Replays the journal as the next mount would, and leaves nothing to be repaired.
sound_ext4() {
	e2fsck -fp "$1" >"$1.fsck" 2>&1
	if [ $? -gt 1 ]; then
		echo "not repairable by its journal:"
		cat "$1.fsck"
		return 1
	fi
	e2fsck -fn "$1" >"$1.fsck" 2>&1 || { cat "$1.fsck"; return 1; }
	rm -f "$1.fsck"
}

# take_out FILESYSTEM DIRECTORY: everything below the dump path.
take_out() {
	rm -rf "$2"
	mkdir -p "$2"
	debugfs -R "rdump $dump_path $2" "$1" >/dev/null 2>&1
	[ -d "$2/${dump_path##*/}" ] || { echo "there is no $dump_path any more"; return 1; }
	mv "$2/${dump_path##*/}"/* "$2/" && rmdir "$2/${dump_path##*/}"
}

# earlier_is_there DIRECTORY CONTENT: byte for byte, and complete.
earlier_is_there() {
	diff -r "$2$dump_path/$earlier" "$1/$earlier" &&
		whole_dump "$1/$earlier"
}

# The log of the kernel that crashed, to its last line.
whole_log() {
	tail -n 1 "$1" | grep -a -q -E "$last_words" || { echo "$1 ends too early"; return 1; }
}

# final_is_whole DUMP FILE: a file that bears its final name.
final_is_whole() {
	case $2 in
	status) whole_dump "$1" ;;
	vmcore) [ -f "$1/status" ] || whole_memory "$1/$2" ;;
	vmcore-dmesg.txt) whole_log "$1/$2" ;;
	capture.log) grep -q 'writing capture.log and status$' "$1/$2" ;;
	*) echo "$1/$2: nothing of ours" && return 1 ;;
	esac
}

# A memory image whose status was not written any more.
whole_memory() {
	if [ "$(head -c 4 "$1" | tail -c 3)" = ELF ]; then
		sane_elf "$1" && known_pages "$1" "$known_count"
	else
		rm -f "$case_dir/again.kdump" # makedumpfile writes over nothing
		run_makedumpfile -d 31 "$1" "$case_dir/again.kdump"
	fi
}

# honest_dumps DIRECTORY [REFERENCE]: every file with a final name is whole. Where it is known what
# it has to be, which was judged before, it is that; and beside a status are all files of REFERENCE.
honest_dumps() {
	local dir file bad=0
	for dir in "$1"/*; do
		[[ ${dir##*/} =~ ^[0-9]{4}-[0-9]{8}T[0-9]{6}Z$ ]] ||
			{ echo "$dir: no name of ours"; bad=1; }
		[[ ${dir##*/} != "$earlier" ]] || continue
		for file in "$dir"/*; do
			file=${file##*/}
			[[ $file != '*' && $file != *-incomplete ]] || continue
			if [ -n "${2:-}" ]; then same_as "$dir" "$2/${dir##*/}" "$file"
			else final_is_whole "$dir" "$file"; fi ||
				{ echo "$dir/$file is not whole"; bad=1; }
		done
	done
	return "$bad"
}

# same_as DUMP REFERENCE FILE
same_as() {
	local file
	cmp "$1/$3" "$2/$3" || return 1
	[ "$3" = status ] || return 0
	for file in "$2"/*; do cmp "$file" "$1/${file##*/}" || return 1; done
}

# judge_promises FILESYSTEM CONTENT WHAT: a filesystem of its own, and the folder that its
# earlier dump came from. Leaves what it found in $case_dir/found.
judge_promises() {
	local copy=$case_dir/judged.img found=$case_dir/found
	cp --sparse=always "$1" "$copy"
	check "$3: the filesystem is sound, its journal replayed" sound_ext4 "$copy" || return 1
	check "$3: the dumps can be read" take_out "$copy" "$found" || return 1
	check "$3: the earlier dump is there and complete" earlier_is_there "$found" "$2"
	check "$3: what bears a final name is whole" honest_dumps "$found"
	rm -f "$copy"
}

# The same of the first disk's target.
judge_first_target() {
	disk_partition "$disk_image" "$case_dir/p2.img"
	judge_promises "$case_dir/p2.img" "$disk_content" "the first disk"
}

# How many complete dumps judge_promises found, the earlier one included.
complete_dumps() {
	local count
	count=$(find "$case_dir/found" -name status | wc -l)
	echo "$count are complete"
	[ "$count" = "$1" ]
}

# judge_reboot SECONDS: from the capture kernel's first line to its reboot, by its own clock,
# which stands for a hang and not for speed.
judge_reboot() {
	local ms
	ms=$(stamp_of 'reboot: Restarting system')
	check "the capture kernel said that it reboots" [ "${ms:-0}" -gt 0 ] || return 1
	note "rebooted after $((ms / 1000)) s"
	echo "$((ms / 1000))" >"$case_dir/seconds"
	check "it rebooted within $1 s" [ "$ms" -le $(($1 * 1000)) ]
}
