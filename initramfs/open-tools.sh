# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-open that knows crash, drgn and gdb: whether each is here and can read this
# dump, and how to ask it for the first page. It is read by that script, never run. Promises:
# what a program is told stands in a temporary folder, which goes at the end. die, warn, core,
# format, machine, release, vmlinux, batch and crash_root are the script's.

# The first program that can read the dump, or the one that was named ($with).
choose_tool() {
	why=''
	for tool in crash drgn gdb; do
		[ "${with:-$tool}" = "$tool" ] || continue
		! "${tool}_reads" || return 0
	done
	die "nothing here can read this dump ($format, $machine):$why"
}

# Why one cannot: for the message, when none can.
cannot() {
	why="$why
  $*"
	return 1
}

# crash reads the machine it was built for, and tells which: build_target of --buildinfo.
crash_reads() {
	crash='crash' qemu=''
	if [ -n "$crash_root" ]; then
		crash=$crash_root/usr/bin/crash
		find_emulator || return 1
	fi
	command -v "$crash" >/dev/null 2>&1 ||
		cannot "crash: not here${crash_root:+ ($crash)}; install the package crash" || return 1
	built_for=$(run_crash --buildinfo 2>/dev/null </dev/null | sed -n 's/^ *build_target: *//p')
	case $machine:$built_for in
	arm:ARM | arm64:ARM64 | x86_64:X86_64) crash_is_new_enough; return ;;
	esac
	cannot "crash: this one reads dumps of ${built_for:-unknown machines}; for $machine build it with make target=$(echo "$machine" | tr '[:lower:]' '[:upper:]'), or unpack that machine's package and name it with --crash-root DIR"
}

# One that opens no dump of this kernel is tried only where it was named; what else it cannot do is
# told beforehand.
crash_is_new_enough() {
	version=$(run_crash --version 2>/dev/null </dev/null | sed -n 's/^crash \([0-9.]*\).*/\1/p' | head -n 1)
	[ -n "$version" ] && [ -n "$(as_number "$release")" ] || return 0
	lacks=$(crash_lacks)
	[ -n "$lacks" ] || return 0
	told="crash $version is too old for kernel $release, which needs $(crash_needed) or newer"
	if printf '%s\n' "$lacks" | grep -q ' session$' && [ -z "$with" ]; then
		cannot "crash: $told: this one opens no dump of it; --with crash tries it"
		return
	fi
	warn "$told; without: $(printf '%s\n' "$lacks" | sed 's/[^ ]* //; s/^session$/opening a dump/' | awk '!seen[$0]++' | paste -s -d , | sed 's/,/, /g')"
}

find_emulator() {
	case $machine in arm64) emulated=aarch64 ;; *) emulated=$machine ;; esac
	for qemu in "qemu-$emulated-static" "qemu-$emulated"; do
		! command -v "$qemu" >/dev/null 2>&1 || return 0
	done
	cannot "crash: needs qemu-$emulated to run $crash; install qemu-user-static"
}

run_crash() {
	if [ -n "$qemu" ]; then
		"$qemu" -L "$crash_root" "$crash" "$@"
	else
		"$crash" "$@"
	fi
}

# drgn reads compressed dumps by libkdumpfile, which counts the frames of 32-bit ARM from address
# 0, makedumpfile and crash from the first RAM: where these are not the same it finds nothing.
drgn_reads() {
	command -v drgn >/dev/null 2>&1 || cannot "drgn: not here; install python3-drgn" || return 1
	[ "$format" = kdump ] || return 0
	case $(drgn --version 2>/dev/null | tr '\n' ' ') in
	*'with libkdumpfile'*) ;;
	*) cannot "drgn: this one was built without libkdumpfile, which compressed dumps need; $as_elf" || return 1 ;;
	esac
	[ "$machine" != arm ] || [ -n "$with" ] ||
		cannot "drgn: finds no compressed dump of 32-bit ARM whose RAM begins above address 0; --with drgn tries it"
}

as_elf="'kdump-init dump -f elf VMCORE OUT' makes an ELF file of it"

gdb_reads() {
	gdb='gdb-multiarch'
	if ! command -v "$gdb" >/dev/null 2>&1; then
		case $machine:$(uname -m) in
		x86_64:x86_64 | arm64:aarch64 | arm:arm*) gdb='gdb' ;;
		esac
	fi
	command -v "$gdb" >/dev/null 2>&1 || cannot "gdb: not here; install gdb-multiarch" || return 1
	[ "$format" = elf ] || cannot "gdb: reads no compressed dump; $as_elf"
}

# A folder for what a program is told, while it runs.
notes() {
	told=$(mktemp -d) || die "cannot make a temporary folder"
	trap 'rm -rf "$told"' EXIT
	trap 'exit 1' HUP INT TERM # sh runs the above only on exit
}

open_with_crash() {
	notes
	printf 'sys\nbt\nps\n' >"$told/first-page"
	[ -z "$batch" ] || echo quit >>"$told/first-page"
	if [ -n "$batch" ]; then
		run_crash -s --no_scroll -i "$told/first-page" "$vmlinux" "$core" </dev/null
	else
		run_crash -i "$told/first-page" "$vmlinux" "$core"
	fi && return
	code=$?
	warn "crash ${version:-of unknown version} ended with code $code: a crash that is older than the kernel ($release) may not know its structures; a newer one, drgn or gdb may (--with)"
	return "$code"
}

open_with_drgn() {
	notes
	cat >"$told/first-page" <<-'END'
		from drgn.helpers.linux.pid import for_each_task

		print("backtrace:")
		try:
		    print(prog.crashed_thread().stack_trace())
		except Exception as error:
		    print("  none:", error)
		print("\ntasks:")
		for task in for_each_task(prog):
		    print(f"{task.pid.value_():>7} {task.comm.string_().decode(errors='replace')}")
	END
	if drgn -q -c "$core" -s "$vmlinux" "$told/first-page"; then
		[ -n "$batch" ] || drgn -c "$core" -s "$vmlinux"
	fi
}

# The symbols lie where the kernel was linked to; KASLR moved it by KERNELOFFSET, a hexadecimal
# number. The list of tasks is followed from init_task on; of a torn one the end is bounded.
open_with_gdb() {
	notes
	offset=$(info_of KERNELOFFSET)
	{
		echo 'set pagination off'
		echo 'set print thread-events off'
		printf 'symbol-file -o 0x%s %s\n' "${offset:-0}" "$(gdb_word "$vmlinux")"
		cat <<-'END'
			echo \nbacktrace:\n
			backtrace 30
			echo \ntasks:\n
			set $task = &init_task
			set $link = (unsigned long)&((struct task_struct *)0)->tasks
			set $count = 0
			while $count < 10000 && ($count == 0 || $task != &init_task)
			  printf "%7d %s\n", $task->pid, $task->comm
			  set $task = (struct task_struct *)((unsigned long)$task->tasks.next - $link)
			  set $count = $count + 1
			end
		END
	} >"$told/first-page"
	"$gdb" -q ${batch:+-batch} -c "$core" -x "$told/first-page"
}

# As gdb reads a file's name: in quotes, where a backslash stands for the next character.
gdb_word() { # TEXT
	printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"
}
