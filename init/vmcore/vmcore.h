/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core that was opened, ELF or kdump-compressed: its layout, what the crashed kernel says of
 * itself, its memory by virtual address, and its page frames, as far as each can be had.
 */
#ifndef VMCORE_VMCORE_H
#define VMCORE_VMCORE_H

#include "vmcore/elfcore.h"
#include "vmcore/frames.h"
#include "vmcore/physmem.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

struct kdumpfile;
struct window;

struct vmcore {
	int fd;		    /* the caller's */
	struct elfcore elf; /* the headers and segments; of a kdump file what stands for them */
	struct kdumpfile *kdump; /* NULL: the file is ELF */
	struct vmcoreinfo info;	 /* no text when there is no such note */
	struct physmem memory;
	struct translate translate;
	int translate_error; /* 0, or why translate cannot be used */
	struct frames frames;
	char text[VMCOREINFO_MOST];			 /* of INFO */
	_Alignas(8) uint8_t page[1 << FRAMES_SHIFT_MAX]; /* one put together of parts */
};

/*
 * Opens the core in FD. Returns 0, or as elfcore_read. A core without VMCOREINFO, or whose
 * addresses cannot be translated, is opened all the same. With KDUMP, scratch space of the
 * caller's, a kdump-compressed file may be opened, too, and kdumpfile_open's errors occur.
 */
int vmcore_open(struct vmcore *v, int fd, struct kdumpfile *kdump);

/* Why FD could not be opened, in words; ERROR is what vmcore_open returned. */
const char *vmcore_open_problem(int fd, int error);

/*
 * The page of frame PFN, read through WINDOW when the core is ELF. It lasts until the next
 * call. Returns 0; -ENODATA when the core does not have it; -errno as window_at and
 * kdumpfile_page have it.
 */
int vmcore_page(struct vmcore *v, struct window *window, uint64_t pfn, const uint8_t **page);

/* Bits of the frames that have their pages here: frames_mark, or kdumpfile_mark. */
int vmcore_mark(struct vmcore *v, uint64_t first, uint64_t count, uint8_t *bitmap);

/*
 * The frame that kdump-compressed files count from: the lowest on 32-bit ARM, as far as 32 bits
 * can tell where that is; 0 elsewhere.
 */
uint64_t vmcore_base(const struct vmcore *v);

/*
 * The stack pointer of the next CPU, from its NT_PRSTATUS behind NOTE, which begins with all zero;
 * false when there is none.
 */
bool vmcore_next_stack(const struct vmcore *v, struct note *note, uint64_t *va);

#endif
