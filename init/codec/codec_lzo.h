/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page as an lzo1x stream, by lzo.c and expand_lzo.c. For the row in codec.c, where the contracts
 * of these functions are.
 */
#ifndef CODEC_CODEC_LZO_H
#define CODEC_CODEC_LZO_H

#include "base/desk.h"
#include "codec/lzo.h"

enum { LZO_PACK_MEMORY = sizeof(struct lzo) };

void *lzo_start(void *memory, size_t page_size);
size_t lzo_pack(void *state, const uint8_t *page, size_t size, uint8_t *out);
DESK_ONLY int lzo_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page,
			 size_t page_size);

#endif
