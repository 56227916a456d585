# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packers of pages, ours beside the libraries that are known for their speed: how many
# instructions a page takes each, and how many bytes it becomes, on every processor. Each eighth
# page of a level 31 dump is packed under qemu-user, whose plugin counts (insns.c); what the same
# program takes to read the pages alone is taken off. Neither load nor chance changes a figure.
#
# ZLIB_NG=DIR: the source of zlib-ng, which Debian does not package, to be measured as well.

libraries=(lzo1x_1 zlib-1 libdeflate-1 libdeflate-2)

# The pages, in codecs_pages: of a machine that has lived, as for `ways`.
codecs_capture() {
	codecs_pages=$work/bench-codecs.pages
	bench_new codecs virt 512
	bench_fill
	config_lines+=("format = kdump" "level = 31" "compress = none")
	if ! { crash_and_capture && judge_round_trip && find_dump && pull vmcore; }; then
		sed 's/^/# /' "$case_dir/verdict" >&3
		return 1
	fi
	"$tests/benches/pages" "$case_dir/dump/vmcore" 8 "$codecs_pages" || return 1
	case_tidy
}

# codecs_processor ARCH: what there is to know about it.
codecs_processor() {
	case $1 in
	armel) compiler=arm-linux-gnueabi-gcc emulated="arm -cpu arm926" ;;
	armhf) compiler=arm-linux-gnueabihf-gcc emulated="arm -cpu cortex-a8" ;;
	arm64) compiler=aarch64-linux-gnu-gcc emulated="aarch64 -cpu cortex-a53" ;;
	esac
}

# codecs_build ARCH: our packers with musl, as in kdump-init; theirs with Debian's libraries.
codecs_build() {
	local from=$unpacked/packers-$1/usr lib
	make -s -C "$repo" ARCH="$1" "build/$1/bench-packers" >&3 2>&3 || return 1
	fetch "packers-$1" "$1" libdeflate-dev liblzo2-dev zlib1g-dev
	lib=$from/lib/$("$compiler" -dumpmachine)
	"$compiler" -O2 -static -DLIBRARIES -isystem "$from/include" \
		-isystem "$from/include/${lib##*/}" -o "$work/packers-$1" \
		"$tests/benches/packers.c" "$lib"/lib{deflate,lzo2,z}.a || return 1
	[ -z "${ZLIB_NG:-}" ] || codecs_build_ng "$1" "$from" "$lib"
}

# codecs_build_ng ARCH INCLUDES LIBRARIES: the same with zlib-ng for zlib.
codecs_build_ng() {
	local dir=$work/zlib-ng-$1
	rm -rf "$dir"
	cp -r "$ZLIB_NG" "$dir"
	(cd "$dir" && CHOST=${compiler%-gcc} CC=$compiler CFLAGS=-O2 ./configure --zlib-compat \
		--static && make libz.a) >"$dir.log" 2>&1 || return 1
	"$compiler" -O2 -static -DLIBRARIES -isystem "$dir" -isystem "$2/include" \
		-isystem "$2/include/${3##*/}" -o "$work/packers-ng-$1" \
		"$tests/benches/packers.c" "$3"/lib{deflate,lzo2}.a "$dir/libz.a"
}

# codecs_count PROGRAM PACKER: "PAGES BYTES INSTRUCTIONS"
codecs_count() {
	# shellcheck disable=SC2086 # a name and options
	set -- "$unpacked/qemu-user/usr/bin/qemu-"$emulated \
		-plugin "$work/insns.so" -d plugin -D "$work/insns.log" "$1" "$2" "$codecs_pages"
	"$@" && cat "$work/insns.log"
}

# codecs_row ARCH PROGRAM NAME [PACKER]
codecs_row() {
	local all none
	all=$(codecs_count "$2" "${4:-$3}") && none=$(codecs_count "$2" none) || return 1
	# shellcheck disable=SC2086 # lists of numbers
	set -- "$1" "$3" $all $none
	echo "$(commit_here),$1,$2,$3,$((($5 - $8) / $3)),$(($4 / $3))"
}

codecs_rows() {
	local arch name
	echo "commit,processor,packer,pages,instructions,bytes"
	for arch in armel armhf arm64; do
		codecs_processor $arch
		codecs_build $arch || return 1
		for name in lzo zlib; do
			codecs_row $arch "$build/$arch/bench-packers" $name || return 1
		done
		for name in "${libraries[@]}"; do
			codecs_row $arch "$work/packers-$arch" "$name" || return 1
		done
		[ -n "${ZLIB_NG:-}" ] || continue
		for name in 1 2; do
			codecs_row $arch "$work/packers-ng-$arch" zlib-ng-$name zlib-$name || return 1
		done
	done
}

bench_codecs() {
	fetch qemu-user "$(dpkg --print-architecture)" qemu-user
	gcc -O2 -shared -fPIC -o "$work/insns.so" "$tests/benches/insns.c" || return 1
	codecs_capture || return 1
	codecs_rows >"$work/bench-codecs.csv" && mv "$work/bench-codecs.csv" "$results/codecs.csv"
}
