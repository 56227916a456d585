# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the parts of the bench share: a machine that has lived and crashes, with a
# wrapper in its capture kernel that measures, and the way of its words into a table.

# The machine, with kdump-init built for its processor as its other programs are: Debian's
# makedumpfile for virt is of armhf.
bench_machine() {
	machine_use "$1"
	[ "$1" != virt ] || kdump_arch=armhf
}

# bench_new NAME MACHINE MEMORY: settings as case_new makes them, and these.
bench_new() {
	case_begin "bench-$1" "$work/bench-$1" "$2"
	bench_machine "$2"
	memory=$3 ram=$3
	if [ "$ram" -lt 384 ]; then # where a crash kernel can start: see lib/machine.sh
		memory=384 first_extra=$small_memory
	fi
	disk_size $((memory > 512 ? memory * 2 : 1024))
	config_lines=("target = ${part}2")
	crashkernel=128M
	deadline=3000
}

# bench_way WAY: what the capture kernel runs.
bench_way() {
	case $1 in
	reboot) append="rdinit=/test/bench-meter" ;;
	elf) config_lines+=("format = elf") ;;
	zlib-31 | lzo-31) config_lines+=("format = kdump" "compress = ${1%-31}") ;;
	log) config_lines+=("format = none") ;;
	esac
}

# Half of the memory and more is in use: text, programs and noise in a tmpfs, and what
# first-system/live makes.
bench_fill() {
	lived_system
	fill_mib=$((ram / 2 - 64))
}

bench_run() {
	# shellcheck disable=SC2317 # called by crash_and_capture
	capture_changes() {
		capture_add_tools "$1"
		capture_add_files "$1" "$build/armel/bench-meter"
	}
	if crash_and_capture && judge_round_trip; then
		case_tidy
		return 0
	fi
	sed 's/^/# /' "$case_dir/verdict" >&3
	return 1
}

# bench_words: each line that begins with T-NONCE: bench, once.
bench_words() {
	tr -d '\r' <"$case_dir/console.log" | sed -n "s/^T-$nonce: bench //p" | awk '!seen[$0]++'
}

# bench_run_all COUNT: bench_run, and what COUNT ways and rounds told, a line each, in
# $case_dir/words; fewer are worth a note.
bench_run_all() {
	local told
	bench_run || return 1
	bench_words | grep -v '^: done' >"$case_dir/words"
	told=$(wc -l <"$case_dir/words")
	[ "$told" = "$1" ] || note "only $told of $1 were measured"
}

# to_table LEADING-COLUMNS LEADING-VALUES COLUMN...: lines of KEY=VALUE as CSV, on standard
# output; a key that a line has not stays empty.
to_table() {
	local columns=$1 values=$2
	shift 2
	awk -v columns="$columns" -v values="$values" -v keys="$*" '
	BEGIN {
		n = split(keys, key, " ")
		printf "%s", columns
		for (i = 1; i <= n; i++)
			printf ",%s", key[i]
		print ""
	}
	/=/ {
		split("", value)
		for (i = 1; i <= NF; i++) {
			at = index($i, "=")
			value[substr($i, 1, at - 1)] = substr($i, at + 1)
		}
		printf "%s", values
		for (i = 1; i <= n; i++)
			printf ",%s", value[key[i]]
		print ""
	}'
}

# add_table FILE: what standard input has, behind what FILE has already.
add_table() {
	local skip=1
	[ ! -e "$1" ] || skip=2
	tail -n +$skip >>"$1"
}
