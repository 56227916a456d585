# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges a crash of any kernel whose guest had its RAM in a file of the host and did not boot
# again: the dumps of the disk image against that RAM, the log, the frames of level 31. What
# is worth a table (qemu-tests/kernels-table) goes into the case's `facts`, key=value.

ram_file() {
	echo "$case_dir/ram.img"
}

# The guest's RAM in a file that outlives QEMU; it ends where the capture kernel reboots.
keep_ram() {
	no_reboot=yes
	# shellcheck disable=SC2054 # commas are QEMU's
	machine_extra+=(-no-reboot -machine memory-backend=kept
		-object "memory-backend-file,id=kept,size=${memory}M,mem-path=$(ram_file),share=on")
}

fact() {
	echo "$1=$2" >>"$case_dir/facts"
}

# The machine crashed, kdump-init ran, and the capture kernel ended by itself.
judge_kept() {
	disk_report "$disk_image" first >"$case_dir/report.first"
	check "the first system crashed with a capture kernel loaded" \
		loaded_and_crashed || return 1
	check "kdump-init ran" said . || return 1
	check "two boots in all: first, capture" [ "$(boots_seen "$case_dir/console.log")" = 2 ]
	check "no oops, panic or BUG in the capture kernel" capture_is_calm
	check "kdump-init came to its end" said rebooting
}

# Names in a directory of the target: mode, owner, name.
disk_names() {
	disk_debugfs "$disk_image" "ls -p $1" | awk -F / '
	$6 != "" && $6 != "." && $6 != ".." { print $3, $4 ":" $5, $6 }'
}

# Sets `dumps` to the folders of COUNT dumps in their order; nothing else may be there.
find_dumps() {
	disk_names "$dump_path"
	mapfile -t dumps < <(disk_names "$dump_path" | cut -d ' ' -f 3 | sort)
	[ "${#dumps[@]}" = "$1" ] || return 1
	! printf '%s\n' "${dumps[@]}" | grep -v -x -E '[0-9]{4}-[0-9]{8}T[0-9]{6}Z'
}

# private NAME: the four files, and nothing else, for root only.
private() {
	disk_names "$dump_path/$1"
	[ "$(disk_names "$dump_path" | grep " $1\$")" = "040700 0:0 $1" ] &&
		[ "$(disk_names "$dump_path/$1" | sort)" = "$(printf '100600 0:0 %s\n' \
			capture.log status vmcore vmcore-dmesg.txt)" ]
}

# get_dump NUMBER DIRECTORY: its files, out of the disk image.
get_dump() {
	dump=$dump_path/${dumps[$1]}
	check "${dumps[$1]}: four files, all private" private "${dumps[$1]}"
	check "${dumps[$1]} can be pulled out of the disk image" pull_dump "$2"
}

# status_has DIRECTORY KEY=VALUE...
status_has() {
	local want
	for want in "${@:2}"; do
		grep -x -F -- "$want" "$1/status" || {
			echo "not so: $want; status has"
			cat "$1/status"
			return 1
		}
	done
}

# judge_dump DIRECTORY KEY=VALUE...: what every complete dump has to say of itself.
judge_dump() {
	local size crc
	size=$(stat -c %s "$1/vmcore")
	crc=$(crc32_of "$1/vmcore")
	check "${1##*/}: status: result, format, sizes" status_has "$1" result=complete \
		pages_unreadable=0 "dump_bytes=$size" "crc32=$crc" "${@:2}"
	check "${1##*/}: status: the old kernel" status_has "$1" "kernel=$(kernel_version "$kernel")"
	check "${1##*/}: status: why it died" status_has "$1" \
		"panic=Kernel panic - not syncing: sysrq triggered crash"
	check "${1##*/}: status: time of the crash" grep -E '^crash_time=[1-9]' "$1/status"
	check "${1##*/}: the dump is whole, kdump-init verify agrees" whole_dump "$1"
}

