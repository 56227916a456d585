# shellcheck shell=sh disable=SC2154 # variables of the script that reads this
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of kdump-mkinitramfs that knows ELF files, kernels and modules; it is read by that
# script, never run. Promises: kmod alone decides what a module needs and in which order; the
# folder with the modules is only read; $kver, $root, $work and die come from the script.

# What files begin with that are in the ELF format, as a little-endian number: "\177ELF", ELFMAG
# in linux/include/uapi/linux/elf.h, which has the fields, too.
elf_magic=$((0x464c457f))

# What INIT is, from its ELF header: a static little-endian program, nothing else.
read_init() {
	[ -f "$init" ] || die "no kdump-init program at $init: build one (make ARCH=...) and name it with -i"
	[ "$(number "$init" 0)" = "$elf_magic" ] || die "$init is not an ELF program: name kdump-init with -i"
	init_class=$(number "$init" 0x04 1)    # EI_CLASS: 1 for 32 bits, 2 for 64
	init_machine=$(number "$init" 0x12 2)  # e_machine
	case $(number "$init" 0x05 1):$(number "$init" 0x10 2) in # EI_DATA:e_type
	1:2 | 1:3) ;; # ELFDATA2LSB:ET_EXEC or ET_DYN
	*) die "$init is not a little-endian executable program" ;;
	esac
	# e_phoff, e_phentsize and e_phnum
	if [ "$init_class" = 1 ]; then
		header=$(number "$init" 0x1c) size=$(number "$init" 0x2a 2) count=$(number "$init" 0x2c 2)
	else
		header=$(number "$init" 0x20) size=$(number "$init" 0x36 2) count=$(number "$init" 0x38 2)
	fi
	while [ "$count" -gt 0 ]; do
		[ "$(number "$init" "$header")" != 3 ] || # PT_INTERP
			die "$init is not static (it has an INTERP segment): there is no libc in the archive; build it with make ARCH=..."
		header=$((header + size)) count=$((count - 1))
	done
}

# The name that qemu-user has for a machine, by the numbers of linux/include/uapi/linux/elf-em.h.
machine_name() { # ELF-CLASS ELF-MACHINE
	case $1:$2 in
	1:3) echo i386 ;;
	1:40) echo arm ;;
	2:62) echo x86_64 ;;
	2:183) echo aarch64 ;;
	1:243) echo riscv32 ;;
	2:243) echo riscv64 ;;
	*) echo "elf-machine-$2" ;;
	esac
}

# The folder of KVER's modules, as $tree; $kver when it was not given.
find_kernel() {
	[ -d "$root" ] || die "no folder $root (--modules-dir)"
	[ -n "$kver" ] || default_kernel
	[ -n "$out" ] || out=/boot/kdump-initrd.img-$kver
	tree=''
	for folder in "$root/lib/modules/$kver" "$root/usr/lib/modules/$kver" "$root/$kver" "$root"; do
		[ "$folder" != "$root" ] || [ "$(basename "$root")" = "$kver" ] || continue
		[ -z "$tree" ] && [ -d "$folder" ] && tree=$(cd "$folder" && pwd -P)
	done
	[ -n "$tree" ] || [ -z "$must_exist" ] && return
	die "unknown kernel $kver: no lib/modules/$kver below $root; there is:" \
		"$(list_kernels | tr '\n' ' ')(give -k KVER and --modules-dir DIR)"
}

list_kernels() {
	for folder in "$root"/lib/modules/* "$root"/usr/lib/modules/* "$root"/*; do
		[ -e "$folder/modules.dep" ] || [ -e "$folder/modules.order" ] || continue
		basename "$folder"
	done | sort -u
}

default_kernel() {
	kver=$(uname -r)
	[ -n "$given_root" ] || return 0
	if [ -e "$root/modules.order" ]; then
		kver=$(basename "$(cd "$root" && pwd -P)")
	elif [ "$(list_kernels | wc -l)" -eq 1 ]; then
		kver=$(list_kernels)
	fi
}

# Makes the folder of KVER below $work/root as $tree is, but for what depmod is to make anew, and
# with the modules unpacked that kmod here was built without a library for: it would leave them out
# without a word.
mirror_tree() { # FOLDER
	mkdir "$1"
	known=$("$modprobe" --version | tr '\n' ' ')
	case "$known " in *'+ZLIB '*) ;; *) foreign='gz' ;; esac
	case "$known " in *'+XZ '*) ;; *) foreign="${foreign:-} xz" ;; esac
	case "$known " in *'+ZSTD '*) ;; *) foreign="${foreign:-} zst" ;; esac
	for entry in "$tree"/*; do
		case $entry in */build | */source | */modules.dep) continue ;; esac
		ln -s "$entry" "$1/"
	done
	for ending in ${foreign:-}; do
		(cd "$tree" && find . -name "*.ko.$ending" -type f) >"$work/foreign"
		[ ! -s "$work/foreign" ] || unpack_foreign "$1" || return 1
	done
}

