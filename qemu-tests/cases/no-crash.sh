# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# init=/sbin/kdump-init on a machine that did not crash locks nobody out: it
# hands over to the real init, as PID 1.

define virt-no-crash virt no_crash
define_extra raspi0-no-crash raspi0 no_crash

root_directory() {
	mkdir -p "$1"/{bin,sbin,proc,sys,dev,etc,case,mnt,tmp}
	cp "$unpacked/userland-$userland/bin/busybox" "$1/bin/"
	cp "$(kdump_binary)" "$1/sbin/kdump-init"
	cp "$tests/first-system/real-init" "$1/sbin/init"
	chmod 755 "$1/sbin/init" "$1/sbin/kdump-init"
	cp "$case_dir/settings" "$1/case/settings"
}

case_no_crash() {
	local root=$case_dir/root
	mode=no-crash boot_limit=1
	write_settings
	root_directory "$root"
	disk_make "$disk_image" "$table" ext4 "$root"
	rm -rf "$root"
	first_system "$case_dir/first.cpio"
	run_machine || return 1
	disk_report "$disk_image" first >"$case_dir/report.first"
	disk_report "$disk_image" second >"$case_dir/report.second"
	check "the root filesystem's init was kdump-init" \
		report_line first '^switching to kdump-init'
	check "the real init runs" report_line second '^real init runs'
	check "as PID 1" report_line second '^pid 1$'
	check "with the panic timeout of the command line" report_line second '^panic 10$'
	check "and as killable for lack of memory as ever" report_line second '^oom_score_adj 0$'
	check "no dump was made" not report_line second '^dump'
}
