/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/compress: what a codec makes of a page, the library that it is named after turns into
 * that page again, alone and in one call, as readers of dumps do; what does not shrink is left
 * as it is. Nothing outside of the page and the room for it is touched.
 */
#include "codec/compress.h"

#include "tests/page_flags.h"
#include "tests/test.h"

#include <errno.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static struct compress packer;
static uint8_t got[COMPRESS_PAGE_MAX];

static size_t unpack_zlib(const uint8_t *packed, size_t size, size_t page_size)
{
	uLongf n = page_size;

	return uncompress(got, &n, packed, size) == Z_OK ? n : 0;
}

static size_t unpack_lzo(const uint8_t *packed, size_t size, size_t page_size)
{
	lzo_uint n = page_size;

	return lzo1x_decompress_safe(packed, size, got, &n, NULL) == LZO_E_OK ? n : 0;
}

static size_t unpack_zstd(const uint8_t *packed, size_t size, size_t page_size)
{
	size_t n = ZSTD_decompress(got, page_size, packed, size);

	return ZSTD_isError(n) ? 0 : n;
}

static const struct library {
	const char *name;
	unsigned int flag;
	size_t (*unpack)(const uint8_t *packed, size_t size, size_t page_size);
	unsigned int percent; /* of a page of text, at most */
} codecs[] = {
	{"zlib", PAGE_ZLIB, unpack_zlib, 60},
	{"lzo", PAGE_LZO, unpack_lzo, 80},
	{"zstd", PAGE_ZSTD, unpack_zstd, 60},
};

enum { CODECS = sizeof(codecs) / sizeof(codecs[0]) };

/* Contents of pages, from nothing to what cannot shrink. */
enum content { ZEROS, ONE_BYTE, WORDS, POINTERS, HALF, NOISE, CONTENTS };

static void fill(uint8_t *page, size_t size, enum content content)
{
	static const char *const words[] = {"kernel ", "page ", "frame ", "note ", "sink ", "a "};

	memset(page, 0, size);
	if (content == ONE_BYTE)
		page[test_below(size)] = 1;
	for (size_t i = 0; content == WORDS && i + 8 < size;) {
		const char *word = words[test_below(6)];

		memcpy(page + i, word, strlen(word));
		i += strlen(word);
	}
	for (size_t i = 0; content == POINTERS && i < size; i += 8)
		memcpy(page + i, &(uint64_t){0xffff888000000000 + test_below(1 << 20) * 64}, 8);
	for (size_t i = 0; content >= HALF && i < size / (content == HALF ? 2 : 1); i++)
		page[i] = (uint8_t)(test_random() >> 20);
}

/* Blocks of exactly the sizes that are allowed, so that the sanitizer sees a byte too many. */
static size_t pack(const uint8_t *page, size_t size, uint8_t **packed)
{
	uint8_t *alone = malloc(size);
	size_t n;

	*packed = malloc(COMPRESS_ROOM);
	REQUIRE(alone != NULL && *packed != NULL);
	memcpy(alone, page, size);
	n = compress_page(&packer, alone, *packed);
	CHECK_MEM(alone, page, size);
	free(alone);
	return n;
}

static void round_trip(const struct library *c, size_t size, enum content content)
{
	static uint8_t page[COMPRESS_PAGE_MAX];
	uint8_t *packed;
	size_t n;

	fill(page, size, content);
	n = pack(page, size, &packed);
	CHECK(n < size);
	CHECK((n > 0) == (content != NOISE));
	if (content == ZEROS)
		CHECK(n * 20 < size);
	if (content == WORDS)
		CHECK(n * 100 < size * c->percent);
	if (n > 0) {
		CHECK_EQ(c->unpack(packed, n, size), size);
		CHECK_MEM(got, page, size);
	}
	free(packed);
}

TEST("zlib, lzo, zstd and none at all are built into this test")
{
	static const unsigned int unknown[] = {PAGE_SNAPPY, 3, 8, 0x10, 0x21, 0x100, 0xffffffff};

	CHECK(compress_has(PAGE_RAW));
	for (unsigned int i = 0; i < CODECS; i++)
		CHECK(compress_has(codecs[i].flag));
	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		CHECK(!compress_has(unknown[i]));
		CHECK_EQ(compress_start(&packer, unknown[i], 4096), -ENOTSUP);
	}
}

