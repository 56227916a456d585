/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the packers share: pages in which there is something to find, and bytes behind
 * the room that nobody may touch.
 */
#ifndef TESTS_PACKING_H
#define TESTS_PACKING_H

#include "tests/test.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PACKING_GUARD = 8, PACKING_MARK = 0xcc };

/* Copies from before, as near or far and as long as there are, between runs of new bytes. */
static inline void packing_fill(uint8_t *page, size_t size, unsigned int kinds)
{
	size_t at = 0;

	while (at < size) {
		size_t length = 1 + test_below(test_below(8) == 0 ? 900 : 40);
		size_t back = 1 + test_below(1U << test_below(17));
		bool is_new = at == 0 || test_below(2) == 0 || back > at;

		for (; length > 0 && at < size; length--, at++)
			page[at] = is_new ? (uint8_t)test_below(kinds) : page[at - back];
	}
}

/* Nothing was written from END on, where all was PACKING_MARK. */
static inline void packing_check_guard(const uint8_t *end)
{
	for (unsigned int i = 0; i < PACKING_GUARD; i++)
		CHECK_EQ(end[i], PACKING_MARK);
}

#endif
