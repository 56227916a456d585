# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges that cannot fail would be none: lib/judge-dump, by which the cases know a whole dump,
# says no to each way of changing one that it has to see. And what runs the cases by the hundred
# but never in the everyday series, check-long, must find them in it.

define judge-dump none judge_of_dumps
define long-parts none long_parts

# spoil WHAT: the copy of a good dump.
spoil() {
	local vmcore=$spoilt/vmcore status=$spoilt/status
	case $1 in
	"memory that is cut") truncate -s -1 "$vmcore" ;;
	"memory that was changed") printf '\377\376\375' | dd of="$vmcore" bs=1 seek=70000 conv=notrunc status=none ;;
	"memory that is gone") rm "$vmcore" ;;
	"memory of another kind") printf 'FLE' | dd of="$vmcore" bs=1 seek=1 conv=notrunc status=none ;;
	"a segment beyond the end") # longer than the file; the checksum is right
		printf '\377\377\377\177' | dd of="$vmcore" bs=1 seek=100 conv=notrunc status=none
		sed -i "s/^crc32=.*/crc32=$(crc32_of "$vmcore")/" "$status" ;;
	"a missing key") sed -i '/^dump_bytes=/d' "$status" ;;
	"a status cut in half") truncate -s -1 "$status" ;;
	"a result that is none") sed -i 's/^result=.*/result=good/' "$status" ;;
	"a log alone beside memory") sed -i 's/^result=.*/result=log-only/' "$status" ;;
	"a log without its last byte") truncate -s -1 "$spoilt/vmcore-dmesg.txt" ;;
	"a log that is empty") : >"$spoilt/vmcore-dmesg.txt" ;;
	"a log that is shorter") # its length and checksum are told
		printf 'log_bytes=%s\nlog_crc32=%s\n' "$(stat -c %s "$spoilt/vmcore-dmesg.txt")" \
			"$(crc32_of "$spoilt/vmcore-dmesg.txt")" >>"$status"
		sed -i 1d "$spoilt/vmcore-dmesg.txt" ;;
	"a log that is missing") echo log_bytes=70 >>"$status"; rm "$spoilt/vmcore-dmesg.txt" ;;
	"a stranger") echo >"$spoilt/core" ;;
	esac
}

case_judge_of_dumps() {
	local good=$case_dir/good spoilt=$case_dir/spoilt what
	"$tests/lib/make-dump" "$good"
	check "a good dump is good" whole_dump "$good"
	for what in "memory that is cut" "memory that was changed" "memory that is gone" \
		"memory of another kind" "a segment beyond the end" "a missing key" \
		"a status cut in half" "a result that is none" "a log alone beside memory" \
		"a log without its last byte" "a log that is empty" "a log that is shorter" \
		"a log that is missing" "a stranger"; do
		rm -rf "$spoilt"
		cp -r "$good" "$spoilt"
		spoil "$what"
		check "not good: $what" not "$tests/lib/judge-dump" "$spoilt"
	done
	check "a dump that nobody made is none" not "$tests/lib/judge-dump" "$case_dir/none"
	rm -rf "$good" "$spoilt"
}

case_long_parts() {
	local part
	for part in arm machines raspi0 targets power kernels systems; do
		"$tests/check-long" --list "$part" >"$case_dir/$part" 2>&1
		check "check-long finds the cases of '$part'" grep -q -E '^(fault|kernel|raspi0|debian|virt)-' "$case_dir/$part"
		check "each of them is one of the series" not grep -vxFf <(printf '%s\n' "${case_order[@]}") "$case_dir/$part"
	done
}
