/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One page at a time, out of a reserve of this file and never out of a heap. What a codec wants
 * beyond the page is at the same place for all of them: one runs after the other.
 */
#include "codec/expand.h"

#include "codec/expand_lzo.h"

#include <errno.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#ifdef WITH_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#endif

/* zlib: state and a window of 32 KiB; zstd: ZSTD_estimateDCtxSize() of 1.5 is 94 KiB. */
#ifdef WITH_ZSTD
enum { RESERVE = 128 * 1024 };
#else
enum { RESERVE = 48 * 1024 };
#endif

static _Alignas(16) uint8_t reserve[RESERVE];
static size_t reserved; /* by zlib, of the page that is being expanded */

static int take_raw(const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	if (size != page_size)
		return -EBADMSG;
	memcpy(page, packed, size);
	return 0;
}

static void *zlib_alloc(void *unused, unsigned int items, unsigned int size)
{
	uint64_t bytes = ((uint64_t)items * size + 15) & ~UINT64_C(15);
	void *at = reserve + reserved;

	(void)unused;
	if (bytes > sizeof(reserve) - reserved)
		return NULL;
	reserved += (size_t)bytes;
	return at;
}

static void zlib_free(void *unused, void *at)
{
	(void)unused;
	(void)at;
}

static int expand_zlib(const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	z_stream z = {
		.next_in = packed,
		.avail_in = (uInt)size,
		.next_out = page,
		.avail_out = (uInt)page_size,
		.zalloc = zlib_alloc,
		.zfree = zlib_free,
	};
	int r;

	reserved = 0;
	if (inflateInit2(&z, 15) != Z_OK)
		return -EBADMSG;
	r = inflate(&z, Z_FINISH);
	(void)inflateEnd(&z); /* frees nothing: zlib_free */
	return r == Z_STREAM_END && z.avail_in == 0 && z.avail_out == 0 ? 0 : -EBADMSG;
}

#ifdef WITH_ZSTD
/*
 * The page is expanded in one call, so that matches refer to the page itself: no window is set
 * up, however large a frame claims it to be.
 */
static int expand_zstd(const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	ZSTD_DCtx *context = ZSTD_initStaticDCtx(reserve, sizeof(reserve));

	if (context == NULL)
		return -ENOTSUP; /* a libzstd that needs more */
	return ZSTD_decompressDCtx(context, page, page_size, packed, size) == page_size ? 0
											: -EBADMSG;
}
#endif

static const struct {
	unsigned int codec;
	int (*expand)(const uint8_t *packed, size_t size, uint8_t *page, size_t page_size);
} codecs[] = {
	{PAGE_RAW, take_raw},
	{PAGE_ZLIB, expand_zlib},
	{PAGE_LZO, expand_lzo},
#ifdef WITH_ZSTD
	{PAGE_ZSTD, expand_zstd},
#endif
};

int expand_page(unsigned int codec, const uint8_t *packed, size_t size, uint8_t *page,
		size_t page_size)
{
	for (unsigned int i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (codecs[i].codec == codec)
			return codecs[i].expand(packed, size, page, page_size);
	}
	return -ENOTSUP;
}
