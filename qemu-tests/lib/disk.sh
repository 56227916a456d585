# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disk images without root: a FAT partition, as boards boot from, and the
# partition that dumps go to. Between the partition table and the first
# partition, sectors of our own take the first system's reports: nothing that a
# console or a broken filesystem does can fake or lose them.
#
# A system that has lived has a third partition behind these, a scratch filesystem
# which nobody judges.
#
#   sector   64  one sector: "crashed NONCE" once the first boot is over
#   sector  128  report of the first boot
#   sector 1024  report of the boot after the capture

{
disk_uuid=6b64756d-7021-4f1e-9a00-c0ffee00d0e5
disk_label=kdumps
disk_partlabel=kdump-store
disk_partuuid_gpt=0b5e55ed-1dea-4bad-8dad-5eedfacecafe
disk_partuuid_mbr=6b64756d-02
disk_fat_uuid=6B64-756D
}
p1_start=2048 p1_sectors=65536  # 32 MiB
p2_start=67584                  # to the end of the disk
disk_mib=1024                   # an SD card's size has to be a power of two
p2_sectors=$((disk_mib * 2048 - p2_start - 2048))
p3_sectors=0                    # a scratch partition, where p2 leaves room for it
disk_extended=''                # more of mke2fs -E for the second partition

# disk_size MIB: of the disks that are made from now on.
disk_size() {
	disk_mib=$1
	p2_sectors=$((disk_mib * 2048 - p2_start - 2048))
}

# disk_scratch MIB: takes them from the end of the second partition.
disk_scratch() {
	p3_sectors=$(($1 * 2048))
	p2_sectors=$((p2_sectors - p3_sectors))
}

# The scratch partition's line of sfdisk.
disk_third() {
	[ "$p3_sectors" = 0 ] ||
		echo "start=$((p2_start + p2_sectors)), size=$p3_sectors, type=$1"
}

disk_table() {
	if [ "$2" = gpt ]; then
		sfdisk -q "$1" <<-END
			label: gpt
			start=$p1_start, size=$p1_sectors, type=U, name="boot"
			start=$p2_start, size=$p2_sectors, type=L, uuid=$disk_partuuid_gpt, name="$disk_partlabel"
			$(disk_third L)
		END
	else
		sfdisk -q "$1" <<-END
			label: dos
			label-id: 0x${disk_partuuid_mbr%-*}
			start=$p1_start, size=$p1_sectors, type=c
			start=$p2_start, size=$p2_sectors, type=83
			$(disk_third 83)
		END
	fi
}

# disk_filesystem IMAGE FSTYPE [DIRECTORY]: on the second partition, with the
# content of DIRECTORY.
disk_filesystem() {
	local image=$1 fs=$2 from=${3:-}
	[ "$fs" != raw ] || return 0 # it stays blank
	if [ "$fs" = ext4 ]; then
		mke2fs -q -F -t ext4 -U "$disk_uuid" -L "$disk_label" \
			-E "offset=$((p2_start * 512)),nodiscard,root_owner=0:0${disk_extended:+,$disk_extended}" \
			${from:+-d "$from"} "$image" "$((p2_sectors / 2))k"
		return
	fi
	rm -f "$image.p2"
	truncate -s "$((p2_sectors * 512))" "$image.p2"
	case $fs in
	vfat)
		mkfs.vfat -F 32 -i "${disk_fat_uuid/-/}" -n KDUMPS "$image.p2"
		[ -z "$from" ] || mcopy -s -i "$image.p2" "$from"/* ::/ ;;
	f2fs)
		mkfs.f2fs -q -f -U "$disk_uuid" -l "$disk_label" "$image.p2"
		[ -z "$from" ] || sload.f2fs -f "$from" "$image.p2" ;;
	*) die "no way to make $fs" ;;
	esac >/dev/null
	dd if="$image.p2" of="$image" bs=1M oflag=seek_bytes seek="$((p2_start * 512))" \
		conv=notrunc,sparse status=none
	rm -f "$image.p2"
}

# disk_make IMAGE TABLE FSTYPE [DIRECTORY]
disk_make() {
	rm -f "$1" "$1.p1"
	truncate -s "${disk_mib}M" "$1"
	disk_table "$1" "$2"
	truncate -s "$((p1_sectors * 512))" "$1.p1"
	mkfs.vfat -n BOOT "$1.p1" >/dev/null
	dd if="$1.p1" of="$1" bs=1M oflag=seek_bytes seek="$((p1_start * 512))" \
		conv=notrunc,sparse status=none
	rm -f "$1.p1"
	disk_filesystem "$1" "$3" "${4:-}"
	[ "$p3_sectors" = 0 ] || mke2fs -q -F -t ext4 -L SCRATCH \
		-E "offset=$(((p2_start + p2_sectors) * 512)),nodiscard,root_owner=0:0" \
		"$1" "$((p3_sectors / 2))k"
}

# A copy of the second partition, for tools that take no offset.
disk_partition() {
	dd if="$1" of="$2" bs=1M iflag=skip_bytes,count_bytes skip="$((p2_start * 512))" \
		count="$((p2_sectors * 512))" conv=sparse status=none
}

# disk_report IMAGE first|second: what the first system wrote there.
disk_report() {
	local at=128 sectors=896
	[ "$2" = first ] || at=1024 sectors=1024
	dd if="$1" bs=512 skip=$at count=$sectors status=none | tr -d '\0'
}

# debugfs on the second partition, one request.
disk_debugfs() {
	debugfs -R "$2" "$1?offset=$((p2_start * 512))" 2>/dev/null
}
