/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which page frames of the crashed machine a core holds: ranges of page frame numbers,
 * ascending, each frame once, however the segments lie.
 */
#ifndef VMCORE_FRAMES_H
#define VMCORE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

struct elfcore;

enum {
	FRAMES_FEW = 1024 /* in the struct; more are mapped */,
	FRAMES_SHIFT_MIN = 12,
	FRAMES_SHIFT_MAX = 16
};

struct frame_range {
	uint64_t first, end; /* page frame numbers, absolute; END is the first one beyond */
};

/* All zero before it is used for the first time. */
struct frames {
	void *more;	    /* for frames_open: it outlasts a core */
	unsigned int shift; /* a page has 1 << shift bytes */
	unsigned int ranges;
	uint64_t first, end;	   /* of all ranges */
	uint64_t count;		   /* of frames in all */
	struct frame_range *range; /* points to FEW or MORE */
	struct frame_range few[FRAMES_FEW];
};

/*
 * Takes them from the sane segments of CORE, SHIFT from FRAMES_SHIFT_MIN to FRAMES_SHIFT_MAX. A
 * frame of which a segment holds only a part is one of them. Returns false when there is no memory
 * for all of them, and some are missing.
 */
bool frames_open(struct frames *f, const struct elfcore *core, unsigned int shift);

/*
 * Sets in BITMAP (LSB first) the bits of the frames from FIRST up to FIRST + COUNT that the
 * core holds; the others of its COUNT bits are cleared. COUNT is a multiple of 8.
 */
void frames_mark(const struct frames *f, uint64_t first, uint64_t count, uint8_t *bitmap);

#endif
