# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the next kernel finds on a disk after a power cut, for each filesystem: made sound as
# that does it (a journal is replayed, f2fs rolls forward what was fsynced, FAT has nothing
# of the kind), and the dumps taken out. The images are copies: nothing else needs them.
#
# ext4 and FAT are read on the host, by e2fsck and debugfs, fsck.vfat and mtools; a raw device by
# kdump-init extract. f2fs has no program that does what mount(2) does, so that a machine boots which
# mounts many such images at once, and puts all that it finds into one archive (first-system/look).

# cut_modules FSTYPE: what the capture kernel has to load for it.
cut_modules() {
	case $1 in
	ext4) echo ext4 ;;
	vfat) echo vfat nls_ascii nls_cp437 ;;
	f2fs) echo crc32_generic f2fs ;;
	esac
}

# How many images are looked at in one go: as many as virt has places for disks, but two.
looks_at_once=20

# look_at FIRST LAST: the images $case_dir/cut-N.img. For each what is below the dump path in
# $case_dir/found-N, and in cut-N.fsck why it could not be had or was not sound; else that is
# not there.
look_at() {
	local number
	[ "$fstype" != f2fs ] || look_by_machine "$@" || return 1
	for ((number = $1; number <= $2; number++)); do
		"look_$fstype" "$case_dir/cut-$number.img" "$case_dir/found-$number" \
			>"$case_dir/cut-$number.fsck" 2>&1 && rm "$case_dir/cut-$number.fsck"
		rm -f "$case_dir/cut-$number.img"
	done
}

look_ext4() {
	sound_ext4 "$1" && take_out "$1" "$2"
}

# Nothing is to be made sound: what has no header is not there.
look_raw() {
	rm -rf "$2"
	mkdir -p "${2%/*}"
	"$build/host/kdump-init" extract "$1" "$2"
}

# There is no journal: what was not flushed may have left names without content and clusters
# without a name, and the mark that it was not unmounted. All that is to be put in order.
# fsck.fat 4.2 does it in steps where the directory that was being made has its name on the
# disk and its cluster still counts as free: one run takes the cluster from it, the next one
# deletes it, a third one the rest of its long name. So it runs until it finds nothing.
look_vfat() {
	local runs=0
	until fsck.vfat -n "$1"; do
		[ $((runs += 1)) -le 4 ] || { echo "is not in order, put in order 4 times"; return 1; }
		fsck.vfat -a -w "$1"
		[ $? -le 1 ] || { echo "cannot be put in order"; return 1; }
	done
	rm -rf "$2"
	mkdir -p "$2"
	mcopy -s -n -i "$1" "::$dump_path/*" "$2/"
}

# A machine had it mounted, and unmounted it: it is sound now, and its files were taken out.
look_f2fs() {
	local from=$case_dir/looked/${1##*/}
	from=${from%.img}
	fsck.f2fs --dry-run "$1" || return 1
	[ -d "$from$dump_path" ] || { echo "there is no $dump_path any more"; return 1; }
	rm -rf "$2"
	mv "$from$dump_path" "$2"
}

# Boots a machine with the images as its disks, and unpacks what it has put onto another one.
look_by_machine() {
	local number out=$case_dir/out.img log=$case_dir/look-$1.log machine_extra=() qemu_drive
	rm -rf "$case_dir/looked" "$out"
	mkdir -p "$case_dir/looked"
	truncate -s 4G "$out"
	# shellcheck disable=SC2054 # commas are QEMU's
	qemu_drive=(-drive "file=DISK,format=raw,if=none,id=out,cache=unsafe"
		-device virtio-blk-device,drive=out)
	for ((number = $1; number <= $2; number++)); do
		# shellcheck disable=SC2054 # commas are QEMU's
		machine_extra+=(
			-drive "file=$case_dir/cut-$number.img,format=raw,if=none,id=c$number,cache=unsafe"
			-device "virtio-blk-device,drive=c$number,serial=cut-$number")
	done
	mode=look more_settings="looks=$(($2 - $1 + 2))" write_settings
	first_system "$case_dir/look.cpio"
	machine_start "$out" "$case_dir/look.cpio" "" "$log"
	told=3 machine_wait "$log" "^T-$nonce: end" || return 1
	! grep -a "^T-$nonce: cannot" "$log" || return 1
	tar -x -f "$out" -C "$case_dir/looked" --no-same-owner || return 1
	rm -f "$out" "$case_dir/look.cpio"
}
