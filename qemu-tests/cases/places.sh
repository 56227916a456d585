# shellcheck shell=bash disable=SC2054 # commas are QEMU's
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where dumps can go besides the machine's own disk: a second disk at another bus, which the
# machine describes itself (no module is named by hand), and a second disk with each filesystem, by
# an archive in which nothing but that filesystem is named. The machine that comes up again mounts
# the target with Linux's own driver and reads every file of the dump.

define_extra virt-usb virt place usb ext4
define_extra virt-uas virt place uas ext4
define_extra arm64-nvme arm64 place nvme ext4
define_extra x86_64-sata x86_64+amd64-6.12 place sata ext4
define_extra vexpress-a9-sd vexpress-a9 targets label ext4
for name in ext2 ext3 vfat exfat f2fs xfs btrfs; do
	define_extra virt-on-$name virt place virtio $name
done
define_extra virt-on-subvolume virt place virtio btrfs subvol=@dumps
define_extra virt-on-9p virt place_9p
define_extra virt-on-virtiofs virt place_virtiofs

# case_place BUS FSTYPE [OPTIONS]
case_place() {
	local board=$case_dir/board
	kernel_is_there || return 77
	place_settings "$@"
	place_disk "$2" "${3:-}" || return 1
	if [ "$1" != virtio ]; then
		describe_machine "$board" || return 1
		check "it names the driver: $place_driver" grep -x "driver = $place_driver" "$board"
		check "it names the filesystem" grep -x "fstype = $2" "$board"
		case_new "$machine_base"
		place_settings "$@"
		extra_modules=() modules='' archive_options=(--for "$board")
	fi
	crash_and_capture || return 1
	judge_round_trip || return 1
	case $1 in
	u*) check "it was waited for" said 'waiting up to [0-9]+ s for LABEL=' ;;
	esac
	judge_place "$2"
}

# Sets what differs from one bus to the next; the target is the whole second disk.
place_settings() {
	fstype=$2 disk_fstype=ext4 second=$case_dir/second.img
	extra_modules=("$(place_module "$2")")
	# shellcheck disable=SC2206 # a list of names
	first_modules=($modules "${extra_modules[@]}")
	first_extra=$small_memory list_sums=yes wrapper=hash
	config_lines=("target = LABEL=KDUMPS2" "path = /var/crash")
	[ -z "${3:-}" ] || config_lines+=("options = $3")
	machine_extra=(-drive "file=$second,format=raw,if=none,id=d1,cache=unsafe")
	place_part=/dev/sda place_driver=sd_mod
	case $1 in
	virtio)
		two_disks
		place_part=/dev/$second_disk
		machine_extra+=(-device "$disk_bus,drive=d1") ;;
	usb | uas)
		qemu=(qemu-system-arm -M "virt,highmem=off" -cpu cortex-a15)
		first_modules+=(xhci_pci sd_mod)
		machine_extra+=(-device qemu-xhci)
		place_driver=usb_storage
		[ "$1" = usb ] || place_driver=uas
		first_modules+=("$place_driver") ;;
	nvme)
		place_part=/dev/nvme0n1 place_driver=nvme
		first_modules+=(nvme)
		machine_extra+=(-device nvme,drive=d1,serial=kdump) ;;
	sata)
		place_driver=ahci
		first_modules+=(ahci sd_mod)
		machine_extra+=(-device ide-hd,drive=d1,bus=ide.2) ;;
	esac
	case $1 in
	usb) machine_extra+=(-device usb-storage,drive=d1) ;;
	uas) machine_extra+=(-device usb-uas,id=u0 -device scsi-hd,bus=u0.0,drive=d1) ;;
	esac
	more_settings="part=$place_part"
	[ -z "${3:-}" ] || { dump_path=/@dumps/var/crash; more_settings+=" subvolume=@dumps"; }
}

# Debian's kernels mount ext2 and ext3 by the module of ext4.
place_module() {
	case $1 in ext2 | ext3) echo ext4 ;; *) echo "$1" ;; esac
}

