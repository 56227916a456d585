/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages of such a file (kdumpimage.h): what they hold, and what they are packed with.
 */
#ifndef TESTS_IMAGES_KDUMPIMAGE_PAGE_H
#define TESTS_IMAGES_KDUMPIMAGE_PAGE_H

#include "tests/images/kdumpimage.h"

#include <stddef.h>
#include <stdint.h>

enum { KDUMPIMAGE_PAGE_MAX = 65536 };

enum kdumpimage_content {
	KDUMPIMAGE_DATA,
	KDUMPIMAGE_TEXT,
	KDUMPIMAGE_ZERO,
	KDUMPIMAGE_MIXED,
	KDUMPIMAGE_CORE,
};

enum kdumpimage_codec {
	KDUMPIMAGE_RAW,
	KDUMPIMAGE_ZLIB,
	KDUMPIMAGE_LZO,
	KDUMPIMAGE_ZSTD,
	KDUMPIMAGE_SNAPPY,
};

/* What the page of frame PFN holds. */
void kdumpimage_page(const struct kdumpimage *k, uint64_t pfn, uint8_t *page);

/* Which codec it is to be packed with. */
unsigned int kdumpimage_codec(const struct kdumpimage *k, uint64_t pfn);

/* Packs a page into room for two of the largest; returns its size. */
size_t kdumpimage_pack(unsigned int codec, const uint8_t *page, size_t size, uint8_t *packed);

#endif
