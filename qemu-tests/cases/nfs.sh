# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# NFS as target, of a server in user space (lib/nfs-server.sh). The network is set up as for
# tcp.sh; the rest is the capture kernel's own client.

for version in 3 4.1; do
	define_extra virt-nfs${version%.*} virt nfs $version
	needs virt-nfs${version%.*} ganesha
done

case_nfs() { # VERSION
	[ "$(id -u)" = 0 ] || { note "needs root, for the server"; return 77; }
	extra_modules=(nfs)
	set_network 4
	check "the NFS server starts" start_ganesha || { stop_ganesha; return 1; }
	config_lines=("target = $desk_seen:$case_dir/export" "options = vers=$1")
	first_extra=$small_memory when_built=add_config
	keep_ram
	crash_and_capture || { stop_ganesha; return 1; }
	stop_ganesha
	check "kdump-init has set the network up" said 'network: [a-z0-9]* is up'
	check "kdump-init mounted it" said "mounted $desk_seen:$case_dir/export, nfs"
	check "kdump-init saved the dump" said "complete: /var/crash/0001-[0-9TZ]* on $desk_seen:"
	judge_kept || return 1
	check "exactly one dump, with a name and a time" take_dump "$case_dir/export/var/crash" || return 1
	judge_sent
	rm -rf "$case_dir/export"
}
