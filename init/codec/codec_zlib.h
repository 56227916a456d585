/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page as a zlib stream: packed by deflate.c, unpacked (expand_zlib.c) by zlib's inflate. For the
 * row in codec.c, where the contracts of these functions are.
 */
#ifndef CODEC_CODEC_ZLIB_H
#define CODEC_CODEC_ZLIB_H

#include "base/desk.h"
#include "codec/deflate.h"

enum {
	ZLIB_PACK_MEMORY = sizeof(struct deflate),
	ZLIB_UNPACK_MEMORY = 48 * 1024, /* a state, and a window of 32 KiB */
};

void *zlib_start(void *memory, size_t page_size);
size_t zlib_pack(void *state, const uint8_t *page, size_t size, uint8_t *out);
DESK_ONLY int zlib_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page,
			  size_t page_size);

#endif
