# shellcheck shell=sh disable=SC2154 # variables of tests/run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for the modules that nothing depends on and that a kernel asks for by name, and
# for the places where kdump-mkinitramfs works. The modules are the stand-ins of mkinitramfs.sh.

# The modules of a kernel like Debian's; what holds the MODINFO of several lines has \0 between.
make_filesystems() {
	kernel=$here_now/package/lib/modules/6.9.0-test
	mkdir -p "$kernel/kernel" package/boot
	module fat fat_symbol
	module vfat vfat_symbol fat_symbol 'alias=fs-vfat'
	module exfat exfat_symbol
	for name in nls_cp437 nls_cp850 nls_ascii nls_iso8859-1 nls_utf8 nls_koi8-r; do module "$name" x; done
	echo kernel/fs/inside.ko >"$kernel/modules.builtin"
	cat >package/boot/config-6.9.0-test <<-'END'
		CONFIG_FAT_DEFAULT_CODEPAGE=437
		CONFIG_FAT_DEFAULT_IOCHARSET="ascii"
		CONFIG_EXFAT_DEFAULT_IOCHARSET="utf8"
		CONFIG_NLS_DEFAULT="iso8859-1"
	END
}

# pack ARGUMENT...: of those modules.
pack() {
	(cd "$kernel" && find kernel -name '*.ko*' | sort >modules.order)
	make_archive --modules-dir package "$@"
}

packed() { # NAME...: these modules, whatever their order
	[ "$(module_lines | tr ' ' '\n' | sed '/^$/d' | sort | tr '\n' ' ')" = \
		"$(printf '%s.ko\n' "$@" | sort | tr '\n' ' ')" ] || fail "packed: $(module_lines)"
}

# Each is loaded before the next.
in_order() { # NAME...
	last=0
	for name; do
		now=$(module_lines | tr ' ' '\n' | grep -nx "$name.ko" | cut -d : -f 1)
		[ "${now:-0}" -gt "$last" ] || fail "$name is at ${now:-none}, after $last: $(module_lines)"
		last=$now
	done
}

test_fat_brings_the_character_sets_of_this_kernel() {
	make_filesystems
	pack -m vfat
	exits 0
	packed fat vfat nls_cp437 nls_ascii
	[ -z "$err" ] || fail "warnings: $err"
	sed -i 's/437/850/; s/"ascii"/"koi8-r"/' package/boot/config-6.9.0-test
	pack -m vfat
	packed fat vfat nls_cp850 nls_koi8-r
}

test_fat_brings_what_the_options_of_the_target_name() {
	make_filesystems
	printf 'target = /dev/vda\noptions = codepage=850,iocharset=utf8 # not iocharset=koi8-r\n' >options.conf
	pack -m vfat -c options.conf
	exits 0
	packed fat vfat nls_cp437 nls_cp850 nls_ascii nls_utf8
}

test_without_the_kernels_configuration_the_usual_character_sets_come() {
	make_filesystems
	rm package/boot/config-6.9.0-test
	pack -m vfat
	exits 0
	packed fat vfat nls_cp437 nls_ascii nls_iso8859-1 nls_utf8
	[ -z "$err" ] || fail "warnings: $err"
}

test_the_kernels_configuration_is_found_from_any_level() {
	make_filesystems
	for folder in package/lib/modules package/lib/modules/6.9.0-test; do
		pack --modules-dir "$folder" -m vfat
		exits 0
		packed fat vfat nls_cp437 nls_ascii
	done
	mkdir usr
	mv package/lib usr
	mv package/boot .
	make_archive --modules-dir usr -m vfat
	packed fat vfat nls_cp437 nls_ascii
	mv boot/config-6.9.0-test usr/lib/modules/6.9.0-test/config
	make_archive --modules-dir usr -m vfat
	packed fat vfat nls_cp437 nls_ascii
}

test_a_character_set_that_the_kernel_lacks_is_told() {
	make_filesystems
	rm "$kernel/kernel/nls_ascii.ko"
	pack -m vfat
	exits 0
	packed fat vfat nls_cp437
	has "$err" 'vfat asks for nls_ascii, which kernel 6.9.0-test has neither as a module nor built in'
	echo kernel/fs/nls/nls_ascii.ko >>"$kernel/modules.builtin"
	pack -m vfat
	packed fat vfat nls_cp437
	has "$out" 'builtin  nls_ascii'
	[ -z "$err" ] || fail "warnings: $err"
}

test_a_filesystem_that_is_built_in_brings_its_modules_too() {
	make_filesystems
	rm "$kernel/kernel/fat.ko" "$kernel/kernel/vfat.ko"
	printf 'kernel/fs/fat/%s.ko\n' fat vfat >>"$kernel/modules.builtin"
	pack -m vfat -m fat
	exits 0
	packed nls_cp437 nls_ascii
}

test_exfat_asks_for_a_character_set_other_than_utf8_only() {
	make_filesystems
	pack -m exfat
	packed exfat
	echo 'options=iocharset=koi8-r' >options.conf
	pack -m exfat -c options.conf
	packed exfat nls_koi8-r
}

