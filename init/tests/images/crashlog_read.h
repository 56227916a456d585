/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of such a core (crashlog.h), as a capture reads it.
 */
#ifndef TESTS_IMAGES_CRASHLOG_READ_H
#define TESTS_IMAGES_CRASHLOG_READ_H

#include "tests/images/crashlog.h"

/* What reading it gave. */
struct crashlog_answer {
	int opened, translated, result; /* of vmcore_open, of translate_open, of dmesg_write */
	uint64_t start, physical;	/* of ARM, where it translated: PAGE_OFFSET, PHYS_OFFSET */
	unsigned int records, torn;
	size_t size;
	char *text; /* free() it */
};

/* Reads the log out of the core, through vmcore_open and dmesg_write. */
struct crashlog_answer crashlog_read(const struct crashlog *c);

#endif
