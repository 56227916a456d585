/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pages of the crashed kernel were used for, as its struct pages say, and so which of
 * them a dump of some level leaves out. A page is kept unless it is known to be left out.
 */
#ifndef VMCORE_PAGES_H
#define VMCORE_PAGES_H

#include "vmcore/memmap.h"
#include "vmcore/page_layout.h"

#include <stdint.h>

struct vmcore;
struct window;

/* Levels, as makedumpfile -d: bits of what is left out. Zero pages need no struct page. */
enum {
	LEVEL_ZERO = 1,
	LEVEL_CACHE = 2,	 /* page cache without buffers */
	LEVEL_PRIVATE_CACHE = 4, /* page cache with buffers, too */
	LEVEL_USER = 8,
	LEVEL_FREE = 16,
	LEVEL_ALL = 31,
};

enum { PAGES_BATCH = 64 * 1024 /* bytes of struct pages read at once */ };

enum page_state {
	PAGE_KEPT,
	PAGE_FREE,
	PAGE_CACHE,
	PAGE_USER,
	PAGE_POISONED, /* by a memory error: never touched again */
	PAGE_OFFLINE,
	PAGE_STATES,
};

struct pages {
	struct vmcore *core;   /* the caller's, as WINDOW is */
	struct window *window; /* for reading it; unused for a kdump-compressed file */
	unsigned int level;
	struct page_layout layout;
	struct memmap map;
	uint64_t carry; /* a range goes on up to this frame, in the state CARRY_STATE */
	enum page_state carry_state;
	uint64_t left_out[PAGE_STATES]; /* frames */
	uint64_t unknown;		/* frames whose struct page cannot be read; they stay */
	uint64_t nonsense;		/* struct pages that no kernel would have */
	uint8_t batch[PAGES_BATCH];
};

/*
 * Looks for the struct pages. Returns 0; -ENOKEY when VMCOREINFO lacks what is needed, or names
 * a memory model not known here; -ENXIO or the -errno of a read when they are out of reach.
 */
int pages_open(struct pages *p, struct vmcore *core, struct window *window, unsigned int level);

/* Begins again at the lowest frame, with nothing counted. */
void pages_rewind(struct pages *p);

/*
 * Clears in BITMAP (LSB first) the bits of the frames from FIRST up to FIRST + COUNT that are
 * left out. A bit that is clear stays so, and is not counted. FIRST follows what came before.
 */
void pages_exclude(struct pages *p, uint64_t first, uint64_t count, uint8_t *bitmap);

#endif
