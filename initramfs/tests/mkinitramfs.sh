# shellcheck shell=sh disable=SC2154,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-mkinitramfs. The modules are stand-ins made with cc: object
# files with the sections that kmod reads, so that real kmod resolves real dependencies.

module() { # NAME EXPORTED-SYMBOL [NEEDED-SYMBOL [MODINFO]]
	{
		echo "char name[] __attribute__((section(\"__ksymtab_strings\"))) = \"$2\";"
		[ -z "${3:-}" ] || echo "int $3(void); int call_it(void) { return $3(); }"
		[ -z "${4:-}" ] || echo "char info[] __attribute__((section(\".modinfo\"))) = \"$4\";"
	} | cc -fno-pic -x c -c -o "$kernel/kernel/$1.ko" -
}

# A program for -i whose parser dislikes lines that start with 'bogus'.
make_init() {
	cat >"$work/init.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	char line[512];
	int number = 0, bad = 0;
	int settings = argc == 4 && !strcmp(argv[2], "--settings");
	FILE *f = settings || (argc == 4 && !strcmp(argv[2], "--syntax")) ? fopen(argv[3], "r") : NULL;
	if (!f)
		return 2;
	while (fgets(line, sizeof(line), f)) {
		number++;
		if (settings && !strncmp(line, "module = ", 9))
			printf("%.*s\n", (int)strcspn(line + 9, " \r\n") + 9, line);
		if (!settings && strncmp(line, "bogus", 5) == 0)
			bad = !!fprintf(stderr, "%s:%d: bogus: unknown key\n", argv[3], number);
	}
	return bad;
}
END
	cc -static -o "$work/kdump-init" "$work/init.c" && cc -o "$work/dynamic" "$work/init.c"
}

