# SPDX-License-Identifier: GPL-2.0-or-later
#
# Part of the Makefile and of init/tests: which sources of init/ are in which program.
#
# A board has two. kdump-init is what lies in a capture kernel's memory: PID 1, and nothing that
# PID 1 does not need. kdump-init-full has the commands as well; the first starts it when it is
# asked for one. On the desk everything is in one program, build/host/kdump-init.

# In the place of the commands, in kdump-init alone.
apart     := init/cli/cli_apart.c
# In kdump-init-full alone.
desk_only := $(filter-out $(apart),$(wildcard init/cli/*.c)) init/board/drivers.c
