# shellcheck shell=sh disable=SC2154 # variables of tests/run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for the completion of bash: it knows the words of each --help, and no others.

completion=$tools/../config/bash-completion.sh

# complete_words PROGRAM WORD...: what bash offers for the last of the words, in $out.
complete_words() {
	out=$(bash -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) &&
		_kdump_complete && printf "%s\n" "${COMPREPLY[@]}"' bash "$completion" "$@")
	echo "for $*: $out"
}

# The help of PROGRAM; that of kdump-init stands in its source.
help_of() { # PROGRAM
	case $1 in
	kdump-init) sed -n '/^static const char usage/,/;$/s/^\t"\(.*\)\\n"$/\1/p' "$tools/../init/cli/cli.c" ;;
	*) $shell "$tools/$1" --help ;;
	esac
}

# The commands and options in the usage of a help, and the options that it explains.
words_of_help() {
	sed -n '1,/^$/{
		s/kdump-init \([a-z]*\) | \([a-z]*\)/kdump-init \1\nkdump-init \2/
		p
	}
	s/^  \(-[a-zA-Z-]*\(, --[a-z]*\)\{0,1\}\).*/\1/p' | awk '{
		words = split($0, word, /[][ ,|]+/)
		for (i = 1; i <= words; i++)
			if (word[i] ~ /^--?[a-z]/ || word[i - 1] == "kdump-init" && word[i] ~ /^[a-z]/)
				print word[i]
	}' | sort -u
}

words_of_completion() { # PROGRAM
	bash -c '. "$1" && for command in "" check dump extract receive report list; do _kdump_words "$2" "$command"; done' \
		bash "$completion" "$1" | tr ' ' '\n' | sort -u
}

# The man page of PROGRAM as plain words.
words_of_man() { # PROGRAM
	page=$tools/$1.8
	[ -f "$page" ] || page=$tools/../init/$1.8
	sed '1,/^[.]Sh SYNOPSIS/d; s/^[.]//; s/Fl Fl /--/g; s/Fl -/--/g; s/Fl /-/g' "$page" | tr -s '][ ,|()' '\n'
	sed -n '/^[.]Sh SYNOPSIS/,/^[.]Sh DESC/s/^[.]Cm \([a-z]*\).*/\1/p' "$page"
}

test_the_man_pages_have_the_words_of_each_help() {
	for program in kdump-init kdump-load kdump-mkinitramfs kdump-open kdump-report; do
		help_of $program | words_of_help >help
		words_of_man $program >man_page
		while read -r word; do
			grep -q -x -e "$word" man_page || fail "$program(8) lacks $word"
		done <help
	done
}

test_completion_has_the_words_of_each_help_and_no_others() {
	for program in kdump-init kdump-load kdump-mkinitramfs kdump-open kdump-report; do
		help_of $program | words_of_help >help
		words_of_completion $program >completion
		[ "$(wc -l <help)" -ge 3 ] || fail "no words in the help of $program: $(cat help)"
		diff help completion || fail "$program: < is in its help alone, > in the completion alone"
	done
}

test_completion_of_commands_options_and_values() {
	complete_words kdump-init ''
	has "$out" verify
	complete_words kdump-init che
	[ "$out" = check ]
	complete_words /sbin/kdump-init check --j
	[ "$out" = --json ]
	complete_words kdump-init dump -f ''
	has "$out" kdump
	complete_words kdump-load --sta
	[ "$out" = --status ]
	complete_words kdump-mkinitramfs --compress z
	[ "$out" = zstd ]
}

test_completion_of_files() {
	: >vmcore
	complete_words kdump-init dmesg vm
	[ "$out" = vmcore ]
	complete_words kdump-load --kernel vm
	[ "$out" = vmcore ]
	complete_words kdump-init vm
	[ -z "$out" ]
}
