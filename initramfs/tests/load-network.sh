# shellcheck shell=sh disable=SC2154,SC2034,SC2016 # variables of tests/run; text for a fake
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for the way to a server that kdump-load hands over (kdump.net=): an ip(8) that
# says what is written here, cards in a made-up /sys.

# A card NAME of MAC in /sys, with a cable.
card() { # NAME MAC
	mkdir -p "root/sys/class/net/$1/device"
	echo "$2" >"root/sys/class/net/$1/address"
	echo 1 >"root/sys/class/net/$1/carrier"
}

# What ip says: of "route get ADDRESS", "addr show dev NAME" and "link show dev NAME", in files.
fake_ip() {
	mkdir -p said
	printf '%s\n' '#!/bin/sh' '[ "$1" = -o ] && shift' 'cat "said/$1-$3$4" 2>/dev/null' >root/sbin/ip
	sed -i 's|said/$1-$3$4|said/$1-$(echo $3$4 \| sed s/^dev//)|' root/sbin/ip
	chmod +x root/sbin/ip
	printf '%s\n' '#!/bin/sh' 'cat "said/host-$2" 2>/dev/null' >root/sbin/getent
	chmod +x root/sbin/getent
	printf '%s\n' '#!/bin/sh' 'exit 1' >root/sbin/nslookup
	chmod +x root/sbin/nslookup
}

network() {
	system
	zimage kernel
	mkdir -p root/etc
	ln -s "$parser" root/sbin/kdump-init
	fake_ip
	card eth0 52:54:00:12:34:56
	echo '192.0.2.7 via 10.0.2.2 dev eth0 src 10.0.2.15 uid 0 \    cache ' >said/route-192.0.2.7
	echo '2: eth0    inet 10.0.2.15/24 brd 10.0.2.255 scope global eth0\       valid_lft forever' >said/addr-eth0
	echo '2: eth0    inet6 fd00::15/64 scope global \       valid_lft forever' >>said/addr-eth0
	targets 'tcp:192.0.2.7:7000'
}

targets() { # TARGET...
	printf 'target = %s\n' "$@" >root/etc/kdump-init.conf
}

way() {
	dry_run "$@"
	exits 0
	appended_line | tr ' ' '\n' | grep '^kdump\.net=' || echo none
}

test_the_way_to_a_server_is_handed_over() {
	network
	[ "$(way | tail -n 1)" = kdump.net=eth0,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,192.0.2.7 ]
}

test_a_target_is_found_as_kdump_init_finds_it() {
	network
	for spelled in '  target=tcp:192.0.2.7:7000' 'Target: "tcp:192.0.2.7"' 'target = tcp:192.0.2.7 # desk' \
		'target tcp:192.0.2.7' 'target = TCP:192.0.2.7' 'target = NFS:192.0.2.7:/x' "target = 'tcp:192.0.2.7'" 'kdump.target=tcp:192.0.2.7' 'target => tcp:192.0.2.7'; do
		printf '# target = tcp:10.9.9.9\nkeep = 3 # target = tcp:10.9.9.9\n%s\n' "$spelled" >root/etc/kdump-init.conf
		[ "$(way | grep -c ',192.0.2.7$')" = 1 ] || fail "$spelled"
		lacks "$(appended_line)" 10.9.9.9
		printf '\357\273\277%s\r\n' "$spelled" >root/etc/kdump-init.conf
		[ "$(way | grep -c ',192.0.2.7$')" = 1 ] || fail "$spelled"
		lacks "$(appended_line)" 10.9.9.9
	done
}

test_a_server_in_the_same_network_needs_no_gateway() {
	network
	targets '10.0.2.9:/srv/crash'
	echo '10.0.2.9 dev eth0 src 10.0.2.15 uid 0 \    cache ' >said/route-10.0.2.9
	[ "$(way | tail -n 1)" = kdump.net=eth0,52:54:00:12:34:56,10.0.2.15/24,,10.0.2.9 ]
}

test_a_server_of_ipv6_and_by_its_name() {
	network
	targets 'tcp:[fd01::7]:7000' tcp:desk.example
	echo 'fd01::7 from :: via fe80::1 dev eth0 proto ra src fd00::15 metric 1024 pref medium' >said/route-fd01::7
	echo '192.0.2.7       STREAM desk.example' >said/host-desk.example
	way >/dev/null
	has "$(appended_line)" ' kdump.net=eth0,52:54:00:12:34:56,fd00::15/64,fe80::1,fd01::7 '
	has "$(appended_line)" ' kdump.net=eth0,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,desk.example=192.0.2.7'
}

test_a_name_that_only_busybox_looks_up() {
	network
	targets tcp:desk
	printf '%s\n' '#!/bin/sh' 'printf "Server: 10.0.2.3\nAddress 1: 10.0.2.3\n\nName: desk\nAddress 1: 192.0.2.7 desk.lan\n"' >root/sbin/nslookup
	[ "$(way | tail -n 1)" = kdump.net=eth0,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,desk=192.0.2.7 ]
}

test_without_the_parser_targets_are_taken_as_they_are_spelled() {
	network
	targets tcp:192.0.2.7
	rm root/sbin/kdump-init
	[ "$(way | grep -c ',192.0.2.7$')" = 1 ]
	fake root/sbin/kdump-init 'exit 3' # without kdump-init-full
	[ "$(way | grep -c ',192.0.2.7$')" = 1 ]
	[ "$(way --append kdump.target=LABEL=card | grep -c ',192.0.2.7$')" = 0 ]
	run kdump-load --kernel kernel --initrd archive --dry-run
	has "$err" 'no kdump-init of this version here that reads /etc/kdump-init.conf'
}

