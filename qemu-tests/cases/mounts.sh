# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An archive that names one filesystem and the disk's driver, nothing else, mounts that
# filesystem: whatever the kernel asks for by name, when it loads the modules or mounts, was
# packed, and in the right order. No crash is needed for that: each archive is started by itself,
# and a script in it does what kdump-init does, with tools that are not ours.

define virt-mounts virt mounts
define_extra virt-mounts-5.10 virt+armmp-5.10 mounts
define_extra virt-mounts-6.12 virt+armmp-6.12 mounts
define_extra virt-mounts-newest virt+armmp-newest mounts
define_extra x86_64-mounts x86_64 mounts
define_extra x86_64-mounts-newest x86_64+amd64-newest mounts

mounts_filesystems="vfat exfat ext4 xfs btrfs f2fs 9p"

case_mounts() {
	local fs
	kernel_is_there || return 77
	modules=${modules/ crc32c_generic/}
	mounts_bus=device # virtio-9p-...
	[ "$machine" != x86_64 ] || mounts_bus=pci
	for fs in $mounts_filesystems; do
		if [ -n "$(kernel_has "$kernel" "$fs")" ]; then mounts_one "$fs"
		else note "this kernel has no $fs"; fi
	done
	# The same with a character set that only the target's options name.
	mounts_one vfat iocharset=koi8-r,codepage=850
	mounts_one exfat iocharset=iso8859-1
}

# mounts_one FSTYPE [OPTIONS]
mounts_one() {
	local source=/dev/$disk
	fstype=$1
	[ "$fstype" != 9p ] || source=kdump
	config_lines=("target = $source" "fstype = $fstype" "options = ${2:-}")
	more_settings="part=/dev/$disk source=$source options=${2:-rw}"
	write_settings
	write_config
	mounts_disk
	check "$*: the archive can be made" capture_archive "$case_dir/capture.cpio" \
		"$case_dir/kdump-init.conf" "$fstype" || return 1
	capture_add_wrapper "$case_dir/capture.cpio" mount
	machine_start "$disk_image" "$case_dir/capture.cpio" "rdinit=/test/before" \
		"$case_dir/console.log" -no-reboot
	check "$*: the kernel of the archive ends, in time" machine_ends "$case_dir/console.log"
	mv "$case_dir/console.log" "$case_dir/console-$fstype${2:+-options}.log"
	check "$*: mounted, written to and read" grep -a "^T-$nonce: mounted $fstype" \
		"$case_dir/console-$fstype${2:+-options}.log"
}

# The whole disk is the filesystem, of a size that each of them takes.
mounts_disk() {
	rm -f "$disk_image"
	truncate -s 320M "$disk_image"
	machine_extra=()
	case $fstype in
	vfat) mkfs.vfat -F 32 "$disk_image" ;;
	exfat) mkfs.exfat "$disk_image" ;;
	ext4) mke2fs -q -F -t ext4 "$disk_image" ;;
	xfs) mkfs.xfs -q -f "$disk_image" ;;
	btrfs) mkfs.btrfs -q -f --csum xxhash "$disk_image" ;;
	f2fs) mkfs.f2fs -q -f "$disk_image" ;;
	9p)
		mkdir -p "$case_dir/shared"
		# shellcheck disable=SC2054 # commas are QEMU's
		machine_extra=(-fsdev "local,path=$case_dir/shared,id=fs0,security_model=none"
			-device "virtio-9p-$mounts_bus,fsdev=fs0,mount_tag=kdump") ;;
	esac >/dev/null 2>&1 || note "no $fstype can be made here"
}
