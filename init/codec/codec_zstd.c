/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd: a library's, in memory that the caller has. Frames are of level 1, as makedumpfile's. The
 * other way is expand_zstd.c. Where it is not built in, this file is empty.
 */
#include "codec/codec_zstd.h"

#include "codec/codec.h"

#ifdef WITH_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

void *zstd_start(void *memory, size_t page_size)
{
	ZSTD_compressionParameters p = ZSTD_getCParams(1, page_size, 0);

	if (ZSTD_estimateCCtxSize_usingCParams(p) > ZSTD_PACK_MEMORY)
		return NULL;
	return ZSTD_initStaticCCtx(memory, ZSTD_PACK_MEMORY);
}

size_t zstd_pack(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	size_t done = ZSTD_compressCCtx(state, out, COMPRESS_ROOM, page, size, 1);

	return ZSTD_isError(done) ? 0 : done;
}
#endif
