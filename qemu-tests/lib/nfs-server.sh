# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An NFS server for the guest, in user space: Debian's nfs-ganesha and rpcbind, unpacked, never
# installed, in a network of their own, where they have the ports that they are known by. QEMU runs
# in there, too, and its network of the user leads to them. All of it needs root, and ends with
# the process that was started.

fetch_ganesha() {
	fetch nfs-ganesha "$(dpkg --print-architecture)" nfs-ganesha nfs-ganesha-vfs libntirpc4.3 \
		libnfsidmap1 liburcu8 libwbclient0 libgssapi-krb5-2 libkrb5-3 libkrb5support0 \
		libk5crypto3 libkeyutils1 libcom-err2 libacl1 libblkid1 libcap2 libdbus-1-3 libuuid1 \
		rpcbind libtirpc3 libwrap0
}

ganesha_config() {
	cat <<-END
		NFS_CORE_PARAM {
			Protocols = 3, 4;
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
			Pseudo = $case_dir/export;
			Access_Type = RW;
			Squash = No_Root_Squash;
			SecType = sys;
			FSAL { Name = VFS; }
		}
	END
}

# What runs in the namespaces. rpcbind wants a user whom its package would make, and a /run.
ganesha_script() {
	cat <<-END
		ip link set lo up
		mount -t tmpfs run /run
		mkdir /run/rpcbind
		{ cat /etc/passwd; echo '_rpc:x:998:65534::/run/rpcbind:/bin/false'; } >/run/passwd
		mount --bind /run/passwd /etc/passwd
		export LD_LIBRARY_PATH=$(find "$unpacked/nfs-ganesha" -name '*.so*' -printf '%h\n' |
			sort -u | paste -s -d :)
		$unpacked/nfs-ganesha/sbin/rpcbind -w -f &
		for i in \$(seq 100); do [ ! -S /run/rpcbind.sock ] || break; sleep 0.1; done
		$unpacked/nfs-ganesha/usr/bin/ganesha.nfsd -F -f $case_dir/ganesha.conf \
			-L $case_dir/ganesha.log -p /run/ganesha.pid
	END
}

# Exports $case_dir/export, and lets the machine of the case start where it is seen.
start_ganesha() {
	mkdir -p "$case_dir"/{export,nfs-state}
	ganesha_config >"$case_dir/ganesha.conf"
	unshare --net --mount --pid --fork --kill-child sh -c "$(ganesha_script)" \
		</dev/null >"$case_dir/ganesha.out" 2>&1 3>&- 8>&- 9>&- &
	nfs_pid=$!
	for _ in $(seq 1000); do
		! grep -q 'NFS SERVER INITIALIZED' "$case_dir/ganesha.log" 2>/dev/null || {
			qemu=(nsenter --target "$nfs_pid" --net "${qemu[@]}")
			return 0
		}
		kill -0 "$nfs_pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$case_dir/ganesha.out"
	tail -n 20 "$case_dir/ganesha.log"
	return 1
}

stop_ganesha() {
	kill -KILL "$nfs_pid" 2>/dev/null || true
	wait "$nfs_pid" 2>/dev/null || true
	rm -rf "$case_dir/nfs-state"
}
