# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kexec-tools without _text in kallsyms writes a core header that claims 1.8e19
# bytes, and whoever reads there gets an oops. Nothing follows that claim: what is
# sane is saved, the rest is named, and the machine comes back.

define_extra arm64-bad-header arm64 bad_header

case_bad_header() {
	mode=plain-kexec
	config_lines=("target = ${part}2")
	crash_and_capture || return 1
	judge_round_trip || return 1
	judge_clean "$fstype"
	check "status says that it is not all" report_line second '^status result=partial$'
	check "the segment that cannot be true is named" said 'segment .* not saved'
}
