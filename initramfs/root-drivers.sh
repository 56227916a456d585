# shellcheck shell=sh disable=SC2154 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that finds out whether a kernel without an archive can mount root=:
# it cannot where the running kernel has the drivers of that disk as modules. It is read by
# that script, never run. Promises: it only reads; refuse and fact are the script's.

loaded_module() { # NAME
	grep -q "^$(printf %s "$1" | tr - _) " "$top/proc/modules" 2>/dev/null
}

# The last root= of the command line.
root_device() {
	printf '%s\n' "$line$append" | sed -n 's/.*\(^\| \)root=\([^ ]*\).*/\2/p'
}

# The folder of the disk in /sys: by its name, else that of the filesystem mounted at /.
root_folder() {
	root=$(root_device)
	case $root in
	/dev/*) folder=$top/sys/class/block/${root#/dev/} ;;
	*) folder=$top/sys/dev/block/$(sed -n 's/^[0-9]* [0-9]* \([0-9]*:[0-9]*\) [^ ]* \/ .*/\1/p;' "$top/proc/self/mountinfo" 2>/dev/null | tail -n 1) ;;
	esac
	[ ! -e "$folder/." ] || (cd "$folder" && pwd -P)
}

# The modules that drive the disk: those of the devices on the way to it.
disk_modules() { # FOLDER
	folder=$1
	end=$(cd "$top/sys" && pwd -P)
	while [ "$folder" != "$end" ] && [ -n "$folder" ]; do
		module=''
		if [ -e "$folder/driver/module" ]; then
			module=$(basename "$(cd "$folder/driver/module" && pwd -P)")
		fi
		case $(readlink "$folder/driver") in # their buses make no link to a module
		*/mmcblk) module=mmc_block ;;
		*/mmci-pl18x) module=armmmci ;;
		esac
		[ -z "$module" ] || ! loaded_module "$module" || echo "$module"
		folder=${folder%/*}
	done
}

# Where /sys does not tell the disk: the modules whose names say that they drive disks.
likely_modules() {
	sed -n 's/ .*//;/^\(virtio_\(blk\|scsi\|mmio\|pci\)\|mmc_block\|sdhci.*\|dw_mmc.*\|.*_mmc\|mmci\|armmmci\|bcm2835\|sd_mod\|ahci.*\|libahci.*\|ata_.*\|nvme.*\|usb_storage\|uas\|ubi\|xen_blkfront\|hv_storvsc\)$/p' \
		"$top/proc/modules" 2>/dev/null
}

# The filesystem of the root partition, as it is mounted or as rootfstype= says; where the system
# runs from memory or on layers, each that is loaded.
root_filesystem() {
	kind_of_root=$(printf '%s\n' "$line$append" | sed -n 's/.*\(^\| \)rootfstype=\([^ ,]*\).*/\2/p')
	[ -n "$kind_of_root" ] ||
		kind_of_root=$(sed -n 's/^[^ ]* \/ \([^ ]*\) .*/\1/p' "$top/proc/mounts" 2>/dev/null | tail -n 1)
	case $kind_of_root in
	'' | rootfs | tmpfs | ramfs | overlay | aufs)
		sed -n 's/ .*//;/^\(ext[234]\|f2fs\|xfs\|btrfs\|ubifs\|squashfs\|erofs\)$/p' "$top/proc/modules" 2>/dev/null ;;
	*) ! loaded_module "$kind_of_root" || echo "$kind_of_root" ;;
	esac
}

# Refuses when a module would be missing; names the command that packs it.
check_root_drivers() {
	[ -z "$built_in" ] || return 0
	folder=$(root_folder)
	if [ -n "$folder" ]; then
		missing=$(root_filesystem; disk_modules "$folder")
	else
		missing=$(root_filesystem; likely_modules)
	fi
	[ -n "$missing" ] || return 0
	options=''
	for module in $missing; do options="$options -m $module"; done
	refuse "root= needs drivers that are modules here, and without an archive the kernel cannot load them: make one with kdump-mkinitramfs -k $release$options, then load again (where $kernel has them built in: --drivers-built-in)"
}
