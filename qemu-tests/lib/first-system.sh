# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds what the machines boot: the archive of the first system (Debian's
# unmodified modules, busybox, kexec, our kdump-load) and, with
# kdump-mkinitramfs, the archive of the capture kernel. The first system's
# behaviour is first-system/init, steered by a file of settings.

kdump_init=${KDUMP_INIT:-}      # another binary than build/ARCH/kdump-init

kdump_binary() {
	echo "${kdump_init:-$build/$kdump_arch/kdump-init}"
}

# The one with every codec, or the one to be tested.
codecs_binary() {
	echo "${kdump_init:-$build/codecs/$kdump_arch/kdump-init}"
}

# The libraries of the architecture are unpacked already: build/sysroot.
build_codecs() {
	mkdir -p "$build/codecs" "$build/sysroot"
	ln -sfn ../sysroot "$build/codecs/sysroot"
	make -s -C "$repo" ARCH="$kdump_arch" O="$build/codecs" WITH_ZSTD=yes \
		>&3 2>&3 || die "kdump-init does not build with all codecs"
}

# Files of a directory as one newc archive on standard output.
archive_of() {
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

copy_programs() {
	local to=$1 from=$unpacked/userland-$userland lib
	mkdir -p "$to"/{bin,sbin,lib,boot,case,proc,sys,dev,mnt,mem,tmp,etc,huge}
	ln -s lib "$to/lib64"
	cp "$from/bin/busybox" "$to/bin/"
	cp "$from/sbin/kexec" "$to/sbin/"
	find "$from/lib" "$from/usr/lib" \( -name 'ld-linux*.so.*' -o -name 'libc.so.6' \
		-o -name 'libgcc_s.so.*' -o -name 'libz.so.*' -o -name 'libxen*.so.*' \) |
		while read -r lib; do cp -L "$lib" "$to/lib/"; done
	[ "$userland" != armel ] || {
		cp "$unpacked/xz-$userland/usr/bin/xz" "$to/sbin/"
		cp -L "$unpacked/xz-$userland"/lib/*/liblzma.so.5 "$to/lib/"
	}
	cp "$repo"/initramfs/kdump-{load,report} "$repo"/initramfs/*.sh "$to/sbin/"
	cp "$tests/first-system/init" "$to/init"
	cp "$tests"/first-system/{live,talk,die,look} "$to/sbin/"
	chmod 755 "$to/init" "$to"/sbin/{kdump-load,kdump-report,live,talk,die,look}
	for lib in huge subvolume; do
		"$(compiler_of "$userland")" -std=gnu11 -Os -static -o "$to/sbin/$lib" \
			"$tests/first-system/$lib.c"
	done
}

# compiler_of DEBIAN-ARCHITECTURE: what .ci/install-tools brings for the first system's.
compiler_of() {
	case $1 in
	armel) echo arm-linux-gnueabi-gcc ;;
	arm64) echo aarch64-linux-gnu-gcc ;;
	amd64) echo x86_64-linux-gnu-gcc ;;
	*) die "no compiler for $1" ;;
	esac
}

# The modules of every filesystem a case may ask for, and MODULE..., and their loading order.
copy_modules() {
	local to=$1 file
	shift
	# shellcheck disable=SC2046,SC2086 # lists of names
	module_files "$kernel" $(kernel_has "$kernel" $modules ext4 vfat nls_ascii nls_cp437 f2fs virtio_net "$@") \
		>"$to/modules"
	while read -r file; do
		mkdir -p "$to/$(dirname "$file")"
		cp "$unpacked/$kernel/$file" "$to/$file"
	done <"$to/modules"
}

# The part that all cases of a machine share: $work/base/MACHINE.cpio
first_system_base() {
	local out=$work/base/$machine_base.cpio dir
	mkdir -p "$work/base"
	dir=$(mktemp -d "$work/base/$machine_base.XXXXXX")
	copy_programs "$dir"
	copy_modules "$dir"
	cp "$(kernel_image "$kernel")" "$dir/boot/vmlinuz-$(kernel_version "$kernel")"
	archive_of "$dir" >"$dir.cpio"
	mv "$dir.cpio" "$out"
	rm -rf "$dir"
}

# capture_archive OUT CONFIG MODULE...: with the tool that users run, too.
capture_archive() {
	local out=$1 config=$2 args=() m
	shift 2
	# shellcheck disable=SC2086 # a list of names
	for m in $(kernel_has "$kernel" $modules "$@"); do args+=(-m "$m"); done
	"$repo/initramfs/kdump-mkinitramfs" -k "$(kernel_version "$kernel")" \
		--modules-dir "$unpacked/$kernel" "${args[@]}" "${archive_options[@]}" -c "$config" \
		-i "$(kdump_binary)" -o "$out" >>"$case_dir/build.log" 2>&1 || {
		cat "$case_dir/build.log" >&2
		return 1
	}
}

# capture_add ARCHIVE DIRECTORY: a second archive behind the first, whose files
# win. The kernel wants each to start on a multiple of four.
capture_add() {
	local size
	size=$(stat -c %s "$1")
	truncate -s $(((size + 511) / 512 * 512)) "$1"
	archive_of "$2" >>"$1"
}

# The wrapper that runs before kdump-init, with the busybox it needs.
capture_add_wrapper() {
	local dir=$case_dir/wrapper
	mkdir -p "$dir"/{bin,test}
	cp "$unpacked/userland-$userland/bin/busybox" "$dir/bin/busybox"
	cp "$tests/first-system/before-$2" "$dir/test/before"
	cp "$tests/first-system/before-common" "$dir/test/common"
	chmod 755 "$dir/test/before"
	cp "$case_dir/settings" "$dir/test/settings"
	capture_add "$1" "$dir"
	rm -rf "$dir"
}

# capture_add_files ARCHIVE FILE...: in /test.
capture_add_files() {
	local dir=$case_dir/tools
	mkdir -p "$dir/test"
	cp "${@:2}" "$dir/test/"
	capture_add "$1" "$dir"
	rm -rf "$dir"
}

# capture_add_tools ARCHIVE: in /test makedumpfile as Debian has it for ARMv7, with its
# libraries, and the kdump-init with all codecs.
capture_add_tools() {
	local from=$unpacked/makedumpfile-$judges dir=$case_dir/tools lib
	mkdir -p "$dir"/{test,lib}
	cp "$from/usr/bin/makedumpfile" "$dir/test/"
	cp "$(codecs_binary)" "$dir/test/codecs"
	chmod 755 "$dir/test"/*
	for lib in ld-linux-armhf.so.3 libc.so.6 libdw.so.1 libelf.so.1 liblzo2.so.2 libz.so.1 \
		libbz2.so.1.0 liblzma.so.5; do
		cp -L "$(find "$from/lib" "$from/usr/lib" -name $lib | head -n 1)" "$dir/lib/"
	done
	capture_add "$1" "$dir"
	rm -rf "$dir"
}

# first_system OUT [CAPTURE]: the case's own files behind the base.
first_system() {
	local out=$1 dir=$case_dir/first name parameters
	mkdir -p "$dir/case"
	cp "$case_dir/settings" "$dir/case/settings"
	[ -z "${2:-}" ] || { mkdir -p "$dir/boot"; cp "$2" "$dir/boot/capture"; }
	# shellcheck disable=SC2154 # of lib/case.sh
	[ ${#first_modules[@]} = 0 ] || copy_modules "$dir" "${first_modules[@]}"
	while read -r name parameters; do
		[ -z "$name" ] || sed -i "s|/$name\.ko.*|& $parameters|" "$dir/modules"
	done <<<"$first_parameters"
	cp "$work/base/$machine_base.cpio" "$out"
	capture_add "$out" "$dir"
	rm -rf "$dir"
}
