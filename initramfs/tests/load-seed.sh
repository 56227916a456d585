# shellcheck shell=sh disable=SC2154,SC2034,SC2119,SC2016 # variables of tests/run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for kdump-load where dumps are sealed: the capture kernel gets randomness, other one
# at each load, in front of what was packed, and nothing of it stays anywhere. `system` and `zimage`
# are those of load.sh.

recipient=age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef

# Its kexec keeps the archive that it was given. The kdump-init is made up: it prints other bytes each time.
sealing_system() {
	system
	zimage kernel
	head -c 3000 /dev/urandom >archive
	mkdir -p root/etc root/sbin
	echo "seal = $recipient" >root/etc/kdump-init.conf
	seed_is 'head -c 512 /dev/urandom'
	fake_kexec 'for word; do case $word in --initrd=*) cp "${word#--initrd=}" loaded; ls -ld "$(dirname "${word#--initrd=}")" "${word#--initrd=}" >modes ;; esac; done
echo 1 >root/sys/kernel/kexec_crash_loaded'
}

# What its kdump-init does when it is asked for bytes; the configuration it reads as any does.
seed_is() { # WHAT-IT-DOES
	fake root/sbin/kdump-init "[ \"\$1\" = seed ] || exec \"$parser\" \"\$@\"
$1"
}

load_sealing() { run kdump-load --kernel kernel --initrd archive "$@"; }

test_randomness_stands_in_front_of_the_archive_and_stays_nowhere() {
	sealing_system
	load_sealing
	exits 0
	tail -c +513 loaded | cmp - archive || fail 'not the archive behind it'
	head -c 512 loaded >first
	[ ! -e root/run/kdump-init/seed ] || fail 'something stayed'
	grep -q '^drwx------ .*seed$' modes || fail "anybody may look: $(cat modes)"
	grep -q '^-rw------- .*initrd$' modes || fail "anybody may read: $(cat modes)"
	has "$out" 'with archive'
	load_sealing
	exits 0
	! head -c 512 loaded | cmp -s - first || fail 'the same bytes at each load'
}

test_nothing_is_added_where_dumps_are_not_sealed() {
	sealing_system
	echo "# seal = $recipient" >root/etc/kdump-init.conf
	load_sealing
	exits 0
	cmp loaded archive || fail 'not the archive'
	load_sealing --seed
	exits 0
	tail -c +513 loaded | cmp - archive || fail 'not the archive behind it'
	load_sealing --append "kdump.seal=$recipient"
	exits 0
	tail -c +513 loaded | cmp - archive || fail 'not the archive behind it'
}

test_whether_dumps_are_sealed_is_what_kdump_init_reads() {
	sealing_system
	for line in 'target = LABEL=storage1' 'target = LABEL=x # not for age1...' '// age1abc' 'path = /age1'; do
		printf '%s\n' "$line" >root/etc/kdump-init.conf
		load_sealing
		exits 0
		cmp loaded archive || fail "$line"
	done
	for line in "SEAL: $recipient" "kdump.seal = '$recipient'" "Seal=$recipient # desk" 'seal = age' "recipient = $recipient"; do
		printf '%s\n' "$line" >root/etc/kdump-init.conf
		load_sealing
		exits 0
		tail -c +513 loaded | cmp - archive || fail "$line"
	done
	echo 'keep = 3' >root/etc/kdump-init.conf
	load_sealing --append 'rd.storage1=yes'
	exits 0
	cmp loaded archive || fail 'of another word of the command line'
	load_sealing --append "KDUMP.Seal=$recipient"
	exits 0
	tail -c +513 loaded | cmp - archive || fail 'in capitals'
}

test_sealing_without_randomness_is_refused_before_anything_is_loaded() {
	sealing_system
	seed_is 'exit 3'
	load_sealing
	exits 1
	has "$err" 'there is no randomness to seal dumps with'
	[ ! -e loaded ] || fail 'kexec was called'
	[ ! -e root/run/kdump-init/seed ] || fail 'something stayed'
	rm root/sbin/kdump-init
	load_sealing
	exits 1
	has "$err" 'no /sbin/kdump-init here'
	[ ! -e loaded ] || fail 'kexec was called'
}

test_a_failed_load_leaves_no_randomness() {
	sealing_system
	fake_kexec 'exit 1'
	load_sealing
	exits 1
	[ ! -e root/run/kdump-init/seed ] || fail 'something stayed'
}

test_dry_run_says_that_randomness_is_added_and_takes_none() {
	sealing_system
	seed_is 'echo >drawn'
	load_sealing --dry-run
	exits 0
	has "$out" '# 32 random bytes in front of the archive'
	[ ! -e drawn ] || fail 'some was drawn'
}

test_kernel_with_its_own_archive_gets_randomness_as_one() {
	sealing_system
	linked_in_zimage
	run kdump-load --kernel kernel --initrd built-in
	exits 0
	[ "$(wc -c <loaded)" = 512 ] || fail "$(wc -c <loaded) bytes"
}

test_without_any_archive_it_is_said_that_none_can_be_handed_over() {
	sealing_system
	run kdump-load --kernel kernel --initrd none --drivers-built-in
	has "$err" 'without an archive no randomness can be handed over'
}
