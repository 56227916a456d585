# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges which frames the compressed dumps of any kernel hold, at each level, by an oracle of the
# tests' own and by the newest tools that read that kernel (lib/newest-tools.sh). Says of
# each kernel which judges there were, and why not all.

# judge_frames ELF KDUMP LEVEL: the compressed dump, and one of each other level that kdump-init
# makes of the ELF dump here, has exactly the frames that the rules of its level leave. The
# content of each page is looked into in KDUMP and at level 0, which has all of them; the others
# are packed by lzo, which takes less time. The judge of every kernel is lib/judge-frames; the
# second, where it can read the kernel, is the newest makedumpfile.
judge_frames() {
	local level codec=zlib made=$case_dir/made.kdump
	second_judge "$1"
	judge_frames_at "$1" "$2" "$3"
	for level in 0 1 2 4 8 16 31; do
		[ "$level" != "$3" ] || continue
		rm -f "$made"
		check "level $level: kdump-init dump" \
			"$build/host/kdump-init" dump -d "$level" -c $codec "$1" "$made" || continue
		judge_frames_at "$1" "$made" "$level"
		codec=lzo
	done
	rm -f "$made"
	judge_frames_sees "$1" "$2" "$3"
	judge_by_libraries "$1" "$2"
}

# second_judge ELF: sets `makedumpfile_judges`; says which judges there are, and why.
second_judge() {
	local why
	makedumpfile_judges=
	if ! have_newest makedumpfile "$judges"; then
		why="the mirror lacks makedumpfile of $newest_suite"
	elif ! why=$(makedumpfile_stumbles "$1"); then
		makedumpfile_judges=$(newest_makedumpfile -v 2>&1 |
			sed -n 's/.*version \([0-9.]*\).*/\1/p' | head -n 1)
		fact judges "judge-frames, makedumpfile $makedumpfile_judges"
		return
	fi
	fact judges judge-frames
	note "the frames are judged by judge-frames alone, not by makedumpfile: $why"
}

judge_frames_at() {
	local theirs=$case_dir/theirs.kdump
	check "level $3: the frames that the rules leave, with their content" \
		"$tests/lib/judge-frames" "$1" "$3" "$2"
	# At level 0 there is nothing to filter, and nothing takes makedumpfile as long.
	[ -n "$makedumpfile_judges" ] && [ "$3" != 0 ] || return 0
	rm -f "$theirs"
	check "level $3: makedumpfile $makedumpfile_judges filters the ELF dump" \
		newest_makedumpfile -l -d "$3" "$1" "$theirs" || return 0
	check "level $3: and leaves the same frames" \
		"$tests/lib/compare-kdump" --frames "$1" "$2" "$theirs"
	rm -f "$theirs"
}

# Would the judge see a frame that is missing, and one byte that is wrong?
judge_frames_sees() {
	check "the judge notices a frame that is not there" \
		judge_objects "$1" "$2" "$3" drop 'not saved, but to be: 1 frames'
	check "the judge notices a byte that is wrong" \
		judge_objects "$1" "$2" "$3" byte ' 1 differ from the raw dump'
	rm -f "$case_dir/bad.kdump"
}

# judge_objects ELF KDUMP LEVEL FAULT WORDS
judge_objects() {
	local said
	"$tests/lib/spoil-kdump" "$4" "$2" "$case_dir/bad.kdump" || return 1
	said=$("$tests/lib/judge-frames" "$1" "$3" "$case_dir/bad.kdump")
	[ $? = 1 ] && grep -F -- "$5" <<<"$said"
}

# libkdumpfile finds each page of the compressed dump, and drgn both dumps: it has no symbols
# here, but follows the kernel's page tables. Of 32-bit ARM libkdumpfile counts the frames of
# compressed dumps from address 0, makedumpfile and crash from the first RAM: where these are not
# the same drgn can read no such dump, whoever made it.
judge_by_libraries() {
	have_newest drgn amd64 || {
		note "the mirror lacks drgn and libkdumpfile of $newest_suite"
		return 0
	}
	check "libkdumpfile reads each page of the compressed dump" newest_reads pages "$1" "$2"
	check "drgn reads the ELF dump" newest_reads open "$1" "$(kernel_version "$kernel")"
	if [ "$judges" != armhf ] || [ $((ram_base)) = 0 ]; then
		check "drgn reads the compressed dump" \
			newest_reads open "$2" "$(kernel_version "$kernel")"
	fi
}
