/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A memimage opened the way a dump opens its core, and what pages_exclude makes of it compared
 * with what the image knows.
 */
#ifndef TESTS_IMAGES_MEMIMAGE_READ_H
#define TESTS_IMAGES_MEMIMAGE_READ_H

#include "tests/images/memimage.h"
#include "vmcore/pages.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"

struct reading {
	struct memimage *image; /* its own */
	struct vmcore core;
	struct window window;
	struct pages pages;
	uint64_t first, count; /* of the frames that BITMAP has bits for: all of RAM */
	uint8_t *bitmap;
	uint8_t scratch[WINDOW_READ_BYTES];
};

/* Opens the image of that text. The test ends when its addresses cannot be translated. */
struct reading *reading_open(const char *description);
void reading_close(struct reading *r);

/* pages_open; then pages_exclude over all of RAM in steps of STEP frames (0: all at once). */
int reading_pages(struct reading *r, unsigned int level);
void reading_exclude(struct reading *r, uint64_t step);

bool reading_bit(const struct reading *r, uint64_t pfn);

/* Checks each bit of the bitmap and the counters. NAME is told when something is wrong. */
bool reading_check(const struct reading *r, unsigned int level, const char *name);

#endif
