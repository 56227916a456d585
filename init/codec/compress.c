/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of codecs over one reserve. A page is compressed whole and by itself: as a zlib
 * stream, lzo1x, or a zstd frame of level 1, which is what makedumpfile writes and crash reads.
 */
#include "codec/compress.h"

#include "codec/deflate.h"
#include "codec/lzo.h"

#include <errno.h>

#ifdef WITH_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#endif

/* Of 64 KiB pages; of 4 KiB pages zlib takes 50 KiB, lzo 8 KiB, zstd 72 KiB. */
enum { RESERVE = 320 * 1024 };

static _Alignas(64) uint8_t reserve[RESERVE];

struct codec {
	unsigned int flag;
	void *(*begin)(size_t page_size); /* returns the state, or NULL */
	size_t (*run)(void *state, const uint8_t *page, size_t size, uint8_t *out);
};

/* ---- zlib ---- */

_Static_assert(sizeof(struct deflate) <= RESERVE, "our deflate fits");
_Static_assert((int)COMPRESS_PAGE_MAX <= (int)DEFLATE_PAGE_MAX, "it takes every page");

static void *zlib_begin(size_t page_size)
{
	struct deflate *d = (struct deflate *)(void *)reserve;

	(void)page_size;
	deflate_start(d);
	return d;
}

static size_t zlib_run(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	return deflate_page(state, page, size, out, size - 1);
}

/* ---- lzo ---- */

_Static_assert(sizeof(struct lzo) <= RESERVE, "our lzo fits");
_Static_assert((int)COMPRESS_PAGE_MAX <= (int)LZO_PAGE_MAX, "it takes every page");

static void *lzo_begin(size_t page_size)
{
	(void)page_size;
	return reserve;
}

static size_t lzo_run(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	return lzo_page(state, page, size, out, size);
}

/* ---- zstd ---- */

#ifdef WITH_ZSTD
static void *zstd_begin(size_t page_size)
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
	{PAGE_ZLIB, zlib_begin, zlib_run},
	{PAGE_LZO, lzo_begin, lzo_run},
#ifdef WITH_ZSTD
	{PAGE_ZSTD, zstd_begin, zstd_run},
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
	c->state = known->begin(page_size);
	return c->state != NULL ? 0 : -ENOMEM;
}

size_t compress_page(struct compress *c, const uint8_t *page, uint8_t *out)
{
	const struct codec *known = codec_of(c->codec);
	size_t size = known == NULL ? 0 : known->run(c->state, page, c->page_size, out);

	return size < c->page_size ? size : 0;
}