TEST("pages of every size and content come back, and shrink where they can")
{
	for (unsigned int i = 0; i < CODECS; i++) {
		for (size_t size = 4096; size <= COMPRESS_PAGE_MAX; size *= 2) {
			REQUIRE(compress_start(&packer, codecs[i].flag, size) == 0);
			for (unsigned int k = 0; k < 4 * CONTENTS; k++) {
				test_note("%s, %zu bytes, content %u", codecs[i].name, size,
					  k % CONTENTS);
				round_trip(&codecs[i], size, (enum content)(k % CONTENTS));
			}
		}
	}
}

TEST("a page is packed the same whatever was packed before it")
{
	static uint8_t page[COMPRESS_PAGE_MAX], other[COMPRESS_PAGE_MAX];

	for (unsigned int i = 0; i < CODECS * 10; i++) {
		const struct library *c = &codecs[i % CODECS];
		uint8_t *first, *second, *unused;
		size_t n;

		REQUIRE(compress_start(&packer, c->flag, 4096) == 0);
		fill(page, 4096, i % 2 == 0 ? WORDS : POINTERS);
		n = pack(page, 4096, &first);
		for (unsigned int k = 0; k < CONTENTS; k++) {
			fill(other, 4096, (enum content)k);
			pack(other, 4096, &unused);
			free(unused);
		}
		CHECK_EQ(pack(page, 4096, &second), n);
		CHECK_MEM(second, first, n);
		free(first);
		free(second);
	}
}

TEST("one codec after the other, and sizes up and down, each works from the start")
{
	static const size_t sizes[] = {4096, 65536, 4096, 16384, 65536, 4096};

	for (unsigned int i = 0; i < 6 * CODECS; i++) {
		const struct library *c = &codecs[(i * 2 + i / 6) % CODECS];

		REQUIRE(compress_start(&packer, c->flag, sizes[i % 6]) == 0);
		round_trip(c, sizes[i % 6], WORDS);
		round_trip(c, sizes[i % 6], NOISE);
		round_trip(c, sizes[i % 6], HALF);
	}
}

TEST("pages are never packed where no codec is wanted")
{
	static uint8_t page[COMPRESS_PAGE_MAX];
	uint8_t *packed;

	for (size_t size = 4096; size <= COMPRESS_PAGE_MAX; size *= 4) {
		REQUIRE(compress_start(&packer, PAGE_RAW, size) == 0);
		CHECK_EQ(pack(page, size, &packed), 0);
		free(packed);
	}
}

TEST("noise that nearly shrinks is either stored smaller or not at all")
{
	static uint8_t page[4096];
	uint8_t *packed;

	for (unsigned int i = 0; i < CODECS; i++) {
		REQUIRE(compress_start(&packer, codecs[i].flag, 4096) == 0);
		for (size_t zeros = 0; zeros < 64; zeros++) {
			size_t n;

			fill(page, 4096, NOISE);
			memset(page + test_below(4096 - zeros), 0, zeros);
			n = pack(page, 4096, &packed);
			CHECK(n < 4096);
			if (n > 0 && CHECK_EQ(codecs[i].unpack(packed, n, 4096), 4096))
				CHECK_MEM(got, page, 4096);
			free(packed);
		}
	}
}

TEST("what is packed for zlib takes no more room than zlib itself takes at its level 1")
{
	static uint8_t page[4096], packed[COMPRESS_ROOM];
	size_t ours = 0;
	size_t theirs = 0;

	REQUIRE(compress_start(&packer, PAGE_ZLIB, 4096) == 0);
	for (unsigned int i = 0; i < 400; i++) {
		uLongf n = sizeof(packed);

		fill(page, 4096, i % 2 == 0 ? WORDS : POINTERS);
		ours += compress_page(&packer, page, packed);
		REQUIRE(compress2(packed, &n, page, 4096, 1) == Z_OK);
		theirs += n;
	}
	test_note("%zu bytes, and %zu", ours, theirs);
	CHECK(ours <= theirs);
}
