# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The one place that knows the emulated machines: which kernel they run, how
# QEMU is started for them, what their disk is called, how long they may take.
# machine_use NAME sets the variables below, machine_use NAME+KERNEL those of the same
# machine with a kernel of lib/kernels.sh; machine_start and machine_wait run
# one machine. Promises: QEMU never outlives the shell that started it.
#
# small_memory is a memory map for cases in which it does not matter how much is
# saved: the crash kernel has to start at a multiple of 128 MiB, at the first of
# them lies the initrd, so that this is the least there can be. Other machines take less.

machine_use() {
	machine=${1%%+*}
	machine_base=$1 # the name of the archive that its cases share
	kernel_suite=bookworm
	ram_base=0x40000000
	last_words='Bye!$' # of a kernel that hands over to the one for the capture
	userland=armel kdump_arch=armel
	emulator='qemu-arm-static' # runs the guest's programs on the host
	judges=armhf               # whose crash and makedumpfile read the dumps there
	deadline=900 # marks a hang, on a host with much else to do
	boot_limit=3
	dtb_alias='' dtb_remove=''
	disk_bus=virtio-blk-device # what takes one more disk, where that is possible
	boot_kernel='' # a file: to be started in place of the machine's own kernel
	start_at='' # where a zImage unpacks its kernel to: the first RAM and TEXT_OFFSET
	# shellcheck disable=SC2054 # commas are QEMU's
	qemu_drive=(-drive "file=DISK,format=raw,if=none,id=d0,cache=unsafe"
		-device virtio-blk-device,drive=d0)
	case $machine in
	virt)
		kernel=kernel-armmp kernel_arch=armhf kernel_meta=linux-image-armmp
		memory=384 table=gpt
		disk=vda part=/dev/vda
		console=ttyAMA0
		start_at=0x40208000
		capture_append="" first_append=""
		small_memory="mem=160M@0x40000000 mem=96M@0x50000000"
		modules="virtio_mmio virtio_blk crc32c_generic"
		qemu=(qemu-system-arm -M virt -cpu cortex-a15)
		qemu_dtb=
		crashkernel=64M
		powers_off=yes ;;
	raspi0)
		kernel=kernel-rpi kernel_arch=armel kernel_meta=linux-image-rpi
		memory=512 table=mbr
		ram_base=0
		disk=mmcblk0 part=/dev/mmcblk0p
		console=ttyAMA0,115200
		start_at=0x8000
		# QEMU lacks the power block of this SoC, its driver faults; and its
		# watchdog has no time, it resets the machine when it is started.
		capture_append="initcall_blacklist=bcm2835_power_driver_init cma=0"
		capture_append+=" kdump.watchdog=none"
		first_append="initcall_blacklist=bcm2835_power_driver_init cma=8M"
		small_memory="mem=160M@0 mem=96M@256M"
		modules="crc32c_generic"
		# Instructions counted as time: else its timer misses expiries
		# on a busy host, and the guest sleeps for an hour.
		qemu=(qemu-system-arm -M raspi0 -icount "shift=4,sleep=off")
		qemu_dtb=bcm2835-rpi-zero.dtb
		qemu_drive=(-drive "file=DISK,format=raw,if=sd,cache=unsafe")
		crashkernel=64M
		powers_off=no ;;
	vexpress-a9 | vexpress-a15)
		kernel=kernel-armmp kernel_arch=armhf kernel_meta=linux-image-armmp
		memory=512 table=mbr
		disk=mmcblk0 part=/dev/mmcblk0p
		console=ttyAMA0
		capture_append="" first_append=""
		small_memory=""
		modules="armmmci crc32c_generic"
		qemu=(qemu-system-arm -M "$machine")
		qemu_dtb=vexpress-v2p-ca9.dtb ram_base=0x60000000 start_at=0x60208000
		if [ "$machine" = vexpress-a15 ]; then
			# Its second processor cannot be stopped, which kexec wants.
			first_append=nr_cpus=1
			qemu_dtb=vexpress-v2p-ca15-tc1.dtb ram_base=0x80000000 start_at=0x80208000
		fi
		qemu_drive=(-drive "file=DISK,format=raw,if=sd,cache=unsafe")
		crashkernel=64M
		powers_off=no ;;
	ast2600)
		kernel=kernel-armmp kernel_arch=armhf kernel_meta=linux-image-armmp
		memory=1024 table=gpt
		ram_base=0x80000000
		disk=mmcblk0 part=/dev/mmcblk0p
		console=ttyS4,115200
		# Its other processors cannot be stopped, which kexec wants.
		capture_append="" first_append="nr_cpus=1 mem=384M"
		small_memory=""
		modules="sdhci_of_aspeed crc32c_generic"
		qemu=(qemu-system-arm -M ast2600-evb)
		qemu_dtb=aspeed-ast2600-evb.dtb
		# Else the number of the card depends on which slot is probed first, and
		# memory for video takes the place of the crash kernel.
		dtb_alias="mmc0 /ahb/apb/sdc@1e750000/sdhci@1e750100"
		dtb_remove=/reserved-memory
		qemu_drive=(-drive "file=DISK,format=raw,if=sd,index=2,cache=unsafe")
		crashkernel=64M
		powers_off=no ;;
	arm64)
		kernel=kernel-arm64 kernel_arch=arm64 kernel_meta=linux-image-arm64
		userland=arm64 kdump_arch=arm64 emulator='qemu-aarch64-static' judges=arm64
		memory=1024 table=gpt
		disk=vda part=/dev/vda
		console=ttyAMA0
		capture_append="" first_append=""
		small_memory="mem=384M"
		modules="virtio_mmio virtio_blk crc32c_generic"
		qemu=(qemu-system-aarch64 -M virt -cpu cortex-a57)
		qemu_dtb=
		crashkernel=128M
		powers_off=yes ;;
	raspi3b)
		kernel=kernel-arm64 kernel_arch=arm64 kernel_meta=linux-image-arm64
		userland=arm64 kdump_arch=arm64 emulator='qemu-aarch64-static' judges=arm64
		memory=1024 table=mbr
		ram_base=0
		disk=mmcblk0 part=/dev/mmcblk0p
		console=ttyAMA0,115200
		# As raspi0; and its other processors cannot be stopped, which kexec wants.
		capture_append="initcall_blacklist=bcm2835_power_driver_init kdump.watchdog=none"
		first_append="initcall_blacklist=bcm2835_power_driver_init nr_cpus=1"
		small_memory=""
		# Without the driver of its watchdog this kernel cannot reboot it, and halts.
		modules="bcm2835 bcm2835_wdt crc32c_generic"
		# The other processors wait in a loop: one thread for all gives them no time for that.
		qemu=(qemu-system-aarch64 -M raspi3b -accel "tcg,thread=single")
		qemu_dtb=bcm2837-rpi-3-b.dtb
		qemu_drive=(-drive "file=DISK,format=raw,if=sd,cache=unsafe")
		crashkernel=128M
		powers_off=no ;;
	x86_64)
		kernel=kernel-amd64 kernel_arch=amd64 kernel_meta=linux-image-amd64
		last_words='( </TASK>|R15: [0-9a-f]{16})$'
		userland=amd64 kdump_arch=x86_64 emulator='qemu-x86_64-static' judges=amd64
		memory=1024 table=gpt
		ram_base=0
		disk=vda part=/dev/vda
		console=ttyS0
		capture_append="" first_append=""
		small_memory="mem=768M" # KASLR leaves no 224 MiB in one piece of much less
		disk_bus=virtio-blk-pci
		modules="virtio_pci virtio_blk crc32c_generic"
		qemu=(qemu-system-x86_64 -M q35)
		qemu_dtb=
		# shellcheck disable=SC2054 # commas are QEMU's
		qemu_drive=(-drive "file=DISK,format=raw,if=none,id=d0,cache=unsafe"
			-device "$disk_bus,drive=d0")
		crashkernel=224M
		powers_off=yes ;;
	*) die "no such machine: $machine" ;;
	esac
	[ "$machine" = "$1" ] || kernel_use "${1#*+}"
}

