/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compresses the pages of a kdump-compressed dump, one by one, in memory reserved beforehand.
 */
#ifndef CODEC_COMPRESS_H
#define CODEC_COMPRESS_H

#include "codec/codec.h"

struct compress {
	const struct codec *codec; /* CODEC_NONE: pages stay as they are */
	size_t page_size;
	void *state; /* of the codec, in the reserve of compress.c */
};

/* Is the codec of FLAG built in? */
bool compress_has(uint32_t flag);

/*
 * Gets ready for pages of PAGE_SIZE bytes. One at a time: the memory is static. Returns 0, or
 * -ENOTSUP when the codec of FLAG is not built in, or -ENOMEM when it wants more than is reserved.
 * After an error there is nothing to compress with.
 */
int compress_start(struct compress *c, uint32_t flag, size_t page_size);

/*
 * Compresses the page to OUT, which has COMPRESS_ROOM bytes. Returns the size, or 0 when the
 * page does not shrink and is to be stored as it is.
 */
size_t compress_page(struct compress *c, const uint8_t *page, uint8_t *out);

#endif
