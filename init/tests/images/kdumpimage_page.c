/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages of an image: which there are, what they hold, and how they are packed.
 */
#include "tests/images/kdumpimage_page.h"
#include "tests/images/corefile.h"
#include "tests/images/words.h"

#include <lzo/lzo1x.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static const struct kdumpimage_range *range_of(const struct kdumpimage_range *ranges,
					       unsigned int count, uint64_t pfn)
{
	for (unsigned int i = 0; i < count; i++) {
		if (pfn >= ranges[i].first && pfn < ranges[i].end)
			return &ranges[i];
	}
	return NULL;
}

bool kdumpimage_exists(const struct kdumpimage *k, uint64_t pfn)
{
	return range_of(k->range, k->ranges, pfn) != NULL;
}

bool kdumpimage_saved(const struct kdumpimage *k, uint64_t pfn)
{
	return kdumpimage_exists(k, pfn) && range_of(k->out, k->outs, pfn) == NULL;
}

unsigned int kdumpimage_codec(const struct kdumpimage *k, uint64_t pfn)
{
	const struct kdumpimage_range *r = range_of(k->range, k->ranges, pfn);

	return r == NULL ? (unsigned int)KDUMPIMAGE_RAW : r->codec;
}

static void copy_core(const struct kdumpimage *k, uint64_t pa, uint8_t *page, size_t size)
{
	for (unsigned int i = 0; i < k->core->loads; i++) {
		const struct corefile_load *l = &k->core->load[i];
		uint64_t from = l->paddr > pa ? l->paddr : pa;
		uint64_t to = l->paddr + l->size < pa + size ? l->paddr + l->size : pa + size;

		if (from < to)
			memcpy(page + (from - pa), k->core->bytes + l->offset + (from - l->paddr),
			       (size_t)(to - from));
	}
}

/* A number that A and B alone decide (the finaliser of splitmix64). */
static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t n = a * UINT64_C(0x9e3779b97f4a7c15) + b * UINT64_C(0xd1342543de82ef95) + 1;

	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

/* Lines of 64 letters, each of them one of eight, so that every codec finds something. */
static uint8_t letter(uint64_t pfn, size_t i)
{
	uint64_t line = mix(pfn, i / 64) % 8;

	return (uint8_t)("etaoin shrdlu"[mix(pfn * 8 + line, i % 64) % 13]);
}

void kdumpimage_page(const struct kdumpimage *k, uint64_t pfn, uint8_t *page)
{
	const struct kdumpimage_range *r = range_of(k->range, k->ranges, pfn);
	size_t size = (size_t)1 << k->shift;
	unsigned int content = r == NULL ? (unsigned int)KDUMPIMAGE_ZERO : r->content;

	if (content == KDUMPIMAGE_MIXED)
		content = (unsigned int)(mix(pfn, 0) % 3);
	memset(page, 0, size);
	if (content == KDUMPIMAGE_CORE)
		copy_core(k, pfn << k->shift, page, size);
	for (size_t i = 0; i < size && content <= KDUMPIMAGE_TEXT; i++)
		page[i] = content == KDUMPIMAGE_TEXT ? letter(pfn, i) : (uint8_t)mix(pfn, i);
}

size_t kdumpimage_pack(unsigned int codec, const uint8_t *page, size_t size, uint8_t *packed)
{
	static _Alignas(16) uint8_t work[LZO1X_1_MEM_COMPRESS];
	uLongf n = KDUMPIMAGE_PAGE_MAX * 2;
	lzo_uint lzo = 0;
	size_t r;

	switch (codec) {
	case KDUMPIMAGE_ZLIB:
		return compress2(packed, &n, page, size, 1) == Z_OK ? n : size;
	case KDUMPIMAGE_LZO:
		if (lzo_init() != LZO_E_OK ||
		    lzo1x_1_compress(page, size, packed, &lzo, work) != LZO_E_OK)
			words_wrong("lzo failed", NULL);
		return lzo;
	case KDUMPIMAGE_ZSTD:
		r = ZSTD_compress(packed, (size_t)KDUMPIMAGE_PAGE_MAX * 2, page, size, 1);
		return ZSTD_isError(r) ? size : r;
	case KDUMPIMAGE_SNAPPY:
		memcpy(packed, page, size / 2);
		return size / 2;
	default:
		return size;
	}
}
