/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packs a page as an lzo1x stream. The stream is described in Linux's
 * Documentation/staging/lzo.rst, and the bits in the comments below are written as there. It is a
 * row of instructions. Each copies a match, bytes of the page that have been seen before, and then
 * some literals, bytes that stand in the stream themselves. Up to three literals are counted by the
 * lowest two bits of the match before them (the state, S); more of them take an instruction of
 * their own.
 *
 * For each four bytes only one place in the page is looked at: the last one with the same hash.
 * Where there has been no match for long, the search goes on in longer and longer steps.
 */
#include "codec/lzo.h"

#include "codec/same_bytes.h"

enum {
	/* A match is found by this many equal bytes, so that none is shorter. */
	KEY_BYTES = 4,
	/* The search steps on by one byte more for each of these many literals without a match. */
	STEP_LITERALS = 32,
	/* A match of no more than this length and distance takes two bytes (01LDDDSS, 1LLDDDSS). */
	SHORT_LENGTH = 8,
	SHORT_DISTANCE = 2048,
	/* Any other takes three bytes up to this length (001LLLLL), and more bytes beyond it. */
	LONG_LENGTH = 33,
	/* The longest distance of that instruction, and so of any match that is looked for here. */
	LONG_DISTANCE = 16384,
	/* The most literals that the state of the match before them counts. */
	STATE_LITERALS = 3,
	/* That state is in the last byte but one of the match. */
	STATE_FROM_END = 2,
	/* The most literals that a byte of their own counts (0000LLLL). More take more bytes. */
	RUN_LITERALS = 18,
	/* The first byte of a stream is this much larger than the number of literals behind it. */
	FIRST_LITERALS = 17,
	/* The stream ends with this many bytes. */
	END_BYTES = 3,
};

/* A page that is being packed. */
struct packing {
	const uint8_t *page;
	size_t at;	 /* the offset in the page where the next match may begin */
	size_t literals; /* the offset of the first literal that is not written yet */
	uint8_t *out;	 /* where the next byte of the stream goes */
	uint8_t *end;	 /* the first byte behind the room for the stream */
};

/* Writes what is left of a length that is too long for its instruction: 255 for each zero byte. */
static inline void put_rest(struct packing *p, size_t length)
{
	for (; length > 255; length -= 255)
		*p->out++ = 0;
	*p->out++ = (uint8_t)length;
}

/*
 * Copies COUNT literals. With a match behind them, a few are copied by words: no more than the
 * match is long of the page, and no further than the match and the end of the stream go to.
 */
static inline void copy_literals(struct packing *p, const uint8_t *from, size_t count, bool match)
{
	if (count > RUN_LITERALS) {
		memcpy(p->out, from, count);
	} else if (WORDS_ANYWHERE && match) {
		memcpy(p->out, from, KEY_BYTES);
		for (size_t i = KEY_BYTES; i < count; i += KEY_BYTES)
			memcpy(p->out + i, from + i, KEY_BYTES);
	} else {
		for (size_t i = 0; i < count; i++)
			p->out[i] = from[i];
	}
}

/*
 * Writes the literals before AT; a MATCH follows, or the end. The caller has seen to the room
 * (has_room).
 */
static inline void put_literals(struct packing *p, bool match)
{
	const uint8_t *from = p->page + p->literals;
	size_t count = p->at - p->literals;

	if (count == 0)
		return;
	if (p->literals == 0 && count <= 255 - FIRST_LITERALS) {
		*p->out++ = (uint8_t)(FIRST_LITERALS + count);
	} else if (count <= STATE_LITERALS) {
		p->out[-STATE_FROM_END] |= (uint8_t)count;
	} else if (count <= RUN_LITERALS) {
		*p->out++ = (uint8_t)(count - STATE_LITERALS);
	} else {
		*p->out++ = 0;
		put_rest(p, count - RUN_LITERALS);
	}
	copy_literals(p, from, count, match);
	p->out += count;
}

static inline void put_match(struct packing *p, size_t length, size_t distance)
{
	size_t d = distance - 1;

	if (length <= SHORT_LENGTH && d < SHORT_DISTANCE) {
		*p->out++ = (uint8_t)((length - 1) << 5 | (d & 7) << 2);
		*p->out++ = (uint8_t)(d >> 3);
		return;
	}
	if (length <= LONG_LENGTH) {
		*p->out++ = (uint8_t)(0x20 | (length - 2));
	} else {
		*p->out++ = 0x20;
		put_rest(p, length - LONG_LENGTH);
	}
	*p->out++ = (uint8_t)(d << 2);
	*p->out++ = (uint8_t)(d >> 6);
}

/* Is there room for the literals before AT, a match of LENGTH behind them, and the end? */
static inline bool has_room(const struct packing *p, size_t length)
{
	size_t count = p->at - p->literals;

	return (size_t)(p->end - p->out) >= count + (count + length) / 255 + LZO_SPARE - END_BYTES;
}

static inline uint32_t key_at(const uint8_t *p)
{
	if (WORDS_ANYWHERE)
		return same_bytes_word(p);
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Reading byte by byte, the first one is compared alone: it differs in most places already. */
static inline bool has_key(const uint8_t *p, uint32_t key)
{
	return (WORDS_ANYWHERE || p[0] == (uint8_t)key) && key_at(p) == key;
}

/*
 * Looks for the next match from AT on, and notes each place that it comes by as the last one with
 * its hash. Returns how far back the match of AT is then, or 0: none begins before LAST. A hash
 * that has not been seen leads to the first bytes of the page, which are as good as any others.
 */
static inline size_t find(struct lzo *l, struct packing *p, size_t last)
{
	const uint8_t *page = p->page;
	size_t at = p->at;
	size_t from = p->literals - STEP_LITERALS; /* so that the first step is one byte */
	size_t far = 0;
	size_t back = 0;
	uint32_t key = 0;

	while (at < last) {
		uint16_t *place;
		size_t there;

		if (WORDS_ANYWHERE || far != 1)
			key = key_at(page + at);
		else
			key = key >> 8 | (uint32_t)page[at + KEY_BYTES - 1] << 24;
		place = &l->place[key * UINT32_C(0x9e3779b1) >> (32 - LZO_HASH_BITS)];
		there = *place;
		*place = (uint16_t)at;
		if (has_key(page + there, key) && at - there <= LONG_DISTANCE) {
			back = at - there;
			break;
		}
		far = (at - from) / STEP_LITERALS;
		at += far;
	}
	p->at = at;
	return back;
}

size_t lzo_page(struct lzo *l, const uint8_t *page, size_t size, uint8_t *out, size_t room)
{
	struct packing p = {.page = page, .at = 1, .out = out, .end = out + room};
	size_t last = size < KEY_BYTES ? 0 : size - KEY_BYTES + 1;
	size_t back;

	memset(l->place, 0, sizeof(l->place));
	while ((back = find(l, &p, last)) != 0) {
		const uint8_t *here = page + p.at + KEY_BYTES;
		size_t left = size - p.at - KEY_BYTES;
		size_t length = KEY_BYTES + same_bytes(here, here - back, left);

		if (!has_room(&p, length))
			return 0;
		put_literals(&p, true);
		put_match(&p, length, back);
		p.at += length;
		p.literals = p.at;
	}
	p.at = size;
	if (!has_room(&p, 0))
		return 0;
	put_literals(&p, false);
	*p.out++ = 0x11; /* a match of a distance that means the end (0001HLLL) */
	*p.out++ = 0;
	*p.out++ = 0;
	return (size_t)(p.out - out);
}
