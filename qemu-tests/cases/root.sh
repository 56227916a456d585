# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without an archive and without a configuration: kdump-init lies on the root
# partition, which the kernel has mounted read-only, and init= starts it. The
# dump goes to /var/crash there, and the partition is clean afterwards.

define virt-root virt root

case_root() {
	disk_content=$case_dir/root
	mkdir -p "$disk_content"/{sbin,proc,sys,dev,etc,var}
	cp "$(kdump_binary)" "$disk_content/sbin/kdump-init"
	chmod 755 "$disk_content/sbin/kdump-init"
	wrapper="root"
	append="root=${part}2"
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "it noticed that it stands on its target" said 'remounted'
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	judge_vmcore
}
