/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dump that is being made in a ring, which was opened to be written: its place, its files, what
 * has to go for it. After a write that failed nothing is written any more (-errno each time); one
 * of a slot gives that up for another.
 */
#ifndef STORE_RING_WRITE_H
#define STORE_RING_WRITE_H

#include "store/ring.h"

/*
 * Looks for the place of a dump with NUMBER, of a crash at TIME; nothing is written yet. Returns 0,
 * or -ENOSPC where ring_ahead stands there.
 */
int ring_make(struct ring *r, uint32_t number, int64_t time);

/* The dump that has to go first for one more, or for more room; NULL: there is none. */
const struct ring_dump *ring_ahead(const struct ring *r);

/* Makes the header of D invalid, for good. Returns 0 or -errno, and then D is still there. */
int ring_remove(struct ring *r, const struct ring_dump *d);

/* Bytes for the next file of the dump being made, and those it would have if all others went. */
uint64_t ring_room(const struct ring *r);
uint64_t ring_limit(const struct ring *r);

/* As ring_room, in one piece, for a text. */
uint64_t ring_text_room(const struct ring *r);

/*
 * For FILE of the dump being made: a descriptor of the device that stands at its beginning, or
 * -errno. What it was before is no part of the dump from here on, durably.
 */
int ring_create(struct ring *r, unsigned int file);

/*
 * Makes the device durable and FILE, of SIZE bytes, a part of the dump. TEXT is that of the status,
 * which stands in the header; NULL for all others. Returns 0 or -errno.
 */
int ring_commit(struct ring *r, unsigned int file, uint64_t size, const char *text);

/* FILE, and a status, are no part of the dump being made any more, durably. 0 or -errno. */
int ring_drop(struct ring *r, unsigned int file);

#endif
