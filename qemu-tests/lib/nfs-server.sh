# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An NFS server for the guest, in user space: Debian's nfs-ganesha, unpacked, never installed, at a
# port of the host's loopback. NFSv4 alone: for version 3 it wants to register with rpcbind, which
# would be a service of the host. It needs root, for it opens files by their handles.

fetch_ganesha() {
	fetch nfs-ganesha "$(dpkg --print-architecture)" nfs-ganesha nfs-ganesha-vfs libntirpc4.3 \
		libnfsidmap1 liburcu8 libwbclient0 libgssapi-krb5-2 libkrb5-3 libkrb5support0 \
		libk5crypto3 libkeyutils1 libcom-err2 libacl1 libblkid1 libcap2 libdbus-1-3 libuuid1
}

# The libraries of the unpacked server, as a path.
ganesha_libraries() {
	find "$unpacked/nfs-ganesha" -name '*.so*' -printf '%h\n' | sort -u | paste -s -d :
}

ganesha_config() { # PORT
	cat <<-END
		NFS_CORE_PARAM {
			Protocols = 4;
			NFS_Port = $1;
			Bind_addr = 127.0.0.1;
			Enable_UDP = false;
			Enable_NLM = false;
			Enable_RQUOTA = false;
			fsid_device = true;
			Plugins_Dir = $(dirname "$(find "$unpacked/nfs-ganesha" -name libfsalvfs.so)");
		}
		NFSv4 {
			Graceless = true;
			RecoveryRoot = $case_dir/nfs-state;
			UseGetpwnam = true;
			Only_Numeric_Owners = true;
		}
		EXPORT {
			Export_Id = 1;
			Path = $case_dir/export;
			Pseudo = /crash;
			Access_Type = RW;
			Squash = No_Root_Squash;
			SecType = sys;
			FSAL { Name = VFS; }
		}
	END
}

# A port of the loopback that nobody has now.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Exports $case_dir/export as /crash, at $nfs_port.
start_ganesha() {
	nfs_port=$(free_port)
	mkdir -p "$case_dir"/{export,nfs-state}
	ganesha_config "$nfs_port" >"$case_dir/ganesha.conf"
	LD_LIBRARY_PATH=$(ganesha_libraries) "$unpacked/nfs-ganesha/usr/bin/ganesha.nfsd" -F \
		-f "$case_dir/ganesha.conf" -L "$case_dir/ganesha.log" -p "$case_dir/ganesha.pid" \
		</dev/null >/dev/null 2>&1 3>&- 8>&- 9>&- &
	nfs_pid=$!
	for _ in $(seq 100); do
		! grep -q 'NFS SERVER INITIALIZED' "$case_dir/ganesha.log" 2>/dev/null || return 0
		kill -0 "$nfs_pid" 2>/dev/null || break
		sleep 0.1
	done
	tail -n 20 "$case_dir/ganesha.log"
	return 1
}

stop_ganesha() {
	kill -KILL "$nfs_pid" 2>/dev/null || true
	wait "$nfs_pid" 2>/dev/null || true
	rm -rf "$case_dir/nfs-state"
}
