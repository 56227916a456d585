/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which page frames of the crashed machine a core holds: ranges of page frame numbers,
 * ascending, each frame once, however the segments lie.
 */
#ifndef VMCORE_FRAMES_H
#define VMCORE_FRAMES_H

#include <stdint.h>

struct elfcore;

enum { FRAMES_RANGES = 1024, FRAMES_SHIFT_MIN = 12, FRAMES_SHIFT_MAX = 16 };

struct frame_range {
	uint64_t first, end; /* page frame numbers, absolute; END is the first one beyond */
};

struct frames {
	unsigned int shift; /* a page has 1 << shift bytes */
	unsigned int ranges;
	uint64_t first, end; /* of all ranges */
	uint64_t count;	     /* of frames in all */
	struct frame_range range[FRAMES_RANGES];
};

/*
 * Takes them from the sane segments of CORE, SHIFT from FRAMES_SHIFT_MIN to FRAMES_SHIFT_MAX. A
 * frame of which a segment holds only a part is one of them.
 */
void frames_open(struct frames *f, const struct elfcore *core, unsigned int shift);

/*
 * Sets in BITMAP (LSB first) the bits of the frames from FIRST up to FIRST + COUNT that the
 * core holds; the others of its COUNT bits are cleared. COUNT is a multiple of 8.
 */
void frames_mark(const struct frames *f, uint64_t first, uint64_t count, uint8_t *bitmap);

#endif
