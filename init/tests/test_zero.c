/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/zero: no bit is overlooked, wherever it is, and no byte outside is looked at.
 */
#include "output/zero.h"

#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

TEST("zeros of every length are zero, whatever stands before and behind them")
{
	uint8_t *data = aligned_alloc(64, 8192);

	REQUIRE(data != NULL);
	for (size_t size = 0; size < 700; size++) {
		memset(data, 0xff, 8192);
		memset(data + 64, 0, size);
		if (!CHECK(zero_is(data + 64, size)))
			test_note("%zu zeros", size);
	}
	memset(data, 0, 8192);
	CHECK(zero_is(data, 4096));
	CHECK(zero_is(data, 8192));
	free(data);
}

TEST("one bit that is set is found, at every place of a block of any length")
{
	uint8_t *data = aligned_alloc(64, 4096);

	REQUIRE(data != NULL);
	memset(data, 0, 4096);
	for (size_t at = 0; at < 4096; at++) {
		data[at] = (uint8_t)(1u << at % 8);
		if (!CHECK(!zero_is(data, 4096)) || !CHECK(!zero_is(data, at + 1)) ||
		    !CHECK(zero_is(data, at)))
			test_note("byte %zu", at);
		data[at] = 0;
	}
	free(data);
}

TEST("no byte beyond the given ones is read")
{
	for (size_t size = 0; size < 300; size++) {
		uint8_t *data = calloc(1, size > 0 ? size : 1);

		REQUIRE(data != NULL);
		CHECK(zero_is(data, size));
		free(data);
	}
}

TEST("a block off the grid of eight bytes is never said to be zero when it is not")
{
	uint8_t *data = calloc(1, 600);

	REQUIRE(data != NULL);
	for (size_t shift = 1; shift < 8; shift++) {
		for (size_t at = 0; at < 500; at++) {
			data[shift + at] = 1;
			CHECK(!zero_is(data + shift, 500));
			data[shift + at] = 0;
		}
	}
	free(data);
}
