# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# NFS as target, of a server in user space on the host's loopback (lib/nfs-server.sh). The network
# is set up as for tcp.sh; the rest is the capture kernel's own client.

define_extra virt-nfs4 virt nfs 4.1
needs virt-nfs4 ganesha

case_nfs() { # VERSION
	local found
	[ "$(id -u)" = 0 ] || { note "needs root, for the server"; return 77; }
	extra_modules=(nfs)
	set_network 4
	check "the NFS server starts" start_ganesha || { stop_ganesha; return 1; }
	config_lines=("target = $desk_seen:/crash" "options = vers=$1,port=$nfs_port")
	first_extra=$small_memory when_built=add_config
	keep_ram
	crash_and_capture || { stop_ganesha; return 1; }
	stop_ganesha
	check "kdump-init has set the network up" said 'network: [a-z0-9]* is up'
	check "kdump-init mounted it" said "mounted $desk_seen:/crash, nfs"
	check "kdump-init saved the dump" said "complete: /var/crash/0001-[0-9TZ]* on $desk_seen:"
	judge_kept || return 1
	desk=$case_dir/export/var/crash
	check "exactly one dump, with a name and a time" find_sent || return 1
	judge_sent
	rm -rf "$case_dir/export"
}
