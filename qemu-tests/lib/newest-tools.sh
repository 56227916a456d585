# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The newest tools that read dumps, out of Debian's unstable: makedumpfile, crash, drgn and
# libkdumpfile. Promises: they are unpacked below $cache/unpacked, never installed, and run with
# the libc that they were built with, which is newer than the host's; a mirror that lacks
# the suite is told, and what only they could judge is left out.
#
# makedumpfile and crash read the dumps of the machine they are built for. drgn and
# libkdumpfile are programs for amd64 that read dumps of any; both come with their own Python.

newest_suite=sid

newest_packages() {
	case $1 in
	makedumpfile) echo makedumpfile libc6 libgcc-s1 libdw1t64 libelf1t64 liblzo2-2 zlib1g \
		libbz2-1.0 liblzma5 libzstd1 ;;
	crash) echo crash libc6 libgcc-s1 libstdc++6 libgmp10 libmpfr6 libncursesw6 libtinfo6 \
		liblzo2-2 libsnappy1v5 libzstd1 zlib1g ;;
	drgn) echo +python3-drgn +python3-pykdumpfile ;;
	*) die "no such tool: $1" ;;
	esac
}

# fetch_newest TOOL ARCH: 1 when the mirror lacks it.
fetch_newest() {
	local rc=0 packages
	read -ra packages <<<"$(newest_packages "$1")"
	KDUMP_SUITE=$newest_suite "$repo/.ci/fetch-packages" "$2" "$unpacked/newest-$1-$2" \
		"${packages[@]}" >&3 2>&3 || rc=$?
	[ "$rc" = 0 ] || [ "$rc" = 3 ] || die "cannot get $1 of $newest_suite for $2"
	return "$rc"
}

# fetch_judges 'TOOL ARCH'...: those that the mirror has.
fetch_judges() {
	local tool
	for tool in "$@"; do
		# shellcheck disable=SC2086 # two words
		fetch_newest $tool || note "the mirror lacks $tool of $newest_suite: it judges nothing"
	done
}

have_newest() {
	[ -e "$unpacked/newest-$1-$2/.packages" ]
}

# run_newest TOOL ARCH PROGRAM ARGUMENT...
run_newest() {
	local root=$unpacked/newest-$1-$2 run=() loader libs
	case $2 in
	armhf) run=(qemu-arm-static -L "$root") ;;
	arm64) run=(qemu-aarch64-static -L "$root") ;;
	amd64) [ "$(uname -m)" = x86_64 ] || run=(qemu-x86_64-static -L "$root") ;;
	*) die "no tools for $2" ;;
	esac
	loader=("$root"/usr/lib*/ld-linux*.so.*)
	libs=("$root"/usr/lib/*-linux-gnu*)
	timeout 900 "${run[@]}" "${loader[0]}" --library-path "${libs[0]}" \
		"$root/usr/bin/$3" "${@:4}" </dev/null
}

newest_makedumpfile() {
	run_newest makedumpfile "$judges" makedumpfile "$@"
}

# newest_reads ...: lib/newest-reads in the Python that drgn and libkdumpfile are built for.
newest_reads() {
	local root=$unpacked/newest-drgn-amd64
	PYTHONHOME=$root/usr PYTHONPATH=$root/usr/lib/python3/dist-packages \
		run_newest drgn amd64 python3 -B "$tests/lib/newest-reads" "$@"
}

# What VMCOREINFO of an ELF dump says: it is among the notes, in the first pages.
dump_says() {
	head -c 131072 "$1" | tr '\0' '\n' | grep -a -x -E "$2" | head -n 1
}

# makedumpfile_stumbles ELF: why makedumpfile 1.7.8 is no judge of this kernel; 1: it is one.
makedumpfile_stumbles() {
	if dump_says "$1" 'CONFIG_ARM_LPAE=y' >/dev/null; then
		echo "it takes LPAE's address of the kernel for that of another layout"
	elif dump_says "$1" 'NUMBER\(VA_BITS\)=52' >/dev/null; then
		echo "it knows no 52-bit virtual addresses with pages of 4 and 16 KiB"
	elif dump_says "$1" 'OFFSET\(page\.compound_info\)=.*' >/dev/null; then
		echo "it does not know the tails of compound pages of 7.1 and later"
	else
		return 1
	fi
}
