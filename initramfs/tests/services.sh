# shellcheck shell=sh disable=SC2154,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for what calls kdump-load and kdump-report at boot: the scripts for System V,
# busybox and OpenRC, run here beside programs that write down what they were asked, and the units
# of systemd, in the opinion of systemd-analyze. A fake of openrc-run gives those scripts what it
# gives them (openrc-run(8)): /etc/conf.d/NAME is read, then the function is called.

# The scripts take the options from the system's /etc/default: it is replaced by ours. Their PATH
# has nothing but the fakes behind the shell's own.
booting() {
	mkdir -p bin etc
	fake bin/kdump-load 'echo "kdump-load:$#:$*" >>calls; exit "$(cat code 2>/dev/null || echo 0)"'
	fake bin/kdump-report 'echo "kdump-report $*" >>calls; exit "$(cat code 2>/dev/null || echo 0)"'
	for script in kdump-load.init kdump-report.init kdump-load.openrc kdump-report.openrc; do
		sed "s|/etc/default/|$PWD/etc/|g; s|/proc/vmcore|$PWD/vmcore|; s|^PATH=.*|PATH=\$PATH|" \
			"$tools/$script" >$script
	done
	PATH=$PWD/bin:/usr/bin:/bin
	export PATH
	: >calls
}

# What was left in the background has written down what it was asked, or hangs.
called() {
	tries=2000
	while ! grep -q . calls && [ "$tries" -gt 0 ]; do
		sleep 0.05
		tries=$((tries - 1))
	done
}

# Calls FILE as init does, and waits for what it left in the background.
init_calls() { # FILE ARGUMENT...
	code=0
	$shell "$@" >out 2>&1 || code=$?
	[ "$code" != 0 ] || called
	out=$(cat out)
	echo "exit $code; $out; $(cat calls)"
}

openrc_calls() { # FILE FUNCTION
	code=0
	$shell -c '
		ebegin() { echo "$*"; }
		eend() { [ "$1" = 0 ] || echo "${2:-}"; return "$1"; }
		[ ! -f etc/conf.d ] || . etc/conf.d
		. "./$1"
		"$2"' openrc-run "$1" "$2" >out 2>&1 || code=$?
	out=$(cat out)
	echo "exit $code; $out; $(cat calls)"
}

calls_are() { # TEXT
	[ "$(cat calls)" = "$1" ] || fail "called: $(cat calls); expected: $1"
	: >calls
}

test_the_init_script_loads_at_boot_and_leaves_it_at_shutdown() {
	booting
	echo "KDUMP_LOAD_OPTIONS='--append \"console=ttyS0 a\"'" >etc/kdump-load
	for action in start restart reload force-reload ''; do
		# shellcheck disable=SC2086 # no argument is one of them
		init_calls kdump-load.init $action
		exits 0
		calls_are 'kdump-load:3:--auto --append console=ttyS0 a'
	done
	echo 1 >code
	init_calls kdump-load.init start
	exits 1
	: >calls
	echo 0 >code
	$shell kdump-load.init stop >out
	has "$(cat out)" 'stays loaded through shutdown'
	calls_are ''
	init_calls kdump-load.init unload
	calls_are 'kdump-load:1:--unload'
	echo 1 >code
	init_calls kdump-load.init status
	exits 1
	calls_are 'kdump-load:1:--status'
	init_calls kdump-load.init nonsense
	exits 2
	has "$out" 'usage:'
}

test_the_init_script_that_reports_lets_the_boot_go_on() {
	booting
	echo 1 >code # there is no new dump
	init_calls kdump-report.init start
	exits 0
	calls_are 'kdump-report --boot'
	init_calls kdump-report.init restart
	exits 0
	calls_are 'kdump-report --boot'
	echo 3 >code
	init_calls kdump-report.init restart
	exits 1
	: >calls
	init_calls kdump-report.init status
	calls_are 'kdump-report --list'
	$shell kdump-report.init stop
	calls_are ''
}