# The packages this machine needs, in the cache. 1 when the mirror lacks its kernel.
machine_fetch() {
	case $kernel_meta in
	*.config) build_kernel "$kernel" "$kernel_arch" "$kernel_meta" "$kernel_suite" ;;
	*) fetch_kernel "$kernel" "$kernel_arch" "$kernel_meta" "$kernel_suite" || return 1 ;;
	esac
	[ -z "$start_at" ] || start_image "$kernel" "$start_at" >/dev/null
	fetch_userland "$userland"
}

machine_dtb() {
	local dtb
	[ -n "$qemu_dtb" ] || return 0
	dtb=$(find "$unpacked/$kernel/usr/lib" -name "$qemu_dtb" | head -n 1)
	if [ -n "$dtb_alias" ]; then
		cp "$dtb" "$case_dir/machine.dtb"
		dtb=$case_dir/machine.dtb
		fdtput -t s "$dtb" /aliases "${dtb_alias% *}" "${dtb_alias#* }"
		fdtput -r "$dtb" "$dtb_remove"
	fi
	echo "$dtb"
}

# machine_command DISK INITRD APPEND: sets the array `command`.
machine_command() {
	local image=$1 initrd=$2 append=$3 dtb start
	dtb=$(machine_dtb)
	start=$boot_kernel
	[ -n "$start" ] || start=$(kernel_image "$kernel")
	[ -n "$boot_kernel" ] || [ -z "$start_at" ] || start=$(start_image "$kernel" "$start_at")
	command=("${qemu[@]}" -m "$memory" -display none -monitor none -nic none
		-kernel "$start" -initrd "$initrd" ${dtb:+-dtb "$dtb"}
		-append "console=$console panic=10 $first_append $append"
		"${qemu_drive[@]//DISK/$image}" "${machine_extra[@]}")
}

