/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most blocks that are not zero say so in their first words; the others are read eight words
 * at a time.
 */
#include "output/zero.h"

bool zero_is(const uint8_t *data, size_t size)
{
	const unsigned long *w;
	size_t words = size / sizeof(*w);
	size_t i = 0;

	if ((uintptr_t)data % sizeof(uint64_t) != 0)
		return false;
	w = __builtin_assume_aligned(data, sizeof(uint64_t)); /* not before it is known */
	for (; i + 8 <= words; i += 8) {
		if ((w[i] | w[i + 1] | w[i + 2] | w[i + 3] | w[i + 4] | w[i + 5] | w[i + 6] |
		     w[i + 7]) != 0)
			return false;
	}
	for (i *= sizeof(*w); i < size; i++) {
		if (data[i] != 0)
			return false;
	}
	return true;
}
