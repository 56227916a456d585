# shellcheck shell=sh disable=SC2154,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load and the archive: one that would save no dump is not loaded
# unseen, --auto makes it again, and what was loaded is compared with what is there.

# A system that has its own kernel, an archive for it, a configuration and kdump-init, which
# calls archives that contain "bad" so.
board() {
	system
	mkdir -p root/etc root/run
	zimage root/boot/vmlinuz-6.9.0-test
	echo good >root/boot/kdump-initrd.img-6.9.0-test
	echo 'target = /dev/vda' >root/etc/kdump-init.conf
	fake root/sbin/kdump-init 'case $(cat "$3") in
*bad*) echo "archive $3: it lacks the module ext4 ($4)" >&2; exit 1 ;;
*old*) echo "archive $3: its configuration is another" >&2; echo "$3: usable"; exit 0 ;;
*none*) echo "usage" >&2; exit 2 ;;
*odd*) echo "archive $3: packed by xz: what it holds was not checked" >&2 ;;
esac
echo "$3: good"'
}

fake() { # FILE WHAT-IT-DOES
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
}

# A kdump-mkinitramfs that writes what TEXT says.
fake_maker() { # TEXT
	fake bin/kdump-mkinitramfs "echo \"\$*\" >>made; echo $1 >\"\$4\"; echo 'warning: one'"
}

test_an_archive_that_would_save_nothing_is_refused() {
	board
	run kdump-load
	exits 0
	[ -z "$err" ] || fail "a warning: $err"
	echo bad >root/boot/kdump-initrd.img-6.9.0-test
	rm calls
	run kdump-load
	exits 1
	has "$err" 'it lacks the module ext4 (6.9.0-test): kdump-load --auto makes it again'
	[ ! -e calls ] || fail 'kexec was called'
	run kdump-load --dry-run
	exits 1
	has "$err" 'would be refused: archive'
}

test_an_archive_that_was_named_is_loaded_with_a_warning() {
	board
	echo bad >named
	run kdump-load --initrd named
	exits 0
	has "$err" 'warning: archive named: it lacks the module ext4'
}

test_what_was_not_checked_is_told() {
	board
	echo odd >root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load
	exits 0
	has "$err" 'warning: archive root/boot/kdump-initrd.img-6.9.0-test: packed by xz'
	rm root/sbin/kdump-init
	run kdump-load
	exits 0
	has "$err" 'was not checked'
}

test_auto_makes_a_stale_or_missing_archive_again() {
	board
	fake_maker good
	run kdump-load --auto
	exits 0
	[ ! -e made ] || fail 'a good archive was made again'
	for state in bad ''; do
		rm -f root/boot/kdump-initrd.img-6.9.0-test made
		[ -z "$state" ] || echo "$state" >root/boot/kdump-initrd.img-6.9.0-test
		run kdump-load --auto
		exits 0
		has "$(cat made)" '-k 6.9.0-test -o root/boot/kdump-initrd.img-6.9.0-test --again'
		has "$out" 'made root/boot/kdump-initrd.img-6.9.0-test'
		has "$err" 'warning: one'
		has "$out" 'with root/boot/kdump-initrd.img-6.9.0-test'
	done
}

test_auto_that_cannot_help_says_why_and_loads_nothing_bad() {
	board
	echo bad >root/boot/kdump-initrd.img-6.9.0-test
	fake bin/kdump-mkinitramfs 'echo "kdump-mkinitramfs: modprobe is missing" >&2; exit 1'
	run kdump-load --auto
	exits 1
	has "$err" 'could not be made: kdump-mkinitramfs: modprobe is missing'
	has "$err" 'it lacks the module ext4'
	[ ! -e calls ] || fail 'kexec was called'
}

test_one_that_saves_dumps_as_an_older_configuration_says_is_better_than_none() {
	board
	echo old >root/boot/kdump-initrd.img-6.9.0-test
	fake bin/kdump-mkinitramfs 'echo "kdump-mkinitramfs: the configuration has errors" >&2; exit 1'
	run kdump-load --auto
	exits 0
	has "$err" 'could not be made: kdump-mkinitramfs: the configuration has errors'
	has "$err" 'warning: archive root/boot/kdump-initrd.img-6.9.0-test: its configuration is another'
	has "$out" 'with root/boot/kdump-initrd.img-6.9.0-test'
}

test_auto_waits_for_a_disk_that_comes_late() {
	board
	echo bad >root/boot/kdump-initrd.img-6.9.0-test
	mv root/sbin/kdump-init root/sbin/init
	fake root/sbin/kdump-init 'case $2 in --describe)
	[ -e asked ] || echo "unknown = the device: it is not there"; echo >>asked; exit 0 ;;
esac
exec root/sbin/init "$@"'
	fake bin/kdump-mkinitramfs '[ -e asked ] && echo good >"$4"'
	run kdump-load --auto
	exits 0
	[ "$(wc -l <asked)" -lt 10 ] || fail 'it waited for one that is there' # it asks once a second
	[ "$(cat root/boot/kdump-initrd.img-6.9.0-test)" = good ]
}

