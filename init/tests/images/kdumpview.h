/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image of kdumpimage.h opened by vmcore/kdumpfile, and everything that can be asked of it
 * compared with what the image says.
 */
#ifndef TESTS_IMAGES_KDUMPVIEW_H
#define TESTS_IMAGES_KDUMPVIEW_H

#include "tests/images/kdumpimage.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile.h"

struct kdumpview {
	struct kdumpimage *image;
	int fd;
	int opened; /* what kdumpfile_open returned */
	struct elfcore core;
	struct kdumpfile kdump;
};

/* Builds, writes to the file "kdump", and opens. */
struct kdumpview *kdumpview_open(const char *description);
void kdumpview_close(struct kdumpview *v);

/* Opens as above; the test stops when that fails. */
struct kdumpview *kdumpview_good(const char *description);

/* Checks the page of frame PFN: its bytes, or that the dump leaves it out. */
void kdumpview_check_page(struct kdumpview *v, uint64_t pfn);

/* Checks COUNT bits from FIRST on; COUNT is a multiple of 8. */
void kdumpview_check_mark(struct kdumpview *v, uint64_t first, uint64_t count);

/* Checks segments, bits and pages of all frames, and some that are none. */
void kdumpview_check_all(struct kdumpview *v);

#endif
