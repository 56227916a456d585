/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzo: both directions are ours, and unpacking needs nothing but the page.
 */
#include "codec/codec_lzo.h"

#include "codec/codec.h"
#include "codec/expand_lzo.h"

_Static_assert((int)COMPRESS_PAGE_MAX <= (int)LZO_PAGE_MAX, "it takes every page");

void *lzo_start(void *memory, size_t page_size)
{
	(void)page_size;
	return memory;
}

size_t lzo_pack(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	return lzo_page(state, page, size, out, size);
}

int lzo_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	(void)memory;
	return expand_lzo(packed, size, page, page_size);
}
