# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-load that tells the capture kernel the way to the servers of its targets
# (kdump.net=INTERFACE,MAC,ADDRESS/PREFIX,GATEWAY,HOST[=SERVER], kdump-init.conf(5)): it has no
# DHCP and asks for no name. It is read by that script, never run. Promises: it only reads, as the
# running system goes there now; a way that the capture kernel could not go is told, and left out.
# top, append, warn and fact are the script's.

# The targets in LINE or, as there, in the configuration, where nobody is here who reads them as
# kdump-init does: as they are spelled; those on the command line replace all.
spelled_targets() { # LINE
	set -f
	of_line=''
	for word in $1; do
		case $word in kdump.target=*) of_line="$of_line ${word#*=}" ;; esac
	done
	if [ -n "$of_line" ]; then
		# shellcheck disable=SC2086 # words
		printf '%s\n' $of_line
	else
		tr -d '\357\273\277' 2>/dev/null <"$top/etc/kdump-init.conf" | # a byte order mark
			sed -n "s/^[[:space:]]*\([Kk][Dd][Uu][Mm][Pp]\.\)\{0,1\}[Tt][Aa][Rr][Gg][Ee][Tt][[:space:]=:>]\{1,\}[\"']\{0,1\}\([^[:space:]\"']*\).*/\2/p"
	fi
	set +f
}

network_targets() { # LINE
	if can_read_settings; then setting target "$1"; else spelled_targets "$1"; fi
}

# The host of a target on another machine, without the brackets of IPv6; nothing of another one.
host_of() { # TARGET
	case $1 in
	raw:*) return 0 ;;
	'tcp:['*']'*) host=${1#tcp:?} host=${host%%]*} ;;
	tcp:*) host=${1#tcp:} host=${host%%:*} ;;
	'['*']:/'*) host=${1#?} host=${host%%]*} ;;
	*:/*) host=${1%%:/*} ;;
	*) return 0 ;;
	esac
	case $host in *[!A-Za-z0-9.:_-]*) ;; *) echo "$host" ;; esac
}

# Where a program of the running system is. By its path, since busybox would run an applet of its
# own under that name, which may know less.
program_of() { # NAME
	for place in sbin usr/sbin bin usr/bin; do
		[ ! -x "$top/$place/$1" ] || { echo "$top/$place/$1"; return 0; }
	done
	return 1
}

# What such a program says; nothing where there is none.
says() { # NAME ARGUMENT...
	program=$(program_of "$1") || return 1
	shift
	"$program" "$@" 2>/dev/null
}

# The address of HOST: what it is, or what the resolver of this system says.
address_of() { # HOST
	case $1 in
	*:*) echo "$1" ;;
	*[!0-9.]*)
		found=$(says getent ahosts "$1" | sed -n '1s/[[:space:]].*//p')
		[ -n "$found" ] || found=$(says nslookup "$1" | # of busybox, too: "Address 1: ..."
			awk '/^Name/ { named = 1 } named && /^Address/ { sub(/^Address *[0-9]*: */, ""); print $1; exit }')
		echo "$found" ;;
	*) echo "$1" ;;
	esac
}

# The word behind NAME in a line of ip(8).
word_behind() { # NAME LINE
	printf '%s\n' "$2" | awk -v name="$1" '{ for (i = 1; i < NF; i++) if ($i == name) { print $(i + 1); exit } }'
}

# ADDRESS with the prefix that the interface has it with.
with_prefix() { # INTERFACE ADDRESS
	says ip -o addr show dev "$1" | awk -v address="$2" '{
		for (i = 1; i < NF; i++) {
			split($(i + 1), part, "/")
			if (($i == "inet" || $i == "inet6") && part[1] == address) {
				print address "/" (part[2] != "" ? part[2] : $i == "inet" ? 32 : 128)
				exit
			}
		}
	}'
}

# The card below INTERFACE that has its cable, as $card; or why there is none that could be set up
# with so little, as $why. A bridge, or a bond, is its first card that has a carrier.
card_below() { # INTERFACE
	class=$top/sys/class/net/$1
	card='' why=''
	case $(sed -n 's/^DEVTYPE=//p' "$class/uevent" 2>/dev/null) in
	wlan) why="is wireless, whose keys the capture kernel does not have" ;;
	vlan) why="is a VLAN, which the capture kernel does not set up" ;;
	esac
	[ -z "$why" ] || return 0
	for below in "$class" "$class"/brif/* "$class"/lower_*; do
		name=${below##*/}
		name=${name#lower_}
		[ -e "$top/sys/class/net/$name/device" ] || continue
		[ -n "$card" ] && [ "$(fact "/sys/class/net/$card/carrier")" = 1 ] || card=$name
	done
	[ -n "$card" ] || why="is no card, and the capture kernel does not set it up"
}

# The MAC that a card has by itself, whatever the running system gave it.
mac_of() { # CARD
	mac=$(fact "/sys/class/net/$1/bonding_slave/perm_hwaddr")
	[ -n "$mac" ] || mac=$(word_behind permaddr "$(says ip -o link show dev "$1")")
	[ -n "$mac" ] || mac=$(fact "/sys/class/net/$1/address")
	echo "$mac"
}

# The way to HOST, as one word; or nothing, and the reason as a warning.
way_to() { # HOST
	left_out="the capture kernel will not reach $1:"
	server=$(address_of "$1")
	case $server in
	'') warn "$left_out this system does not find its address; load again when it does"; return 0 ;;
	*%* | fe80:*) warn "$left_out $server is good on one link only: name an address that is not"; return 0 ;;
	esac
	program_of ip >/dev/null ||
		{ warn "$left_out no ip program here to find the way: give --append kdump.net=..., kdump-init.conf(5)"; return 0; }
	route=$(says ip -o route get "$server" | head -n 1)
	interface=$(word_behind dev "$route") source=$(word_behind src "$route")
	case $route in
	local* | unreachable* | prohibit* | blackhole*) interface='' ;;
	esac
	[ "$interface" != lo ] || interface=''
	[ -n "$interface" ] ||
		{ warn "$left_out this system has no route to $server; load again when the network is up"; return 0; }
	card_below "$interface"
	[ -z "$why" ] || { warn "$left_out $interface, which leads there, $why"; return 0; }
	own=$(with_prefix "$interface" "$source")
	[ -n "$own" ] || { warn "$left_out $interface has no address for it"; return 0; }
	same=''
	[ "$server" = "$1" ] || same="=$server"
	echo "kdump.net=$card,$(mac_of "$card"),$own,$(word_behind via "$route"),$1$same"
}

# The ways to all servers of the targets in LINE, as words of the command line; four at most.
network_ways() { # LINE
	network_targets "$1" | while IFS= read -r target; do host_of "$target"; done | awk '!seen[$0]++ && n++ < 4' |
		while IFS= read -r host; do way_to "$host"; done | sed 's/^/ /' | tr -d '\n'
}
