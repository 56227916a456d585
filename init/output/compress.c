/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of codecs over one reserve. A page is compressed whole and by itself (zlib stream,
 * lzo1x, zstd frame, each at level 1: what makedumpfile writes and crash reads).
 */
#include "output/compress.h"

#include <errno.h>
#include <zlib.h>

#ifdef WITH_LZO
#include <lzo/lzo1x.h>
#endif
#ifdef WITH_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#endif

/* Of 64 KiB pages; of 4 KiB pages zlib takes 166 KiB, lzo 16 or 32 KiB, zstd 72 KiB. */
enum { RESERVE = 320 * 1024 };

static _Alignas(64) uint8_t reserve[RESERVE];

struct codec {
	unsigned int flag;
	void *(*start)(size_t page_size); /* returns the state, or NULL */
	size_t (*run)(void *state, const uint8_t *page, size_t size, uint8_t *out);
};

/* ---- zlib ---- */

static z_stream zlib_stream;
static size_t zlib_used;

/* zlib asks for all it wants at the start, and gives nothing back before the end. */
static void *zlib_take(void *unused, unsigned int count, unsigned int size)
{
	uint64_t want = ((uint64_t)count * size + 15) & ~UINT64_C(15);
	void *taken = reserve + zlib_used;

	(void)unused;
	if (want > RESERVE - zlib_used)
		return Z_NULL;
	zlib_used += (size_t)want;
	return taken;
}

static void zlib_give(void *unused, void *taken)
{
	(void)unused;
	(void)taken;
}

/* For 4 KiB pages a window of 8 KiB makes the same bytes as the usual 32 KiB, in less memory. */
static void *zlib_start(size_t page_size)
{
	zlib_used = 0;
	zlib_stream = (z_stream){.zalloc = zlib_take, .zfree = zlib_give};
	if (deflateInit2(&zlib_stream, Z_BEST_SPEED, Z_DEFLATED, page_size <= 4096 ? 13 : 15, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	return &zlib_stream;
}

static size_t zlib_run(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	z_stream *z = state;

	if (deflateReset(z) != Z_OK)
		return 0;
	z->next_in = (z_const Bytef *)(uintptr_t)page; /* zlib reads it only */
	z->avail_in = (uInt)size;
	z->next_out = out;
	z->avail_out = (uInt)size - 1;
	return deflate(z, Z_FINISH) == Z_STREAM_END ? (size_t)z->total_out : 0;
}

/* ---- lzo ---- */

#ifdef WITH_LZO
_Static_assert(LZO1X_1_12_MEM_COMPRESS <= RESERVE, "lzo's dictionary fits");

/* The variant with the smallest dictionary that holds a page: it is cleared for each of them. */
static void *lzo_start(size_t page_size)
{
	(void)page_size;
	return lzo_init() == LZO_E_OK ? reserve : NULL;
}

static size_t lzo_run(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	lzo_uint done = COMPRESS_ROOM;

	return lzo1x_1_12_compress(page, size, out, &done, state) == LZO_E_OK ? (size_t)done : 0;
}
#endif

/* ---- zstd ---- */

#ifdef WITH_ZSTD
static void *zstd_start(size_t page_size)
{
	ZSTD_compressionParameters p = ZSTD_getCParams(1, page_size, 0);

	if (ZSTD_estimateCCtxSize_usingCParams(p) > RESERVE)
		return NULL;
	return ZSTD_initStaticCCtx(reserve, RESERVE);
}

static size_t zstd_run(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	size_t done = ZSTD_compressCCtx(state, out, COMPRESS_ROOM, page, size, 1);

	return ZSTD_isError(done) ? 0 : done;
}
#endif

static const struct codec codecs[] = {
	{PAGE_ZLIB, zlib_start, zlib_run},
#ifdef WITH_LZO
	{PAGE_LZO, lzo_start, lzo_run},
#endif
#ifdef WITH_ZSTD
	{PAGE_ZSTD, zstd_start, zstd_run},
#endif
};

static const struct codec *codec_of(unsigned int flag)
{
	for (unsigned int i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (codecs[i].flag == flag)
			return &codecs[i];
	}
	return NULL;
}

bool compress_has(unsigned int codec)
{
	return codec == PAGE_RAW || codec_of(codec) != NULL;
}

int compress_start(struct compress *c, unsigned int codec, size_t page_size)
{
	const struct codec *known = codec_of(codec);

	*c = (struct compress){.codec = codec, .page_size = page_size};
	if (codec == PAGE_RAW)
		return 0;
	if (known == NULL)
		return -ENOTSUP;
	c->state = known->start(page_size);
	return c->state != NULL ? 0 : -ENOMEM;
}

size_t compress_page(struct compress *c, const uint8_t *page, uint8_t *out)
{
	const struct codec *known = codec_of(c->codec);
	size_t size = known == NULL ? 0 : known->run(c->state, page, c->page_size, out);

	return size < c->page_size ? size : 0;
}
