# SPDX-License-Identifier: GPL-2.0-or-later
#
# For an image: packs the archive of the capture kernel into its /boot, for each kernel whose
# modules are in it. Where the drivers of the disk are built into the kernel it is not needed.
#
# KDUMP_INIT_BOARD    what "kdump-init check --describe" printed on the board
# KDUMP_INIT_MODULES  modules to pack, beside those that this asks for
#
# The image's own kdump-init-full checks the configuration; qemu runs it here.

KDUMP_INIT_BOARD ?= ""
KDUMP_INIT_MODULES ?= ""

IMAGE_INSTALL:append = " kdump-init kernel-modules"
do_rootfs[depends] += "kmod-native:do_populate_sysroot cpio-native:do_populate_sysroot"
do_rootfs[depends] += "qemu-native:do_populate_sysroot"
ROOTFS_POSTPROCESS_COMMAND += "kdump_init_archive"

kdump_init_archive() {
    root=${IMAGE_ROOTFS}
    set -- --archiver cpio -i $root${base_sbindir}/kdump-init -c $root${sysconfdir}/kdump-init.conf
    for module in ${KDUMP_INIT_MODULES}; do set -- "$@" -m $module; done
    [ -z "${KDUMP_INIT_BOARD}" ] || set -- "$@" --for ${KDUMP_INIT_BOARD}
    for modules in $root${nonarch_base_libdir}/modules/*; do
        version=$(basename $modules)
        $root${sbindir}/kdump-mkinitramfs -k $version --modules-dir $root \
            -o $root/boot/kdump-initrd.img-$version "$@" || bbfatal "no archive for $version"
    done
}
