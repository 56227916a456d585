/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzo, packed by ours. The other way, which is ours as well, is expand_lzo.c.
 */
#include "codec/codec_lzo.h"

#include "codec/codec.h"

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
