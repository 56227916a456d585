/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prefix codes as deflate wants them (RFC 1951, 3.2.2 and 3.2.7): optimal for the counts that
 * they are made of, but for a limit of their length.
 */
#ifndef CODEC_DEFLATE_CODES_H
#define CODEC_DEFLATE_CODES_H

#include <stdint.h>

enum { DEFLATE_LITERALS = 288, DEFLATE_LENGTH_MAX = 15 };

struct deflate_codes {
	uint16_t uses[DEFLATE_LITERALS];  /* how often each symbol occurs; the caller's */
	uint16_t code[DEFLATE_LITERALS];  /* its bits, the first one lowest */
	uint8_t length[DEFLATE_LITERALS]; /* how many, 0: the symbol does not occur */
};

/*
 * Makes codes of at most LIMIT bits for the symbols below COUNT, which is at most 1 << LIMIT. A
 * code of a single symbol is not allowed everywhere, so that two get one, used or not. The sum of
 * the uses is below 65536.
 */
void deflate_codes_make(struct deflate_codes *c, unsigned int count, unsigned int limit);

/* Gives each symbol the code that follows from the lengths. */
void deflate_codes_assign(struct deflate_codes *c, unsigned int count);

#endif
