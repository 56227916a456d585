/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One page at a time, by a row of codec.c, in a reserve of this file and never in a heap. What a
 * codec wants beyond the page is at the same place for all of them: one runs after the other.
 */
#include "codec/expand.h"

#include "codec/codec.h"

#include <errno.h>
#include <string.h>

static _Alignas(16) uint8_t reserve[EXPAND_MEMORY];

int none_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	(void)memory;
	if (size != page_size)
		return -EBADMSG;
	memcpy(page, packed, size);
	return 0;
}

int expand_page(uint32_t flag, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	const struct codec *codec = codec_of(flag);

	if (codec == NULL || codec->unpack == NULL || codec->unpack_memory > sizeof(reserve))
		return -ENOTSUP;
	return codec->unpack(reserve, packed, size, page, page_size);
}