test_auto_makes_one_with_an_older_configuration_again() {
	board
	echo old >root/boot/kdump-initrd.img-6.9.0-test
	fake_maker good
	run kdump-load --auto
	exits 0
	[ -e made ] || fail 'it was not made again'
	[ "$(cat root/boot/kdump-initrd.img-6.9.0-test)" = good ]
}

test_a_check_that_fails_condemns_no_archive() {
	board
	echo none >root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load
	exits 0
	has "$err" 'was not checked: kdump-init check --archive failed (exit 2)'
}

test_the_stamp_of_another_kernel_does_not_name_the_running_one() {
	board
	zimage other-kernel
	echo good >named
	run kdump-load --kernel other-kernel --initrd named
	exits 0
	! grep '^release' root/run/kdump-init/loaded || fail 'it names the running kernel'
}

test_the_stamp_of_built_in_drivers_does_not_name_the_running_kernel() {
	board
	run kdump-load --drivers-built-in
	exits 0
	! grep '^release' root/run/kdump-init/loaded || fail 'its drivers are those of the running kernel'
}

test_the_stamp_says_how_much_memory_is_wanted() {
	board
	run kdump-load
	exits 0
	grep -qx 'wants = [1-9][0-9]*' root/run/kdump-init/loaded
}

test_a_dry_run_of_auto_makes_nothing() {
	board
	fake_maker good
	echo bad >root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --auto --dry-run
	exits 1
	[ ! -e made ] || fail 'an archive was made'
}

test_status_says_what_has_changed_since_it_was_loaded() {
	board
	run kdump-load
	exits 0
	run kdump-load --status
	exits 0
	has "$out" 'kernel: '
	has "$out" '/boot/kdump-initrd.img-6.9.0-test'
	echo 'keep = 1' >>root/etc/kdump-init.conf
	run kdump-load --status
	exits 1
	has "$out" 'changed: /etc/kdump-init.conf has changed: make the archive again and load it (kdump-load --auto)'
	echo 'target = /dev/vda' >root/etc/kdump-init.conf
	mkdir root/etc/kdump-init
	echo usb_f >root/etc/kdump-init/modules
	run kdump-load --status
	exits 1
	has "$out" 'changed: /etc/kdump-init/modules has changed: make the archive again and load it (kdump-load --auto)'
	rm root/etc/kdump-init/modules
	run kdump-load --status
	exits 0
	echo newer >root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --status
	exits 1
	has "$out" 'is another one now: load it with kdump-load'
	rm root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --status
	exits 1
	has "$out" 'kdump-initrd.img-6.9.0-test is gone'
}

test_what_changes_while_it_is_loaded_has_changed() {
	for file in boot/vmlinuz-6.9.0-test boot/kdump-initrd.img-6.9.0-test etc/kdump-init.conf etc/kdump-init/modules; do
		rm -rf root
		board
		mkdir root/etc/kdump-init
		fake_kexec "echo 1 >root/sys/kernel/kexec_crash_loaded; echo a >>root/$file"
		run kdump-load
		exits 0
		run kdump-load --status
		exits 1
		has "$out" "/$file"
		run kdump-load
		fake_kexec ''
		run kdump-load
		run kdump-load --status
		exits 0
	done
}

# What --auto made of the configuration is that of before.
test_a_configuration_that_changes_while_its_archive_is_made_has_changed() {
	board
	fake bin/kdump-mkinitramfs 'echo good >"$4"; echo "keep = 1" >>root/etc/kdump-init.conf'
	rm root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --auto
	exits 0
	run kdump-load --status
	exits 1
	has "$out" 'changed: /etc/kdump-init.conf'
}

test_what_another_program_loaded_is_not_compared() {
	board
	echo 1 >root/sys/kernel/kexec_crash_loaded
	run kdump-load --status
	exits 0
	has "$out" 'by: another program than kdump-load'
}

test_the_stamp_goes_with_what_was_loaded() {
	board
	run kdump-load
	[ -f root/run/kdump-init/loaded ]
	grep -q '^line = .*console=ttyAMA0' root/run/kdump-init/loaded
	fake_kexec 'echo 0 >root/sys/kernel/kexec_crash_loaded'
	run kdump-load --unload
	exits 0
	[ ! -e root/run/kdump-init/loaded ]
}

test_without_a_cksum_nothing_is_compared_and_that_is_told() {
	board
	mkdir tools
	ln -s /usr/bin/* tools
	rm tools/cksum
	PATH=$PWD/bin:$PWD/tools
	run kdump-load
	exits 0
	has "$err" 'no cksum here'
	grep -qx 'kernel_sum = unknown' root/run/kdump-init/loaded
	echo newer >root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --status
	exits 0
	lacks "$out$err" changed
	rm root/boot/kdump-initrd.img-6.9.0-test
	run kdump-load --status
	exits 1
	has "$out" 'kdump-initrd.img-6.9.0-test is gone'
}
