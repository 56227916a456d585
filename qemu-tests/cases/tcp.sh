# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A target on another machine: kdump-init receive listens on the host's loopback, which QEMU's
# network of the user leads to. The way there is what kdump-load found in the first system. tcp:
# the dump is there; tcp-cut: the receiver dies while the memory comes; tcp-silent: it stops, and
# says nothing any more. Then nothing of the memory has its final name, and the next target gets
# the whole dump.

define virt-tcp virt tcp 4
define_extra virt-tcp6 virt tcp 6
define_extra arm64-tcp arm64 tcp 4
define_extra x86_64-tcp x86_64 tcp 4
define_extra virt-tcp-cut virt tcp_cut KILL 'Connection reset'
define_extra virt-tcp-silent virt tcp_cut STOP 'no progress for 10 s'

# The receiver, on a port that is free, as $desk_port.
start_desk() { # ADDRESS
	desk=$case_dir/desk desk_log=$case_dir/desk.log
	"$build/host/kdump-init" receive --once --bind "$1" --port 0 "$desk" \
		</dev/null >"$desk_log" 2>&1 3>&- 8>&- 9>&- &
	desk_pid=$!
	wait_until 60 grep -q '^waiting at port' "$desk_log" || { cat "$desk_log"; return 1; }
	desk_port=$(sed -n 's/^waiting at port \([0-9]*\) .*/\1/p' "$desk_log")
}

stop_desk() {
	kill -KILL "$desk_pid" 2>/dev/null || true
	wait "$desk_pid" 2>/dev/null || true
}

# What differs by machine and family: the card, the addresses, what the capture kernel drives.
set_network() { # FAMILY
	local card=virtio-net-device
	[ "$machine" != x86_64 ] || card=virtio-net-pci
	machine_extra+=(-netdev "user,id=n0,ipv4=on,ipv6=on" -device "$card,netdev=n0")
	extra_modules+=(virtio_net)
	if [ "$1" = 4 ]; then
		desk_at=127.0.0.1 desk_seen='10.0.2.2' more_settings='network="10.0.2.15/24 10.0.2.2"'
	else
		desk_at=::1 desk_seen='[fec0::2]' more_settings='network="fec0::15/64 fec0::2"'
	fi
}

# kdump-load reads the targets where a user has them.
add_config() {
	local dir=$case_dir/etc-files
	mkdir -p "$dir/etc"
	cp "$case_dir/kdump-init.conf" "$dir/etc/"
	capture_add "$case_dir/first.cpio" "$dir"
	rm -rf "$dir"
}

case_tcp() {
	local code=0
	extra_modules=()
	set_network "$1"
	check "kdump-init receive listens" start_desk "$desk_at" || return 1
	config_lines=("target = tcp:$desk_seen:$desk_port" "insecure = yes")
	first_extra=$small_memory when_built=add_config
	keep_ram
	crash_and_capture || { stop_desk; return 1; }
	check "kdump-init has set the network up" said 'network: [a-z0-9]* is up'
	check "kdump-init saved the dump" said "complete: /0001-[0-9TZ]* on tcp:"
	judge_kept || { stop_desk; return 1; }
	wait "$desk_pid" || code=$?
	check "the receiver says that it is there" grep ': complete, .*sysrq triggered crash$' "$desk_log"
	check "and ends well" [ "$code" = 0 ]
	check "exactly one dump, with a name and a time" take_dump "$desk" || return 1
	judge_sent
}

# What was sent is judged against the RAM that QEMU kept as well.
judge_sent() {
	judge_moved
	judge_ram "$case_dir/dump/vmcore"
	rm -f "$(ram_file)"
}

# Once so much of the memory is there, something happens to the receiver.
meddle_with_desk() {
	(
		while machine_runs; do
			for f in "$desk"/*/vmcore-incomplete; do
				[ -f "$f" ] || continue
				[ "$(du -k "$f" | cut -f 1)" -gt 2048 ] || continue
				kill -"$desk_signal" "$desk_pid"
				exit
			done
			sleep 0.02
		done
	) 3>&- 8>&- 9>&- &
}

case_tcp_cut() { # SIGNAL WORDS
	desk_signal=$1
	set_network 4
	check "kdump-init receive listens" start_desk "$desk_at" || return 1
	config_lines=("insecure = yes" "stall = 10" "target = tcp:$desk_seen:$desk_port"
		"target = LABEL=$disk_label")
	first_extra=$small_memory when_built=add_config meanwhile=meddle_with_desk
	crash_and_capture || { stop_desk; return 1; }
	stop_desk
	check "kdump-init notices" said "${*:2}"
	judge_round_trip || return 1
	check "nothing of the memory has its final name" ls "$desk"/0001-*/vmcore-incomplete
	check "nor is there a status" not ls "$desk"/0001-*/vmcore "$desk"/0001-*/status
	check "the log was whole before" grep -a 'sysrq triggered crash' "$desk"/0001-*/vmcore-dmesg.txt
	judge_clean ext4
	judge_files ext4 || return 1
	judge_status
	judge_vmcore
	rm -rf "$desk"
}
