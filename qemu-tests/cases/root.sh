# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without an archive and without a configuration: kdump-init lies on the root
# partition, which the kernel has mounted read-only, and init= starts it. The
# dump goes to /var/crash there, and the partition is clean afterwards.
#
# virt-root does so with Debian's kernel, whose drivers an archive has to load before. The cases
# called -article do it to the letter: the kernel that captures has its drivers built in and no
# archive at all, its command line says root=/dev/mmcblk0p2 init=/sbin/kdump-init. Debian's kernel,
# which has modules, is refused in that place, with the command that packs them.

define virt-root virt root
define_extra virt-article virt article virt
define_extra raspi0-article raspi0 article raspi0

root_partition() {
	disk_content=$case_dir/root
	mkdir -p "$disk_content"/{sbin,proc,sys,dev,etc,var}
	cp "$(kdump_binary)" "$disk_content/sbin/kdump-init"
	chmod 755 "$disk_content/sbin/kdump-init"
}

case_root() {
	root_partition
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

# case_article BOARD: whose kernel it is.
case_article() {
	local dir=$build/kernel-without-archive/$1
	build_without_archive "$1" "$dir" || return
	root_partition
	mode=article crashkernel=24M append="root=${part}2 init=/sbin/kdump-init"
	first_extra=$small_memory
	write_settings
	disk_make "$disk_image" "$table" "$fstype" "$disk_content"
	first_system "$case_dir/first.cpio" "$(find "$dir/boot" -name 'vmlinuz-*')"
	run_machine || return 1
	judge_round_trip || return 1
	check "Debian's kernel is refused, its drivers being modules" report_line first \
		'^refused: .*root= needs drivers that are modules here.*kdump-mkinitramfs -k .* -m ext4'
	check "it noticed that it stands on its target" said 'remounted'
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	judge_vmcore
}

# build_without_archive BOARD DEST: what the kernel's own build links in where nothing is named,
# the folders that it mounts root= in. 77 where the mirror has no source of a kernel.
build_without_archive() {
	local rc=0 config=$repo/config/kernel arch=armhf
	[ "$1" != raspi0 ] || arch=armel
	bsdtar -c --format newc -f "$case_dir/folders.cpio" @- <<-END
		#mtree
		./dev type=dir mode=0755 uid=0 gid=0
		./dev/console type=char mode=0600 uid=0 gid=0 device=native,5,1
		./root type=dir mode=0700 uid=0 gid=0
	END
	"$config/build-kernel" --initramfs "$case_dir/folders.cpio" "$arch" "$2" linux-source-6.12 \
		"$config"/{capture,linked-in}.config "$config/$1.config" >&3 2>&3 || rc=$?
	[ "$rc" != 3 ] || return 77
	check "the kernel of $1 builds" [ "$rc" = 0 ]
}
