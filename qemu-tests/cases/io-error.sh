# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One sector of the card cannot be written, in the middle of the dump. On vfat the
# data goes through the page cache, and the error comes up long after the write:
# what is not whole must not bear its final name. Less is saved on the same card.

define virt-io-error virt io_error 200000

case_io_error() {
	fstype=vfat
	extra_modules=(vfat)
	config_lines=("target = UUID=$disk_fat_uuid")
	first_extra=$small_memory
	# shellcheck disable=SC2034 # of lib/machine.sh; commas are QEMU's
	qemu_drive=(
		-blockdev "driver=file,filename=DISK,node-name=f0"
		-blockdev "driver=blkdebug,node-name=b0,image=f0,inject-error.0.event=none,inject-error.0.iotype=write,inject-error.0.sector=$1,inject-error.0.errno=5"
		-blockdev "driver=raw,node-name=d0,file=b0"
		-device "virtio-blk-device,drive=d0,werror=report,rerror=report")
	crash_and_capture || return 1
	judge_round_trip || return 1
	check "the kernel met the error" grep -a -q "I/O error, dev $disk, sector" "$case_dir/console.log"
	check "kdump-init says so" said 'cannot save the memory'
	check "the target can be looked at afterwards" report_line second '^mounted$'
	check "it comes back with less" said 'attempt 2: a filtered dump to '
	check "which is saved, if no more than the log" said '(complete|saved the log): '
	check "exactly one directory is complete" \
		[ "$(report_line second '^dump .*/status$' | wc -l)" = 1 ]
	check "and no vmcore is there but the one that is" \
		[ "$(report_line second '^dump .*/vmcore$' | wc -l)" = "$(said 'complete: ' | wc -l)" ]
}
