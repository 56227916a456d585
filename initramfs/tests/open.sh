# shellcheck shell=sh disable=SC2154,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-open: made-up dumps and symbols, and crash, drgn, gdb and
# debuginfod-find that write down what they were asked. PATH holds them and what the script
# itself needs, so that nothing of this machine is taken for them.

id=48595b79b8f9f8c3a37f56904f275db5972d07e5

desk() {
	mkdir -p bin root/usr/lib/debug/boot
	for tool in sh od head tail tr sed grep cat mktemp rm mv mkdir chmod readelf readlink awk paste sort dirname busybox dash; do
		ln -s "$(command -v $tool)" bin/$tool
	done
	fake bin/uname 'echo x86_64'
	KDUMP_ROOT=root
	PATH=$PWD/bin
	export KDUMP_ROOT PATH
	unset DEBUGINFOD_URLS
	core_of 40 >core
}

# The beginning of a core: ELF's identification, the machine, VMCOREINFO behind some notes.
core_of() { # E_MACHINE [WITHOUT-BUILD-ID]
	printf '\177ELF\1\1\1'
	head -c 9 /dev/zero
	word $((4 | $1 << 16))
	head -c 9000 /dev/zero
	printf 'VMCOREINFO\0\0'
	printf 'OSRELEASE=6.9.0-test\n'
	[ -n "${2:-}" ] || printf 'BUILD-ID=%s\n' $id
	printf 'KERNELOFFSET=1c000000\n'
}

# A kdump-compressed dump, as far as it is looked at.
kdump_of() { # MACHINE
	printf 'KDUMP   '
	head -c 264 /dev/zero
	printf '%s' "$1"
	head -c 5000 /dev/zero
	printf 'OSRELEASE=6.9.0-test\nBUILD-ID=%s\n' $id
}

# Symbols with that build id; cc is called with the PATH of before desk().
symbols() { # FILE [BUILD-ID]
	mkdir -p "$(dirname "$1")"
	/usr/bin/env PATH=/usr/bin:/bin cc -shared -nostdlib -Wl,--build-id="0x${2:-$id}" -x c /dev/null -o "$1"
}

here_are() { # PROGRAM...
	for program; do
		case $program in
		crash) fake bin/crash 'case $1 in --buildinfo) echo "    build_target: ARM" ;; --version) echo "crash ${crash_version:-9.0.2}" ;;
*) cp_page "$@" ;; esac' ;;
		drgn) fake bin/drgn 'case $1 in --version) echo "drgn 0.3.0 (using Python,"; echo "with libkdumpfile)" ;; *) cp_page "$@" ;; esac' ;;
		*) fake "bin/$program" 'cp_page "$@"' ;;
		esac
	done
	fake bin/cp_page 'echo "$*" >>calls; for word; do case $word in */first-page) cat "$word" >page ;; esac; done'
}

opens() {
	rm -f calls page
	run kdump-open "$@"
}

test_symbols_are_found_by_the_build_id_of_the_dump() {
	desk
	here_are crash
	symbols root/usr/lib/debug/.build-id/48/595b79b8f9f8c3a37f56904f275db5972d07e5.debug
	opens --batch core
	exits 0
	has "$out" 'symbols: root/usr/lib/debug/.build-id/48/595b79b8f9f8c3a37f56904f275db5972d07e5.debug'
	has "$(cat calls)" '595b79b8f9f8c3a37f56904f275db5972d07e5.debug core'
}

test_symbols_of_that_release_but_another_build_are_not_taken() {
	desk
	here_are crash
	symbols root/usr/lib/debug/boot/vmlinux-6.9.0-test 1111111111111111111111111111111111111111
	opens core
	exits 1
	has "$err" "no symbols of 6.9.0-test here (build id $id)"
	symbols root/usr/lib/debug/lib/modules/6.9.0-test/vmlinux
	opens core
	exits 0
	has "$out" 'symbols: root/usr/lib/debug/lib/modules/6.9.0-test/vmlinux'
	opens --vmlinux root/usr/lib/debug/boot/vmlinux-6.9.0-test core
	exits 1
	has "$err" 'is of another kernel: its build id is 1111111111111111111111111111111111111111'
	[ ! -e calls ] || fail 'a program was called'
	# A kernel before 5.9 tells no build id.
	core_of 40 old >core
	opens --vmlinux root/usr/lib/debug/boot/vmlinux-6.9.0-test core
	exits 0
}

