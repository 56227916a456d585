# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where MACHINE_FEATURES has kdump-init: the options of config/kernel/ for the kernel in daily use
# and for the one that captures, which is the same.

FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI:append = "${@bb.utils.contains('MACHINE_FEATURES', 'kdump-init', ' file://kdump-first.cfg file://kdump-capture.cfg', '', d)}"
