/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The size of a block is known before anything of it is written, so that nothing has to be
 * checked while it is.
 */
#include "codec/deflate_block.h"

#include <string.h>

enum {
	END_OF_BLOCK = 256,
	LENGTHS = 257, /* where the codes of lengths begin */
	LITERALS = 286,
	DISTANCES = 30,
	ITEMS = 19, /* what lengths of codes are written as */
	ITEMS_LIMIT = 7,
};

/* ---- How lengths and distances are written: RFC 1951, 3.2.5 ---- */

struct part {
	unsigned int code;
	unsigned int extra; /* bits that follow the code */
};

static inline unsigned int log2_of(unsigned int value)
{
	return 31 - (unsigned int)__builtin_clz(value);
}

/* LENGTH counts from 3. The bits that follow are its low ones. */
static inline struct part length_part(unsigned int length)
{
	unsigned int log;

	if (length < 8)
		return (struct part){LENGTHS + length, 0};
	if (length == DEFLATE_MATCH_MAX - DEFLATE_MATCH_MIN)
		return (struct part){LITERALS - 1, 0};
	log = log2_of(length);
	return (struct part){LENGTHS + 4 * (log - 1) + (length >> (log - 2) & 3), log - 2};
}

/* The bits that follow are the low ones of DISTANCE - 1. */
static inline struct part distance_part(unsigned int distance)
{
	unsigned int log;

	if (distance < 5)
		return (struct part){distance - 1, 0};
	log = log2_of(distance - 1);
	return (struct part){2 * log + ((distance - 1) >> (log - 1) & 1), log - 1};
}

/* Counts the symbols. Returns how many bits follow their codes. */
static uint32_t count_symbols(struct deflate_block *b)
{
	uint16_t *literals = b->literals.uses;
	uint16_t *distances = b->distances.uses;
	uint32_t extra = 0;

	memset(literals, 0, sizeof(b->literals.uses));
	memset(distances, 0, sizeof(b->distances.uses));
	literals[END_OF_BLOCK] = 1;
	for (const uint32_t *at = b->symbol, *end = at + b->symbols; at < end; at++) {
		uint32_t s = *at;
		struct part length;
		struct part distance;

		if ((s & DEFLATE_MATCH) == 0) {
			literals[s]++;
			continue;
		}
		length = length_part(s >> 16 & 0xff);
		distance = distance_part(s & 0xffff);
		literals[length.code]++;
		distances[distance.code]++;
		extra += length.extra + distance.extra;
	}
	return extra;
}

/* ---- Bits ---- */

/* At most 16 bits, and no others set in VALUE. */
static inline void put(struct deflate_bits *b, uint32_t value, unsigned int count)
{
	b->held |= value << b->count;
	b->count += count;
	if (b->count >= 16) {
		b->out[0] = (uint8_t)b->held;
		b->out[1] = (uint8_t)(b->held >> 8);
		b->out += 2;
		b->held >>= 16;
		b->count -= 16;
	}
}

/* The low COUNT bits of VALUE. */
static inline void put_low(struct deflate_bits *b, uint32_t value, unsigned int count)
{
	put(b, value & ((UINT32_C(1) << count) - 1), count);
}

void deflate_block_end(struct deflate_block *b)
{
	for (unsigned int i = 0; i < b->bits.count; i += 8)
		*b->bits.out++ = (uint8_t)(b->bits.held >> i);
	b->bits.held = 0;
	b->bits.count = 0;
}

/* ---- The lengths of the codes, in front of the symbols: RFC 1951, 3.2.7 ---- */

struct lengths {
	struct deflate_codes codes;
	unsigned int literals, distances; /* how many lengths there are of each */
	unsigned int codes_sent;
	unsigned int items;
	uint8_t item[LITERALS + DISTANCES];
	uint8_t repeat[LITERALS + DISTANCES];
	uint32_t bits; /* that all of it takes */
};

static const uint8_t order[ITEMS] = {16, 17, 18, 0, 8,	7, 9,  6, 10, 5,
				     11, 4,  12, 3, 13, 2, 14, 1, 15};

static unsigned int extra_of(unsigned int item)
{
	return item < 16 ? 0 : item == 16 ? 2 : item == 17 ? 3 : 7;
}

static void add_item(struct lengths *l, unsigned int item, unsigned int repeat)
{
	l->codes.uses[item]++;
	l->item[l->items] = (uint8_t)item;
	l->repeat[l->items++] = (uint8_t)repeat;
}

/* RUN times the same length: 16 repeats the one before, 17 and 18 are zeros. */
static void add_run(struct lengths *l, unsigned int length, unsigned int run)
{
	unsigned int most = length == 0 ? 138 : 6;

	if (length != 0) {
		add_item(l, length, 0);
		run--;
	}
	while (run > 0) {
		unsigned int n = run < most ? run : most;
		unsigned int item;

		if (n < 3) {
			add_item(l, length, 0);
			n = 1;
		} else {
			item = length != 0 ? 16 : n <= 10 ? 17 : 18;
			add_item(l, item, n - (item == 18 ? 11 : 3));
		}
		run -= n;
	}
}

