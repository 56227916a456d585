# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The one place that knows the kernels of other suites and flavours than those the machines
# have by themselves: the second dimension of machine_use MACHINE+KERNEL. Promises: a row
# names a Debian suite and a meta package, never a version; what a machine needs to run a
# kernel that is unlike its own stands in kernel_use and nowhere else. A kernel that no suite
# has is built from Debian's source: its row names the options.

# name          suite          architecture  meta package, or options in kernels/
kernel_table() {
	cat <<-'END'
		armmp-5.10    bullseye      armhf  linux-image-armmp
		armmp-6.1     bookworm      armhf  linux-image-armmp
		armmp-6.12    trixie        armhf  linux-image-armmp
		armmp-newest  sid           armhf  linux-image-armmp
		armmp-rc      experimental  armhf  linux-image-armmp
		lpae-6.1      bookworm      armhf  linux-image-armmp-lpae
		lpae-newest   sid           armhf  linux-image-armmp-lpae
		rpi-6.12      trixie        armel  linux-image-rpi
		arm64-5.10    bullseye      arm64  linux-image-arm64
		arm64-6.1     bookworm      arm64  linux-image-arm64
		arm64-6.12    trixie        arm64  linux-image-arm64
		arm64-newest  sid           arm64  linux-image-arm64
		arm64-16k     trixie        arm64  linux-image-arm64-16k
		arm64-kexec-file  bookworm  arm64  kexec-file.config
		amd64-5.10    bullseye      amd64  linux-image-amd64
		amd64-6.1     bookworm      amd64  linux-image-amd64
		amd64-6.12    trixie        amd64  linux-image-amd64
		amd64-newest  sid           amd64  linux-image-amd64
	END
}

# kernel_use NAME: after the machine's own row, of which it replaces what has to differ.
kernel_use() {
	local row
	row=$(kernel_table | grep "^$1 ") || die "no such kernel: $1 (see lib/kernels.sh)"
	read -r _ kernel_suite kernel_arch kernel_meta <<<"$row"
	kernel=kernel-$1
	# shellcheck disable=SC2034,SC2054 # of lib/machine.sh; commas are QEMU's
	case $machine+$1 in
	raspi0+*) # it hangs in the first kernel when it has to find room for CMA
		first_append=${first_append/ cma=8M/} ;;
	virt+lpae-*)
		qemu=(qemu-system-arm -M "virt,highmem=on" -cpu cortex-a15) ;;
	arm64+*-16k) # no processor of the table's has pages of 16 KiB
		qemu=(qemu-system-aarch64 -M virt -cpu "max,pauth-impdef=on")
		crashkernel=256M ;;
	esac
}

# Whether the kernel of the machine in use could be had.
kernel_is_there() {
	[ -d "$unpacked/$kernel" ]
}
