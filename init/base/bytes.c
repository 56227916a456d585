/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte by byte: 32-bit ARM before version 6 reads no word off its alignment.
 */
#include "base/bytes.h"

uint64_t bytes_get(const uint8_t *from, size_t size)
{
	uint64_t value = 0;

	if (size == 4) /* of each struct page six */
		return bytes_get32(from);
	while (size-- > 0)
		value = value << 8 | from[size];
	return value;
}

uint32_t bytes_get16(const uint8_t *from)
{
	return (uint32_t)from[1] << 8 | from[0];
}

uint32_t bytes_get32(const uint8_t *from)
{
	return bytes_get16(from + 2) << 16 | bytes_get16(from);
}

void bytes_put(uint8_t *to, size_t size, uint64_t value)
{
	for (; size > 0; size--, value >>= 8)
		*to++ = (uint8_t)value;
}
