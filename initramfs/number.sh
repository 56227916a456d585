# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How kdump-load and kdump-mkinitramfs read the headers of binary files, and find the programs that
# unpack these. It is read by those scripts, never run. Promises: it needs od or hexdump, as busybox
# has them, and only reads.

# Where the program NAME is; busybox ash would run an applet of its own under that name.
tool() { # NAME
	(
		IFS=:
		for folder in $PATH; do
			[ -x "$folder/$1" ] && echo "$folder/$1" && exit 0
		done
		exit 1
	)
}

# The little-endian number of BYTES bytes at OFFSET (decimal, or hexadecimal with 0x) of FILE;
# bytes behind its end count as 0.
number() { # FILE OFFSET [BYTES, 4 when not given]
	# shellcheck disable=SC2046 # one word per byte
	set -- $(od -An -v -tu1 -j $(($2)) -N "${3:-4}" "$1" 2>/dev/null ||
		hexdump -v -s $(($2)) -n "${3:-4}" -e '1/1 "%u "' "$1")
	value=0 weight=1
	for byte; do
		value=$((value + byte * weight))
		weight=$((weight * 256))
	done
	echo "$value"
}

# The same of four bytes that are big-endian.
big_number() { # FILE OFFSET
	value=$(number "$1" "$2")
	echo $(((value & 255) << 24 | (value >> 8 & 255) << 16 | (value >> 16 & 255) << 8 | value >> 24))
}
