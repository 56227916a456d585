/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of codec/deflate: the input is a page, the state goes on from one to the next.
 * Contract: zlib's inflate gives the page back, the same bytes come out of a state that is new,
 * nothing is written beyond the room, and with a byte less room there is nothing.
 */
#include "codec/deflate.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROOM = DEFLATE_PAGE_MAX * 2 };

static struct deflate state, fresh;
static uint8_t packed[ROOM], again[ROOM], page[DEFLATE_PAGE_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	uLongf unpacked = sizeof(page);
	uint8_t *exact;
	size_t n;

	if (size == 0 || size > DEFLATE_PAGE_MAX)
		return 0;
	if (!started)
		deflate_start(&state);
	started = true;
	n = deflate_page(&state, data, size, packed, ROOM);
	HOLDS(n > 0 && n <= ROOM);
	HOLDS(uncompress(page, &unpacked, packed, n) == Z_OK);
	HOLDS(unpacked == size && memcmp(page, data, size) == 0);
	deflate_start(&fresh);
	HOLDS(deflate_page(&fresh, data, size, again, ROOM) == n && memcmp(packed, again, n) == 0);
	exact = malloc(n); /* the sanitizer sees a byte too many */
	HOLDS(exact != NULL);
	HOLDS(deflate_page(&state, data, size, exact, n) == n && memcmp(packed, exact, n) == 0);
	HOLDS(deflate_page(&state, data, size, exact, n - 1) == 0);
	free(exact);
	return 0;
}
