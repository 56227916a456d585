# SPDX-License-Identifier: GPL-2.0-or-later
#
# What Buildroot reads of this external tree: its one package.

include $(sort $(wildcard $(BR2_EXTERNAL_KDUMP_INIT_PATH)/package/*/*.mk))
