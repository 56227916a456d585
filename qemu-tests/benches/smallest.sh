# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The smallest crashkernel=, in steps of 1 MiB, with which each way brings its dump
# home; 512 MiB of RAM, Debian's kernels. What a way needs beyond kdump-init's archive
# (busybox, makedumpfile and its libraries) is in its archive.

# try_size MACHINE WAY MIB: does it work?
try_size() {
	bench_new "smallest-$1-$2" "$1" 512
	crashkernel=${3}M deadline=150
	[ "$1" = virt ] || deadline=200
	case $2 in
	dd | makedumpfile-c-31)
		wrapper=only
		more_settings="way=$2" ;;
	*) bench_way "$2" ;;
	esac
	# shellcheck disable=SC2317 # called by crash_and_capture
	capture_changes() {
		case $case_name in
		*-makedumpfile-*) capture_add_tools "$1" ;;
		*-reboot) capture_add_files "$1" "$build/armel/bench-meter" ;;
		esac
	}
	(crash_and_capture) >"$case_dir/told" 3>&1 || return 1
	disk_report "$disk_image" second >"$case_dir/report.second"
	report_line second '^second boot$' >/dev/null || return 1
	case $2 in
	reboot) grep -a -q '^meter: rebooting' "$case_dir/console.log" ;;
	dd | makedumpfile-c-31) grep -a -q "^T-$nonce: only: ended with 0" "$case_dir/console.log" ;;
	*) report_line second '^status result=complete$' >/dev/null ;;
	esac
}

# try_told MACHINE WAY MIB
try_told() {
	local word=enough
	try_size "$@" || word="not enough"
	case_name=bench note "$1, $2: ${3}M is $word"
	rm -f "$case_dir"/*.{img,cpio}
	[ "$word" = enough ]
}

# bisect MACHINE WAY BAD GOOD: the smallest that is enough; GOOD + 1: none of them.
bisect() {
	local bad=$3 good=$(($4 + 1)) middle
	while [ $((good - bad)) -gt 1 ]; do
		middle=$(((bad + good) / 2))
		if try_told "$1" "$2" $middle; then good=$middle; else bad=$middle; fi
	done
	echo "$1,$2,$good"
}

# upwards MACHINE WAY FROM: for ways that are expected to need little more than FROM.
upwards() {
	local size=$3
	until try_told "$1" "$2" "$size" || [ "$size" -ge $(($3 + 12)) ]; do
		size=$((size + 1))
	done
	echo "$1,$2,$size"
}

# smallest_of MACHINE BAD GOOD WAY...: of the init that only reboots, of ours, of WAY...
smallest_of() {
	local machine=$1 line least way
	line=$(bisect "$machine" reboot "$2" "$3")
	least=${line##*,}
	echo "$line"
	for way in elf zlib-31; do upwards "$machine" $way "$least"; done
	for way in "${@:4}"; do bisect "$machine" "$way" "$least" 63; done
}

# Both machines at once: what they tell is not time.
bench_smallest() {
	local pid
	smallest_of raspi0 23 54 dd >"$work/bench-smallest-raspi0.csv" &
	pid=$!
	smallest_of virt 27 42 dd makedumpfile-c-31 >"$work/bench-smallest-virt.csv"
	wait $pid
	{
		echo machine,way,mib
		cat "$work"/bench-smallest-{virt,raspi0}.csv
	} >"$results/smallest.csv"
}