# machine_start DISK INITRD APPEND CONSOLE-LOG [QEMU-OPTION...]
machine_start() {
	local log=$4 command
	machine_command "$1" "$2" "$3"
	: >"$log"
	"${command[@]}" "${machine_serial[@]//LOG/$log}" "${@:5}" </dev/null \
		3>&- 8>&- 9>&- >"${log%.log}.qemu" 2>&1 &
	qemu_pid=$!
	started=$SECONDS
	trap machine_stop EXIT
	trap 'exit 143' TERM INT HUP
}

machine_runs() {
	[ -n "${qemu_pid:-}" ] && kill -0 "$qemu_pid" 2>/dev/null
}

machine_stop() {
	[ -n "${qemu_pid:-}" ] || return 0
	kill "$qemu_pid" 2>/dev/null || true
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$qemu_pid" 2>/dev/null || break
		sleep 0.2
	done
	kill -KILL "$qemu_pid" 2>/dev/null || true
	wait "$qemu_pid" 2>/dev/null || true
	qemu_pid=
}

boots_seen() {
	grep -a -c '^\[ *0\.000000\] Linux version' "$1" || true
}

# Tells on which of its boots the machine is, once for each.
machine_progress() {
	local log=$1 n
	n=$(boots_seen "$log")
	while [ "$told" -lt "$n" ]; do
		told=$((told + 1))
		case $told in
		1) note "first system boots" ;;
		2) note "after $((SECONDS - started)) s a second kernel boots" ;;
		3) note "after $((SECONDS - started)) s a third kernel boots" ;;
		*) note "after $((SECONDS - started)) s kernel number $told boots" ;;
		esac
	done
}

# For `meanwhile` of a case: notes the host's time of each line of the console, in
# milliseconds. A guest's own clock may stand still when the host is busy.
stamp_console() {
	local line
	tail -n +1 -s 0.05 -f --pid="$qemu_pid" "$case_dir/console.log" 2>/dev/null |
		while IFS= read -r line; do
			echo "$((${EPOCHREALTIME/[.,]/} / 1000)) $line"
		done >"$case_dir/stamps" 3>&- 8>&- &
}

# time_of BOOT TEXT: of the first line of that boot that has it.
time_of() {
	tr -d '\r' <"$case_dir/stamps" | awk -v boot="$1" -v text="$2" '
	/\[ *0\.000000\] Linux version/ { n++ }
	n == boot && index($0, text) { print $1; exit }'
}

# machine_ends CONSOLE-LOG: until QEMU, which was started with -no-reboot, ends by itself, as
# it does when the second kernel reboots or powers off. 1 when it does not in time.
machine_ends() {
	local log=$1 told=0
	while machine_runs; do
		machine_progress "$log"
		if [ $((SECONDS - started)) -gt "$deadline" ]; then
			note "HANG: nothing decided after $deadline s, see $log"
			machine_stop
			return 1
		fi
		sleep 0.5
	done
	wait "$qemu_pid"
}

# machine_wait CONSOLE-LOG END-PATTERN: until the machine powers off or says that
# it is done. 1 when it hangs, boots for ever, or QEMU ended before.
machine_wait() {
	local log=$1 end=$2 told=0
	while machine_runs; do
		machine_progress "$log"
		if grep -a -q "$end" "$log"; then
			for _ in 1 2 3 4 5 6 7 8; do machine_runs && sleep 0.25; done
			break
		elif [ $((SECONDS - started)) -gt "$deadline" ]; then
			note "HANG: nothing decided after $deadline s, see $log"
			machine_stop
			return 1
		elif [ "$(boots_seen "$log")" -gt "$boot_limit" ]; then
			note "LOOP: more than $boot_limit boots, see $log"
			machine_stop
			return 1
		fi
		sleep 0.5
	done
	machine_stop
	grep -a -q "$end" "$log" || { note "QEMU ended too early, see $log"; return 1; }
}
