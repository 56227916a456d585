# shellcheck shell=sh disable=SC2154,SC2016,SC2034,SC2119 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load where things are not as they should be: a command line with signs
# of the shell, no room in /run, two at once, no /tmp. The board is that of load-armed.sh.

# Dash's echo would make another line of \n, and an unquoted * the names of files.
test_a_command_line_is_loaded_and_noted_to_the_letter() {
	board
	words='odd=C:\new\0101 acpi_osi=!* glob=/*/b[a]n $(date>ran) a;b "q u o" '\''x'\'' `date` #c'
	printf 'console=ttyAMA0 root=/dev/vda %s\n' "$words" >root/proc/cmdline
	run kdump-load
	exits 0
	has "$(cat calls)" " $words "
	line=$(sed -n 's/^--append=//p' calls)
	[ "$(sed -n 's/^line = //p' root/run/kdump-init/loaded)" = "$line" ] || fail "the stamp has $(cat root/run/kdump-init/loaded)"
	has "$out" " $words "
	run kdump-load --status
	exits 0
	mkdir -p root/proc/sys/kernel/random root/var/lib/kdump-init
	: >root/proc/sysrq-trigger
	echo first-boot >root/proc/sys/kernel/random/boot_id
	fake root/sbin/kdump-init 'exit 0'
	rm calls
	run kdump-load --test --yes
	[ "$(sed -n 's/^--append=//p' calls | head -n 1)" = "$line kdump.test=yes" ]
	[ ! -e ran ] || fail 'it ran'
}

test_a_directory_may_have_any_name() {
	board
	odd='a "b" \n $(date >ran) '\''c'\'' *'
	mkdir "$odd"
	mv root "$odd/"
	KDUMP_ROOT=$odd/root
	fake_kexec 'echo 1 >"$KDUMP_ROOT/sys/kernel/kexec_crash_loaded"'
	run kdump-load
	exits 0
	has "$(cat calls)" "--initrd=$odd/root/boot/kdump-initrd.img-6.9.0-test"
	run kdump-load --status
	exits 0
	has "$out" "archive: $PWD/$odd/root/boot/kdump-initrd.img-6.9.0-test"
	[ ! -e ran ] || fail 'it ran'
}

# Nothing is said of what is loaded that holds for what was loaded before.
test_without_room_in_run_there_is_no_stamp_of_another_load() {
	board
	run kdump-load
	zimage other-kernel
	ln -s /dev/full root/run/kdump-init/loaded.new
	run kdump-load --kernel other-kernel --initrd none --drivers-built-in
	exits 0
	has "$err" 'cannot write root/run/kdump-init/loaded'
	run kdump-load --status
	lacks "$out" 'vmlinuz-6.9.0-test'
	has "$out" 'by: another program than kdump-load'
}

# The service at boot, and somebody who loads at that moment.
test_two_at_once_load_one_after_the_other() {
	board
	three_at_once
}

three_at_once() {
	fake_kexec 'echo begin >>steps; sleep 0.2; echo end >>steps; echo 1 >root/sys/kernel/kexec_crash_loaded'
	for i in 1 2 3; do $shell "$tools/kdump-load" & done >/dev/null 2>&1
	wait
	[ "$(paste -s -d ' ' steps)" = 'begin end begin end begin end' ] || fail "$(cat steps)"
}

# All programs but the named one. busybox has its own, and then there is nothing to see.
without() { # PROGRAM
	mkdir tools-here
	ln -s /usr/sbin/* /usr/bin/* tools-here 2>/dev/null || :
	rm "tools-here/$1"
	PATH=$PWD/bin:$PWD/tools-here
}

test_two_at_once_load_one_after_the_other_without_flock() {
	board
	without flock
	three_at_once
	[ -z "$(find root/run -name '*.held' -o -name '*.lock.*')" ] || fail "left: $(find root/run)"
}

test_a_load_that_was_killed_is_in_nobodys_way() {
	board
	without flock
	mkdir -p root/run/kdump-init
	sleep 60 &
	other=$!
	for left in $other 4194305 garbage; do # another program's number, nobody's, none
		echo "$left" >root/run/kdump-init/load.lock.held
		rm -f calls
		# shellcheck disable=SC2086 # a shell may be two words
		timeout 20 $shell "$tools/kdump-load" || fail "exit code $? with $left"
		[ -s calls ] || fail "nothing was loaded with $left"
	done
	kill "$other"
}

# A root filesystem that is read-only, and /tmp in it.
test_without_tmp_a_packed_kernel_is_unpacked_in_run() {
	system
	mkdir -p root/run
	image_of_arm64 plain
	gzip -n9 <plain >kernel
	TMPDIR=$PWD/nosuch
	export TMPDIR
	run kdump-load --kernel kernel --initrd archive
	exits 0
	[ -z "$(find root/run -type f ! -name loaded ! -name '*lock')" ] || fail "left: $(find root/run)"
}

# Whoever asks what is loaded is not always root; who may open the lock may hold it.
test_the_stamp_may_be_read_whatever_the_umask_is() {
	board
	rmdir root/run
	umask 077
	run kdump-load
	exits 0
	[ "$(stat -c %a root/run/kdump-init)" = 755 ]
	[ "$(stat -c %a root/run/kdump-init/loaded)" = 644 ]
	[ ! -e root/run/kdump-init/load.lock ] || [ "$(stat -c %a root/run/kdump-init/load.lock)" = 600 ]
}

# /etc/default/kdump-load with lines that an editor of Windows ended.
test_an_end_of_line_of_windows_gets_into_no_option() {
	board
	cr=$(printf '\r')
	run kdump-load --append "console=ttyS1$cr" "$cr"
	exits 0
	has "$(cat calls)" ' console=ttyS1'
	lacks "$(cat calls)" "$cr"
	rm calls
	run kdump-load "--append=console=ttyS2$cr" "--auto$cr"
	exits 0
	has "$(cat calls)" ' console=ttyS2'
	lacks "$(cat calls)" "$cr"
}
