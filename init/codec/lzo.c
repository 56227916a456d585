/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream, as Linux's Documentation/staging/lzo.rst has it: literals, then a match, whose
 * lowest two bits of distance say how many literals follow when those are three or fewer.
 *
 * One place is looked at, the last with the same hash of four bytes; where there has been no match
 * for long, the search goes in longer and longer steps.
 */
#include "codec/lzo.h"

#include "codec/same_bytes.h"

enum {
	KEY = 4,	/* bytes that begin a match */
	PATIENCE = 32,	/* literals that make a step one byte longer */
	REACH = 16384,	/* the farthest distance that is used */
	NEAR = 2048,	/* a match no farther, */
	SHORT = 8,	/* and no longer, takes two bytes; */
	MIDDLE = 33,	/* any other no longer than this, three */
	FEW = 3,	/* literals that the match before them counts, */
	SOME = 18,	/* that a byte counts, */
	BEGINNING = 17, /* and that it counts at the beginning of the stream, from here */
	END = 3,	/* bytes of what ends it */
};

struct packing {
	const uint8_t *page;
	unsigned int at;       /* where the next match may begin */
	unsigned int literals; /* where they begin that have not been written */
	uint32_t key;	       /* the four bytes at AT */
	uint8_t *out;
	uint8_t *end;
	uint8_t *few; /* the byte of the last match that counts literals; NULL: no match yet */
};

/* What of a length did not fit where it should be. */
static inline void put_rest(struct packing *p, unsigned int length)
{
	for (; length > 255; length -= 255)
		*p->out++ = 0;
	*p->out++ = (uint8_t)length;
}

/* Those before AT; there is room for a few bytes more. */
static inline void put_literals(struct packing *p)
{
	const uint8_t *from = p->page + p->literals;
	unsigned int count = p->at - p->literals;

	if (p->few == NULL && count <= 255 - BEGINNING) {
		*p->out++ = (uint8_t)(BEGINNING + count);
	} else if (count <= FEW) {
		*p->few |= (uint8_t)count;
	} else if (count <= SOME) {
		*p->out++ = (uint8_t)(count - FEW);
	} else {
		*p->out++ = 0;
		put_rest(p, count - SOME);
	}
	if (count > SOME)
		memcpy(p->out, from, count);
	else
		for (unsigned int i = 0; i < count; i++)
			p->out[i] = from[i];
	p->out += count;
}

static inline void put_match(struct packing *p, unsigned int length, unsigned int distance)
{
	unsigned int d = distance - 1;

	if (length <= SHORT && d < NEAR) {
		p->few = p->out;
		*p->out++ = (uint8_t)((length - 1) << 5 | (d & 7) << 2);
		*p->out++ = (uint8_t)(d >> 3);
		return;
	}
	if (length <= MIDDLE) {
		*p->out++ = (uint8_t)(0x20 | (length - 2));
	} else {
		*p->out++ = 0x20;
		put_rest(p, length - MIDDLE);
	}
	p->few = p->out;
	*p->out++ = (uint8_t)(d << 2);
	*p->out++ = (uint8_t)(d >> 6);
}

/* For the literals, a match of LENGTH, the lengths of both, and the end. */
static inline bool has_room(const struct packing *p, unsigned int length)
{
	unsigned int count = p->at - p->literals;

	return (size_t)(p->end - p->out) >= count + (count + length) / 255 + LZO_SPARE - END;
}

static inline uint32_t key_at(const uint8_t *p)
{
	if (WORDS_ANYWHERE)
		return same_bytes_word(p);
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Most places with the same hash differ in the first byte already. */
static inline bool has_key(const uint8_t *p, uint32_t key)
{
	return (WORDS_ANYWHERE || p[0] == (uint8_t)key) && key_at(p) == key;
}

/* Enters AT. Returns how far back the last place with the same four bytes is, or 0. */
static inline unsigned int enter(struct lzo *l, const struct packing *p)
{
	uint16_t *place = &l->place[p->key * UINT32_C(0x9e3779b1) >> (32 - LZO_HASH_BITS)];
	unsigned int there = *place;

	*place = (uint16_t)p->at;
	if (there >= p->at || !has_key(p->page + there, p->key) || p->at - there > REACH)
		return 0;
	return p->at - there;
}

/* Goes on where a match may begin; none does at LAST or behind it. */
static inline void step(struct packing *p, unsigned int last)
{
	unsigned int far = 1 + (p->at - p->literals) / PATIENCE;

	p->at += far;
	if (p->at >= last)
		return;
	if (far == 1)
		p->key = p->key >> 8 | (uint32_t)p->page[p->at + KEY - 1] << 24;
	else
		p->key = key_at(p->page + p->at);
}

size_t lzo_page(struct lzo *l, const uint8_t *page, size_t size, uint8_t *out, size_t room)
{
	struct packing p = {.page = page, .out = out, .end = out + room};
	unsigned int last = size < KEY ? 0 : (unsigned int)size - KEY + 1;

	memset(l->place, 0, sizeof(l->place));
	if (last > 0)
		p.key = key_at(page);
	while (p.at < last) {
		unsigned int back = enter(l, &p);
		const uint8_t *here = page + p.at + KEY;
		unsigned int length;

		if (back == 0) {
			step(&p, last);
			continue;
		}
		length = KEY + same_bytes(here, here - back, (unsigned int)size - p.at - KEY);
		if (!has_room(&p, length))
			return 0;
		put_literals(&p);
		put_match(&p, length, back);
		p.at += length;
		p.literals = p.at;
		if (p.at < last)
			p.key = key_at(page + p.at);
	}
	p.at = (unsigned int)size;
	if (!has_room(&p, 0))
		return 0;
	put_literals(&p);
	*p.out++ = 0x11;
	*p.out++ = 0;
	*p.out++ = 0;
	return (size_t)(p.out - out);
}
