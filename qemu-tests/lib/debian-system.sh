# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Real Debian systems, with systemd, apt and two kernels: made of the mirror's packages without
# root, on the emulated machine's own processor, and kept in the cache as a disk image. Promises:
# a system is made once for each set of packages; no run changes what is in the cache; the
# guest needs no network.
#
# debian_boot starts such a system, which then does what the steps of systems/walk name, and
# ends; walk_line has what the commands of a step said.

systems=$tests/systems
# The guest's clock goes by what its processor has done: else, where the host is busy, the timer's
# interrupts leave it no time for anything else, and systemd gives up waiting.
debian_clock=(-icount shift=2)

# What Debian calls the machine in use: packages, kernels.
debian_name() {
	echo "debian-$kernel_arch"
}

# The packages of the system as it is installed first, with the older kernel; and with those that
# come later: what the package of kdump-init depends on, and the newer kernel. 1 when the mirror
# has not all of them, as of two kernels.
debian_fetch() {
	local base=('?essential' '?priority(required)' usr-is-merged apt systemd-sysv udev dbus
		"@@$kernel_meta")
	debian_packages base "${base[@]}" &&
		debian_packages later "${base[@]}" kexec-tools "@$kernel_meta"
}

debian_packages() { # NAME PACKAGE...
	local rc=0
	"$repo/.ci/fetch-packages" --system "$kernel_arch" "$unpacked/$(debian_name)-$1" "${@:2}" \
		>&3 2>&3 || rc=$?
	[ "$rc" != 3 ] || return 1
	[ "$rc" = 0 ] || die "cannot get the packages of a Debian system"
}

# The image of the system that these packages make, with what makes it.
debian_image() {
	local key
	key=$({
		cat "$unpacked/$(debian_name)"-{base,later}/.packages "$systems/second-stage"
		declare -f debian_tree debian_without_preinst debian_repository debian_settings
	} | sha256sum | cut -c 1-16)
	echo "$cache/systems/$(debian_name)-$key.img"
}

# debian_tree DIRECTORY: all packages of the system, unpacked but not configured, by the host's
# dpkg, which needs neither root nor their processor for that. What it would run is left out:
# their preinst have nothing to do where there is nothing yet, but for what second-stage sees
# to. All is root's, who is alone there.
debian_tree() {
	local to=$1 deb name
	mkdir -p "$to"/usr/{bin,lib,lib64,sbin} "$to/var/lib/dpkg/info" "$to.debs"
	for name in bin lib lib64 sbin; do ln -s "usr/$name" "$to/$name"; done
	: >"$to/var/lib/dpkg/status"
	for deb in "$unpacked/$(debian_name)"-base/*.deb; do
		debian_without_preinst "$deb" "$to.debs" || return 1
	done
	dpkg --root="$to" --log=/dev/null --force-not-root,architecture,depends,unsafe-io --no-triggers \
		--unpack "$to.debs"/*.deb >"$to.log" 2>&1 || { tail -n 20 "$to.log" >&2; return 1; }
	rm -rf "$to.debs"
	debian_repository "$to"
	debian_settings "$to"
	cp "$systems/second-stage" "$to/second-stage"
}

debian_without_preinst() { # DEB DIRECTORY
	dpkg-deb -I "$1" preinst >/dev/null 2>&1 || { ln -s "$1" "$2/"; return; }
	dpkg-deb -R "$1" "$2/deb" && rm "$2/deb/DEBIAN/preinst" &&
		dpkg-deb -Znone --root-owner-group -b "$2/deb" "$2/" >/dev/null && rm -rf "$2/deb"
}

# What comes later.
debian_repository() {
	local to=$1 deb
	mkdir -p "$to/srv/packages"
	for deb in "$unpacked/$(debian_name)"-later/*.deb; do
		[ -e "$unpacked/$(debian_name)-base/${deb##*/}" ] || cp "$deb" "$to/srv/packages/"
	done
	(cd "$to/srv/packages" && dpkg-scanpackages -m . >Packages 2>/dev/null)
}

# What an installer asks for.
debian_settings() {
	echo board >"$1/etc/hostname"
	echo "127.0.0.1 localhost board" >"$1/etc/hosts"
	echo "UUID=$disk_uuid / ext4 errors=remount-ro 0 1" >"$1/etc/fstab"
	mkdir -p "$1"/etc/{apt/apt.conf.d,initramfs-tools/conf.d,default}
	echo "deb [trusted=yes] file:/srv/packages ./" >"$1/etc/apt/sources.list"
	echo 'APT::Install-Recommends "false";' >"$1/etc/apt/apt.conf.d/90board"
	echo MODULES=dep >"$1/etc/initramfs-tools/conf.d/board"
}

# The archive that starts second-stage, with the machine's kernel.
debian_starter() { # OUT
	local dir
	dir=$(mktemp -d "$work/base/starter.XXXXXX") || return 1
	mkdir -p "$dir/bin"
	cp "$unpacked/userland-$userland/bin/busybox" "$dir/bin/"
	cp "$systems/init" "$dir/init"
	copy_modules "$dir"
	archive_of "$dir" >"$1"
	rm -rf "$dir"
}

