/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core that was opened: its layout, what the crashed kernel says of itself, and its memory by
 * virtual address, as far as each can be had.
 */
#ifndef VMCORE_VMCORE_H
#define VMCORE_VMCORE_H

#include "vmcore/elfcore.h"
#include "vmcore/physmem.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

enum { VMCORE_NOTES = 256 * 1024 };

struct vmcore {
	int fd; /* the caller's */
	struct elfcore core;
	struct vmcoreinfo info; /* no text when there is no such note */
	struct physmem memory;
	struct translate translate;
	int translate_error; /* 0, or why translate cannot be used */
	uint8_t head[ELFCORE_HEADERS];
	uint8_t notes[VMCORE_NOTES];
};

/*
 * Opens the core in FD. Returns 0, or as elfcore_read. A core without VMCOREINFO, or whose
 * addresses cannot be translated, is opened all the same.
 */
int vmcore_open(struct vmcore *v, int fd);

#endif
