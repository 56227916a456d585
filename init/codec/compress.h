/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compresses the pages of a kdump-compressed dump, one by one, in memory reserved beforehand.
 * zlib and lzo are ours; zstd is there only where it was built in (WITH_ZSTD).
 */
#ifndef CODEC_COMPRESS_H
#define CODEC_COMPRESS_H

#include "codec/expand.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	COMPRESS_PAGE_MAX = 65536,
	/* what a codec may write before it sees that the page does not shrink */
	COMPRESS_ROOM = COMPRESS_PAGE_MAX + COMPRESS_PAGE_MAX / 16 + 128,
};

struct compress {
	unsigned int codec; /* as in codec/expand.h; PAGE_RAW: pages stay as they are */
	size_t page_size;
	void *state; /* of the codec, in the reserve of compress.c */
};

/* Is CODEC (PAGE_RAW, PAGE_ZLIB ...) built in? */
bool compress_has(unsigned int codec);

/*
 * Gets ready for pages of PAGE_SIZE bytes. One at a time: the memory is static. Returns 0, or
 * -ENOTSUP when CODEC is not built in, or -ENOMEM when its library wants more than is reserved.
 */
int compress_start(struct compress *c, unsigned int codec, size_t page_size);

/*
 * Compresses the page to OUT, which has COMPRESS_ROOM bytes. Returns the size, or 0 when the
 * page does not shrink and is to be stored as it is.
 */
size_t compress_page(struct compress *c, const uint8_t *page, uint8_t *out);

#endif
