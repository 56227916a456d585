/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers are little-endian. A checksum covers all that follows it, so that a block of which a
 * power cut left a part, or which a dump was written over, is no header.
 */
#include "store/ring_header.h"

#include "base/bytes.h"
#include "output/crc.h"
#include "store/dumps.h"
#include "store/status.h"

#include <errno.h>
#include <string.h>

/* Where the fields stand. */
enum {
	CRC = 8,
	VERSION = 12,
	WORDS = 16,
	COUNT = 5 + RING_FILES, /* of 32 bits, and then of 64 */
	WIDE = WORDS + 4 * COUNT,
	WIDE_COUNT = RING_FILES + 1,
	STATUS = WIDE + 8 * WIDE_COUNT,

	FORMAT = 1, /* the version */
};

_Static_assert(STATUS + STATUS_BYTES <= RING_BLOCK, "a header holds a status");

static const char magic[] = "kdumpDMP";

static uint32_t sum_of(const uint8_t *block)
{
	return crc_update(0, block + VERSION, RING_BLOCK - VERSION);
}

void ring_header_write(uint8_t *block, const struct ring_dump *d, const char *text)
{
	memset(block, 0, RING_BLOCK);
	memcpy(block, magic, CRC);
	block[VERSION] = FORMAT;
	for (unsigned int i = 0; i < COUNT; i++)
		bytes_put(block + WORDS + i * 4, 4, d->word[i]);
	for (unsigned int i = 0; i < WIDE_COUNT; i++)
		bytes_put(block + WIDE + i * 8, 8, d->wide[i]);
	if (text != NULL)
		memcpy(block + STATUS, text, (size_t)d->size[LAYOUT_IS_STATUS]);
	bytes_put(block + CRC, 4, sum_of(block));
}

/*
 * Each file lies within the ring. Of a ring that had another size, what goes around its end would
 * be read elsewhere.
 */
bool ring_is_possible(const struct ring_dump *d, uint32_t blocks)
{
	uint32_t room = d->ring < blocks ? d->ring : blocks;

	if (d->start >= room)
		return false;
	if (d->ring != blocks)
		room -= d->start;
	for (unsigned int i = 0; i < RING_FILES; i++) {
		if (d->at[i] > room || d->size[i] > (uint64_t)(room - d->at[i]) * RING_BLOCK)
			return false;
	}
	return d->number - 1 < LAYOUT_NUMBER_MAX &&
	       d->size[LAYOUT_IS_STATUS] <= RING_BLOCK - STATUS &&
	       d->files - 1 < (1U << RING_FILES) - 1;
}

enum ring_block ring_header_read(const uint8_t *block, struct ring_dump *d)
{
	if (memcmp(block, magic, CRC) != 0)
		return RING_NOTHING;
	if (bytes_get32(block + CRC) != sum_of(block))
		return RING_DAMAGED;
	for (unsigned int i = 0; i < COUNT; i++)
		d->word[i] = bytes_get32(block + WORDS + i * 4);
	for (unsigned int i = 0; i < WIDE_COUNT; i++)
		d->wide[i] = bytes_get(block + WIDE + i * 8, 8);
	return block[VERSION] == FORMAT ? RING_HEADER : RING_LATER;
}

_Static_assert((int)RING_HEADERS_END <= (int)RING_BEGIN, "headers have their room");

uint64_t ring_header_at(uint32_t slot, uint32_t generation)
{
	return RING_BLOCK + (slot * 2 + generation % 2) * RING_BLOCK;
}

const char *ring_header_status(const uint8_t *block)
{
	return (const char *)block + STATUS;
}

uint32_t ring_extent(const struct ring_dump *d)
{
	uint32_t end = 0;

	for (unsigned int i = 0; i < RING_FILES; i++) {
		uint32_t to = d->at[i] + (uint32_t)((d->size[i] + RING_BLOCK - 1) / RING_BLOCK);

		if ((d->files >> i & 1) != 0 && to > end)
			end = to;
	}
	return end;
}