test_a_server_is_asked_where_one_is_named() {
	desk
	here_are crash
	symbols fetched
	fake bin/debuginfod-find 'echo "$*" >>asked; echo fetched'
	opens core
	exits 1
	[ ! -e asked ] || fail 'a server was asked unasked'
	DEBUGINFOD_URLS=http://symbols.example opens core
	exits 0
	[ "$(cat asked)" = "debuginfo $id" ] || fail 'not the build id'
	has "$out" 'symbols: fetched'
	rm bin/debuginfod-find
	DEBUGINFOD_URLS=http://symbols.example opens core
	exits 1
	has "$err" 'debuginfod-find is not here'
}

# PROGRAM-THAT-IS-TAKEN FILE OF-THESE...
takes() {
	expected=$1 file=$2
	shift 2
	rm -f bin/crash bin/drgn bin/gdb bin/gdb-multiarch
	here_are "$@"
	opens --batch --vmlinux vmlinux "$file"
	exits 0
	has "$out" "with:    $expected"
}

test_the_first_program_that_can_read_the_dump_is_taken() {
	desk
	symbols vmlinux
	core_of 183 >core64
	kdump_of armv7l >packed
	kdump_of aarch64 >packed64
	takes crash core crash drgn gdb-multiarch
	takes crash packed crash drgn gdb-multiarch
	takes drgn core64 crash drgn gdb-multiarch
	takes drgn packed64 crash drgn gdb-multiarch
	takes drgn core drgn gdb-multiarch
	takes gdb core gdb-multiarch
	takes gdb core64 crash gdb-multiarch
	core_of 62 >core_x86
	takes gdb core_x86 gdb
}

test_why_nothing_can_read_it_is_told() {
	desk
	symbols vmlinux
	kdump_of aarch64 >packed
	opens --vmlinux vmlinux packed
	exits 1
	has "$err" 'nothing here can read this dump (kdump, arm64):'
	has "$err" 'crash: not here; install the package crash'
	has "$err" 'drgn: not here; install python3-drgn'
	has "$err" 'gdb: not here; install gdb-multiarch'
	here_are crash drgn gdb-multiarch
	fake bin/drgn 'echo "drgn 0.0.22 (using Python 3.11, without libkdumpfile)"'
	opens --vmlinux vmlinux packed
	exits 1
	has "$err" 'crash: this one reads dumps of ARM; for arm64 build it with make target=ARM64'
	has "$err" 'drgn: this one was built without libkdumpfile'
	has "$err" "gdb: reads no compressed dump; 'kdump-init dump -f elf VMCORE OUT' makes an ELF file"
	kdump_of armv7l >packed
	here_are drgn
	rm bin/crash
	opens --vmlinux vmlinux packed
	exits 1
	has "$err" 'whose RAM begins above address 0; --with drgn tries it'
	opens --vmlinux vmlinux --with drgn packed
	exits 0
}

test_the_first_page_has_panic_backtrace_and_tasks() {
	desk
	symbols vmlinux
	mkdir 0001
	mv core 0001/vmcore
	printf 'result=complete\npanic=Kernel panic - not syncing: \033[2Jsysrq\n' >0001/status
	takes crash 0001 crash
	has "$out" '0001/vmcore (elf, arm, complete)'
	has "$out" 'panic:   Kernel panic - not syncing: [2Jsysrq'
	[ "$(tr '\n' ' ' <page)" = 'sys bt ps quit ' ] || fail "not what crash is to do: $(cat page)"
	takes drgn 0001 drgn
	has "$(cat page)" 'crashed_thread().stack_trace()'
	has "$(cat page)" 'for_each_task(prog)'
	takes gdb 0001 gdb-multiarch
	has "$(cat page)" 'symbol-file -o 0x1c000000 "vmlinux"'
	has "$(cat page)" 'backtrace 30'
	has "$(cat calls)" '-batch -c 0001/vmcore'
	opens --vmlinux vmlinux 0001
	lacks "$(cat calls)" -batch
}

