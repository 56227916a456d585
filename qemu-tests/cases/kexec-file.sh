# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An arm64 kernel that has kexec_file_load alone, as Raspberry Pi's 64-bit kernels do: the
# older call, which kexec-tools 2.0.25 makes unless it is told -s, is not there, and the
# kernel does not say so anywhere. kdump-load loads it all the same, and the crash is saved
# whole. Debian has no such kernel: it is built, small, with all drivers in it.

define_extra kexec-file-arm64 arm64+arm64-kexec-file kexec_file

case_kexec_file() {
	mode=older-first memory=512 crashkernel=64M
	case_capture || return 1
	check "the older call is not there" report_line first '^older call: .*Function not implemented'
}
