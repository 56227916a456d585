/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/adler: the same sum as zlib's, of any size and of bytes that make the sums as large as they
 * can be.
 */
#include "codec/adler.h"

#include "tests/test.h"

#include <string.h>
#include <zlib.h>

enum { MOST = 65536, BLOCKS = 200 /* sizes up to here: of all remainders */ };

static _Alignas(4) uint8_t bytes[MOST];

static void check_sizes(void)
{
	for (unsigned int size = 0; size <= BLOCKS; size++)
		CHECK_EQ(adler_sum(bytes, size), adler32(1, bytes, size));
	for (unsigned int size = 4000; size <= 4200; size++)
		CHECK_EQ(adler_sum(bytes, size), adler32(1, bytes, size));
	for (unsigned int size = MOST - 65; size <= MOST; size++)
		CHECK_EQ(adler_sum(bytes, size), adler32(1, bytes, size));
}

TEST("the sum of any bytes is the one that zlib has of them")
{
	uint32_t seed = 1;

	for (unsigned int i = 0; i < MOST; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
	check_sizes();
}

TEST("no sum overflows: all bytes are as large as can be, or nothing")
{
	memset(bytes, 0xff, sizeof(bytes));
	check_sizes();
	memset(bytes, 0, sizeof(bytes));
	check_sizes();
}
