/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd's frames, unpacked by libzstd in memory that the caller has. Where it is not built in, this
 * file is empty.
 */
#include "codec/codec_zstd.h"

#include <errno.h>

#ifdef WITH_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

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
