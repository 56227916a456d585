# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a case that was run comes to, for the table of faults: out of its verdict and its
# console, as one line of CSV. Runs nothing. Of a check that failed it says whether something
# was lost, a lie or a hang, by what the check is called; what is none of the others is a loss.

tally_columns=kind,machine,case,runs,lost,lies,hangs,seconds

tally_kind() {
	case $1 in
	fault-power-kill* | fault-power-30) echo "power cuts while it writes (QEMU killed)" ;;
	fault-power*) echo "power cuts, recorded, on $(sed -n 's/^fstype=//p' "$work/$1/settings")" ;;
	fault-io-* | fault-second-* | fault-target-* | virt-io-error)
		echo "disks with errors, targets that are missing or none" ;;
	fault-stall-*) echo "disks that stall for ever" ;;
	fault-watchdog-*) echo "only the watchdog is left" ;;
	fault-full-* | *-no-fit-*) echo "targets that are full" ;;
	fault-series* | fault-crash-loop*) echo "captures in a row" ;;
	fault-path-*) echo "paths that lead astray" ;;
	fault-memory-*) echo "too little memory" ;;
	fault-corrupt-* | fault-header-*) echo "memory that cannot be believed" ;;
	fault-crash-*) echo "crashes of other kinds" ;;
	virt-torn-archive | virt-no-root-disk) echo "no way to start" ;;
	debian-*) echo "real Debian systems" ;;
	*) echo "others" ;;
	esac
}

# tally_machine NAME: the kind of processor.
tally_machine() {
	case ${case_machine[$1]} in
	arm64* | raspi3b*) echo arm64 ;;
	x86_64*) echo x86_64 ;;
	*) echo ARM ;;
	esac
}

# How often the machine was made to fail: cuts, captures, or once.
tally_runs() {
	local n
	n=$(grep -c -E '^  (ok|NOT OK): (power cut [0-9]+$|cut [0-9]+: the capture came)' "$1/verdict")
	[ "$n" != 0 ] || n=$(cat "$1"/console*.log | grep -a -c '^kdump-init: version ')
	echo $((n > 0 ? n : 1))
}

# Failed checks of a verdict whose name matches.
tally_bad() {
	grep -E '^  NOT OK: ' "$1/verdict" | grep -c -E -- "$2"
}

tally_hang='in time$|within [0-9]+ s$|reboot|three boots|two boots|came up again|restarts|came to its end'
tally_lie='final name|is whole|are whole|looks whole|says that it is|power cut [0-9]|status|agrees|stays$|incomplete|byte for byte'

# Seconds from the capture kernel's first line to its order to reboot, by its own clock, of the
# longest capture; nothing where many captures share one boot, or the watchdog ended it.
tally_seconds() {
	local log
	for log in "$1"/console.log "$1"/{cut,after}-[0-9]*.log; do
		[ -e "$log" ] || continue
		[ "$(grep -a -c '^kdump-init: version ' "$log")" = 1 ] || continue
		tr -d '\r' <"$log" | awk '
		/^\[ *0\.000000\] Linux version/ { n++ }
		n == 2 && /\] reboot: Restarting system/ {
			sub(/^\[ */, ""); sub(/\..*/, ""); print; exit }'
	done | sort -n | tail -n 1
}

# tally NAME: one line; none of a case that was skipped.
tally() {
	local dir=$work/$1 bad hangs lies
	[ -s "$dir/verdict" ] || return 0
	bad=$(grep -c '^  NOT OK: ' "$dir/verdict")
	hangs=$(tally_bad "$dir" "$tally_hang")
	lies=$(grep -E '^  NOT OK: ' "$dir/verdict" | grep -v -E -- "$tally_hang" |
		grep -c -E -- "$tally_lie")
	echo "\"$(tally_kind "$1")\",$(tally_machine "$1"),$1,$(tally_runs "$dir"),$((bad - hangs - lies)),$lies,$hangs,$(tally_seconds "$dir")"
}
