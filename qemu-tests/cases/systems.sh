# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real Debian system with systemd, as an administrator meets it: apt installs the package, the
# machine restarts with crashkernel=, "kdump-init check" says ready, "kdump-load --test" crashes
# it, and after the restart kdump-report says that the test has passed. Then apt installs another
# kernel, the machine starts that one, and the same holds, though nobody did anything in between.
# Last comes a crash that nobody wanted, which the journal tells at priority crit. What is done in
# there is systems/walk, told by the steps below, a line for each start of the machine. The case
# called -quick has crashkernel= from the start, and takes two of them: apt installs the package,
# which is armed by that, is tested, and the test has passed.

define debian-armhf-quick virt debian_quick
define_extra debian-armhf virt debian
define_extra debian-arm64 arm64 debian
define_extra debian-amd64 x86_64 debian
for system in armhf-quick armhf arm64 amd64; do needs "debian-$system" debian-system; done

case_debian_quick() {
	debian_is_there || return 77
	debian_new || return 1
	debian_boot 1 older "crashkernel=$crashkernel" "package look test" "tell off" || return 1
	check "apt installs the package, and what it depends on" walk_line 1 '^apt: exit code 0$'
	check "nothing is left to do" not walk_line 1 '^apt: kdump-init: to be armed'
	judge_armed 1 "$older"
	judge_tested 2 "$older"
}

case_debian() {
	debian_is_there || return 77
	debian_new || return 1
	debian_boot 1 older "" "package off" || return 1
	judge_package || return 1
	debian_boot 2 older "crashkernel=$crashkernel" "look test" "look tell kernel=$newer off" || return 1
	judge_armed 2 "$older"
	judge_tested 3 "$older"
	judge_upgrade 3
	debian_boot 3 newer "crashkernel=$crashkernel" "look test" "look tell crash" "look tell off" || return 1
	judge_armed 4 "$newer"
	judge_tested 5 "$newer"
	judge_armed 6 "$newer"
	judge_crashed 6 "$newer"
	check "the filesystem is clean" e2fsck -fn "$disk_image?offset=$((p2_start * 512))"
}

judge_package() {
	check "apt installs the package, and what it depends on" walk_line 1 '^apt: exit code 0$'
	check "it says what is left to do" walk_line 1 '^apt: kdump-init: to be armed add crashkernel=' || return 1
	crashkernel=$(walk_line 1 'add crashkernel=' | sed 's/.*add crashkernel=\([0-9]*M\).*/\1/')
	note "what the package asks for: crashkernel=$crashkernel"
}

# judge_armed BOOT KERNEL: ready for a crash, by itself.
judge_armed() {
	check "start $1: it runs $2" walk_line "$1" "^kernel: $2\$"
	check "start $1: the service has loaded, and is enabled" \
		walk_lines "$1" 'load: ActiveState=active' 'load: Result=success' 'load: UnitFileState=enabled'
	check "start $1: the configuration is watched" walk_line "$1" '^path: ActiveState=active$'
	check "start $1: no unit has failed" not walk_line "$1" '^failed: .*kdump'
	check "start $1: kdump-load --status: loaded, and the same" walk_line "$1" '^status: exit code 0$'
	check "start $1: it is this kernel, with its archive" walk_lines "$1" \
		"status: kernel: /boot/vmlinuz-$2" "status: archive: /boot/kdump-initrd.img-$2"
	check "start $1: kdump-init check says that it is ready" walk_line "$1" '^check: exit code 0$'
}

# judge_tested BOOT KERNEL: the start after a test.
judge_tested() {
	local passed='the test of the capture passed: complete and verified, .* in /var/crash/'
	check "start $1: the system crashed when it was told to" not walk_line $(($1 - 1)) '^crash: '
	check "start $1: the service finds a new dump" walk_line "$1" '^report: ExecMainStatus=0$'
	check "start $1: kdump-report --test says that it passed" walk_line "$1" "^test: $passed"
	check "start $1: by its exit code, too" walk_line "$1" '^test: exit code 0$'
	check "start $1: the journal has it, and why" walk_lines "$1" "notice: $passed.*" \
		"notice: test: kernel $2 crashed .*sysrq triggered crash; complete, .*"
	check "start $1: nobody is woken for a test" not walk_line "$1" '^crit: .*kernel'
	check "start $1: who logs in sees it" walk_line "$1" "^login: kdump-init: $passed"
	check "start $1: last-crash says why the machine restarted" walk_lines "$1" \
		'last-crash: reason=test' "last-crash: kernel=$2" 'last-crash: result=complete'
	check "start $1: the dump is listed" walk_line "$1" "^list: .* complete .* $2 .*test: "
	check "start $1: and verified" dumps_are_verified "$1"
}

# All that are there, and there is one.
dumps_are_verified() { # BOOT
	walk_line "$1" '^verify: exit code 0$' && not walk_line "$1" '^verify: exit code [^0]'
}

# judge_crashed BOOT KERNEL: the start after a crash that was no test.
judge_crashed() {
	local words="kernel $2 crashed .*sysrq triggered crash; complete, .* in /var/crash/"
	check "start $1: the journal has it at priority crit" walk_line "$1" "^crit: $words"
	check "start $1: who logs in sees it" walk_line "$1" "^login: kdump-init: $words"
	check "start $1: last-crash says why the machine restarted" walk_lines "$1" \
		'last-crash: reason=crash' "last-crash: kernel=$2" 'last-crash: result=complete'
	check "start $1: the dump is verified" dumps_are_verified "$1"
	check "start $1: the test's dump has made room" not walk_line "$1" '^list: .*test: '
}

# judge_upgrade BOOT: another kernel was installed.
judge_upgrade() {
	check "apt installs another kernel" walk_line "$1" '^apt: exit code 0$'
	check "its hook has nothing to complain about" not walk_line "$1" '^apt: kdump-init: no archive'
	check "and has made the archive" debian_has "/boot/kdump-initrd.img-$newer"
	check "beside the one of the kernel before" debian_has "/boot/kdump-initrd.img-$older"
}
