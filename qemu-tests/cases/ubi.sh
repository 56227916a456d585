# shellcheck shell=bash disable=SC2054 # commas are QEMU's
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A volume of UBI with UBIFS, which the dump of an earlier crash lies in. The flash is a disk that
# block2mtd shows as flash. Nothing is attached to UBI in the capture kernel: kdump-init finds the
# partition that UBI has formatted. There is no room for the whole memory, so that a filtered dump
# has to do, and the earlier one goes once that is complete. In -attached the module of UBI attaches
# it by mtd=; in -root that volume is the root filesystem, mounted read-only, from which kdump-init was
# started. Linux's own driver mounts the volume afterwards, and copies the dump for the judges.

define_extra x86_64-ubi x86_64 ubi ubi:dumps
define_extra x86_64-ubi-attached x86_64 ubi ubi0:dumps 'mtd=0'
define_extra x86_64-ubi-root x86_64 ubi_root

ubi_block=131072 ubi_mib=64
ubi_earlier=0001-20231114T221320Z

# case_ubi TARGET [PARAMETERS-OF-UBI]
case_ubi() {
	local content=$case_dir/flash
	mkdir -p "$content/var/crash"
	"$tests/lib/make-dump" "$content/var/crash/$ubi_earlier" || return 1
	config_lines=("target = $1" "keep = 1" "free = 1M" "wait = 5")
	capture_to_ubi "${2:-}" || return 1
	[ -n "${2:-}" ] || check "kdump-init attached it" said 'ubi:dumps: mtd0 to UBI: attached'
	check "kdump-init mounted it" said "mounted $1, ubifs"
	# block2mtd leaves the last of it, that nothing has to be recovered, in the page cache.
	check "it was unmounted" grep -a 'UBIFS (ubi0:0): un-mount UBI device 0' "$case_dir/console.log"
	check "kdump-init saved the dump" said "complete: /var/crash/0002-[0-9TZ]* on $1"
	judge_ubi
}

case_ubi_root() {
	local content=$case_dir/flash
	mkdir -p "$content"/{sbin,proc,sys,dev,etc,var}
	install -m 755 "$(kdump_binary)" "$content/sbin/kdump-init"
	wrapper=root append="root=ubi0:dumps"
	capture_to_ubi mtd=0 "root_part=ubi0:dumps root_fstype=ubifs" || return 1
	check "it noticed that it stands on its target" said 'remounted ubi0:dumps'
	check "kdump-init saved the dump" said "complete: /var/crash/0001-[0-9TZ]* on ubi0:dumps"
	judge_ubi
}

# capture_to_ubi PARAMETERS-OF-UBI [MORE-SETTINGS]
capture_to_ubi() {
	local flash=$case_dir/second.img
	ubi_flash "$flash" "$content" || return 1
	two_disks
	first_extra=$small_memory
	extra_modules=() more_settings="flash=ubi0:dumps ${2:-}"
	archive_options=(-m "block2mtd block2mtd=/dev/vdb,$ubi_block" -m "ubi $1" -m ubifs)
	# shellcheck disable=SC2206 # a list of names
	first_modules=($modules block2mtd ubi zstd ubifs)
	first_parameters="block2mtd block2mtd=/dev/vdb,$ubi_block"$'\n'"ubi mtd=0"
	machine_extra=(-drive "file=$flash,format=raw,if=none,id=d1,cache=unsafe"
		-device "$disk_bus,drive=d1")
	crash_and_capture || return 1
	judge_round_trip
}

judge_ubi() {
	check "there was no room for the whole memory" said 'a filtered dump instead'
	check "Linux's own driver mounts it" report_line second '^copied from ubi0:dumps$'
	check "the one dump is the new one" judge_files ext4 || return 1
	check "the dump can be pulled out of the disk image" pull_dump "$case_dir/dump" || return 1
	check "status: a filtered dump" status_says "$case_dir/dump" kdump 31 zlib
	check "status: why it died" \
		grep -qx 'panic=Kernel panic - not syncing: sysrq triggered crash' "$case_dir/dump/status"
	check "the dump is whole, kdump-init verify agrees" whole_dump "$case_dir/dump"
	check "its log is the one that was saved" \
		cmp "$case_dir/dump/vmcore-dmesg.txt" \
		<("$build/host/kdump-init" dmesg "$case_dir/dump/vmcore")
	[ "$failures" != 0 ] || rm -f "$case_dir/second.img"
}

# ubi_flash FILE DIRECTORY: blank flash, and on it what ubinize makes of a volume with that content.
ubi_flash() {
	"$repo/.ci/install-tools" mtd-utils >&3 2>&3 || { note "mtd-utils is missing"; return 1; }
	cat >"$case_dir/ubi.ini" <<-END
		[dumps]
		mode=ubi
		image=$case_dir/ubifs.img
		vol_id=0
		vol_type=dynamic
		vol_name=dumps
		vol_flags=autoresize
	END
	# UBI's two headers take 64 bytes each where any byte can be written by itself.
	{ mkfs.ubifs -r "$2" -m 8 -e $((ubi_block - 128)) -c $((ubi_mib * 8)) -U -o "$case_dir/ubifs.img" &&
		ubinize -o "$case_dir/ubi.img" -p "$ubi_block" -m 1 -s 1 "$case_dir/ubi.ini"; } >"$case_dir/mkfs.log" 2>&1 ||
		{ note "no UBIFS can be made here"; return 1; }
	head -c "${ubi_mib}M" /dev/zero | tr '\0' '\377' >"$1"
	dd if="$case_dir/ubi.img" of="$1" conv=notrunc status=none
	rm -rf "$2" "$case_dir"/ubi{,fs}.img
}
