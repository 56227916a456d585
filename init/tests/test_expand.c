/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/expand: what each codec packed comes back, and what is no page, or another page size's,
 * is refused. Input and output end where memory ends, so that a byte too many is a crash, in the
 * libraries as well.
 */
#include "codec/expand.h"

#include "tests/images/kdumpimage_page.h"
#include "tests/page_flags.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>
#include <zstd.h>

enum { PAGE = 4096, PACKED = KDUMPIMAGE_PAGE_MAX * 2, ARENA = 256 * 1024 };

static const struct library {
	const char *name;
	unsigned int flag, packed_by;
} codecs[] = {
	{"zlib", PAGE_ZLIB, KDUMPIMAGE_ZLIB},
	{"lzo", PAGE_LZO, KDUMPIMAGE_LZO},
	{"zstd", PAGE_ZSTD, KDUMPIMAGE_ZSTD},
};

enum { CODECS = sizeof(codecs) / sizeof(codecs[0]) };

static uint8_t packed[PACKED];

/* SIZE bytes that end where nothing can be read or written; there is one such place for each N. */
static uint8_t *guarded(unsigned int n, size_t size)
{
	static uint8_t *arena[2];

	if (arena[n] == NULL) {
		arena[n] = mmap(NULL, ARENA + PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		REQUIRE(arena[n] != MAP_FAILED);
		REQUIRE(mprotect(arena[n] + ARENA, PAGE, PROT_NONE) == 0);
	}
	REQUIRE(size <= ARENA);
	return arena[n] + ARENA - size;
}

/* Expands SIZE bytes of packed[] to a page that the caller may look at, in *PAGE. */
static int expand(unsigned int flag, size_t size, size_t page_size, uint8_t **page)
{
	uint8_t *in = guarded(0, size);
	uint8_t *before;
	int r;

	memcpy(in, packed, size);
	*page = guarded(1, page_size);
	before = *page - 64;
	memset(before, 0xc3, 64 + page_size);
	r = expand_page(flag, in, size, *page, page_size);
	for (unsigned int i = 0; i < 64; i++)
		CHECK_EQ(before[i], 0xc3);
	CHECK_MEM(in, packed, size);
	return r;
}

/* A page of 1 << SHIFT bytes of that content, by the fixture. */
static void make_page(unsigned int shift, const char *content, uint8_t *page)
{
	char text[64];
	struct kdumpimage *k;

	snprintf(text, sizeof(text), "x86_64 shift=%u\nram 0 1 %s raw\n", shift, content);
	k = kdumpimage_build(text, NULL);
	kdumpimage_page(k, 0, page);
	kdumpimage_free(k);
}

TEST("what a codec packed comes back, byte for byte, in pages of every size")
{
	static const char *const contents[] = {"text", "zero", "data"};
	static uint8_t want[KDUMPIMAGE_PAGE_MAX];
	uint8_t *got;

	for (unsigned int i = 0; i < CODECS * 3 * 5; i++) {
		const struct library *c = &codecs[i % CODECS];
		const char *content = contents[i / CODECS % 3];
		unsigned int shift = 12 + i / CODECS / 3;
		size_t size = (size_t)1 << shift;
		size_t n;

		make_page(shift, content, want);
		n = kdumpimage_pack(c->packed_by, want, size, packed);
		test_note("%s, %s, %zu bytes packed to %zu", c->name, content, size, n);
		CHECK((n < size) == (content != contents[2]));
		if (CHECK_EQ(expand(c->flag, n, size, &got), 0))
			CHECK_MEM(got, want, size);
	}
}

TEST("a raw page is as long as a page")
{
	uint8_t *got;

	make_page(12, "data", packed);
	CHECK_EQ(expand(PAGE_RAW, PAGE, PAGE, &got), 0);
	CHECK_MEM(got, packed, PAGE);
	CHECK_EQ(expand(PAGE_RAW, PAGE - 1, PAGE, &got), -EBADMSG);
	CHECK_EQ(expand(PAGE_RAW, PAGE + 1, PAGE, &got), -EBADMSG);
	CHECK_EQ(expand(PAGE_RAW, 0, PAGE, &got), -EBADMSG);
	CHECK_EQ(expand(PAGE_RAW, PAGE, PAGE * 2, &got), -EBADMSG);
}

TEST("what expands to fewer or more bytes than a page is refused")
{
	static const int off[] = {-PAGE / 2, -64, -2, -1, 1, 2, 64, PAGE, 10 * PAGE};
	static uint8_t data[KDUMPIMAGE_PAGE_MAX];
	uint8_t *got;

	for (unsigned int i = 0; i < CODECS * 9; i++) {
		const struct library *c = &codecs[i % CODECS];
		size_t size = (size_t)(PAGE + off[i / CODECS]);
		size_t n;

		make_page(16, "text", data);
		n = kdumpimage_pack(c->packed_by, data, size, packed);
		if (!CHECK_EQ(expand(c->flag, n, PAGE, &got), -EBADMSG))
			test_note("%s, %zu bytes", c->name, size);
		CHECK_EQ(expand(c->flag, n, size, &got), 0);
	}
}

TEST("a page that lost its end, or has something behind it, is refused")
{
	static uint8_t data[PAGE];
	uint8_t *got;

	make_page(12, "text", data);
	for (unsigned int i = 0; i < CODECS; i++) {
		size_t n = kdumpimage_pack(codecs[i].packed_by, data, PAGE, packed);

		for (size_t size = 0; size < n; size++) {
			if (!CHECK_EQ(expand(codecs[i].flag, size, PAGE, &got), -EBADMSG))
				test_note("%s, %zu of %zu bytes", codecs[i].name, size, n);
		}
		for (size_t more = 1; more < 20; more++) {
			packed[n + more - 1] = (uint8_t)(more * 17);
			CHECK_EQ(expand(codecs[i].flag, n + more, PAGE, &got), -EBADMSG);
		}
	}
}

TEST("whatever the bytes are, nothing outside of the page is touched")
{
	static uint8_t data[PAGE];
	uint8_t *got;

	make_page(12, "text", data);
	for (unsigned int i = 0; i < 30000; i++) {
		const struct library *c = &codecs[i % CODECS];
		size_t n = 1 + test_below(600);
		int r;

		if (i % 2 == 0) {
			n = kdumpimage_pack(c->packed_by, data, PAGE, packed);
			for (size_t k = test_below(8); k < 8; k++)
				packed[test_below(n)] = (uint8_t)test_random();
		} else {
			for (size_t k = 0; k < n; k++)
				packed[k] = (uint8_t)test_random();
		}
		r = expand(c->flag, n, PAGE, &got);
		CHECK(r == 0 || r == -EBADMSG);
	}
}

TEST("a codec that is not built in, or that nobody knows, is said not to be supported")
{
	static const unsigned int unknown[] = {PAGE_SNAPPY, 3,	  5,	6,     8,
					       0x10,	    0x21, 0x40, 0x100, 0xffffffff};
	uint8_t *got;

	make_page(12, "text", packed);
	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		CHECK_EQ(expand(unknown[i], PAGE, PAGE, &got), -ENOTSUP);
}

/* Packs a page with zlib's own settings; returns its size. */
static size_t deflate_page(const uint8_t *page, int window_bits, const char *dictionary)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)page,
		      .avail_in = PAGE,
		      .next_out = packed,
		      .avail_out = sizeof(packed)};

	REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	if (dictionary != NULL)
		REQUIRE(deflateSetDictionary(&z, (const Bytef *)dictionary,
					     (uInt)strlen(dictionary)) == Z_OK);
	REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
	REQUIRE(deflateEnd(&z) == Z_OK);
	return z.total_out;
}

