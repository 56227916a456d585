# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A configuration in which every line that a person wrote is wrong does not cost
# the dump: it goes to root= with the defaults, and each line is named. (Only
# the `module` lines that kdump-mkinitramfs wrote are right, since without them
# the kernel has no disk.)

define virt-bad-config virt bad_config
define_extra raspi0-bad-config raspi0 bad_config

bad_lines() {
	cat <<-'END'
		targett = /dev/nonsense
		target
		= /dev/vda2
		wait = soon
		format = tar
		level = 32
		keep = -1
		free = 16 parsecs
		taget: UUID="none of these" # a comment
		path = /not/here
		max_per_day = many
		on_success = explode
		!$%&/()=?
	END
}

# Replaces the configuration in the archive, which the tool would not accept.
capture_changes_bad() {
	local dir=$case_dir/bad
	mkdir -p "$dir/etc"
	bad_lines >"$dir/etc/kdump-init.conf"
	bsdtar -xOf "$1" '*etc/kdump-init.conf' | grep '^module' >>"$dir/etc/kdump-init.conf"
	cp "$dir/etc/kdump-init.conf" "$case_dir/bad.conf"
	capture_add "$1" "$dir"
	rm -rf "$dir"
}

case_bad_config() {
	local n
	# shellcheck disable=SC2317 # called by crash_and_capture
	capture_changes() { capture_changes_bad "$1"; }
	config_lines=("target = ${part}2")
	append="root=${part}2"
	first_extra=$small_memory
	crash_and_capture || return 1
	judge_round_trip || return 1
	n=$(bad_lines | wc -l)
	check "every one of the $n wrong lines is named" all_named "$n"
	judge_clean "$fstype"
	judge_files "$fstype" || return 1
	judge_status
	judge_vmcore
}

all_named() {
	local i
	for ((i = 1; i <= $1; i++)); do
		said "/etc/kdump-init.conf:$i: " || { echo "line $i is not"; return 1; }
	done
}