test_a_crash_of_another_machine_runs_under_qemu_user() {
	desk
	symbols vmlinux
	mkdir -p tree/usr/bin
	fake tree/usr/bin/crash 'exit 9'
	opens --vmlinux vmlinux --crash-root tree core
	exits 1
	has "$err" 'needs qemu-arm to run tree/usr/bin/crash; install qemu-user-static'
	here_are crash
	mv bin/crash behind
	fake bin/qemu-arm-static 'echo "$1 $2 $3" >>emulated; shift 3; exec ./behind "$@"'
	opens --vmlinux vmlinux --crash-root tree core
	exits 0
	has "$(cat emulated)" '-L tree tree/usr/bin/crash'
	has "$(cat calls)" 'vmlinux core'
}

test_a_crash_that_fails_is_told_with_its_version() {
	desk
	symbols vmlinux
	here_are crash
	fake bin/cp_page 'exit 3'
	fake bin/crash 'case $1 in --buildinfo) echo "build_target: ARM" ;; --version) echo "crash 9.0.2" ;; *) exit 3 ;; esac'
	opens --batch --vmlinux vmlinux core
	exits 3
	has "$err" 'crash 9.0.2 ended with code 3: a crash that is older than the kernel (6.9.0-test)'
}

test_a_crash_too_old_for_the_kernel_is_told_beforehand() {
	desk
	symbols vmlinux
	here_are crash drgn
	export crash_version=8.0.2
	opens --batch --vmlinux vmlinux core
	exits 0
	has "$out" 'with:    drgn'
	rm bin/drgn
	opens --batch --vmlinux vmlinux core
	exits 1
	has "$err" 'crash: crash 8.0.2 is too old for kernel 6.9.0-test, which needs 8.0.6 or newer: this one opens no dump of it'
	opens --batch --vmlinux vmlinux --with crash core
	exits 0
	has "$err" 'which needs 8.0.6 or newer; without: vm, ps, opening a dump, kmem -v'
	crash_version=8.0.5
	opens --batch --vmlinux vmlinux core
	exits 0
	has "$err" 'crash 8.0.5 is too old for kernel 6.9.0-test, which needs 8.0.6 or newer; without: kmem -v'
	crash_version=8.0.6
	opens --batch --vmlinux vmlinux core
	exits 0
	lacks "$err" 'too old'
	unset crash_version
}

test_what_is_no_dump_is_refused() {
	desk
	mkdir logs
	opens logs
	exits 1
	has "$err" 'logs is the directory of no dump'
	: >logs/vmcore-dmesg.txt.age
	opens logs
	exits 1
	has "$err" 'logs holds the log alone, sealed: age -d -i KEY logs/vmcore-dmesg.txt.age opens it'
	: >logs/vmcore-dmesg.txt
	opens logs
	exits 1
	has "$err" 'logs holds the log alone: read logs/vmcore-dmesg.txt'
	mkdir -p crash/0001-20261122T061522Z crash/0010-20261123T061522Z
	opens crash/
	exits 1
	has "$err" 'crash holds dumps: name one, crash/0010-20261123T061522Z say'
	opens nowhere
	exits 1
	has "$err" 'nowhere is no file that can be read'
	echo some text >text
	opens text
	exits 1
	has "$err" 'text is no dump'
	printf 'makedumpfile\0' >flat
	opens flat
	exits 1
	has "$err" 'makedumpfile -R OUT <flat'
	printf '\177ELF\1\1\1' >short
	opens short
	exits 1
	has "$err" 'names no kernel (VMCOREINFO)'
	core_of 40 >logs/vmcore-incomplete
	symbols vmlinux
	here_are crash
	opens --vmlinux vmlinux logs
	exits 0
	has "$err" 'was not finished'
}

test_wrong_options_of_open_are_usage_errors() {
	for arguments in --nosuch --vmlinux --with=vi ''; do
		run kdump-open $arguments
		exits 2
	done
	run kdump-open one two
	exits 2
	run kdump-open --help
	exits 0
	has "$out" --crash-root
}