# The system's image is in the cache when this returns, and the package of kdump-init is made.
debian_make() {
	local image dir begin deadline=7200 machine_extra=() machine_serial=(-serial file:LOG)
	make -s -C "$repo" deb DEBS="$kernel_arch" >&3 2>&3 || die "the package does not build"
	debian_fetch || {
		note "the mirror lacks a package of a Debian system for $kernel_arch: nothing is tried"
		return 0
	}
	image=$(debian_image)
	begin=$SECONDS
	[ ! -e "$image" ] || return 0
	mkdir -p "$cache/systems" "$work/base"
	note "making a Debian system for $kernel_arch, once: this takes a while"
	dir=$(mktemp -d "$cache/systems/new.XXXXXX") || die "no room in $cache"
	debian_tree "$dir/tree" || die "the packages cannot be unpacked"
	disk_size 4096
	disk_make "$dir/disk.img" "$table" ext4 "$dir/tree"
	debian_starter "$dir/starter.cpio"
	machine_start "$dir/disk.img" "$dir/starter.cpio" "disk=${part}2" "$dir/console.log" \
		"${debian_clock[@]}"
	if ! machine_ends "$dir/console.log" || ! grep -a -q '^second stage: done' "$dir/console.log" ||
		! debian_unmounted "$dir/disk.img" >/dev/null; then
		cat "$dir/console.qemu" "$dir/console.log" >"$work/base/$(debian_name).log"
		rm -rf "$dir"
		die "the system was not made, see $work/base/$(debian_name).log"
	fi
	trap - EXIT TERM INT HUP
	rm -f "$cache/systems/$(debian_name)"-*.img # of other packages
	mv "$dir/disk.img" "$image"
	rm -rf "$dir"
	note "made a Debian system for $kernel_arch in $((SECONDS - begin)) s"
}

# Whether all packages could be had.
debian_is_there() {
	[ -e "$unpacked/$(debian_name)-later" ] && [ -e "$(debian_image)" ]
}

# debian_new: a copy of the system of the machine in use, with the package of kdump-init beside it;
# `older` and `newer` are the versions of its kernels.
debian_new() {
	local deb
	disk_size 4096
	check "there is a copy of the system" cp --sparse=always "$(debian_image)" "$disk_image" || return 1
	older=$(debian_kernel base)
	newer=$(debian_kernel later "$older")
	note "Linux $older, then $newer"
	# shellcheck disable=SC2012 # names without blanks; the newest
	deb=$(ls -t "$build"/deb/kdump-init_*_"$kernel_arch".deb | head -n 1)
	debian_put "$deb" /srv/kdump-init.deb 0100644
	debian_put "$systems/walk" /walk 0100755
	debian_put "$systems/walk.service" /etc/systemd/system/walk.service 0100644
	debian_change "mkdir /etc/systemd/system/multi-user.target.wants" \
		"symlink /etc/systemd/system/multi-user.target.wants/walk.service ../walk.service"
	check "the package and the steps are on the disk" debian_has /walk
}

# debian_kernel base|later [BUT]: the version of its kernel.
debian_kernel() {
	find "$unpacked/$(debian_name)-$1" -name 'linux-image-*' | sed 's|.*/linux-image-||; s|_.*||' |
		grep -v -x -F -e "${2:-none}"
}

# debian_change REQUEST...: of debugfs, on the system's disk.
debian_change() {
	printf '%s\n' "$@" | debugfs -w -f - "$disk_image?offset=$((p2_start * 512))" >>"$case_dir/build.log" 2>&1
}

debian_put() { # FILE PATH MODE
	local dir=${2%/*}
	debian_change "rm $2" "cd ${dir:-/}" "write $1 ${2##*/}" "set_inode_field $2 mode $3" \
		"set_inode_field $2 uid 0" "set_inode_field $2 gid 0"
}

debian_has() {
	disk_debugfs "$disk_image" "stat $1" | grep '^Inode: ' >/dev/null
}

# Nothing is left in the journal of its filesystem, which would undo what debugfs does.
debian_unmounted() { # IMAGE
	disk_debugfs "$1" features | grep '^Filesystem features:' | grep -v needs_recovery
}

debian_get() { # PATH FILE
	rm -f "$2"
	disk_debugfs "$disk_image" "dump $1 $2"
	[ -s "$2" ]
}

# debian_boot NUMBER older|newer WORDS STEPS...: starts that kernel with the archive that the system
# has made for it, and WORDS on its command line; STEPS are those of each start. Until it is off.
debian_boot() {
	local number=$1 version=${!2} words=$3 log=$case_dir/console-$1.log deadline=2400
	shift 3
	check "start $number: its kernel can be read" debian_get "/boot/vmlinuz-$version" "$case_dir/vmlinuz" || return 1
	check "start $number: and its archive" debian_get "/boot/initrd.img-$version" "$case_dir/initrd" || return 1
	printf '%s\n' "$@" >"$case_dir/steps"
	debian_put "$case_dir/steps" /walk.steps 0100644
	boot_kernel=$case_dir/vmlinuz
	machine_start "$disk_image" "$case_dir/initrd" "root=UUID=$disk_uuid ro${words:+ $words}" "$log" \
		"${debian_clock[@]}"
	check "start $number: the machine does its steps and is off, in time" machine_ends "$log" || return 1
	check "start $number: it has unmounted its disk" debian_unmounted "$disk_image" || return 1
	check "start $number: the commands have said something" debian_get /walk.report "$case_dir/report"
}

# walk_line BOOT PATTERN: of what the commands said after that start.
walk_line() {
	sed -n "s/^$1 //p" "$case_dir/report" | grep -a -E -- "$2"
}

# walk_lines BOOT LINE...: each of them is there.
walk_lines() {
	local line boot=$1
	for line in "${@:2}"; do walk_line "$boot" "^$line\$" || { echo "missing: $line"; return 1; }; done
}