TEST("zlib: any window will do; no gzip, no bare deflate, no dictionary that is not there")
{
	static uint8_t data[PAGE];
	uint8_t *got;

	make_page(12, "text", data);
	for (int bits = 9; bits <= 15; bits++) {
		CHECK_EQ(expand(PAGE_ZLIB, deflate_page(data, bits, NULL), PAGE, &got), 0);
		CHECK_MEM(got, data, PAGE);
	}
	CHECK_EQ(expand(PAGE_ZLIB, deflate_page(data, 15 + 16, NULL), PAGE, &got), -EBADMSG);
	CHECK_EQ(expand(PAGE_ZLIB, deflate_page(data, -15, NULL), PAGE, &got), -EBADMSG);
	CHECK_EQ(expand(PAGE_ZLIB, deflate_page(data, 15, "etaoin shrdlu"), PAGE, &got), -EBADMSG);
}

/* Packs a page with zstd as a stream, which does not say how long it is; returns its size. */
static size_t stream_page(const uint8_t *page, size_t size, int window_log)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_outBuffer out = {packed, sizeof(packed), 0};
	ZSTD_inBuffer in = {page, size / 2, 0};

	REQUIRE(c != NULL);
	REQUIRE(!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log)));
	REQUIRE(!ZSTD_isError(ZSTD_compressStream2(c, &out, &in, ZSTD_e_flush)));
	in.size = size;
	REQUIRE(ZSTD_compressStream2(c, &out, &in, ZSTD_e_end) == 0);
	ZSTD_freeCCtx(c);
	return out.pos;
}