place_disk() {
	rm -f "$second"
	truncate -s 512M "$second"
	case $1 in
	ext*) mke2fs -q -F -t "$1" -L KDUMPS2 -E root_owner=0:0 "$second" ;;
	vfat) mkfs.vfat -F 32 -n KDUMPS2 "$second" ;;
	exfat) mkfs.exfat -L KDUMPS2 "$second" ;;
	f2fs) mkfs.f2fs -q -f -l KDUMPS2 "$second" ;;
	xfs) mkfs.xfs -q -f -L KDUMPS2 "$second" ;;
	btrfs) mkfs.btrfs -q -f -L KDUMPS2 "$second" ;;
	esac >"$case_dir/mkfs.log" 2>&1 || { note "no $1 can be made here"; return 1; }
}

judge_place() {
	judge_files "$(case $1 in *fat) echo vfat ;; *) echo ext4 ;; esac)" || return 1
	check "status: complete" report_line second '^status result=complete$'
	check "byte for byte what /proc/vmcore held" same_sum "$(vmcore_sum)" \
		"$(report_line second "^sum .*/vmcore\$" | cut -d ' ' -f 2)"
	check "the log was saved" report_line second "^sum .*/vmcore-dmesg.txt\$"
	case $1 in
	ext*) check "the filesystem is clean" e2fsck -fn "$second" ;;
	vfat) check "the filesystem is clean" fsck.vfat -n "$second" ;;
	exfat) check "the filesystem is clean" fsck.exfat -n "$second" ;;
	f2fs) check "the filesystem is clean" fsck.f2fs --dry-run "$second" ;;
	xfs) check "the filesystem is clean" xfs_repair -n "$second" ;;
	btrfs) check "the filesystem is clean" btrfs check --readonly "$second" ;;
	esac
	[ "$failures" != 0 ] || rm -f "$second"
}

# A folder of the host, in which the dump is looked at as it lies.
case_place_9p() {
	local shared=$case_dir/shared
	extra_modules=(9p)
	config_lines=("target = kdump" "fstype = 9p")
	machine_extra=(-fsdev "local,path=$shared,id=fs0,security_model=none"
		-device "virtio-9p-device,fsdev=fs0,mount_tag=kdump")
	capture_to_folder
}

# The same by a daemon, which wants the guest's memory shared with it, and a connection for each
# QEMU. It runs as who runs the case; that its sandbox is chroot lets it run in a container.
case_place_virtiofs() {
	local shared=$case_dir/shared rc daemon=''
	virtiofs_daemon=/usr/lib/qemu/virtiofsd # of qemu-system-common
	[ -x "$virtiofs_daemon" ] || { note "there is no $virtiofs_daemon"; return 77; }
	[ "$(id -u)" = 0 ] || { note "virtiofsd wants root"; return 77; }
	extra_modules=(virtiofs) when_built=start_virtiofs
	config_lines=("target = kdump" "fstype = virtiofs")
	qemu=(qemu-system-arm -M "virt,memory-backend=ram" -cpu cortex-a15
		-global virtio-mmio.force-legacy=false # which the daemon refuses
		-object "memory-backend-memfd,id=ram,size=${memory}M,share=on")
	machine_extra=(-chardev "socket,id=c0,path=$case_dir/fs.socket"
		-device "vhost-user-fs-device,chardev=c0,tag=kdump")
	capture_to_folder
	rc=$?
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null # it has ended with QEMU, mostly
	[ -z "$daemon" ] || wait "$daemon" 2>/dev/null
	return $rc
}

start_virtiofs() {
	"$virtiofs_daemon" -f --socket-path="$case_dir/fs.socket" -o "source=$shared,sandbox=chroot,cache=none" \
		>"$case_dir/virtiofsd.log" 2>&1 3>&- 8>&- 9>&- &
	daemon=$!
	check "virtiofsd listens" wait_until 60 [ -S "$case_dir/fs.socket" ]
}

capture_to_folder() {
	local dump
	mkdir -p "$shared"
	first_extra=$small_memory wrapper=hash
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "exactly one dump" [ "$(find "$shared/var/crash" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]
	dump=$(echo "$shared"/var/crash/0001-*)
	check "the dump is whole, kdump-init verify agrees" whole_dump "$dump"
	check "status: complete" grep -qx result=complete "$dump/status"
	check "byte for byte what /proc/vmcore held" same_sum "$(vmcore_sum)" \
		"$(sha256sum "$dump/vmcore" | cut -d ' ' -f 1)"
	[ "$failures" != 0 ] || rm -rf "$shared"
}
