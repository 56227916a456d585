/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the running kernel itself, as opposed to the memory it is to save.
 */
#ifndef BOARD_MEMORY_H
#define BOARD_MEMORY_H

#include <stdint.h>

enum { MEMORY_RANGES = 8 };

struct memory_range {
	uint64_t start, end; /* physical addresses; end is the first one beyond */
};

/*
 * Finds the physical memory that this kernel uses, widened to whole page blocks: memory in these
 * ranges has struct pages in this kernel, even where it belongs to the crashed one. Where there are
 * more than MEMORY_RANGES of them the last one covers all the rest. Returns how many there are; 0
 * when the kernel does not say. Needs /proc.
 */
unsigned int memory_own(struct memory_range ranges[MEMORY_RANGES]);

/* The same, from the texts of /proc/iomem and /proc/pagetypeinfo. Public for the tests. */
unsigned int memory_parse(const char *iomem, const char *pagetypeinfo,
			  struct memory_range ranges[MEMORY_RANGES]);

#endif
