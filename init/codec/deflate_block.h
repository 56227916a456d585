/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes and matches as a block of a deflate stream: with codes made for it, or with the fixed ones
 * where those take less.
 */
#ifndef CODEC_DEFLATE_BLOCK_H
#define CODEC_DEFLATE_BLOCK_H

#include "codec/deflate_codes.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DEFLATE_SYMBOLS = 8192, /* of a block; a small page is one block */
	DEFLATE_MATCH = 1 << 30,
	DEFLATE_MATCH_MIN = 3,
	DEFLATE_MATCH_MAX = 258,
	DEFLATE_WINDOW = 32768, /* the farthest distance */
};

struct deflate_bits {
	uint8_t *out;
	uint8_t *end;
	uint32_t held;	    /* bits that are no whole bytes yet, the first one lowest */
	unsigned int count; /* of them, fewer than 16 */
};

struct deflate_block {
	struct deflate_codes literals, distances;
	struct deflate_codes fixed_literals, fixed_distances;
	struct deflate_bits bits; /* where they go; OUT and END are the caller's */
	unsigned int symbols;
	uint32_t symbol[DEFLATE_SYMBOLS]; /* a byte, or what deflate_match says */
};

/* The symbol of a match. */
static inline uint32_t deflate_match(unsigned int length, unsigned int distance)
{
	return DEFLATE_MATCH | (length - DEFLATE_MATCH_MIN) << 16 | distance;
}

/* Makes the fixed codes, once. */
void deflate_block_start(struct deflate_block *b);

/*
 * Writes the symbols as a block, the LAST one of its stream or not. False when it would not
 * end before BITS.END; nothing is written then.
 */
bool deflate_block_put(struct deflate_block *b, bool last);

/* Fills the last byte up. */
void deflate_block_end(struct deflate_block *b);

#endif
