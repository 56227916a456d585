# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of kdump-init, kdump-load, kdump-mkinitramfs, kdump-open and kdump-report for bash(1),
# which reads it when one of them is typed. Promises: the words are those of each --help, which a
# test of initramfs/tests compares; it runs none of them.

# The words that may stand behind PROGRAM, or behind its COMMAND.
_kdump_words() { # PROGRAM COMMAND
	case $1:$2 in
	kdump-init:check) echo --json --syntax --describe --archive --settings ;;
	kdump-init:dump) echo -d -c -f ;;
	kdump-init:extract) echo --texts --check ;;
	kdump-init:receive) echo --port --bind --once ;;
	kdump-init:report) echo --json --test ;;
	kdump-init:list) echo --json ;;
	kdump-init:) echo check dmesg dump verify extract receive report list open seed --help --version ;;
	kdump-load:*)
		echo --auto --kernel --initrd --append --cmdline --dtb --drivers-built-in --seed --dry-run \
			--status --unload --test --yes --keep-nothing -h --help ;;
	kdump-mkinitramfs:*)
		echo -k --modules-dir --for -m --again -c -i -o --compress --checker --strip --archiver -h --help ;;
	kdump-open:* | kdump-init:open) echo --vmlinux --with --crash-root --batch -h --help ;;
	kdump-report:*) echo --json --list --test --boot ;;
	esac
}

# The values that the option of PROGRAM takes; nothing where it is a file, or anything.
_kdump_values() { # PROGRAM OPTION
	case $1:$2 in
	kdump-init:-c) echo lzo zlib zstd none ;;
	kdump-init:-f) echo elf kdump ;;
	kdump-load:--initrd) echo none built-in ;;
	kdump-mkinitramfs:--compress) echo gzip xz zstd none ;;
	kdump-mkinitramfs:--archiver) echo bsdtar cpio ;;
	kdump-open:--with) echo crash drgn gdb ;;
	kdump-mkinitramfs:-k) (cd /lib/modules 2>/dev/null && printf '%s\n' *) ;;
	esac
}

_kdump_complete() {
	local program=${COMP_WORDS[0]##*/} word=${COMP_WORDS[COMP_CWORD]} command='' words
	local before=${COMP_WORDS[COMP_CWORD - 1]}

	[[ $program != kdump-init || $COMP_CWORD -le 1 ]] || command=${COMP_WORDS[1]}
	words=$(_kdump_values "$program" "$before")
	[[ -n $words ]] || words=$(_kdump_words "$program" "$command")
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	# The first word behind kdump-init is a command and no file, and no file begins as options do.
	[[ $program = kdump-init && $COMP_CWORD -le 1 || $word = -* ]] ||
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
}

complete -o filenames -F _kdump_complete kdump-init kdump-load kdump-mkinitramfs kdump-open kdump-report