test_nfs_brings_its_versions_and_what_they_need() {
	make_filesystems
	module sunrpc sunrpc_symbol
	module nfs nfs_symbol sunrpc_symbol 'alias=fs-nfs4\0alias=nfs4'
	module nfs_acl nfs_acl_symbol sunrpc_symbol
	module nfsv3 nfsv3_symbol nfs_acl_symbol
	module nfsv4 nfsv4_symbol nfs_symbol
	module nfsv2 nfsv2_symbol nfs_symbol
	pack -m nfs
	exits 0
	packed sunrpc nfs nfs_acl nfsv3 nfsv4
	in_order sunrpc nfs nfsv4
	in_order sunrpc nfs_acl nfsv3
	pack -m nfs4
	packed sunrpc nfs nfs_acl nfsv3 nfsv4
	echo 'options = nfsvers=2,nolock' >options.conf
	pack -m nfs -c options.conf
	packed sunrpc nfs nfs_acl nfsv2 nfsv3 nfsv4
	rm "$kernel/kernel/nfsv3.ko"
	pack -m nfs
	has "$err" 'nfs asks for nfsv3'
}

test_9p_and_ubifs_bring_what_they_ask_for_by_alias() {
	make_filesystems
	module 9pnet p9_symbol
	module 9pnet_virtio virtio_symbol p9_symbol # before 5.17 without an alias
	module 9pnet_fd fd_symbol p9_symbol 'alias=9p-tcp\0alias=9p-fd'
	module 9p v9fs_symbol p9_symbol
	module lzo lzo_symbol '' 'alias=crypto-lzo\0alias=lzo'
	module ubifs ubifs_symbol
	pack -m 9p -m ubifs
	exits 0
	packed 9pnet 9pnet_virtio 9p lzo ubifs
	in_order lzo ubifs
	echo 'options = trans=tcp,version=9p2000.L' >options.conf
	pack -m 9p -c options.conf
	packed 9pnet 9pnet_virtio 9pnet_fd 9p
}

test_flash_brings_what_finds_its_partitions_before_its_driver() {
	make_filesystems
	module ofpart of_symbol
	module spi_nor nor_symbol
	module ubi ubi_symbol
	module ubifs ubifs_symbol ubi_symbol
	pack -m spi_nor -m ubifs
	exits 0
	packed ofpart spi_nor ubi ubifs
	in_order ofpart spi_nor ubifs
	module jffs2 jffs2_symbol
	module cmdlinepart cmdline_symbol
	pack -m spi_nor -m jffs2
	exits 0
	packed ofpart cmdlinepart spi_nor jffs2
	in_order cmdlinepart spi_nor jffs2
}

test_every_line_of_soft_dependencies_counts_and_theirs_too() {
	make_filesystems
	module crc crc_symbol '' 'alias=crypto-crc'
	module deep deep_symbol
	module hash hash_symbol '' 'softdep=pre: deep\0alias=hash64'
	module later later_symbol
	module tree tree_symbol '' 'softdep=pre: crypto-crc\0softdep=pre: hash64 gone\0softdep=fat post: later'
	pack -m tree
	exits 0
	packed crc deep hash fat later tree nls_cp437
	in_order crc tree
	in_order deep hash tree later
	in_order fat tree
}

test_a_filesystem_may_be_named_as_mount_does() {
	make_filesystems
	module ext4 ext4_symbol '' 'alias=fs-ext3'
	pack -m ext3
	exits 0
	packed ext4
}

test_parameters_stay_with_a_module_that_is_asked_for() {
	make_filesystems
	pack -m vfat -m 'nls_ascii level=3'
	exits 0
	has "$(module_lines)" 'nls_ascii.ko level=3 '
}

test_modules_are_unpacked_whatever_kmod_here_was_built_with() {
	for how in 'gzip -n' 'xz --check=crc32' 'zstd -q --rm'; do
		rm -rf package
		make_filesystems
		$how "$kernel/kernel/fat.ko" "$kernel/kernel/vfat.ko" "$kernel/kernel/nls_ascii.ko"
		find package | sort >tree-before
		pack -m vfat
		exits 0
		packed fat vfat nls_cp437 nls_ascii
		in_order fat vfat
		content lib/modules/6.9.0-test/vfat.ko | head -c 4 | grep -q ELF
		rm "$kernel/modules.order"
		find package | sort | cmp - tree-before
	done
}

test_folders_may_have_any_name() {
	make_filesystems
	pack -m vfat
	mv out.img plain.img
	for folder in 'a b' "it's" '-d' 'a&b|c' '[x]' 'a=b'; do
		mkdir -- "$here_now/$folder"
		TMPDIR=$here_now/$folder
		export TMPDIR
		pack -m vfat
		exits 0
		cmp out.img plain.img
		TMPDIR=$folder
		pack -m vfat
		exits 0
		cmp out.img plain.img
		unset TMPDIR
		rmdir -- "$here_now/$folder" || fail "something is left in $folder"
		cp -R package "$here_now/$folder"
		make_archive --modules-dir "./$folder" -m vfat
		exits 0
		cmp out.img plain.img
		rm -rf "${here_now:?}/$folder"
	done
}

test_a_line_of_the_configuration_that_was_mended_is_told() {
	cat >checker <<-'END'
		#!/bin/sh
		echo "$3:1: keep: another sign than =; taken as keep = 3" >&2
	END
	chmod 755 checker
	make_archive --checker ./checker
	exits 0
	has "$err" "$work/good.conf:1: keep: another sign than =; taken as keep = 3"
	lacks "$err" 'in the archive'
}
