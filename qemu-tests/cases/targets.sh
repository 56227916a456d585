# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The target may be named in every way the configuration knows, on every
# filesystem it knows; raspi0 has the partition table of a Raspberry Pi's card
# except for PARTLABEL, which only GPT has.

for name in uuid label partuuid partlabel device; do
	define virt-targets-$name virt targets $name ext4
	[ $name = partuuid ] || define_extra raspi0-targets-$name raspi0 targets $name ext4
done
define raspi0-targets-partuuid raspi0 targets partuuid ext4
define virt-targets-vfat virt targets uuid vfat
define virt-targets-f2fs virt targets label f2fs

target_name() {
	case $1 in
	uuid)
		if [ "$fstype" = vfat ]; then echo "UUID=$disk_fat_uuid"
		else echo "UUID=$disk_uuid"; fi ;;
	label) echo "LABEL=$disk_label" ;;
	partuuid)
		if [ "$table" = gpt ]; then echo "PARTUUID=$disk_partuuid_gpt"
		else echo "PARTUUID=$disk_partuuid_mbr"; fi ;;
	partlabel) echo "PARTLABEL=$disk_partlabel" ;;
	device) echo "${part}2" ;;
	esac
}

case_targets() {
	fstype=$2
	case $1 in partlabel) table=gpt ;; esac
	case $fstype in
	vfat) extra_modules=(vfat) ;; # what it asks for is packed with it
	f2fs) extra_modules=(f2fs) list_sums=yes wrapper=hash ;;
	esac
	config_lines=("target = $(target_name "$1")" "path = /var/crash")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	if [ "$fstype" = f2fs ]; then
		check "byte for byte what /proc/vmcore held" same_sum "$(vmcore_sum)" \
			"$(report_line second "^sum .*/vmcore\$" | cut -d ' ' -f 2)"
	else
		judge_vmcore
	fi
}