test_openrc_loads_at_boot_and_leaves_it_at_shutdown() {
	booting
	has "$(head -n 1 kdump-load.openrc)" '#!/sbin/openrc-run'
	has "$(cat kdump-load.openrc)" 'keyword -stop' # at shutdown it is not stopped
	echo "KDUMP_LOAD_OPTIONS='--append \"a b\"'" >etc/conf.d
	openrc_calls kdump-load.openrc start
	exits 0
	calls_are 'kdump-load:3:--auto --append a b'
	echo "KDUMP_LOAD_OPTIONS='--append c'" >etc/kdump-load
	openrc_calls kdump-load.openrc reload
	calls_are 'kdump-load:3:--auto --append c'
	echo 1 >code
	openrc_calls kdump-load.openrc start
	exits 1
	has "$out" 'No crash will be saved'
	: >calls
	openrc_calls kdump-load.openrc status
	exits 1
	calls_are 'kdump-load:1:--status'
	openrc_calls kdump-load.openrc stop
	calls_are 'kdump-load:1:--unload'
	openrc_calls kdump-report.openrc start
	exits 0
	called
	calls_are 'kdump-report --boot'
}

# busybox init looks in /sbin, /usr/sbin, /bin and /usr/bin; "make install PREFIX=/usr/local" puts
# the programs elsewhere.
test_the_programs_are_found_where_they_were_installed() {
	booting
	mv bin local
	for script in kdump-load.init kdump-report.init kdump-load.openrc kdump-report.openrc; do
		sed "s|/etc/default/|$PWD/etc/|g; s|/proc/vmcore|$PWD/vmcore|; s|/usr/local/sbin|$PWD/local|" \
			"$tools/$script" >$script
		case $script in
		*.init) init_calls $script start ;;
		*.openrc) openrc_calls $script start && called ;;
		esac
		exits 0
		grep -q kdump- calls || fail "$script did not find its program"
		: >calls
	done
}

test_nothing_is_loaded_or_reported_in_a_capture_kernel() {
	booting
	: >vmcore
	for script in kdump-load.init kdump-report.init; do
		$shell $script start
	done
	for script in kdump-load.openrc kdump-report.openrc; do
		openrc_calls $script start
		exits 0
	done
	sleep 0.2
	calls_are ''
}

