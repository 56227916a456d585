/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page as a zlib stream (RFC 1950 and 1951): not larger than what zlib makes of it at its
 * level 1, in less time, code and memory. Any inflate reads it.
 */
#ifndef CODEC_DEFLATE_H
#define CODEC_DEFLATE_H

#include "codec/deflate_block.h"

#include <stddef.h>
#include <stdint.h>

enum { DEFLATE_PAGE_MAX = 65536, DEFLATE_HASH_BITS = 12 };

struct deflate {
	struct deflate_block block;
	uint32_t base; /* what positions of this page count from; lower ones are of pages before */
	uint32_t head[1 << DEFLATE_HASH_BITS]; /* the last place with a hash */
	uint16_t before[DEFLATE_PAGE_MAX];     /* how far back from a place the one before it is */
	_Alignas(4) uint8_t page[DEFLATE_PAGE_MAX];
};

/* Prepares D, whatever is in it. Of its arrays no more is touched than pages are long. */
void deflate_start(struct deflate *d);

/*
 * Packs a copy of SIZE bytes, 1 to DEFLATE_PAGE_MAX, into OUT. Returns how many bytes that takes,
 * or 0 when it would take more than ROOM; what is in OUT then means nothing.
 */
size_t deflate_page(struct deflate *d, const uint8_t *page, size_t size, uint8_t *out, size_t room);

#endif
