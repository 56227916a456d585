/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CRC is the remainder of a polynomial over GF(2), whose first bit has the highest power.
 * Modulo the polynomial of CRC-32
 *
 *	x^300 = x^155 + x^117 + x^89 + 1
 *
 * (found by search: the only multiple of five terms below x^400), so a bit may be struck out and
 * added again 145, 183, 211 and 300 bits further on. Word by word, with ten words in registers,
 * that costs eight shifted exclusive-ors and no table. What is left in the end, about a hundred
 * bytes, goes bit by bit through a table of sixteen.
 *
 * A zero byte multiplies the remainder by x^8, so COUNT of them multiply it by x^(8 * COUNT),
 * which squaring reaches in as many steps as COUNT has bits.
 */
#include "output/crc.h"

#include <stdbool.h>
#include <string.h>

#define CRC_POLYNOMIAL UINT32_C(0xedb88320) /* IEEE 802.3, reflected: bit 31 is x^0 */
#define CRC_X8	       UINT32_C(0x00800000)

enum { STATE = 10, STRIDE = STATE * sizeof(uint32_t), LEAST = 4 };

/* What stands BITS bits back, when OLD is the word there and OLDER the one before it. */
#define BACK(older, old, bits) ((old) << (bits) ^ (older) >> (32 - (bits)))

/* The sum of all that was moved to a word, from the words ten to four before it. */
#define MOVED(w10, w9, w7, w6, w5, w4)                                                             \
	(BACK(w10, w9, 12) ^ BACK(w7, w6, 19) ^ BACK(w6, w5, 23) ^ BACK(w5, w4, 17))

#define INLINE static inline __attribute__((always_inline))

/* Word K; COPIES: to the same place in TO, too. */
INLINE uint32_t word(bool copies, uint32_t *to, const uint32_t *w, unsigned int k)
{
	uint32_t value = w[k];

	if (copies)
		to[k] = value;
	return value;
}

/*
 * Moves the bits of COUNT strides at W into the ten words behind them: MOVED_OUT is to be
 * added to those. FIRST is added to the first word.
 */
INLINE void move_all(bool copies, uint32_t *to, const uint32_t *w, size_t count, uint32_t first,
		     uint32_t moved_out[STATE])
{
	const uint32_t *end = w + count * STATE;
	uint32_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0;
	uint32_t v[2 * STATE] = {0};

	for (; w != end; w += STATE) {
		a = word(copies, to, w, 0) ^ first ^ MOVED(a, b, d, e, f, g);
		b = word(copies, to, w, 1) ^ MOVED(b, c, e, f, g, h);
		c = word(copies, to, w, 2) ^ MOVED(c, d, f, g, h, i);
		d = word(copies, to, w, 3) ^ MOVED(d, e, g, h, i, j);
		e = word(copies, to, w, 4) ^ MOVED(e, f, h, i, j, a);
		f = word(copies, to, w, 5) ^ MOVED(f, g, i, j, a, b);
		g = word(copies, to, w, 6) ^ MOVED(g, h, j, a, b, c);
		h = word(copies, to, w, 7) ^ MOVED(h, i, a, b, c, d);
		i = word(copies, to, w, 8) ^ MOVED(i, j, b, c, d, e);
		j = word(copies, to, w, 9) ^ MOVED(j, a, c, d, e, f);
		first = 0;
		if (copies)
			to += STATE;
	}
	memcpy(v, (const uint32_t[STATE]){a, b, c, d, e, f, g, h, i, j}, STRIDE);
	for (unsigned int k = 0; k < STATE; k++)
		moved_out[k] = MOVED(v[k], v[k + 1], v[k + 3], v[k + 4], v[k + 5], v[k + 6]);
}

/* Half a byte at a time. REST is a CRC before its final inversion. */
static uint32_t add_bytes(uint32_t rest, const uint8_t *data, size_t size)
{
	static const uint32_t halves[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	for (size_t i = 0; i < size; i++) {
		rest ^= data[i];
		rest = rest >> 4 ^ halves[rest & 15];
		rest = rest >> 4 ^ halves[rest & 15];
	}
	return rest;
}

/* The strides whose bits are moved; the one behind them takes those. */
static size_t strides_of(size_t size)
{
	return size / STRIDE < LEAST ? 0 : size / STRIDE - 1;
}

/* What MOVED and the SIZE bytes at DATA, a stride at least, add up to. */
static uint32_t add_rest(const uint32_t moved[STATE], const uint8_t *data, size_t size)
{
	uint32_t behind[STATE];

	memcpy(behind, data, STRIDE);
	for (unsigned int k = 0; k < STATE; k++)
		behind[k] ^= moved[k];
	return add_bytes(add_bytes(0, (const uint8_t *)behind, STRIDE), data + STRIDE,
			 size - STRIDE);
}

/* DATA is aligned to a word. REST as above. */
static uint32_t add_words(uint32_t rest, const uint8_t *data, size_t size)
{
	size_t strides = strides_of(size);
	uint32_t moved[STATE];

	if (strides == 0)
		return add_bytes(rest, data, size);
	move_all(false, NULL, __builtin_assume_aligned(data, sizeof(uint32_t)), strides, rest,
		 moved);
	return add_rest(moved, data + strides * STRIDE, size - strides * STRIDE);
}

/* Compressed pages begin anywhere: what is before the first whole word goes by itself. */
uint32_t crc_update(uint32_t crc, const uint8_t *data, size_t size)
{
	size_t before = -(uintptr_t)data % sizeof(uint32_t);
	uint32_t rest;

	if (before > size)
		before = size;
	rest = add_bytes(~crc, data, before);
	return ~add_words(rest, data + before, size - before);
}

uint32_t crc_copy(uint32_t crc, uint8_t *to, const uint8_t *from, size_t size)
{
	bool aligned = (((uintptr_t)to | (uintptr_t)from) & (sizeof(uint32_t) - 1)) == 0;
	size_t strides = aligned ? strides_of(size) : 0;
	size_t moved_bytes = strides * STRIDE;
	uint32_t moved[STATE];

	memcpy(to + moved_bytes, from + moved_bytes, size - moved_bytes);
	if (strides == 0)
		return crc_update(crc, to, size);
	move_all(true, __builtin_assume_aligned(to, sizeof(uint32_t)),
		 __builtin_assume_aligned(from, sizeof(uint32_t)), strides, ~crc, moved);
	return ~add_rest(moved, to + moved_bytes, size - moved_bytes);
}

static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
		if ((a & bit) != 0)
			product ^= b;
		b = (b & 1) != 0 ? b >> 1 ^ CRC_POLYNOMIAL : b >> 1;
	}
	return product;
}

uint32_t crc_zeros(uint32_t crc, uint64_t count)
{
	uint32_t power = CRC_X8;
	uint32_t rest = ~crc;

	for (; count != 0; count >>= 1) {
		if ((count & 1) != 0)
			rest = multiply(power, rest);
		power = multiply(power, power);
	}
	return ~rest;
}

/* Zeros behind the first piece shift it to its place; what they add by themselves goes again. */
uint32_t crc_join(uint32_t first, uint32_t second, uint64_t size)
{
	return crc_zeros(first, size) ^ crc_zeros(0, size) ^ second;
}
