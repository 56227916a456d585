/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches are looked for as zlib does at level 1: among the last few places with the same hash of
 * three bytes, taking the first that is good. What costs zlib the most on small pages is not
 * done here: no table is cleared for each page, since positions go on from page to page and
 * tell old from new.
 */
#include "codec/deflate.h"

#include "codec/adler.h"
#include "codec/same_bytes.h"

#include <string.h>

enum {
	TRIES = 6,   /* places that are looked at */
	GOOD = 32,   /* the length of a match that ends the search */
	ENTERED = 3, /* of longer matches only the end is entered into the table */
	HEADER = 2,
	TRAILER = 4,
};

/* What a block is filled with, where the compiler can keep it in registers. */
struct filling {
	const uint8_t *page;
	uint32_t *head;
	uint16_t *before;
	uint32_t base;
	size_t at, size;
	size_t keys;  /* there are four bytes to read at each place before it */
	uint32_t key; /* the three bytes at AT, in the upper 24 bits; unless WORDS_ANYWHERE */
};

static inline bool has_key(const struct filling *f)
{
	return f->at < f->keys;
}

/* Where words can be read anywhere, that is done where the key is wanted; else it goes along. */
static inline void load_key(struct filling *f)
{
	const uint8_t *p = f->page + f->at;

	if (WORDS_ANYWHERE)
		return;
	if (has_key(f))
		f->key = (uint32_t)p[0] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 24;
}

static inline void step(struct filling *f)
{
	f->at++;
	if (!WORDS_ANYWHERE && has_key(f))
		f->key = f->key >> 8 | (uint32_t)f->page[f->at + 2] << 24;
}

/* Of the three bytes at AT, where there are four to read: has_key. */
static inline uint32_t hash(const struct filling *f)
{
	const uint32_t factor = UINT32_C(0x9e3779b1);
	uint32_t product;

	if (WORDS_ANYWHERE) /* the factor takes the fourth byte out of the product's upper end */
		product = same_bytes_word(f->page + f->at) * (factor << 8);
	else
		product = (f->key & 0xffffff00) * factor;
	return product >> (32 - DEFLATE_HASH_BITS);
}

/* Enters AT into the table. Returns how far back the last place with that hash is, or 0. */
static inline size_t enter(struct filling *f)
{
	uint32_t *head = f->head + hash(f);
	uint32_t here = f->base + (uint32_t)f->at;
	uint32_t back = here - *head;

	*head = here;
	if (back > f->at)
		back = 0;
	f->before[f->at] = (uint16_t)back;
	return back;
}

/* The longest match for AT among the last places; its length, 0: none, and how far back it is. */
static inline size_t find(const struct filling *f, size_t back, size_t *distance)
{
	const uint8_t *here = f->page + f->at;
	size_t left = f->size - f->at;
	size_t limit = left < DEFLATE_MATCH_MAX ? left : DEFLATE_MATCH_MAX;
	size_t best = DEFLATE_MATCH_MIN - 1;
	size_t far = back;

	for (unsigned int i = 0; i < TRIES && far <= DEFLATE_WINDOW; i++) {
		if ((here - far)[best] == here[best]) {
			size_t n = same_bytes(here, here - far, limit);

			if (n > best) {
				best = n;
				*distance = far;
				if (n >= GOOD || n == limit)
					break;
			}
		}
		back = f->before[f->at - far];
		if (back == 0)
			break;
		far += back;
	}
	return best < DEFLATE_MATCH_MIN ? 0 : best;
}

/* Goes on behind a match. */
static inline void skip(struct filling *f, size_t length)
{
	if (length > ENTERED) {
		f->at += length - ENTERED;
		load_key(f);
		length = ENTERED;
	}
	for (step(f); --length > 0; step(f)) {
		if (has_key(f))
			(void)enter(f);
	}
}

/* Fills a block with symbols from AT on. Returns where it ends. */
static unsigned int fill(struct deflate *d, unsigned int size, unsigned int at)
{
	struct filling f = {
		.page = d->page,
		.head = d->head,
		.before = d->before,
		.base = d->base,
		.at = at,
		.size = size,
		.keys = size > DEFLATE_MATCH_MIN ? size - DEFLATE_MATCH_MIN : 0,
	};
	uint32_t *symbol = d->block.symbol;
	uint32_t *end = symbol + DEFLATE_SYMBOLS;

	load_key(&f);
	while (f.at < size && symbol < end) {
		size_t back = has_key(&f) ? enter(&f) : 0;
		size_t distance = 0;
		size_t length = back != 0 ? find(&f, back, &distance) : 0;

		if (length == 0) {
			*symbol++ = f.page[f.at];
			step(&f);
		} else {
			*symbol++ = deflate_match((unsigned int)length, (unsigned int)distance);
			skip(&f, length);
		}
	}
	d->block.symbols = (unsigned int)(symbol - d->block.symbol);
	return (unsigned int)f.at;
}

void deflate_start(struct deflate *d)
{
	deflate_block_start(&d->block);
	d->base = 0;
}

/* Before positions wrap, all that were entered are forgotten; so it is at the start. */
static void next_base(struct deflate *d)
{
	if (d->base == 0 || d->base > UINT32_MAX - 2 * DEFLATE_PAGE_MAX) {
		memset(d->head, 0, sizeof(d->head));
		d->base = 0;
	}
	d->base += DEFLATE_PAGE_MAX;
}

size_t deflate_page(struct deflate *d, const uint8_t *page, size_t size, uint8_t *out, size_t room)
{
	struct deflate_bits *bits = &d->block.bits;
	unsigned int at = 0;
	uint32_t sum;

	if (room < HEADER + TRAILER)
		return 0;
	next_base(d);
	memcpy(d->page, page, size); /* devices may be writing to the original */
	out[0] = 0x78;		     /* RFC 1950: deflate with a window of 32 KiB, */
	out[1] = 0x01;		     /* by the fastest way */
	*bits = (struct deflate_bits){.out = out + HEADER, .end = out + room - TRAILER};
	do {
		at = fill(d, (unsigned int)size, at);
		if (!deflate_block_put(&d->block, at == size))
			return 0;
	} while (at < size);
	deflate_block_end(&d->block);
	sum = adler_sum(d->page, size);
	for (int shift = 24; shift >= 0; shift -= 8)
		*bits->out++ = (uint8_t)(sum >> shift);
	return (size_t)(bits->out - out);
}
