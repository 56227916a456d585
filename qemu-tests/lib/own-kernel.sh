# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Capture kernels of our own (make capture-kernel): they are built when they are asked for, with
# kdump-init as it is, into build/capture-kernel/BOARD, and need neither an archive nor a root.

# 77 where the mirror has no source of a kernel.
build_capture_kernel() {
	local rc=0
	"$repo/config/kernel/capture-kernel" "$1" "$build/capture-kernel/$1" >&3 2>&3 || rc=$?
	[ "$rc" != 3 ] || return 77
	check "the capture kernel of $1 builds" [ "$rc" = 0 ]
}

capture_kernel_file() { # BOARD
	find "$build/capture-kernel/$1" -maxdepth 1 -name '*Image'
}

# What a dry run of kdump-load says is the least for KERNEL.
reserved_for() {
	kdump_load_dry_run 1 --kernel "$1" | sed -n 's/^# crashkernel=\([0-9]*M\) .*/\1/p'
}
