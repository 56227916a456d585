# SPDX-License-Identifier: GPL-2.0-or-later
#
# kdump-init, built from the tree that this layer lies in. Both programs are static, with the libc of
# the distribution, musl or glibc.

SUMMARY = "Saves the memory of a crashed kernel, in very little memory"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://LICENSE;md5=b234ee4d69f5fce4486a80fdaf4a4263"
SECTION = "base"

DEPENDS = "zlib"
RDEPENDS:${PN} = "kexec"
COMPATIBLE_HOST = "(arm|aarch64|x86_64).*-linux.*"

# BearSSL is in meta-networking: with that layer dumps can be sealed.
PACKAGECONFIG ??= "${@bb.utils.contains('BBFILE_COLLECTIONS', 'networking-layer', 'seal', '', d)}"
PACKAGECONFIG[seal] = "WITH_SEAL=yes,WITH_SEAL=no,bearssl"

inherit externalsrc systemd update-rc.d

EXTERNALSRC = "${KDUMP_INIT_SOURCE}"
EXTERNALSRC_BUILD = "${WORKDIR}/build"
EXTERNALSRC_SYMLINKS = ""

# Packaging strips. What makes the programs small comes last and wins.
EXTRA_OEMAKE = "-C ${S} O=${B} ARCH=own 'CC=${CC}' STRIP=true ${PACKAGECONFIG_CONFARGS}"
CFLAGS:append = " -Os -ffunction-sections -fdata-sections -fno-stack-protector"

do_compile() {
    oe_runmake
}

do_install() {
    oe_runmake install DESTDIR=${D} PREFIX=${prefix} SBINDIR=${base_sbindir}
    if ${@bb.utils.contains('DISTRO_FEATURES', 'systemd', 'false', 'true', d)}; then
        rm -r ${D}${prefix}/lib/systemd
        install -D -m 755 ${S}/initramfs/kdump-load.init ${D}${sysconfdir}/init.d/kdump-load
        install -D -m 755 ${S}/initramfs/kdump-report.init ${D}${sysconfdir}/init.d/kdump-report
    fi
}

SYSTEMD_SERVICE:${PN} = "kdump-load.service kdump-load.path kdump-report.service kdump-network.service"

# update-rc.d.bbclass links one script for each package: the one that reports has a package for it.
PACKAGES =+ "${@bb.utils.contains('DISTRO_FEATURES', 'systemd', '', '${PN}-report', d)}"
RDEPENDS:${PN} += "${@bb.utils.contains('DISTRO_FEATURES', 'systemd', '', '${PN}-report', d)}"
FILES:${PN}-report = "${sysconfdir}/init.d/kdump-report"
INITSCRIPT_PACKAGES = "${@bb.utils.contains('DISTRO_FEATURES', 'systemd', '${PN}', '${PN} ${PN}-report', d)}"
INITSCRIPT_NAME:${PN} = "kdump-load"
INITSCRIPT_PARAMS:${PN} = "defaults 15"
INITSCRIPT_NAME:${PN}-report = "kdump-report"
INITSCRIPT_PARAMS:${PN}-report = "defaults 99"

FILES:${PN} += "${prefix}/lib"
CONFFILES:${PN} = "${sysconfdir}/kdump-init.conf"
