/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of codec/lzo and codec/expand_lzo. The input is a page: both readers
 * give it back, the same bytes come out whatever the scratch space held, nothing is written beyond
 * the room. And it is a stream: both readers think the same of it.
 */
#include "codec/expand_lzo.h"
#include "codec/lzo.h"
#include "tests/fuzz/fuzz.h"

#include <lzo/lzo1x.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = LZO_PAGE_MAX * 2 };

static struct lzo state, fresh;
static uint8_t packed[ROOM], again[ROOM], page[LZO_PAGE_MAX], other[LZO_PAGE_MAX];

static void as_page(const uint8_t *data, size_t size)
{
	lzo_uint unpacked = sizeof(page);
	uint8_t *exact;
	size_t n = lzo_page(&state, data, size, packed, ROOM);

	HOLDS(n > 0 && n <= ROOM);
	HOLDS(lzo1x_decompress_safe(packed, n, page, &unpacked, NULL) == LZO_E_OK);
	HOLDS(unpacked == size && memcmp(page, data, size) == 0);
	HOLDS(expand_lzo(packed, n, other, size) == 0 && memcmp(other, data, size) == 0);
	memset(&fresh, 0xff, sizeof(fresh));
	HOLDS(lzo_page(&fresh, data, size, again, ROOM) == n && memcmp(packed, again, n) == 0);
	exact = malloc(n + LZO_SPARE); /* the sanitizer sees a byte too many */
	HOLDS(exact != NULL);
	HOLDS(lzo_page(&state, data, size, exact, n + LZO_SPARE) == n &&
	      memcmp(packed, exact, n) == 0);
	HOLDS(lzo_page(&state, data, size, exact, n - 1) == 0);
	free(exact);
}

/* The page is as long as liblzo finds it, and once a byte longer. */
static void as_stream(const uint8_t *data, size_t size)
{
	lzo_uint theirs = sizeof(page);
	bool good = lzo1x_decompress_safe(data, size, page, &theirs, NULL) == LZO_E_OK;
	uint8_t *exact;

	if (!good)
		theirs = 1 + size % 4096;
	exact = malloc(theirs);
	HOLDS(exact != NULL || theirs == 0);
	HOLDS((expand_lzo(data, size, exact, theirs) == 0) == good);
	HOLDS(!good || memcmp(exact, page, theirs) == 0);
	HOLDS(theirs == sizeof(page) || expand_lzo(data, size, other, theirs + 1) != 0);
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > LZO_PAGE_MAX)
		return 0;
	as_page(data, size);
	as_stream(data, size);
	return 0;
}
