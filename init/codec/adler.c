/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two sums, of the bytes and of the sums so far, each modulo 65521 (RFC 1950, 8.2). Four bytes are
 * added at once, two in the halves of a word each, and the division is put off until the sums would
 * no longer fit.
 */
#include "codec/adler.h"

#include "codec/same_bytes.h"

enum {
	MODULUS = 65521,
	BLOCK = 64,   /* bytes whose sums of sums fit into half a word: 255 * (1 + 2 + ... 16) */
	CHUNK = 4096, /* bytes whose sums fit into a word, whatever they are: 5552 at most */
};

static inline uint32_t both_halves(uint32_t word)
{
	return (word & 0xffff) + (word >> 16);
}

uint32_t adler_sum(const uint8_t *p, size_t size)
{
	uint32_t sum = 1;
	uint32_t sums = 0;

	for (const uint8_t *end = p + size; p < end;) {
		const uint8_t *stop = end - p < CHUNK ? end : p + CHUNK;

		for (; stop - p >= BLOCK; p += BLOCK) {
			uint32_t even =
				0; /* bytes 0 and 2 of each word; the first one is the lowest */
			uint32_t odd = 0; /* bytes 1 and 3 */
			uint32_t evens = 0;
			uint32_t odds = 0;

			for (unsigned int i = 0; i < BLOCK; i += 4) {
				uint32_t word = same_bytes_word(p + i);

				even += word & 0x00ff00ff;
				odd += word >> 8 & 0x00ff00ff;
				evens += even;
				odds += odd;
			}
			/* As if byte 0 of a word were followed by three more in each of them. */
			sums += BLOCK * sum + 4 * (both_halves(evens) + both_halves(odds));
			sums -= (odd & 0xffff) + 2 * (even >> 16) + 3 * (odd >> 16);
			sum += both_halves(even) + both_halves(odd);
		}
		for (; p < stop; p++) {
			sum += *p;
			sums += sum;
		}
		sum %= MODULUS;
		sums %= MODULUS;
	}
	return sums << 16 | sum;
}