make_inputs() {
	kernel=$work/package/lib/modules/6.9.0-test
	mkdir -p "$kernel/kernel"
	module base base_symbol &&
		module middle middle_symbol base_symbol &&
		module top top_symbol middle_symbol 'softdep=pre: early' &&
		module early early_symbol &&
		module other other_symbol base_symbol || return 1
	xz --check=crc32 "$kernel/kernel/middle.ko"
	echo kernel/drivers/inside.ko >"$kernel/modules.builtin"
	(cd "$kernel" && echo kernel/*.ko* | tr ' ' '\n' >modules.order)
	echo 'target = /dev/vda' >"$work/good.conf"
	printf '# comment\nbogus = 1\n' >"$work/bad.conf"
	make_init
}

# The usual call; arguments come on top.
make_archive() {
	run kdump-mkinitramfs -k 6.9.0-test --modules-dir "$work/package" -c "$work/good.conf" \
		-i "$work/kdump-init" -o out.img "$@"
}

# A name inside out.img, as text.
content() { zcat out.img | cpio --quiet -i --to-stdout "./$1"; }

# What is in out.img, but for /dev/console, which cpio writes for root only.
names() { zcat out.img | cpio --quiet -it | sed 's|^[.]/||; s|/$||; /console/d' | sort; }

module_lines() { content etc/kdump-init.conf | sed -n 's|^module = /lib/modules/6.9.0-test/||p' | tr '\n' ' '; }

nothing_written() {
	exits 1
	[ ! -e out.img ] || fail 'an output file is left'
	[ "$(ls -A)" = "$(printf 'err\nout')" ] || fail "something is left: $(ls -A)"
}

test_the_archive_holds_init_config_folders_and_console() {
	make_archive
	exits 0
	content init | cmp - "$work/kdump-init"
	[ "$(content etc/kdump-init.conf)" = 'target = /dev/vda' ]
	list=$(zcat out.img | cpio --quiet -itvn)
	for name in dev mnt proc sys; do has "$list" "./$name"; done
	echo "$list" | grep -q '^crw------- .* 0 *0 *5, *1 .* ./dev/console$'
	echo "$list" | grep -q '^-rwxr-xr-x .* 0 *0 .* Jan  1  1970 ./init$'
}

test_modules_come_after_what_they_need_and_once() {
	make_archive -m top -m other -m base -m top
	exits 0
	lines=$(module_lines)
	[ "$(echo "$lines" | wc -w)" = 5 ]
	for pair in 'base.ko*middle.ko' 'middle.ko*top.ko' 'early.ko*top.ko' 'base.ko*other.ko'; do
		# shellcheck disable=SC2254 # a pattern
		case $lines in *$pair*) ;; *) fail "not in this order: $pair" ;; esac
	done
	has "$out" 'module   middle ('
}

test_parameters_stay_with_their_module() {
	make_archive -m top -m 'base speed=3 mode=x' -m other
	exits 0
	has "$(module_lines)" 'base.ko speed=3 mode=x middle.ko '
}

# What check --describe prints of a board whose kernel is RELEASE.
describe() { # RELEASE LINE...
	echo "kernel = $1"
	shift
	echo 'target = LABEL=kdumps'
	for line; do echo "$line"; done
}

test_a_described_board_gets_its_drivers_and_what_they_need() {
	describe 6.9.0-test 'fstype = top' 'device = /dev/mmcblk0p2' 'driver = other' \
		'watchdog = /dev/watchdog0' 'driver = inside' >board
	make_archive --for board
	exits 0
	lines=$(module_lines)
	[ "$(echo "$lines" | wc -w)" = 5 ]
	has "$lines" 'top.ko'
	has "$lines" 'other.ko'
	has "$out" 'target   LABEL=kdumps: top other'
	has "$out" 'watchdog /dev/watchdog0: inside'
	has "$out" 'builtin  inside'
	content etc/kdump-init.conf | grep -qx '# target   LABEL=kdumps: top other'
	[ -z "$err" ] || fail "a warning: $err"
	make_archive --for board -m 'base speed=3'
	exits 0
	has "$(module_lines)" 'base.ko speed=3 '
}

test_a_described_module_keeps_its_parameters_and_harms_nothing() {
	describe 6.9.0-test 'fstype = top' 'netconsole = eth0' 'driver = other' \
		'module = base speed=@10.0.0.2/eth0,6666@10.0.0.1/ mode=x;y' >board
	make_archive --for board
	exits 0
	has "$(module_lines)" 'base.ko speed=@10.0.0.2/eth0,6666@10.0.0.1/ mode=x;y '
	has "$out" 'netconsole eth0: other base'
	describe 6.9.0-test 'module = base speed=(1)' >hostile
	make_archive --for hostile
	exits 1
	has "$err" "gives the module 'base' the parameters"
}

test_of_a_list_of_filesystems_each_is_packed_that_there_is() {
	describe 6.9.0-test 'fstype = nosuch,top' >board
	make_archive --for board
	exits 0
	has "$(module_lines)" 'top.ko'
	has "$err" 'kernel 6.9.0-test has no module nosuch'
}

test_listed_modules_are_in_every_archive() {
	mkdir -p etc/kdump-init
	cp "$work/good.conf" etc/kdump-init.conf
	printf '# a comment\n\nbase speed=3 # as -m\nnosuch\ninside' >etc/kdump-init/modules
	make_archive -c etc/kdump-init.conf
	exits 0
	[ "$(module_lines)" = 'base.ko speed=3 ' ]
	has "$out" 'builtin  inside'
	has "$err" 'kernel 6.9.0-test has no module nosuch (etc/kdump-init/modules)'
	# what kdump-init check --archive holds against the list
	listed=$(content etc/kdump-init.conf | sed -n 's/^# listed: *\(.*[^ ]\) *$/\1/p' | paste -s -d ,)
	[ "$listed" = 'base speed=3,nosuch,inside' ] || fail "listed: $listed"
	echo inside >etc/kdump-init/modules
	make_archive -c etc/kdump-init.conf
	exits 0
	content etc/kdump-init.conf | grep -q -x '# listed: inside'
	content etc/kdump-init.conf | grep -q '^# Modules, in load order'
}

# As an editor of Windows leaves it.
test_lines_may_be_ended_by_two_characters() {
	mkdir -p etc/kdump-init
	printf 'target = /dev/vda\r\n' >etc/kdump-init.conf
	printf 'base speed=3\r\n\r\n# x\r\nother\r\n' >etc/kdump-init/modules
	make_archive -c etc/kdump-init.conf
	exits 0
	[ "$(module_lines)" = 'base.ko speed=3 other.ko ' ]
	[ -z "$err" ] || fail "a warning: $err"
	printf 'target = /dev/vda\r\nmodule = /lib/modules/6.9.0-test/base.ko\r\n' >etc/kdump-init.conf
	make_archive -c etc/kdump-init.conf
	exits 0
	[ -z "$err" ] || fail "a warning: $err"
}

test_an_alias_finds_the_module_of_another_kernel_only() {
	describe 6.9.0-test 'alias = of:Nmmc' 'alias = of:Nnothing' >same
	describe 5.10.0-other 'alias = of:Nmmc' 'alias = of:Nnothing' >another
	cp -R "$work/package" package
	kernel=package/lib/modules/6.9.0-test
	module card card_symbol '' 'alias=of:Nmmc'
	make_archive --modules-dir package --for same
	exits 0
	[ -z "$(module_lines)" ] || fail 'a driver that is built in was packed'
	make_archive --modules-dir package --for another
	exits 0
	[ "$(module_lines)" = 'card.ko ' ]
}

test_what_a_description_does_not_know_is_told() {
	describe 6.9.0-test 'unknown = the device: it is not there' 'driver = nosuch' >board
	make_archive --for board
	exits 0
	has "$err" 'target LABEL=kdumps: the device: it is not there; if its drivers are modules, name them with -m'
	has "$err" 'kernel 6.9.0-test has no module nosuch'
	echo 'driver = base' >none
	make_archive --for none
	exits 1
	has "$err" 'none (--for) is no description of a board'
	make_archive --for missing
	exits 1
	describe 6.9.0-test 'driver = ../../etc/x' >hostile
	make_archive --for hostile
	exits 1
	has "$err" "which is no module's name"
}

test_builtin_modules_are_told_and_skipped() {
	make_archive -m inside -m base
	exits 0
	has "$out" 'builtin  inside'
	[ "$(module_lines)" = 'base.ko ' ]
}

test_compressed_modules_are_unpacked() {
	make_archive -m middle
	exits 0
	xz -dc "$kernel/kernel/middle.ko.xz" >plain
	content lib/modules/6.9.0-test/middle.ko | cmp - plain
}

test_same_input_gives_the_same_bytes_everywhere() {
	make_archive -m top
	exits 0
	mkdir elsewhere
	chmod 777 elsewhere
	(cp -R "$work/package" elsewhere/other-name && cp -p "$work/kdump-init" "$work/good.conf" elsewhere)
	set -- --modules-dir other-name -m top -c good.conf -i ./kdump-init -o out.img
	user='setpriv --reuid 65534 --regid 65534 --clear-groups'
	[ "$(id -u)" = 0 ] && $user true 2>/dev/null || user='' # not root, or there is nobody else
	chmod 755 "$work" "$here_now"
	cp -R "$tools" elsewhere/tools
	# shellcheck disable=SC2086 # words
	(cd elsewhere && umask 077 && TZ=Asia/Tokyo TMPDIR=$PWD $user $shell tools/kdump-mkinitramfs -k 6.9.0-test "$@")
	cmp out.img elsewhere/out.img
}

test_every_compression_holds_the_same_archive() {
	make_archive -m top
	zcat out.img | cksum >gzip
	for how in none:cat xz:xzcat zstd:zstdcat; do
		make_archive -m top --compress "${how%:*}"
		exits 0
		"${how#*:}" <out.img | cksum | cmp - gzip
	done
	make_archive --compress xz
	xz --list --verbose out.img | grep -q CRC32
}

test_times_follow_source_date_epoch() {
	SOURCE_DATE_EPOCH=86400
	export SOURCE_DATE_EPOCH
	make_archive
	unset SOURCE_DATE_EPOCH
	zcat out.img | cpio --quiet -itvn | grep -q 'Jan  2  1970 ./init'
}

test_cpio_does_when_bsdtar_is_missing() {
	make_archive -m top
	names >bsdtar
	make_archive -m top --archiver cpio
	exits 0
	names | cmp - bsdtar
	cp out.img first
	make_archive -m top --archiver cpio
	cmp out.img first
}

test_an_unpacked_package_is_left_as_it_is() {
	find "$work/package" | sort >before
	make_archive -m top
	exits 0
	find "$work/package" | sort | cmp - before
}

test_modules_dir_may_be_any_level() {
	make_archive -m top
	mv out.img first
	for folder in lib/modules lib/modules/6.9.0-test; do
		make_archive --modules-dir "$work/package/$folder" -m top
		exits 0
		cmp out.img first
	done
	cp -R "$work/package" indexed
	modules=$(PATH=$PATH:/sbin depmod -b "$PWD/indexed" 6.9.0-test 2>&1) || fail "$modules"
	make_archive --modules-dir indexed -m top
	cmp out.img first
}

test_a_missing_module_is_an_error_and_no_file() {
	make_archive -m top -m nosuch
	nothing_written
	has "$err" 'no module nosuch for kernel 6.9.0-test'
}

test_an_unknown_kernel_is_an_error_that_lists_the_known() {
	make_archive -k 1.2.3 -m top
	nothing_written
	has "$err" 'unknown kernel 1.2.3'
	has "$err" '6.9.0-test'
}

test_a_config_error_has_file_and_line_and_keeps_the_old_archive() {
	make_archive -c "$work/bad.conf"
	nothing_written
	has "$err" "$work/bad.conf:2: bogus: unknown key"
	echo old >out.img
	make_archive -c "$work/bad.conf"
	exits 1
	[ "$(cat out.img)" = old ]
}

test_a_dynamic_or_wrong_init_is_refused() {
	make_archive -i "$work/dynamic"
	nothing_written
	has "$err" 'not static'
	make_archive -i "$work/good.conf"
	nothing_written
	has "$err" 'not an ELF program'
	make_archive -i nosuch
	nothing_written
	has "$err" 'no kdump-init program'
}

# A board's kdump-init has no commands: the program beside it checks.
test_the_commands_may_lie_beside_the_init() {
	mkdir apart
	echo 'int main(void) { return 3; }' | cc -static -x c -o apart/kdump-init -
	cp "$work/kdump-init" apart/kdump-init-full
	make_archive -i apart/kdump-init
	exits 0
	content init | cmp - apart/kdump-init
	ln -s apart/kdump-init link
	make_archive -i link
	exits 0
	chmod 644 apart/kdump-init apart/kdump-init-full
	make_archive -i apart/kdump-init
	exits 0
	chmod 755 apart/kdump-init
	rm apart/kdump-init-full
	make_archive -i apart/kdump-init
	exits 1
	has "$err" 'apart/kdump-init check --syntax'
	has "$err" 'with kdump-init-full beside it'
}

test_a_foreign_init_needs_a_checker_and_fitting_modules() {
	cp "$work/kdump-init" foreign
	printf '\025\000' | dd of=foreign bs=1 seek=18 conv=notrunc 2>/dev/null
	make_archive -i foreign
	exits 1
	has "$err" 'name a kdump-init of this machine with --checker'
	make_archive -i foreign --checker "$work/kdump-init"
	exits 0
	rm out.img
	make_archive -i foreign --checker "$work/kdump-init" -c "$work/bad.conf"
	exits 1
	make_archive -i foreign --checker "$work/kdump-init" -m top
	exits 1
	has "$err" 'name the right kdump-init'
	[ ! -e out.img ]
}

test_a_module_of_the_config_that_is_not_packed_is_told() {
	printf 'target = /dev/vda\nmodule = /x.ko' >own.conf
	make_archive -c own.conf -m base
	exits 0
	has "$err" '/x.ko, which is not in the archive'
	content etc/kdump-init.conf | grep -qx 'module = /x.ko'
	content etc/kdump-init.conf | grep -qx 'module = /lib/modules/6.9.0-test/base.ko'
}

test_without_modules_no_kernel_is_needed() {
	run kdump-mkinitramfs -c "$work/good.conf" -i "$work/kdump-init" -o out.img
	exits 0
}

test_a_place_that_cannot_be_written_is_told() {
	make_archive -o nosuch/out.img
	nothing_written
	has "$err" 'cannot write in nosuch'
}

test_wrong_options_are_usage_errors() {
	for arguments in '--nosuch 1' 'word' '-m' '--compress rar' '-k ../x'; do
		# shellcheck disable=SC2086 # words
		run kdump-mkinitramfs $arguments
		exits 2
	done
	run kdump-mkinitramfs --help
	exits 0
	has "$out" '--modules-dir'
}

test_installed_scripts_find_their_parts() {
	mkdir -p usr/sbin usr/lib/kdump-init
	cp "$tools/kdump-mkinitramfs" "$tools/kdump-load" usr/sbin
	cp "$tools"/*.sh usr/lib/kdump-init
	ln -s usr/sbin sbin
	$shell sbin/kdump-mkinitramfs -c "$work/good.conf" -i "$work/kdump-init" -o out.img
	$shell sbin/kdump-load --unload --dry-run
	if [ ! -e /etc/kdump-init.conf ]; then # without one there are defaults
		$shell sbin/kdump-mkinitramfs -i "$work/kdump-init" -o out.img
		[ -z "$(content etc/kdump-init.conf)" ]
	fi
	rm usr/lib/kdump-init/*.sh
	! $shell sbin/kdump-load --unload --dry-run 2>err || fail 'it ran without its part'
	has "$(cat err)" 'capture-kernel.sh is missing'
}

# As the power may do it while a kernel is installed.
broken_off() { # OUT
	mkdir bin tmp
	fake bin/gzip 'head -c 100 /dev/zero; kill -9 "$PPID"'
	TMPDIR=$PWD/tmp PATH=$PWD/bin:$PATH make_archive -o "$1"
	exits 137
	rm -r bin tmp
}

# What another call writes now is that one's.
test_what_a_call_left_that_was_broken_off_goes_and_nothing_else() {
	broken_off out.img
	[ -n "$(find . -name '.out.img.*')" ] || fail 'it left nothing, and the test is none'
	echo 'sleep 60; :' >kdump-mkinitramfs
	sh kdump-mkinitramfs &
	running=$!
	sleep 60 &
	reused=$! # a number that another program has now
	for name in .out.img.$running.abcdef .out.img.notes .out.img.old.abcdef out.img.backup; do
		echo kept >"$name"
	done
	for name in .out.img.4194305.abcdef .out.img.$reused.AbCdE0 .kdump-initrd.img-6.8.0-test.4194305.abcdef; do
		: >"$name"
	done
	mkdir .out.img.4194305.folder
	make_archive
	kill $running $reused
	exits 0
	left=$(find . -name '*img*' ! -name out.img | sort | tr '\n' ' ')
	[ "$left" = "$(printf '%s\n' ./.out.img.4194305.folder ./.out.img.$running.abcdef ./.out.img.notes ./.out.img.old.abcdef ./out.img.backup | sort | tr '\n' ' ')" ] || fail "left: $left"
}

# In a folder of archives what is not whole is none to make another one like.
test_what_was_left_is_no_archive_to_make_another_like() {
	make_archive -m base -o kdump-initrd.img-6.8.0-test
	broken_off kdump-initrd.img-6.9.0-test
	make_archive -o kdump-initrd.img-6.9.0-test --again
	exits 0
	lacks "$err" 'cannot be read'
	[ "$(find . -name '*kdump-initrd*' | wc -l)" = 2 ] || fail "left: $(ls -A)"
}

test_a_full_boot_is_told_and_the_old_archive_stays() {
	echo old >out.img
	mkdir bin
	fake bin/gzip '[ -f /proc/self/fd/1 ] || exec /usr/bin/gzip "$@"
head -c 100 /dev/zero
echo "gzip: stdout: No space left on device" >&2
exit 1'
	fake bin/df 'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"; echo "/dev/mmcblk0p1 64000 63999 1 100% /boot"'
	PATH=$PWD/bin:$PATH make_archive
	exits 1
	has "$err" 'no room for out.img, the old one is left as it is: it takes '
	has "$err" ' KiB, 1 KiB are free in .: remove a kernel or an archive'
	[ "$(cat out.img)" = old ]
	[ -z "$(find . -name '.out*')" ] || fail "left: $(ls -A)"
	sed -i 's/63999 1 /0 64000 /' bin/df
	PATH=$PWD/bin:$PATH make_archive
	exits 1
	has "$err" 'cannot write out.img'
	lacks "$err" 'no room'
}