# A folder of links gets folders of its own where a file in it has to be another one.
unpack_foreign() { # FOLDER
	while read -r name; do
		folder=$1
		path=${name#./}
		while [ "$path" != "${path#*/}" ]; do
			part=${path%%/*} path=${path#*/}
			if [ -L "$folder/$part" ]; then
				own_folder "$folder/$part"
			fi
			folder=$folder/$part
		done
		rm "$folder/$path" && unpack "$tree/$name" >"$folder/${path%.*}" || return 1
	done <"$work/foreign"
}

own_folder() { # LINK
	to=$(readlink "$1")
	rm "$1" && mkdir "$1" && find "$to" -mindepth 1 -maxdepth 1 -exec ln -s {} "$1/" \;
}

# modules.dep belongs to the installed kernel; an unpacked package has none yet: make it
# in a private folder of links, the package stays as it is.
index_modules() {
	need modprobe kmod
	modprobe=$(tool modprobe)
	"$modprobe" --version 2>/dev/null | grep -q '^kmod' || die "modprobe here is not kmod's: install the package kmod"
	mkdir -p "$work/root/lib/modules" "$work/none"
	if [ -e "$tree/modules.dep.bin" ]; then
		ln -s "$tree" "$work/root/lib/modules/$kver"
		return
	fi
	mirror_tree "$work/root/lib/modules/$kver" || die "cannot unpack the modules in $tree"
	"$(tool depmod)" -b "$work/root" -C "$work/none" "$kver" >"$work/depmod" 2>&1 ||
		die "$tree has no modules.dep and depmod failed ($(head -n 1 "$work/depmod")): run depmod -b $root $kver"
}

# A line for each module file in load order, "insmod FILE PARAMETERS" with FILE as in modules.dep,
# or "builtin NAME". 1: this kernel has no such module.
depends() { # NAME PARAMETER...
	"$modprobe" -C "$work/none" -d "$work/root" -S "$kver" --show-depends "$@" \
		>"$work/depends" 2>"$work/modprobe" || return 1
	prefix="insmod $work/root/lib/modules/$kver/" awk '
		index($0, ENVIRON["prefix"]) == 1 { $0 = "insmod " substr($0, length(ENVIRON["prefix"]) + 1) }
		{ print }' "$work/depends"
}

# One line per module file in load order: FILE PARAMETERS; each file once, with the
# parameters of whoever named it. Built-in ones go to a list of their own. A filesystem may be
# named as mount(8) does: its alias begins with fs-.
resolve_modules() {
	: >"$work/found"
	while read -r name parameters; do
		case $name in '' | *[!A-Za-z0-9_-]*) die "-m '$name': not a module name (no path, no .ko)" ;; esac
		# shellcheck disable=SC2086 # one word per parameter
		depends "$name" $parameters >>"$work/found" || depends "fs-$name" $parameters >>"$work/found" ||
			die "no module $name for kernel $kver in $tree: check the name;" \
				"if the module is new, run depmod -b $root $kver"
	done <"$work/wanted"
	add_requests
	awk '$1 == "builtin" && !seen[$2]++ { print $2 }' "$work/found" >"$work/builtin"
	awk '$1 == "insmod" {
		file = $2; $1 = $2 = ""; sub(/^ +/, "")
		if (!(file in given)) order[++n] = file
		if ($0 != "" || !(file in given)) given[file] = $0
	}
	END { for (i = 1; i <= n; i++) print order[i], given[order[i]] }' "$work/found" >"$work/modules"
}

unpack() { # FILE
	case $1 in
	*.xz) need xz xz-utils; "$(tool xz)" -dc "$1" ;;
	*.gz) need gzip gzip; gzip -dc "$1" ;;
	*.zst) need zstd zstd; zstd -dqc "$1" ;;
	*) cat "$1" ;;
	esac
}

# The module FILE of modules.dep, unpacked, as NAME in the archive.
stage_module() { # FILE NAME
	case $1 in
	/*) unpack "$1" ;;
	*) unpack "$work/root/lib/modules/$kver/$1" ;;
	esac >"$2" || die "cannot read the module $1"
	[ "$(number "$2" 0)" = "$elf_magic" ] || die "$1 is not a module (no ELF header)"
	class=$(number "$2" 0x04 1) machine=$(number "$2" 0x12 2)
	case $init_machine:$machine in
	40:183 | 3:62) ;; # a 32-bit program on its 64-bit kernel
	*) [ "$init_class:$init_machine" = "$class:$machine" ] ||
		die "$init is for $(machine_name "$init_class" "$init_machine"), the modules of $kver" \
			"are for $(machine_name "$class" "$machine"): name the right kdump-init with -i" ;;
	esac
	[ -n "$strip" ] || return 0
	tail -c 64 "$2" | grep -aq 'Module signature appended' && return 0
	"$strip" --strip-debug -o "$work/stripped" "$2" 2>"$work/strip" ||
		die "$strip cannot strip $1 ($(head -n 1 "$work/strip")): name the one of its architecture with --strip"
	mv "$work/stripped" "$2"
}
