/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far two places go on alike: the inner loop of every search for matches. By words wherever
 * the machine can read them.
 */
#ifndef CODEC_SAME_BYTES_H
#define CODEC_SAME_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__ARM_FEATURE_UNALIGNED) || defined(__x86_64__)
#define WORDS_ANYWHERE true
#else
#define WORDS_ANYWHERE false /* ARMv5, with which all ARM binaries begin */
#endif

/* The word at P, which is aligned unless words can be read anywhere. */
static inline uint32_t same_bytes_word(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, WORDS_ANYWHERE ? p : __builtin_assume_aligned(p, sizeof(word)), sizeof(word));
	return word;
}

/* As much as a register holds, which is what is compared at once. */
typedef uintptr_t machine_word;

/* As same_bytes_word. */
static inline machine_word same_bytes_register(const uint8_t *p)
{
	machine_word word;

	memcpy(&word, WORDS_ANYWHERE ? p : __builtin_assume_aligned(p, sizeof(word)), sizeof(word));
	return word;
}

/* How many bytes at A and B are the same, up to LIMIT. */
static inline size_t same_bytes(const uint8_t *a, const uint8_t *b, size_t limit)
{
	const size_t word = sizeof(machine_word);
	size_t n = 0;

	if (WORDS_ANYWHERE || (((uintptr_t)a ^ (uintptr_t)b) & (word - 1)) == 0) {
		for (; !WORDS_ANYWHERE && n < limit && ((uintptr_t)(a + n) & (word - 1)) != 0;
		     n++) {
			if (a[n] != b[n])
				return n;
		}
		for (; limit - n >= word; n += word) {
			machine_word differ =
				same_bytes_register(a + n) ^ same_bytes_register(b + n);

			if (differ != 0) /* the first byte is the lowest */
				return n + (size_t)__builtin_ctzl(differ) / 8;
		}
	}
	while (n < limit && a[n] == b[n])
		n++;
	return n;
}

#endif
