# SPDX-License-Identifier: GPL-2.0-or-later
#
# The recipe makes libbearssl.a only where static libraries are not switched off, as they are by
# default (no-static-libs.inc). kdump-init is static.

DISABLE_STATIC = ""