test_the_command_line_is_read_as_kdump_init_reads_it() {
	network
	targets LABEL=card
	for words in 'kdump.target="tcp:192.0.2.7"' KDUMP.Target=TCP:192.0.2.7; do
		has "$(way --append "$words" | tail -n 1)" ,192.0.2.7
	done
	targets tcp:192.0.2.7
	has "$(way --append kdump.target=LABL=card | tail -n 1)" ,192.0.2.7 # what is refused replaces nothing
}

test_a_disk_as_target_needs_no_way() {
	network
	targets LABEL=card PARTUUID=1-2 /dev/vda2 ubi0:dumps raw:/dev/vda3
	[ "$(way | tail -n 1)" = none ]
	dry_run
	lacks "$err" 'will not reach'
	rm root/etc/kdump-init.conf
	[ "$(way | tail -n 1)" = none ]
}

test_the_targets_of_the_command_line_replace_those_of_the_file() {
	network
	[ "$(way --append kdump.target=LABEL=card | tail -n 1)" = none ]
	targets LABEL=card
	has "$(way --append kdump.target=tcp:192.0.2.7)" ,10.0.2.2,192.0.2.7
	[ "$(way --append 'kdump.target=tcp:192.0.2.7 kdump.net=mine' | tail -n 1)" = kdump.net=mine ]
}

test_a_bridge_is_the_card_in_it_that_has_its_cable() {
	network
	mkdir -p root/sys/class/net/br0/brif/eth1 root/sys/class/net/br0/brif/eth2
	card eth1 02:00:00:00:00:01
	card eth2 02:00:00:00:00:02
	echo 0 >root/sys/class/net/eth1/carrier
	sed 's/eth0/br0/' said/route-192.0.2.7 >said/new && mv said/new said/route-192.0.2.7
	sed 's/eth0/br0/' said/addr-eth0 >said/addr-br0
	[ "$(way | tail -n 1)" = kdump.net=eth2,02:00:00:00:00:02,10.0.2.15/24,10.0.2.2,192.0.2.7 ]
}

test_the_mac_is_that_of_the_card_itself() {
	network
	echo '2: eth0: <UP> mtu 1500 \    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff permaddr 02:00:00:00:00:09' >said/link-eth0
	has "$(way)" ,02:00:00:00:00:09,
	mkdir root/sys/class/net/eth0/bonding_slave
	echo 02:00:00:00:00:0a >root/sys/class/net/eth0/bonding_slave/perm_hwaddr
	has "$(way)" ,02:00:00:00:00:0a,
}

# What is handed over is nothing, and WHY is told.
no_way() { # WHY
	[ "$(way | tail -n 1)" = none ]
	dry_run
	exits 0
	has "$err" "$1"
}

test_a_way_that_cannot_be_gone_is_told_and_left_out() {
	network
	rm said/route-192.0.2.7
	no_way 'no route to 192.0.2.7; load again when the network is up'
	echo 'unreachable 192.0.2.7 dev eth0 src 10.0.2.15' >said/route-192.0.2.7
	no_way 'no route to'
	echo 'local 192.0.2.7 dev lo src 192.0.2.7' >said/route-192.0.2.7
	no_way 'no route to'
	echo '192.0.2.7 dev wg0 src 10.0.2.15' >said/route-192.0.2.7
	mkdir root/sys/class/net/wg0
	no_way 'wg0, which leads there, is no card'
	echo DEVTYPE=wlan >root/sys/class/net/wg0/uevent
	no_way 'is wireless'
	echo DEVTYPE=vlan >root/sys/class/net/wg0/uevent
	no_way 'is a VLAN'
	targets tcp:nobody:7000
	no_way 'does not find its address'
	targets 'tcp:[fe80::7]:7000'
	no_way 'good on one link only'
}

test_nothing_of_a_name_gets_into_the_shell() {
	network
	targets 'tcp:$(touch there):7000' 'a;touch,there:/x' '*:/x'
	[ "$(way | tail -n 1)" = none ]
	[ ! -e there ]
}

# What --status says of the way, what was loaded being what it is.
told_of_the_way() {
	run kdump-load --status
	echo "$out" | grep -c '^changed: the way to the server' || :
}

test_a_way_that_is_another_one_since_is_told() {
	network
	run kdump-load --kernel kernel --initrd archive
	exits 0
	[ "$(told_of_the_way | tail -n 1)" = 0 ]
	sed -i 's/via 10.0.2.2/via 10.0.2.3/' said/route-192.0.2.7
	[ "$(told_of_the_way | tail -n 1)" = 1 ]
	rm said/route-192.0.2.7 # it may come back
	[ "$(told_of_the_way | tail -n 1)" = 0 ]
}

test_a_way_that_is_there_only_later_is_told() {
	network
	mv said/route-192.0.2.7 said/later
	run kdump-load --kernel kernel --initrd archive
	exits 0
	[ "$(told_of_the_way | tail -n 1)" = 0 ]
	mv said/later said/route-192.0.2.7
	[ "$(told_of_the_way | tail -n 1)" = 1 ]
	run kdump-load --kernel kernel --initrd archive --append kdump.net=mine
	[ "$(told_of_the_way | tail -n 1)" = 0 ]
}
