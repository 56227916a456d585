# shellcheck shell=sh disable=SC2154,SC2034 # variables shared with the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-mkinitramfs that makes an archive again (--again): what was chosen for the old
# one, which is written into it, is chosen for the new one. It is read by that script, never run.
# Promises: the new one never has less than was chosen for the old one, as far as the kernel has
# it, and what it has not is told; the old one is only read.
#
# An archive for which something was chosen (-m, --for, --strip) has a file etc/kdump-init.made,
# with a line for each module "-m NAME PARAMETERS", one "--strip PROGRAM", and the description of
# the board, "board " before each line. The block of modules in its configuration says whether
# there is that file; an archive of an older version says nothing.

# What was chosen for the archive that is made now, as $work/made.
note_chosen() {
	sed 's/^/-m /' "$work/wanted" >"$work/made"
	[ -z "$strip" ] || echo "--strip $strip" >>"$work/made"
}

# What a file is packed by, as its first bytes say (linux/lib/decompress.c); "none" of all others.
packing_of() { # FILE
	first=$(number "$1" 0)
	case $((first & 0xffff)):$first in
	$((0x8b1f)):*) echo gzip ;;
	*:$((0x587a37fd))) echo xz ;;
	*:$((0xfd2fb528))) echo zstd ;;
	*) echo none ;;
	esac
}

# The file etc/NAME of the archive $model, nothing where there is none. Returns 1, or more, where
# the archive is torn.
from_model() { # NAME
	case $archiver in
	bsdtar) bsdtar -xOf "$model" "*etc/$1" 2>/dev/null ;;
	cpio)
		case $(packing_of "$model") in
		gzip) "$(tool gzip)" -dc "$model" ;;
		xz) need xz xz-utils && "$(tool xz)" -dc "$model" ;;
		zstd) need zstd zstd && zstd -dqc "$model" ;;
		*) cat "$model" ;;
		esac 2>/dev/null | "$(tool cpio)" --quiet -i --to-stdout "*etc/$1" 2>/dev/null ;;
	esac
}

# The archive that was there before, as $model: OUT itself, or that of the running kernel beside
# it, or the newest there. One that cannot be read tells nothing.
find_model() {
	folder=$(dirname "$out")
	# shellcheck disable=SC2012 # names that end in a kernel's release
	newest=$(ls -t "$folder"/kdump-initrd.img-* 2>/dev/null | head -n 1)
	for model in "$out" "$folder/kdump-initrd.img-$(uname -r)" "$newest"; do
		[ -f "$model" ] || continue
		! from_model kdump-init.conf >"$work/model.conf" || return 0
		echo "$me: warning: what $model was made with cannot be read: name that again (-m, --for)" >&2
	done
	model=''
	: >"$work/model.conf"
}

# Modules in the block of the old configuration, as -m names them.
packed_modules() {
	sed -n 's|^module = /lib/modules/[^/]*/\([A-Za-z0-9_-]*\)[.]ko|\1|p' "$work/model.block"
}

# Without /etc/kdump-init.conf there would be defaults, and other targets.
keep_configuration() {
	[ "$config" = "$work/defaults" ] || return 0
	sed '/^# Modules, in load order/,$d' "$work/model.conf" >"$config"
	[ ! -s "$config" ] ||
		echo "$me: warning: no /etc/kdump-init.conf here: the configuration of $model is kept (for the defaults, remove that)" >&2
}

# What was chosen for $model: modules, as $work/again; the description of its board, as
# $work/recorded; $strip and $compress, where nothing else is asked for now.
read_model() {
	: >"$work/model.made"
	find_model
	[ -n "$model" ] || return 0
	sed -n '/^# Modules, in load order/,/^# End of the modules/p' "$work/model.conf" >"$work/model.block"
	if grep -q '^# chosen: /' "$work/model.block"; then
		from_model kdump-init.made >"$work/model.made"
	elif ! grep -q '^# chosen: ' "$work/model.block"; then
		packed_modules | sed 's/^/-m /' >"$work/model.made"
	fi
	sed -n 's/^-m //p' "$work/model.made" >"$work/again"
	sed -n 's/^board //p' "$work/model.made" >"$work/recorded"
	keep_configuration
	[ -n "$compress" ] || take_compression
	[ -n "$strip" ] || take_strip
	grep '^-m ' "$work/model.made" | awk -v made="$work/made" '
		BEGIN { while ((getline < made) > 0) known[$0] = 1 }
		!($0 in known)' >"$work/more"
	cat "$work/more" >>"$work/made"
}

take_compression() {
	compress=$(packing_of "$model")
	[ "$compress" = none ] || tool "$compress" >/dev/null || {
		echo "$me: warning: $model is packed by $compress, which is not here: gzip is taken" >&2
		compress=gzip
	}
}

take_strip() {
	strip=$(sed -n 's/^--strip //p' "$work/model.made")
	[ -n "$strip" ] || return 0
	echo "--strip $strip" >>"$work/made"
	tool "$strip" >/dev/null || [ -x "$strip" ] || {
		echo "$me: warning: the modules of $model were stripped by $strip, which is not here: they are packed as they are" >&2
		strip=''
	}
}

# The board that the old archive was made for, beside the one that this is; the only one where the
# archive is made on the desk.
want_recorded() {
	sed 's/^/board /' "$work/recorded" >>"$work/made"
	mv "$work/board" "$work/board.here"
	mv "$work/recorded" "$work/board"
	want_for_board
	[ ! -s "$work/board.here" ] || mv "$work/board.here" "$work/board"
}

# What was chosen, of what this kernel has. Where a target's device, or anything of it, is not
# known now, what the old archive has may be what drives it.
want_again() {
	want_lines "$work/again" "$model was made with -m"
	[ ! -s "$work/recorded" ] || [ -n "$board" ] || want_recorded
	if [ ! -s "$work/board" ] || grep -q '^unknown = ' "$work/board"; then
		[ -z "$model" ] || packed_modules >"$work/kept"
		want_lines "$work/kept" "$model has it"
	fi
}
