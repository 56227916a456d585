# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian packages of the guests, unpacked below $cache/unpacked: kernels, the
# programs of the first system, crash(8) and makedumpfile with their libraries.
# Promises: what is unpacked is whole, and is fetched once.

unpacked=$cache/unpacked

# fetch NAME ARCH PACKAGE... -> $unpacked/NAME
fetch() {
	local name=$1
	shift
	"$repo/.ci/fetch-packages" "$1" "$unpacked/$name" "${@:2}" >&3 2>&3 ||
		die "cannot get the packages of $name"
}

# The kernel package that META stands for, with the index of its modules, which
# Debian's package leaves to its installation script.
fetch_kernel() {
	local name=$1 arch=$2 meta=$3 kver
	fetch "$name" "$arch" "@$meta"
	kver=$(kernel_version "$name")
	[ -e "$unpacked/$name/lib/modules/$kver/modules.dep.bin" ] ||
		depmod -b "$unpacked/$name" "$kver"
}

kernel_version() {
	local d
	for d in "$unpacked/$1"/lib/modules/*/; do basename "$d"; done
}

kernel_image() {
	echo "$unpacked/$1/boot/vmlinuz-$(kernel_version "$1")"
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

# busybox and kexec for the first system. armel programs run on every 32-bit
# ARM kernel; kexec of the other architectures is linked with Xen's libraries.
fetch_userland() {
	local more=()
	[ "$1" = armel ] || more=(zlib1g libxenmisc4.17 libxencall1 libxenevtchn1 libxengnttab1
		libxenforeignmemory1 libxendevicemodel1 libxentoolcore1 libxentoollog1 libxenhypfs1)
	fetch "userland-$1" "$1" busybox-static kexec-tools libc6 libgcc-s1 "${more[@]}"
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
	"$repo/.ci/fetch-packages" --only './usr/lib/debug/boot/vmlinux*' \
		"$arch" "$unpacked/$name-dbg" "$dbg" >&3 2>&3 ||
		die "cannot get $dbg (make distclean forgets the kernel, too)"
}

vmlinux() {
	echo "$unpacked/$1-dbg/usr/lib/debug/boot/vmlinux-$(kernel_version "$1")"
}