# The units as they are, but for where the programs lie.
test_systemd_has_nothing_to_say_of_the_units() {
	mkdir units
	for unit in kdump-load.service kdump-load.path kdump-reload.service kdump-report.service kdump-network.service; do
		sed "s|/usr/sbin/kdump|$tools/kdump|" "$tools/$unit" >units/$unit
	done
	systemd-analyze verify --man=no units/* >said 2>&1 || fail "exit $?: $(cat said)"
	[ ! -s said ] || fail "$(cat said)"
	sed -i 's/^PathChanged=/PathChange=/' units/kdump-load.path
	systemd-analyze verify --man=no units/kdump-load.path >said 2>&1 || : # only some releases exit with 1
	has "$(cat said)" PathChange
}

# What a unit starts is a shell, by whose name the journal would have its lines.
test_the_journal_names_who_speaks() {
	for unit in kdump-load kdump-report kdump-reload kdump-network; do
		grep -q -x "SyslogIdentifier=$unit" "$tools/$unit.service" || fail "$unit"
	done
}

# systemd-tmpfiles empties /tmp at boot, where the archive is being made: tmpfiles.d(5), "D".
test_systemd_starts_nothing_before_tmp_has_been_emptied() {
	for unit in "$tools"/kdump-*.service; do
		! grep -q '^DefaultDependencies=no' "$unit" ||
			grep -q '^After=.*systemd-tmpfiles-setup.service' "$unit" || fail "$unit"
	done
}

# What an older archive or configuration is watched for is what the archive is made of.
test_the_path_unit_watches_what_the_archive_is_made_of() {
	for file in /etc/kdump-init.conf /etc/kdump-init/modules /etc/default/kdump-load; do
		grep -q -x "PathChanged=$file" "$tools/kdump-load.path" || fail "$file is not watched"
		grep -q -F "$file" "$tools/kdump-reload.service" || fail "$file is not looked at again"
	done
	grep -q -x 'Unit=kdump-reload.service' "$tools/kdump-load.path"
	grep -q '^ExecReload=.*kdump-load --auto' "$tools/kdump-load.service"
}

# kdump-reload.service's own command, without its systemd: a systemctl says what state
# kdump-load.service has, and runs ./meanwhile for a reload, whose exit code it has.
reloading() { # STATE
	mkdir -p bin etc/kdump-init etc/default
	sed -n '/^ExecStart=/,$p' "$tools/kdump-reload.service" | sed "
		s|^ExecStart=/bin/sh -c '||; s|'\$||; s|\\\\\$||; s|\\\$\\\$|\$|g; s|/run/|$PWD/|g; s|/etc/|$PWD/etc/|g" >script
	cat script
	echo "$1" >state
	echo a >etc/kdump-init.conf
	: >calls
	: >meanwhile
	fake bin/systemctl 'case $* in
*is-active*) grep -q -x active state ;;
*is-failed*) grep -q -x failed state ;;
*) echo "$*" >>calls; [ "$(wc -l <calls)" -lt 9 ] || exit 0; . ./meanwhile ;;
esac'
	PATH=$PWD/bin:$PATH
}

# Nothing is waited for without end: the fake ends what would be a loop.
reloads() { # COUNT
	code=0
	# shellcheck disable=SC2086 # a shell may be two words
	timeout 120 $shell script || code=$?
	[ "$(grep -c -x 'reload-or-restart kdump-load.service' calls)" = "$1" ] || fail "called: $(cat calls)"
	: >calls
}

test_a_change_while_it_loads_makes_it_load_once_more() {
	reloading active
	reloads 1
	echo '[ -e again ] || { : >again; echo b >etc/kdump-init/modules; }' >meanwhile
	reloads 2
	exits 0
	rm again
	echo '[ -e again ] || { : >again; echo c >etc/default/kdump-load; exit 7; }' >meanwhile
	reloads 2
	exits 0
	echo 'exit 7' >meanwhile
	reloads 1
	exits 7
}

# The clock of a board without one starts in the past, and files come from elsewhere.
test_a_file_that_is_newer_than_the_clock_is_loaded_once() {
	reloading active
	touch -d '2099-01-01 00:00:00' etc/kdump-init.conf
	echo 'sleep 1.1' >meanwhile
	reloads 1
	exits 0
}

test_what_was_stopped_by_hand_is_not_loaded_by_a_change() {
	reloading inactive
	reloads 0
	exits 0
	reloading failed
	reloads 1
	reloading active
	echo 'echo b >etc/kdump-init.conf; echo inactive >state' >meanwhile
	reloads 1
	exits 0
	# asked after the pause, not before: so it holds for a stop within that, too
	! grep -q '^ExecCondition' "$tools/kdump-reload.service"
}

# What systemd does with these was tried by hand: a start that is still running is waited for, and
# many changes in a moment do not end the watching.
test_the_units_miss_no_change() {
	grep -q -x 'After=kdump-load.service' "$tools/kdump-reload.service"
	grep -q -x 'StartLimitIntervalSec=0' "$tools/kdump-reload.service"
	grep -q '^Before=.*kdump-load.service' "$tools/kdump-load.path"
}

# The script that dpkg calls once the package is unpacked, beside programs that write down what
# they were asked. dpkg itself sets DPKG_ROOT, the root directory, and DPKG_MAINTSCRIPT_ARCH.
installed() { # CALLED FOR, VERSION BEFORE
	PATH=$PWD/bin:/usr/bin:/bin
	export PATH DPKG_ROOT="$PWD/root"
	mkdir -p root/proc root/boot root/lib/modules
	mkdir -p bin
	fake bin/systemctl 'echo "systemctl $*" >>calls; exit "$(cat code 2>/dev/null || echo 0)"'
	fake bin/kdump-load 'echo "kdump-load $*" >>calls; [ "$1" != --status ] || cat status 2>/dev/null'
	fake bin/kdump-mkinitramfs 'echo "kdump-mkinitramfs $*" >>calls; [ "$2" != 6.1-bad ] || { echo no disk; exit 1; }'
	: >calls
	code=0
	$shell "$tools/../config/packaging/debian/kdump-init.postinst" "$@" >out 2>err || code=$?
	out=$(cat out) err=$(cat err)
	echo "exit $code; $out; $err; $(cat calls)"
}

test_the_package_asks_for_enough_memory() {
	installed configure ''
	exits 0
	has "$out" 'add crashkernel=64M to'
	for word in arm64 amd64; do
		export DPKG_MAINTSCRIPT_ARCH=$word
		installed configure ''
		has "$out" 'add crashkernel=128M to'
	done
	echo 'root=/dev/vda2 crashkernel=64M' >root/proc/cmdline
	installed configure ''
	[ -z "$out$err" ]
	calls_are ''
}

test_a_new_version_gets_into_the_archives_and_is_loaded() {
	mkdir -p root/run/systemd/system root/boot root/lib/modules/6.1-a root/lib/modules/6.1-bad
	touch root/boot/kdump-initrd.img-6.1-a root/boot/kdump-initrd.img-6.1-bad root/boot/kdump-initrd.img-6.1-gone
	installed configure 0.1.0
	exits 0
	has "$err" 'the archive of 6.1-bad has the version of before: no disk'
	calls_are 'kdump-mkinitramfs -k 6.1-a --again
kdump-mkinitramfs -k 6.1-bad --again
systemctl start kdump-reload.service'
	echo 1 >code
	installed configure 0.1.0
	exits 0
	has "$err" 'what is loaded is not up to date'
	rm -r root/run/systemd root/boot
	echo 'loaded: yes' >status
	installed configure 0.1.0
	exits 0
	calls_are 'kdump-load --status
kdump-load --auto'
}

# A hook of /etc/kernel, as Debian's linux-image calls it from its own script, whose arguments are
# in DEB_MAINT_PARAMS (linux/scripts/package/builddeb has it, too).
kernel_hook() { # HOOK, CALLED FOR
	mkdir -p boot bin
	fake bin/kdump-mkinitramfs 'echo "kdump-mkinitramfs $*" >>calls; [ "$2" != 6.1-bad ] || { echo no disk; exit 1; }'
	sed "s|/boot/|$PWD/boot/|; s|/usr/sbin/|$PWD/bin/|" "$tools/../config/packaging/debian/$1" >hook
	: >calls
	code=0
	PATH=$PWD/bin:$PATH DEB_MAINT_PARAMS=$2 $shell hook "${3:-6.1-a}" "/boot/vmlinuz-${3:-6.1-a}" >out 2>err || code=$?
	out=$(cat out) err=$(cat err)
	echo "exit $code; $out; $err"
	exits 0
}

test_a_new_kernel_gets_an_archive_like_the_one_before() {
	kernel_hook kernel-postinst 'configure 6.1.1'
	calls_are 'kdump-mkinitramfs -k 6.1-a --again'
	kernel_hook kernel-postinst '' 6.1-bad # nobody is told for what by some packages, and by make install
	calls_are 'kdump-mkinitramfs -k 6.1-bad --again'
	has "$err" 'no archive for 6.1-bad yet: no disk'
	kernel_hook kernel-postinst 'abort-upgrade 6.1.2'
	calls_are ''
}

# A kernel that is replaced by its next revision is not gone: the new one's archive is made like the
# one that is there.
test_only_a_kernel_that_goes_takes_its_archive_along() {
	mkdir boot
	for of in 'upgrade 6.1.2' 'failed-upgrade 6.1.1' 'abort-install' 'disappear x'; do
		: >boot/kdump-initrd.img-6.1-a
		kernel_hook kernel-postrm "$of"
		[ -e boot/kdump-initrd.img-6.1-a ] || fail "$of"
	done
	for of in remove purge "'remove'" ''; do
		: >boot/kdump-initrd.img-6.1-a
		: >boot/kdump-initrd.img-6.1-b
		kernel_hook kernel-postrm "$of"
		[ ! -e boot/kdump-initrd.img-6.1-a ] || fail "$of"
		[ -e boot/kdump-initrd.img-6.1-b ] || fail "$of"
	done
}

test_an_upgrade_takes_nothing_back_and_reports_nothing() {
	command -v dh_installsystemd >/dev/null || return 0 # of "make deb"
	rules=$tools/../config/packaging/debian/rules
	mkdir -p debian/kdump-init/lib/systemd/system
	cp "$tools"/kdump-*.service "$tools"/kdump-*.path debian/kdump-init/lib/systemd/system/
	printf 'Source: kdump-init\nBuild-Depends: debhelper-compat (= 13)\n\nPackage: kdump-init\nArchitecture: all\nDescription: of a test\n' >debian/control
	printf 'kdump-init (1) unstable; urgency=low\n\n  * A test.\n\n -- A <a@localhost>  Sat, 28 Nov 2026 20:00:00 +0000\n' >debian/changelog
	make -s -f "$rules" override_dh_installsystemd DEB_HOST_ARCH=armhf
	cat debian/*.debhelper debian/.debhelper/generated/*/* >scripts
	has "$(cat scripts)" "enable 'kdump-report.service'"
	has "$(cat scripts)" "enable 'kdump-load.service'"
	lacks "$(cat scripts)" '_dh_action=restart'
	lacks "$(cat scripts)" '"$1" = upgrade'
	lacks "$(grep deb-systemd-invoke scripts)" kdump-re
}
