/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks that a ring of dumps has besides its dumps: README.md has their format. Nothing here
 * touches a device, and nothing in a block is believed before it was compared.
 */
#ifndef STORE_RING_HEADER_H
#define STORE_RING_HEADER_H

#include "store/ring.h"

/* Writes the header D to BLOCK (RING_BLOCK bytes), with the TEXT of its status or NULL. */
void ring_header_write(uint8_t *block, const struct ring_dump *d, const char *text);

/* What a block is: no header; one that is damaged, or not whole; a header, of a later version. */
enum ring_block { RING_NOTHING, RING_DAMAGED, RING_HEADER, RING_LATER };

/* Reads a header into *D, but for its slot. What it says is believed once ring_is_possible. */
enum ring_block ring_header_read(const uint8_t *block, struct ring_dump *d);

/* Can D be a dump in a ring of BLOCKS? */
bool ring_is_possible(const struct ring_dump *d, uint32_t blocks);

/* The text of the status in BLOCK, whose header was read. */
const char *ring_header_status(const uint8_t *block);

/* Where the last header on the device ends. */
enum { RING_HEADERS_END = RING_BLOCK + RING_SLOTS * 2 * RING_BLOCK };

/* Where on the device the header of a slot stands: by turns in two blocks, the even one first. */
uint64_t ring_header_at(uint32_t slot, uint32_t generation);

/* The blocks that D takes in the ring, from its start on. */
uint32_t ring_extent(const struct ring_dump *d);

/* Where the next file of the dump being made begins, in blocks from its start on. */
uint32_t ring_used(const struct ring *r);

/* Takes a slot for the dump being made; where there is none, that is RING_SLOTS. */
bool ring_take_slot(struct ring *r);

#endif