# The ELF dump is what the machine's memory was, and still is.
judge_ram() {
	local out=$case_dir/compare-ram.log
	check "the ELF dump is byte for byte the machine's RAM" same_ram "$1" "$out"
	fact ram_mib "$(sed -n 's/^compared \([0-9]*\) MiB.*/\1/p' "$out")"
	fact ram_pages_that_differ "$(sed -n 's/.*, \([0-9]*\) pages differ$/\1/p' "$out")"
}

same_ram() {
	"$tests/lib/compare-ram" "$1" "$(ram_file)" "$ram_base" >"$2" 2>&1
	local rc=$?
	cat "$2"
	return $rc
}

# The lines of first-system/talk, as the kernel's log has them.
talked_lines() {
	awk -v lines="$log_lines" -v longest="${log_longest:-900}" 'BEGIN {
		for (i = 0; i < 40; i++)
			pad = pad "and so on, words of a log line "
		for (i = 0; i < lines; i++)
			printf "talk %d: %s\n", i, substr(pad, 1, i * 37 % longest)
	}'
}

has_talked_lines() {
	local lost
	lost=$(grep -v -x -F -f <(sed 's/^\[[^]]*\] //' "$1") <(talked_lines))
	[ -z "$lost" ] || { echo "$(wc -l <<<"$lost") lines are not there, the first:" "$lost"; return 1; }
}

# judge_dmesg CORE LOG: by what was said to it, and by vmcore-dmesg of kexec-tools, which
# does not understand every kernel: those are named in first-system's table.
judge_dmesg() {
	check "the log holds each of the $log_lines lines" has_talked_lines "$2"
	check "the log begins with the kernel's first line" grep -q 'Linux version' <(head -n 5 "$2")
	check "the log ends with the kernel's last words" grep -E "$last_words" <(tail -n 1 "$2")
	check "vmcore-dmesg of kexec-tools reads the dump" \
		run_vmcore_dmesg "$1" "$case_dir/dmesg.log" || return 0
	check "vmcore-dmesg prints the same log" cmp "$case_dir/dmesg.log" "$2"
}

# kdump_load_dry_run MIB OPTION...: what a dry run says where MIB MiB are reserved. kdump-load
# reads its facts of a system from a folder, so it can be asked here.
kdump_load_dry_run() {
	local root=$case_dir/root
	mkdir -p "$root"/{proc/sys/kernel,sys/kernel/kexec,boot}
	echo "console=$console root=/dev/$disk" >"$root/proc/cmdline"
	kernel_version "$kernel" >"$root/proc/sys/kernel/osrelease"
	echo $(($1 << 20)) | tee "$root/sys/kernel/kexec_crash_size" >"$root/sys/kernel/kexec/crash_size"
	KDUMP_ROOT=$root "$repo/initramfs/kdump-load" --dry-run "${@:2}" 2>&1
	rm -rf "$root"
}

# What kdump-load says of this kernel and archive where 1 MiB is reserved: the least that it
# recommends.
smallest_reservation() {
	kdump_load_dry_run 1 --kernel "$(kernel_image "$kernel")" --initrd "$case_dir/capture.cpio" |
		sed -n 's/.*crashkernel=\([0-9]*M\) or more.*/\1/p'
}

# Reserves what kdump-load recommends, and no more: it has to be enough. KDUMP_RESERVE=64M
# tries another size.
reserve_smallest() {
	local smallest
	smallest=$(smallest_reservation)
	check "kdump-load says how much this kernel needs" [ "${smallest%M}" -gt 8 ] || return 1
	note "kdump-load recommends $smallest"
	crashkernel=${KDUMP_RESERVE:-$smallest}
	fact crashkernel "$crashkernel"
}

# It loaded the kernel, and had nothing to warn of.
load_was_calm() {
	local said
	said=$(tr -d '\r' <"$case_dir/console.log" | sed -n "s/^T-$nonce: kdump-load: //p")
	echo "$said"
	grep -q '^kdump-load: loaded ' <<<"$said" && ! grep -E 'warning|refused' <<<"$said"
}
