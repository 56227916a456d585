/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd: a library's, in memory that the caller has. Frames are of level 1, as makedumpfile's. Where
 * it is not built in, this file is empty.
 */
#include "codec/codec_zstd.h"

#include "codec/codec.h"

#include <errno.h>

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

/*
 * The page is expanded in one call, so that matches refer to the page itself: no window is set
 * up, however large a frame claims it to be.
 */
int zstd_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	ZSTD_DCtx *context = ZSTD_initStaticDCtx(memory, ZSTD_UNPACK_MEMORY);

	if (context == NULL)
		return -ENOTSUP; /* a libzstd that needs more */
	return ZSTD_decompressDCtx(context, page, page_size, packed, size) == page_size ? 0
											: -EBADMSG;
}
#endif
