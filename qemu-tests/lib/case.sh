# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One case from its start to its verdict. Promises: a folder of its own that
# starts empty, a verdict in any event, no process left behind.

# case_new MACHINE: the machine, and settings that a case may change before
# `crash_and_capture`.
case_new() {
	[ "$1" = none ] || machine_use "$1"
	nonce=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
	disk_image=$case_dir/disk.img
	fstype=ext4 dump_path=/var/crash
	disk_fstype=            # of the first disk, where the target is another one
	disk_content=           # a folder whose content the target starts with
	machine_extra=()        # more arguments of QEMU
	machine_serial=(-serial file:LOG)
	mode=crash
	crash_by=sysrq          # a way of first-system/die
	known_count=4096 fill_mib=0
	lived=no                # a system that has lived: first-system/live
	log_lines=0             # put into its log: first-system/talk
	log_longest=''          # of these lines
	log_dies=no             # some are a dying kernel's words, which crash(8) falls for
	huge_mib=''             # of hugetlb pages: first-system/huge.c
	no_reboot=no            # QEMU ends where the capture kernel reboots
	wrapper=                # a script of first-system/before-*, run before kdump-init
	config_lines=()         # of kdump-init.conf
	extra_modules=(ext4)
	first_modules=()        # more of the first system's
	first_parameters=       # of these, a line each: a name, and they
	archive_options=()      # more of kdump-mkinitramfs
	append=''               # to the capture kernel's command line
	first_extra=''          # to the first kernel's
	list_sums=no
	armed=''                # seconds of the watchdog that the first system arms
	full=no                 # the first system fills the target up
	formats=''              # of before-formats
	when_built=:            # a function, called before the machine is started
	meanwhile=:             # a function, called when the machine has been started
	hog=                    # of before-hog: release or keep
	more_settings=''        # lines of settings that only a wrapper reads
}

# A first system that has lived: what first-system/live does, for which the disk
# gets a scratch partition, and a log that is longer than that of a boot.
lived_system() {
	lived=yes log_lines=300
	disk_scratch 96
}

write_settings() {
	cat >"$case_dir/settings" <<-END
		nonce=$nonce
		mode=$mode
		crash_by=$crash_by
		disk=/dev/$disk
		console=$console
		part=${part}2
		scratch=${part}3
		fstype=$fstype
		path=$dump_path
		pages=$known_count
		fill=$fill_mib
		lived=$lived
		log_lines=$log_lines
		log_longest=$log_longest
		log_dies=$log_dies
		huge_mib=$huge_mib
		append="$capture_append $append"
		kexec_options=
		list_sums=$list_sums
		armed=$armed
		full=$full
		formats="$formats"
		hog=$hog
		$more_settings
	END
}

write_config() {
	printf '%s\n' "# $case_name" "${config_lines[@]}" >"$case_dir/kdump-init.conf"
}

# Changes to the capture archive that a case may want: replaced by the case.
capture_changes() {
	:
}

# Builds everything, runs the machine to its end. 1 when it does not come back.
crash_and_capture() {
	local capture=$case_dir/capture.cpio
	write_settings
	write_config
	disk_make "$disk_image" "$table" "${disk_fstype:-$fstype}" "$disk_content"
	check "kdump-mkinitramfs makes the archive" \
		capture_archive "$capture" "$case_dir/kdump-init.conf" "${extra_modules[@]}" || return 1
	capture_changes "$capture"
	[ -z "$wrapper" ] || {
		append="rdinit=/test/before $append"
		write_settings
		capture_add_wrapper "$capture" "$wrapper"
	}
	first_system "$case_dir/first.cpio" "$capture"
	"$when_built" || return 1
	run_machine
}

run_machine() {
	machine_start "$disk_image" "$case_dir/first.cpio" \
		"crashkernel=$crashkernel${first_extra:+ $first_extra}" "$case_dir/console.log"
	"$meanwhile"
	[ "$no_reboot" = no ] || {
		check "the capture kernel reboots, in time" machine_ends "$case_dir/console.log"
		return
	}
	check "the machine ends what it has to do, in time" \
		machine_wait "$case_dir/console.log" "^T-$nonce: end"
}

# What is big goes, unless the case failed or the user wants it.
case_tidy() {
	rm -rf "$case_dir"/{first.cpio,p2.img,check.log,capture.cpio,content}
	if [ -z "${keep:-}" ] && [ "$failures" = 0 ]; then
		rm -rf "$case_dir"/{{disk,second,before}.img,writes.log,dump/vmcore,*.kdump}
	fi
}

# case_begin NAME DIRECTORY MACHINE: an empty folder, a verdict without a check.
case_begin() {
	case_name=$1 case_dir=$2
	rm -rf "$case_dir"
	mkdir -p "$case_dir/dump"
	: >"$case_dir/verdict"
	checks=0 failures=0
	case_new "$3"
}

# case_run NAME DIRECTORY: 0 passed, 1 failed, 77 skipped.
case_run() {
	case_begin "$1" "$2" "${case_machine[$1]}"
	# shellcheck disable=SC2086 # a function and its arguments
	case_${case_call[$case_name]}
	[ $? != 77 ] || return 77
	case_tidy
	[ "$failures" = 0 ] && [ "$checks" -gt 0 ]
}