TEST("zstd: a frame of unknown size and any window that it claims is expanded, or refused")
{
	static uint8_t data[KDUMPIMAGE_PAGE_MAX];
	uint8_t *got;

	make_page(16, "text", data);
	for (int log = 10; log <= 27; log++) {
		CHECK_EQ(
			expand(PAGE_ZSTD, stream_page(data, sizeof(data), log), sizeof(data), &got),
			0);
		CHECK_MEM(got, data, sizeof(data));
		CHECK_EQ(expand(PAGE_ZSTD, stream_page(data, PAGE + 1, log), PAGE, &got), -EBADMSG);
		CHECK_EQ(expand(PAGE_ZSTD, stream_page(data, PAGE - 1, log), PAGE, &got), -EBADMSG);
	}
	for (unsigned int descriptor = 0; descriptor < 256; descriptor++) {
		size_t n = stream_page(data, PAGE, 12);
		int r;

		packed[5] = (uint8_t)descriptor; /* of the window, as the frame has no size */
		r = expand(PAGE_ZSTD, n, PAGE, &got);
		CHECK(r == 0 || r == -EBADMSG);
		if (r == 0)
			CHECK_MEM(got, data, PAGE);
	}
}

TEST("zstd: frames of old formats, of nothing, and with a dictionary are refused")
{
	static const uint8_t magics[] = {0x1e, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27};
	static uint8_t data[PAGE];
	uint8_t *got;
	size_t n;

	make_page(12, "text", data);
	for (unsigned int i = 0; i < sizeof(magics); i++) {
		n = kdumpimage_pack(KDUMPIMAGE_ZSTD, data, PAGE, packed);
		packed[0] = magics[i];
		CHECK_EQ(expand(PAGE_ZSTD, n, PAGE, &got), -EBADMSG);
	}
	memcpy(packed, "\x50\x2a\x4d\x18\x04\0\0\0abcd", 12);
	CHECK_EQ(expand(PAGE_ZSTD, 12, PAGE, &got), -EBADMSG);
	CHECK_EQ(expand(PAGE_ZSTD, 0, PAGE, &got), -EBADMSG);
	n = stream_page(data, PAGE, 12);
	memmove(packed + 7, packed + 6, n - 6);
	packed[4] |= 1; /* one byte of a dictionary's number follows */
	packed[6] = 77;
	CHECK_EQ(expand(PAGE_ZSTD, n + 1, PAGE, &got), -EBADMSG);
}
