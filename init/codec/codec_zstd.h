/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page as a zstd frame, by libzstd. For the row in codec.c, where the contracts of these
 * functions are. They are there only WITH_ZSTD.
 */
#ifndef CODEC_CODEC_ZSTD_H
#define CODEC_CODEC_ZSTD_H

#include "base/desk.h"

#include <stddef.h>
#include <stdint.h>

enum {
	ZSTD_PACK_MEMORY = 320 * 1024,	 /* for pages of 64 KiB; for those of 4 KiB it uses 72 */
	ZSTD_UNPACK_MEMORY = 128 * 1024, /* ZSTD_estimateDCtxSize() of 1.5 is 94 KiB */
};

void *zstd_start(void *memory, size_t page_size);
size_t zstd_pack(void *state, const uint8_t *page, size_t size, uint8_t *out);
DESK_ONLY int zstd_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page,
			  size_t page_size);

#endif
