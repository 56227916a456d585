/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/bytes: the order of the bytes, for each size and at each place.
 */
#include "base/bytes.h"

#include "tests/test.h"

#include <string.h>

static const uint8_t raw[] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99};

TEST("a number has as many bytes as are asked for, the lowest first, wherever it stands")
{
	CHECK_EQ(bytes_get(raw, 0), 0);
	CHECK_EQ(bytes_get(raw, 1), 0x11);
	CHECK_EQ(bytes_get(raw, 2), 0x2211);
	CHECK_EQ(bytes_get(raw + 1, 4), 0x55443322);
	CHECK(bytes_get(raw, 8) == UINT64_C(0x8877665544332211));
	CHECK(bytes_get(raw + 1, 8) == UINT64_C(0x9988776655443322));
}

TEST("what is put comes back, and not a byte beyond it changes")
{
	for (size_t size = 0; size <= 8; size++) {
		uint64_t value = bytes_get(raw + 1, size);
		uint8_t to[10];

		memset(to, 0xee, sizeof(to));
		bytes_put(to + 1, size, UINT64_C(0x9988776655443322));
		CHECK(bytes_get(to + 1, size) == value);
		CHECK_EQ(to[0], 0xee);
		CHECK_EQ(to[1 + size], 0xee);
	}
}

TEST("the two sizes of their own are the same numbers")
{
	CHECK_EQ(bytes_get16(raw + 7), 0x9988);
	CHECK_EQ(bytes_get32(raw + 5), 0x99887766);
}
