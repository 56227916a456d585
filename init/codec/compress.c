/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page is compressed whole and by itself, by a row of codec.c. Of the reserve no more is ever in
 * memory than what the codec touches.
 */
#include "codec/compress.h"

#include <errno.h>

static _Alignas(64) uint8_t reserve[COMPRESS_MEMORY];

bool compress_has(uint32_t flag)
{
	const struct codec *codec = codec_of(flag);

	return codec != NULL && codec->pack != NULL;
}

int compress_start(struct compress *c, uint32_t flag, size_t page_size)
{
	*c = (struct compress){.codec = codec_of(flag), .page_size = page_size};
	if (!compress_has(flag))
		return -ENOTSUP;
	if (c->codec->pack_memory > sizeof(reserve))
		return -ENOMEM;
	c->state = c->codec->start(reserve, page_size);
	return c->state != NULL ? 0 : -ENOMEM;
}

size_t compress_page(struct compress *c, const uint8_t *page, uint8_t *out)
{
	size_t size = c->codec->pack(c->state, page, c->page_size, out);

	return size < c->page_size ? size : 0;
}
