/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which page frames a dump of some level keeps, as a bitmap that is looked at chunk by chunk, so
 * that it takes the same little memory on every machine. What cannot be true is not believed:
 * then only zero pages are left out.
 */
#ifndef VMCORE_FILTER_H
#define VMCORE_FILTER_H

#include "vmcore/pages.h"

#include <stdint.h>

enum {
	FILTER_FRAMES = 2 * 1024 * 1024, /* of one chunk: 8 GiB of 4 KiB pages */
	FILTER_BYTES = FILTER_FRAMES / 8,
	FILTER_NEEDED = 64,
	FILTER_TRUST = 64,
	FILTER_CHUNKS = 1024, /* no more than so many: 8 TiB of addresses, used or not */
};

/* Why the level in force is not the one asked for. */
enum filter_doubt {
	FILTER_SURE,
	FILTER_NO_STRUCT_PAGES, /* they cannot be reached; see FILTER.error */
	FILTER_ALL_LEFT_OUT,	/* nothing would remain */
	FILTER_NEEDED_LEFT_OUT, /* a page that was in use, such as a CPU's stack, would go */
	FILTER_NONSENSE,	/* one struct page in FILTER_TRUST cannot be true */
};

struct filter {
	struct vmcore *core; /* the caller's */
	unsigned int level;  /* in force */
	enum filter_doubt doubt;
	int error;
	uint64_t base;		     /* the frame of bit 0 of chunk 0 */
	uint64_t end;		     /* the first frame beyond all chunks */
	uint64_t kept;		     /* frames, in all chunks */
	uint64_t present;	     /* frames that the core has pages of */
	uint64_t chunk;		     /* the first frame of the chunk in BITMAP; UINT64_MAX: none */
	volatile uint32_t *progress; /* counted up after each chunk, or NULL */
	unsigned int needed;
	uint64_t need[FILTER_NEEDED]; /* frames that were in use for certain */
	struct pages pages;
	_Alignas(uint32_t) uint8_t bitmap[FILTER_BYTES];
};

/*
 * Looks at all of the core, whose frames it counts from BASE on, read through WINDOW. CORE,
 * WINDOW and PROGRESS stay in use. Returns 0; -E2BIG when frames lie too far apart for a bitmap; or
 * -ENODATA when a kdump-compressed file cannot be read.
 */
int filter_open(struct filter *f, struct vmcore *core, struct window *window, unsigned int level,
		uint64_t base, volatile uint32_t *progress);

/*
 * The bitmap (LSB first) of the FILTER_FRAMES frames from base + INDEX * FILTER_FRAMES on, valid
 * until the next call; NULL when the file cannot be read. Chunks must be asked for in order; to
 * start again at the first is allowed.
 */
const uint8_t *filter_chunk(struct filter *f, uint64_t index);

/* How many chunks there are. */
uint64_t filter_chunks(const struct filter *f);

#endif
