# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian packages of the guests, unpacked below $cache/unpacked: kernels, the
# programs of the first system, crash(8) and makedumpfile with their libraries.
# A kernel that is built lies there, too, as its package would.
# Promises: what is unpacked is whole, and is fetched once.

unpacked=$cache/unpacked

# fetch NAME ARCH PACKAGE... -> $unpacked/NAME
fetch() {
	local name=$1
	shift
	"$repo/.ci/fetch-packages" "$1" "$unpacked/$name" "${@:2}" >&3 2>&3 ||
		die "cannot get the packages of $name"
}

# fetch_kernel NAME ARCH META SUITE: the kernel package that META stands for, with the index
# of its modules, which Debian's package leaves to its installation script. 1 when the mirror
# has no such suite or kernel.
fetch_kernel() {
	local name=$1 arch=$2 meta=$3 kver rc=0
	KDUMP_SUITE=$4 "$repo/.ci/fetch-packages" "$arch" "$unpacked/$name" "@$meta" >&3 2>&3 || rc=$?
	[ "$rc" != 3 ] || return 1
	[ "$rc" = 0 ] || die "cannot get $meta of $4"
	[ -e "$unpacked/$name/lib" ] || ln -s usr/lib "$unpacked/$name/lib"
	kver=$(kernel_version "$name")
	[ -e "$unpacked/$name/lib/modules/$kver/modules.dep.bin" ] ||
		depmod -b "$unpacked/$name" "$kver"
}

# build_kernel NAME ARCH OPTIONS SUITE: what no package has, from the source of SUITE.
build_kernel() {
	"$repo/.ci/install-tools" flex bison bc >&3 2>&3 || die "what builds a kernel is missing"
	KDUMP_SUITE=$4 "$repo/config/kernel/build-kernel" "$2" "$unpacked/$1" linux-source-6.1 \
		"$tests/kernels/$3" >&3 2>&3 || die "cannot build $1"
}

kernel_version() {
	local d
	for d in "$unpacked/$1"/lib/modules/*/; do basename "$d"; done
}

# From 7.0 on it lies beside the modules.
kernel_image() {
	local kver image
	kver=$(kernel_version "$1")
	image=$unpacked/$1/boot/vmlinuz-$kver
	[ -e "$image" ] || image=$unpacked/$1/lib/modules/$kver/vmlinuz
	echo "$image"
}

# Those of MODULE... that the kernel has, be it as a file or built in: what holds the
# checksums of ext4 has another name in each kernel.
kernel_has() {
	local name=$1 m
	shift
	for m in "$@"; do
		! modprobe -d "$unpacked/$name" -S "$(kernel_version "$name")" --show-depends "$m" \
			>/dev/null 2>&1 || echo "$m"
	done
}

# start_image NAME ADDRESS: the same kernel as QEMU starts it sooner. What a zImage holds is
# unpacked here, once, and not by the emulated processor at each boot. ADDRESS is where its own
# code would put it. A zImage that is packed otherwise is started as it is.
start_image() {
	local zimage at image
	zimage=$(kernel_image "$1")
	image=$unpacked/$1/boot/start-$2
	mkdir -p "${image%/*}"
	[ -e "$image" ] || LC_ALL=C grep -abo -P '\xfd7zXZ\x00' "$zimage" | cut -d : -f 1 |
		while read -r at; do
			tail -c "+$((at + 1))" "$zimage" | xz -dc --single-stream >"$image.raw" 2>/dev/null &&
				mkimage -A arm -O linux -T kernel -C none -a "$2" -e "$2" \
					-d "$image.raw" "$image.new" >/dev/null &&
				mv "$image.new" "$image" && break
		done
	rm -f "$image.raw" "$image.new"
	[ -e "$image" ] || image=$zimage
	echo "$image"
}

# The files of MODULE... and of what they depend on, in loading order, as paths
# below the unpacked package. Built-in ones need nothing.
module_files() {
	local name=$1 kver
	kver=$(kernel_version "$name")
	shift
	modprobe -d "$unpacked/$name" -S "$kver" -a --show-depends "$@" |
		sed -n "s|^insmod $unpacked/$name/*||p" | awk '{ print $1 }' | awk '!seen[$0]++'
}

# busybox and kexec for the first system, and what unpacks Debian's zImage there, which the xz of
# busybox does not. armel programs run on every 32-bit ARM kernel; kexec of the other architectures
# is linked with Xen's libraries.
fetch_userland() {
	local more=()
	[ "$1" = armel ] || more=(zlib1g libxenmisc4.17 libxencall1 libxenevtchn1 libxengnttab1
		libxenforeignmemory1 libxendevicemodel1 libxentoolcore1 libxentoollog1 libxenhypfs1)
	fetch "userland-$1" "$1" busybox-static kexec-tools libc6 libgcc-s1 "${more[@]}"
	[ "$1" != armel ] || fetch "xz-$1" "$1" xz-utils liblzma5
}

fetch_crash() {
	fetch "crash-$1" "$1" crash libc6 libgcc-s1 libstdc++6 libncursesw6 \
		libtinfo6 liblzo2-2 libsnappy1v5 libzstd1 zlib1g
}

fetch_makedumpfile() {
	fetch "makedumpfile-$1" "$1" makedumpfile libc6 libgcc-s1 libdw1 libelf1 liblzo2-2 \
		zlib1g libbz2-1.0 liblzma5
}

# The kernel's debugging symbols: a download of 360 to 620 MB for one file.
fetch_vmlinux() {
	local name=$1 arch=$2 dbg
	dbg=linux-image-$(kernel_version "$name")-dbg
	KDUMP_SUITE=$kernel_suite "$repo/.ci/fetch-packages" --only './usr/lib/debug/boot/vmlinux*' \
		"$arch" "$unpacked/$name-dbg" "$dbg" >&3 2>&3 ||
		die "cannot get $dbg (make distclean forgets the kernel, too)"
	index_vmlinux "$(vmlinux "$name")" "$arch"
}

# With gdb's index in it, crash(8) needs a third of the time to read it; without, it can be
# read all the same. Under emulation crash dies of an index that is not aligned.
index_vmlinux() {
	local file=$1 objcopy=arm-linux-gnueabi-objcopy dir
	[ "$2" != arm64 ] || objcopy=aarch64-linux-gnu-objcopy
	! grep -q ' \.gdb_index ' <(readelf -SW "$file") || return 0
	note "indexing ${file##*/}"
	dir=$(mktemp -d "$file.XXXXXX") || return 0
	if gdb -nx -batch -iex 'set auto-load no' -ex "file $file" \
		-ex "save gdb-index $dir" >/dev/null 2>&1 &&
		$objcopy --add-section ".gdb_index=$dir/${file##*/}.gdb-index" \
			--set-section-flags .gdb_index=readonly "$file" "$dir/unaligned" &&
		$objcopy --set-section-alignment .gdb_index=16 "$dir/unaligned" "$dir/indexed"; then
		mv "$dir/indexed" "$file"
	else
		note "no index: crash will be slower"
	fi
	rm -rf "$dir"
}

vmlinux() {
	echo "$unpacked/$1-dbg/usr/lib/debug/boot/vmlinux-$(kernel_version "$1")"
}
