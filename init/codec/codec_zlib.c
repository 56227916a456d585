/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zlib's format, packed by our deflate. The other way is expand_zlib.c.
 */
#include "codec/codec_zlib.h"

#include "codec/codec.h"

_Static_assert((int)COMPRESS_PAGE_MAX <= (int)DEFLATE_PAGE_MAX, "it takes every page");

void *zlib_start(void *memory, size_t page_size)
{
	(void)page_size;
	deflate_start(memory);
	return memory;
}

size_t zlib_pack(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	return deflate_page(state, page, size, out, size - 1);
}
