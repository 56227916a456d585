# shellcheck shell=bash disable=SC2054 # commas are QEMU's
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Other words than those of the log: records that the dying kernel puts into pstore, in memory that
# nobody else uses, are beside the log in the dump; and what the capture says reaches the listener of
# the running system's netconsole. No module is named by hand in either. So are records of mtdoops, of
# crashes before: the only flash that a kernel of Debian has here cannot be written to in a panic.

define_extra arm64-pstore arm64 pstore
define_extra virt-netconsole virt netconsole
define_extra arm64-netconsole arm64 netconsole
define_extra x86_64-mtdoops x86_64 mtdoops

pstore_region="mem_address=0x60000000 mem_size=0x100000 record_size=0x20000 console_size=0x20000"

pstore_settings() {
	config_lines=("target = LABEL=$disk_label")
	# Without the second word the kernel leaves no record: it goes to the capture kernel before.
	first_extra="$small_memory crash_kexec_post_notifiers"
	# shellcheck disable=SC2206 # a list of names
	first_modules=($modules ramoops) first_parameters="ramoops $pstore_region"
	more_settings="pstore=yes"
}

case_pstore() {
	local board=$case_dir/board record
	pstore_settings
	describe_machine "$board" || return 1
	check "it names the module and where the records are" \
		grep -x 'module = ramoops mem_address=1610612736 mem_size=1048576 .*' "$board"
	case_new "$machine"
	pstore_settings
	extra_modules=() modules='' archive_options=(--for "$board")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean ext4
	judge_files ext4 || return 1
	judge_status
	check "kdump-init copied the records" said 'saved [1-9][0-9]* of [1-9][0-9]* records of pstore'
	record=$(report_line second "^dump -rw------- .* $dump/pstore/dmesg-ramoops-" | sed -n '1s/.* //p')
	check "there is a record of the panic, and private" [ -n "$record" ] || return 1
	disk_debugfs "$disk_image" "dump $record $case_dir/record"
	check "it says why the kernel died" \
		grep -a 'Kernel panic - not syncing: sysrq triggered crash' "$case_dir/record"
	check "it is still in pstore after the reboot" \
		report_line second "^pstore ${record##*/}\$"
}

netconsole_settings() {
	local nic=virtio-net-device
	[ "$disk_bus" = virtio-blk-device ] || nic=virtio-net-pci
	config_lines=("target = LABEL=$disk_label")
	machine_extra=(-netdev user,id=n0 -device "$nic,netdev=n0")
	first_extra="$small_memory netconsole=6665@10.0.2.15/eth0,$port@10.0.2.2/52:55:0a:00:02:02"
	# shellcheck disable=SC2206 # a list of names
	first_modules=($modules virtio_net)
}

# Whatever is sent to the host's own address, into a file; says at which port it listens.
listen_to_udp() { # FILE
	python3 -u -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
with open(sys.argv[1], "wb", buffering=0) as f:
    while True:
        f.write(s.recv(65536))' "$1"
}

case_netconsole() {
	local board=$case_dir/board heard=$case_dir/heard port listener
	listen_to_udp "$heard" >"$case_dir/port" 3>&- 8>&- &
	listener=$!
	wait_until 60 [ -s "$case_dir/port" ]
	port=$(cat "$case_dir/port")
	note "a listener at port $port"
	netconsole_settings
	hear_capture
	kill "$listener"
	wait "$listener" 2>/dev/null # killed, as it should be
}

hear_capture() {
	describe_machine "$board" || return 1
	check "it names the driver of the interface" grep -x 'driver = virtio_net' "$board"
	check "it names netconsole with what it is to do" \
		grep -x "module = netconsole netconsole=6665@10.0.2.15/eth0,$port@10.0.2.2/.*" "$board"
	case_new "$machine"
	netconsole_settings
	extra_modules=() modules='' archive_options=(--for "$board")
	crash_and_capture || return 1
	disk_report "$disk_image" first >"$case_dir/report.first"
	disk_report "$disk_image" second >"$case_dir/report.second"
	check "the first system crashed with a capture kernel loaded" loaded_and_crashed || return 1
	judge_files ext4 || return 1
	judge_status
	check "the listener heard why it died" grep -a 'kdump-init: why it died: ' "$heard"
	check "the listener heard that the dump is complete" grep -a 'kdump-init: complete: /var/crash/0001-' "$heard"
	check "the listener heard the last words of kdump-init" grep -a 'kdump-init: rebooting' "$heard"
	check "so did who looks at the console" grep -a 'kdump-init: complete: /var/crash/0001-' "$case_dir/console.log"
	check "no line was left out" not grep -a 'output lines suppressed' "$heard"
}

# mtdoops_flash FILE DIRECTORY: blank flash with three records, each also a file as it is to be copied:
# struct mtdoops_hdr of linux/drivers/mtd/mtdoops.c, the text, and what was erased.
mtdoops_flash() {
	python3 -c 'import struct, sys
flash = bytearray(b"\xff" * (8 << 17))
for place, number in (30, 41), (31, 42), (0, 43):
    text = b"<4>[    1.000000] the words of crash number %d\n" % number * 20
    record = struct.pack("<IIq", number, 0x5d005e00, 1700000000 * 10**9) + text
    record = record.ljust(4096, b"\xff")
    flash[place * 4096 : (place + 1) * 4096] = record
    with open("%s/mtdoops-%d" % (sys.argv[2], number), "wb") as f:
        f.write(record)
with open(sys.argv[1], "wb") as f:
    f.write(flash)' "$1" "$2"
}

case_mtdoops() {
	local flash=$case_dir/second.img words=$case_dir/words record
	mkdir -p "$words"
	mtdoops_flash "$flash" "$words" && cp "$flash" "$case_dir/before.img" || return 1
	two_disks
	config_lines=("target = LABEL=$disk_label")
	first_extra=$small_memory
	archive_options=(-m 'block2mtd block2mtd=/dev/vdb,131072')
	# shellcheck disable=SC2206 # a list of names
	first_modules=($modules block2mtd mtdoops)
	first_parameters='block2mtd block2mtd=/dev/vdb,131072'$'\n''mtdoops mtddev=0'
	machine_extra=(-drive "file=$flash,format=raw,if=none,id=d1,cache=unsafe"
		-device "$disk_bus,drive=d1")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean ext4
	judge_files ext4 || return 1
	judge_status
	check "mtdoops found its records" grep -a 'mtdoops: Attached to MTD device 0' "$case_dir/console.log"
	check "kdump-load handed its flash over" \
		grep -a 'kdump-load: command line: .* mtdoops.mtddev=0 mtdoops.record_size=4096 ' "$case_dir/console.log"
	check "kdump-init copied the records" said 'saved 3 of 3 records of mtdoops'
	for record in 41 42 43; do
		check "number $record is there, and private" listed '-rw------- 0:0' "/pstore/mtdoops-$record"
		disk_debugfs "$disk_image" "dump $dump/pstore/mtdoops-$record $case_dir/record"
		check "number $record is as it was in flash" cmp "$words/mtdoops-$record" "$case_dir/record"
	done
	check "the flash was only read" cmp "$case_dir/before.img" "$flash"
}
