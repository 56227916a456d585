# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Targets that are slow, and not dead. A journal whose replay takes many times `stall`,
# within one mount(2), is waited for, since the disk's counters move. A target too slow
# for the whole memory before `timeout` gets a filtered dump, a slower one the log; both
# are told in numbers.

# shellcheck source-path=SCRIPTDIR
. "$tests/lib/fault-stall.sh"

define_extra fault-slow-journal virt slow_journal
define fault-slow-target virt slow_target
define fault-slower-target virt slower_target

# A second disk of 3 MB/s, and in its journal 60 MiB that were never written to their places.
# Those are free blocks, so that the replay changes nothing.
dirty_disk() {
	local image=$case_dir/dirty.img
	disk=vdb part=/dev/vdb
	mke2fs -q -F -t ext4 -b 4096 -L dirty -J size=128 -E nodiscard,root_owner=0:0 "$image" 512M
	printf '%s\n' jo 'jw -b 90000-105000 /dev/zero' jc >"$case_dir/requests"
	debugfs -w -f "$case_dir/requests" "$image" >/dev/null 2>&1
	# shellcheck disable=SC2034,SC2054 # of lib/machine.sh; commas are QEMU's
	machine_extra=(
		-drive "file=$image,format=raw,if=none,id=d1,cache=unsafe,throttling.bps-total=3000000"
		-device virtio-blk-device,drive=d1)
	check "the journal has to be replayed" \
		eval "dumpe2fs -h '$image' 2>/dev/null | grep -q needs_recovery"
}

case_slow_journal() {
	deadline=600
	dirty_disk
	config_lines=("stall = 5" "target = LABEL=dirty" "format = kdump")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	note "from mounting to the dump: $(mount_seconds) s"
	check "the mount took longer than stall" [ "$(mount_seconds)" -gt 10 ]
	check "the disk was not taken for one that hangs" not said '(hangs|given up)'
	check "the dump is complete, at the first attempt" said 'complete: .* on LABEL=dirty'
	check "the disk is sound" sound "$case_dir/dirty.img"
	check "its dump has a status" has_name "$case_dir/dirty.img" status
	rm -f "$case_dir/dirty.img"
}

# By the capture kernel's clock: between what it said of the loaded modules and of the mount.
mount_seconds() {
	tr -d '\r' <"$case_dir/console.log" | awk '
		/^\[ *0\.000000\] Linux version/ { boot++ }
		boot == 2 { split(substr($0, 2), t, /[.\]]/) }
		boot == 2 && /virtio_blk|vda: /	 { from = t[1] }
		boot == 2 && /EXT4-fs \(vda\): mounted/ { print t[1] - from; exit }'
}

slow_case() {
	deadline=600
	qemu_drive[1]+=,throttling.bps-write=$1
	# A filesystem that is new writes its inode tables in the background, for minutes here.
	config_lines=("target = UUID=$disk_uuid" "options = noinit_itable" "stall = 10" "timeout = $2")
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "it says that the target is too slow, in numbers" \
		said 'too slow: [0-9]+ KiB/s; the [0-9]+ MiB to come would take [0-9]+ s, and [0-9]+ s are left'
	note "$(said 'too slow' | head -n 1)"
	judge_clean ext4
	check "nothing is left incomplete" not report_line second '^dump .*-incomplete'
}

case_slow_target() {
	slow_case 1200000 40 || return 1
	check "it changes to a filtered dump" said 'a filtered dump instead'
	judge_files ext4 || return 1
	check "the dump can be pulled out of the disk image" pull_dump "$case_dir/dump" || return 1
	check "status: a filtered dump" status_says "$case_dir/dump" kdump 31 zlib
	check "kdump-init verify agrees" "$build/host/kdump-init" verify "$case_dir/dump"
}

case_slower_target() {
	slow_case 400000 30 || return 1
	check "it changes to the log" said 'the log alone, then'
	check "nothing bears the name vmcore" not report_line second '^dump .*/vmcore$'
	check "the log is there" report_line second '^dump -rw------- .*/vmcore-dmesg.txt$'
	check "status says that it is the log only" report_line second '^status result=log-only$'
}
