/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an old dump is removed, and whether it can be. For store/retention.
 */
#ifndef STORE_REMOVAL_H
#define STORE_REMOVAL_H

#include "store/dumps.h"

#include <stdint.h>

/*
 * Are all files of the dump ours, and could they be removed? Nothing is changed. Sets *BYTES to
 * those that its memory takes on the disk and would give back.
 */
bool removal_possible(const struct store *s, const struct dump *d, uint64_t *bytes);

/* Removes what is incomplete in it, for good, where it is ours. Returns how many files are gone. */
unsigned int removal_of_incomplete(const struct store *s, struct dump *d);

/* Bytes that its incomplete files take on the disk. */
uint64_t removal_incomplete_bytes(const struct dump *d);

/*
 * Removes the files of the dump called NAME, and its directory unless there is something else in
 * it. Where its memory cannot be removed it keeps its status. Returns 0 or -errno.
 */
int removal_of_dump(const struct store *s, const char *name);

#endif