/* COUNT without the symbols at its end that do not occur; but not fewer than LEAST. */
static unsigned int without_end(const struct deflate_codes *c, unsigned int count,
				unsigned int least)
{
	while (count > least && c->length[count - 1] == 0)
		count--;
	return count;
}

static void add_lengths(struct lengths *l, const struct deflate_block *b)
{
	unsigned int all = l->literals + l->distances;
	unsigned int last = b->literals.length[0];
	unsigned int run = 0;

	for (unsigned int i = 0; i < all; i++) {
		unsigned int length = i < l->literals ? b->literals.length[i]
						      : b->distances.length[i - l->literals];

		if (length != last) {
			add_run(l, last, run);
			run = 0;
		}
		last = length;
		run++;
	}
	add_run(l, last, run);
}

static void plan_lengths(struct lengths *l, const struct deflate_block *b)
{
	memset(l->codes.uses, 0, sizeof(l->codes.uses));
	l->items = 0;
	l->literals = without_end(&b->literals, LITERALS, LENGTHS);
	l->distances = without_end(&b->distances, DISTANCES, 1);
	add_lengths(l, b);
	deflate_codes_make(&l->codes, ITEMS, ITEMS_LIMIT);
	l->codes_sent = ITEMS;
	while (l->codes_sent > 4 && l->codes.length[order[l->codes_sent - 1]] == 0)
		l->codes_sent--;
	l->bits = 5 + 5 + 4 + 3 * l->codes_sent;
	for (unsigned int i = 0; i < l->items; i++)
		l->bits += l->codes.length[l->item[i]] + extra_of(l->item[i]);
}

static void put_lengths(struct deflate_bits *b, const struct lengths *l)
{
	put(b, l->literals - LENGTHS, 5);
	put(b, l->distances - 1, 5);
	put(b, l->codes_sent - 4, 4);
	for (unsigned int i = 0; i < l->codes_sent; i++)
		put(b, l->codes.length[order[i]], 3);
	for (unsigned int i = 0; i < l->items; i++) {
		put(b, l->codes.code[l->item[i]], l->codes.length[l->item[i]]);
		put(b, l->repeat[i], extra_of(l->item[i]));
	}
}

/* ---- Blocks ---- */

/* RFC 1951, 3.2.6 */
void deflate_block_start(struct deflate_block *b)
{
	for (unsigned int i = 0; i < DEFLATE_LITERALS; i++)
		b->fixed_literals.length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	for (unsigned int i = 0; i < DISTANCES; i++)
		b->fixed_distances.length[i] = 5;
	deflate_codes_assign(&b->fixed_literals, DEFLATE_LITERALS);
	deflate_codes_assign(&b->fixed_distances, DISTANCES);
}

/* What the symbols that were counted take in these codes. */
static uint32_t bits_in(const struct deflate_block *b, const struct deflate_codes *literals,
			const struct deflate_codes *distances)
{
	uint32_t bits = 0;

	for (unsigned int i = 0; i < LITERALS; i++)
		bits += (uint32_t)b->literals.uses[i] * literals->length[i];
	for (unsigned int i = 0; i < DISTANCES; i++)
		bits += (uint32_t)b->distances.uses[i] * distances->length[i];
	return bits;
}

static void put_symbols(struct deflate_block *b, const struct deflate_codes *literals,
			const struct deflate_codes *distances)
{
	struct deflate_bits bits = b->bits; /* where the compiler can keep them in registers */

	for (const uint32_t *at = b->symbol, *end = at + b->symbols; at < end; at++) {
		uint32_t s = *at;
		struct part part;

		if ((s & DEFLATE_MATCH) == 0) {
			put(&bits, literals->code[s], literals->length[s]);
			continue;
		}
		part = length_part(s >> 16 & 0xff);
		put(&bits, literals->code[part.code], literals->length[part.code]);
		put_low(&bits, s >> 16, part.extra);
		part = distance_part(s & 0xffff);
		put(&bits, distances->code[part.code], distances->length[part.code]);
		put_low(&bits, (s & 0xffff) - 1, part.extra);
	}
	put(&bits, literals->code[END_OF_BLOCK], literals->length[END_OF_BLOCK]);
	b->bits = bits;
}

bool deflate_block_put(struct deflate_block *b, bool last)
{
	struct lengths lengths;
	uint32_t bits = 3 + count_symbols(b);
	uint32_t fixed = bits_in(b, &b->fixed_literals, &b->fixed_distances);
	uint32_t made;

	deflate_codes_make(&b->literals, LITERALS, DEFLATE_LENGTH_MAX);
	deflate_codes_make(&b->distances, DISTANCES, DEFLATE_LENGTH_MAX);
	plan_lengths(&lengths, b);
	made = lengths.bits + bits_in(b, &b->literals, &b->distances);
	bits += made < fixed ? made : fixed;
	if ((b->bits.count + bits + 7) / 8 > (size_t)(b->bits.end - b->bits.out))
		return false;
	put(&b->bits, last, 1);
	put(&b->bits, made < fixed ? 2 : 1, 2);
	if (made < fixed) {
		put_lengths(&b->bits, &lengths);
		put_symbols(b, &b->literals, &b->distances);
	} else {
		put_symbols(b, &b->fixed_literals, &b->fixed_distances);
	}
	return true;
}
