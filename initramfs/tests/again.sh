# shellcheck shell=sh disable=SC2154 # variables of tests/run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-mkinitramfs --again: an archive that is made again has no less than was
# chosen for the old one. The modules are those of mkinitramfs.sh.

make_again() { make_archive --again "$@"; }

has_modules() { # NAME...
	lines=" $(module_lines)"
	for name; do has "$lines" " $name.ko "; done
	[ "$(echo "$lines" | wc -w)" = $# ] || fail "modules: $lines"
}

test_an_archive_that_is_made_again_has_the_modules_that_were_chosen() {
	for archiver in bsdtar cpio; do
		for how in gzip xz zstd none; do
			make_archive -m 'base speed=3' -m top --compress $how --archiver $archiver
			exits 0
			cp out.img before
			make_again --archiver $archiver
			exits 0
			cmp out.img before
			rm out.img
		done
	done
	make_archive -m base
	make_again -m other
	exits 0
	has_modules base other
	make_again
	exits 0
	has_modules base other
	make_archive
	exits 0
	has_modules
	make_again
	exits 0
	has_modules
	lacks "$err" out.img
}

test_an_archive_that_is_made_again_is_for_the_same_board() {
	describe 6.9.0-test 'fstype = top' 'device = /dev/mmcblk0p2' 'driver = other' >board
	make_archive --for board
	exits 0
	cp out.img before
	rm board
	make_again
	exits 0
	cmp out.img before
	describe 6.9.0-test 'fstype = top' >another
	make_again --for another
	exits 0
	has_modules base middle early top
	make_again
	exits 0
	has_modules base middle early top
}

test_an_archive_of_an_older_version_loses_no_module() {
	mkdir -p old/etc
	printf '%s\n' 'target = /dev/vda' '# Modules, in load order: written by kdump-mkinitramfs for 6.8.0-test' \
		'module = /lib/modules/6.8.0-test/base.ko speed=3' 'module = /lib/modules/6.8.0-test/gone.ko' \
		'# End of the modules' >old/etc/kdump-init.conf
	(cd old && find . | cpio --quiet -o -H newc | gzip) >out.img
	for time in first second; do
		make_again
		exits 0
		[ "$(module_lines)" = 'base.ko speed=3 ' ] || fail "$time: $(module_lines)"
		has "$err" 'kernel 6.9.0-test has no module gone (out.img was made with -m)'
	done
}

test_where_a_device_is_not_known_now_its_drivers_stay() {
	describe 6.9.0-test 'fstype = top' 'driver = other' >board
	make_archive --for board
	exits 0
	describe 6.9.0-test 'unknown = the device: it is not there' >away
	make_again --for away
	exits 0
	has_modules base middle early top other
	make_again --for board # nothing of that was chosen
	has_modules base middle early top other
	describe 6.9.0-test 'fstype = base' >another
	make_again --for another
	exits 0
	has_modules base
}

test_the_archive_of_a_new_kernel_has_what_the_old_one_had() {
	make_archive -m base -o kdump-initrd.img-6.8.0-test
	exits 0
	make_archive -o kdump-initrd.img-6.9.0-test --again
	exits 0
	mv kdump-initrd.img-6.9.0-test out.img
	has_modules base
}

test_an_old_archive_that_cannot_be_read_is_told() {
	for archiver in bsdtar cpio; do
		for torn in 'echo garbage' ':' 'head -c 300 whole'; do
			make_archive -o whole -m base
			$torn >out.img
			make_again --archiver $archiver
			exits 0
			has "$err" 'what out.img was made with cannot be read: name that again (-m, --for)'
		done
	done
	rm out.img
	make_again
	exits 0
	lacks "$err" 'cannot be read'
}

test_modules_are_stripped_again() {
	printf '#!/bin/sh\necho "$*" >>stripped\nexec strip "$@"\n' >own-strip
	chmod +x own-strip
	PATH=$PWD:$PATH
	make_archive -m base --strip own-strip
	exits 0
	rm stripped
	make_again
	exits 0
	[ -s stripped ] || fail 'they are not stripped'
	rm own-strip
	make_again
	exits 0
	has "$err" 'were stripped by own-strip, which is not here'
	has_modules base
}

# On a system with a configuration that is the one.
test_without_a_configuration_that_of_the_old_archive_is_kept() {
	[ ! -e /etc/kdump-init.conf ] || return 0
	mkdir -p usr/sbin usr/lib/kdump-init
	cp "$tools/kdump-mkinitramfs" usr/sbin
	cp "$tools"/*.sh usr/lib/kdump-init
	make_archive -m base
	cp out.img before
	$shell usr/sbin/kdump-mkinitramfs -k 6.9.0-test --modules-dir "$work/package" -i "$work/kdump-init" \
		-o out.img --again 2>err
	cmp out.img before
	has "$(cat err)" 'no /etc/kdump-init.conf here: the configuration of out.img is kept'
	content etc/kdump-init.conf | grep -qx 'target = /dev/vda'
}
