# SPDX-License-Identifier: GPL-2.0-or-later
#
# Part of the Makefile and of init/tests: which sources of init/ are in which program.
#
# A board has two. kdump-init is what lies in a capture kernel's memory: PID 1, and nothing that
# PID 1 does not need. kdump-init-full has the commands as well; the first starts it when it is
# asked for one. On the desk everything is in one program, build/host/kdump-init.

# In the place of the commands, in kdump-init alone.
apart     := init/cli/cli_apart.c
# What only targets of the network need, with WITH_NET=no in neither (NET_ONLY of init/base/desk.h).
net_only  := $(if $(filter no,$(WITH_NET)),$(wildcard init/net/*.c) init/worker/network.c \
	init/store/stream.c init/store/stream_store.c)
# In kdump-init-full alone: the commands, and what only they need. Kdump files are read on a desk,
# unpacked there, and so are cores of other machines (init/base/desk.h). A 32-bit ARM program may be
# PID 1 of a 64-bit kernel, as on many a Raspberry Pi. What a compiler from outside makes reads all.
machines     := arm arm64 x86_64
reads_armel  := arm arm64
reads_armhf  := arm arm64
reads_arm64  := arm64
reads_x86_64 := x86_64
desk_only := $(filter-out $(apart),$(wildcard init/cli/*.c)) init/board/drivers.c \
	$(wildcard init/vmcore/kdumpfile*.c init/codec/expand*.c) \
	init/output/elf_maker.c init/worker/capture_elf_made.c \
	$(patsubst %,init/vmcore/translate_%.c,$(filter-out $(or $(reads_$(ARCH)),$(machines)),$(machines)))
