/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/lzo and codec/expand_lzo: what ours packs, liblzo unpacks, and the other way round; of
 * any bytes both readers think the same; nothing is written beyond the room.
 */
#include "codec/expand_lzo.h"
#include "codec/lzo.h"
#include "tests/packing.h"
#include "tests/test.h"

#include <errno.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = LZO_PAGE_MAX * 2 };

static struct lzo state;
static uint8_t page[LZO_PAGE_MAX];
static uint8_t packed[ROOM + PACKING_GUARD];
static uint8_t got[LZO_PAGE_MAX];

/* Packs the page into ROOM, and unpacks it both ways. Returns its packed size. */
static size_t round_trip(size_t size)
{
	lzo_uint theirs = sizeof(got);
	size_t n;

	memset(packed, PACKING_MARK, sizeof(packed));
	n = lzo_page(&state, page, size, packed, ROOM);
	REQUIRE(n > 0 && n <= ROOM);
	packing_check_guard(packed + n);
	memset(got, 0xee, sizeof(got));
	CHECK_EQ(lzo1x_decompress_safe(packed, n, got, &theirs, NULL), LZO_E_OK);
	CHECK_EQ(theirs, size);
	CHECK_MEM(got, page, size);
	memset(got, 0xee, sizeof(got));
	CHECK_EQ(expand_lzo(packed, n, got, size), 0);
	CHECK_MEM(got, page, size);
	return n;
}

TEST("matches and literals of every length come back, in pages of every size")
{
	for (unsigned int i = 0; i < 200; i++) {
		size_t size = i < 100 ? 4096 : i < 150 ? 65536 : 1 + test_below(5000);

		packing_fill(page, size, 2 + (unsigned int)test_below(255));
		round_trip(size);
	}
	for (size_t size = 1; size < 600; size++) {
		packing_fill(page, size, 256);
		round_trip(size);
		for (size_t i = 0; i < size; i++)
			page[i] = (uint8_t)(test_random() >> 20);
		round_trip(size);
	}
}

TEST("a match of each distance and length, behind literals of each count")
{
	static const size_t counts[] = {1, 2, 3, 4, 5, 18, 19, 20, 237, 238, 239, 240, 273, 274};
	static const size_t lengths[] = {4, 8, 9, 33, 34, 287, 288, 289, 543};

	for (size_t distance = 1; distance < 20000; distance += distance < 5 ? 1 : distance / 3) {
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
			size_t length = lengths[i % (sizeof(lengths) / sizeof(lengths[0]))];
			size_t at = distance + counts[i];

			for (size_t k = 0; k < at; k++)
				page[k] = (uint8_t)(test_random() >> 20);
			for (size_t k = 0; k < length; k++)
				page[at + k] = page[at + k - distance];
			round_trip(at + length);
		}
	}
}

TEST("long runs, and pages of one byte")
{
	for (unsigned int byte = 0; byte < 256; byte += 51) {
		for (size_t size = 1; size <= LZO_PAGE_MAX; size = size * 3 + 1) {
			memset(page, (int)byte, size);
			CHECK(round_trip(size) < size / 100 + 16);
		}
	}
}

TEST("with less room than it takes there is nothing, and not a byte beyond")
{
	for (unsigned int i = 0; i < 5; i++) {
		size_t needed;

		packing_fill(page, 700, 2U << i * 2 >> (i == 4));
		needed = round_trip(700);
		for (size_t room = 0; room <= needed + LZO_SPARE; room++) {
			size_t n;

			memset(packed, PACKING_MARK, sizeof(packed));
			n = lzo_page(&state, page, 700, packed, room);
			CHECK(n == 0 || n == needed);
			CHECK(n <= room && (n > 0 || room < needed + LZO_SPARE));
			packing_check_guard(packed + room);
		}
	}
}

TEST("what was packed before makes no difference")
{
	static uint8_t first[ROOM];
	static uint8_t kept[4096];
	size_t n;

	packing_fill(page, 4096, 20);
	memcpy(kept, page, sizeof(kept));
	n = round_trip(4096);
	memcpy(first, packed, n);
	for (unsigned int i = 0; i < 10; i++) {
		packing_fill(page, LZO_PAGE_MAX, 256);
		round_trip(LZO_PAGE_MAX);
		memcpy(page, kept, sizeof(kept));
		CHECK_EQ(round_trip(4096), n);
		CHECK_MEM(packed, first, n);
	}
}

/* Both readers want the same of N bytes at PACKED: a page of SIZE bytes, or no page at all. */
static void compare_readers(size_t n, size_t size)
{
	static uint8_t theirs[LZO_PAGE_MAX];
	lzo_uint length = size;
	bool good = lzo1x_decompress_safe(packed, n, theirs, &length, NULL) == LZO_E_OK &&
		    length == size;

	CHECK_EQ(expand_lzo(packed, n, got, size), good ? 0 : -EBADMSG);
	if (good)
		CHECK_MEM(got, theirs, size);
}

TEST("what liblzo packs comes back, and of what is damaged both readers think the same")
{
	static uint8_t work[LZO1X_1_MEM_COMPRESS], best[LZO1X_999_MEM_COMPRESS];
	static uint8_t whole[ROOM];

	for (unsigned int i = 0; i < 300; i++) {
		size_t size = i % 10 == 0 ? LZO_PAGE_MAX : 4096;
		lzo_uint n = ROOM;

		packing_fill(page, size, 2 + (unsigned int)test_below(255));
		REQUIRE((i % 2 == 0 ? lzo1x_1_compress(page, size, whole, &n, work)
				    : lzo1x_999_compress(page, size, whole, &n, best)) == LZO_E_OK);
		memcpy(packed, whole, n);
		CHECK_EQ(expand_lzo(packed, n, got, size), 0);
		CHECK_MEM(got, page, size);
		for (unsigned int k = 0; k < 50; k++) {
			memcpy(packed, whole, n);
			packed[test_below(k < 10 ? 4 : n)] = (uint8_t)test_random();
			compare_readers(n - (k % 5 == 0 ? test_below(4) : 0), size);
		}
		memcpy(packed, whole, n);
		compare_readers(n, size - 1);
		compare_readers(n + 1, size);
	}
}

TEST("it takes hardly more room than lzo1x_1")
{
	static uint8_t work[LZO1X_1_MEM_COMPRESS];
	size_t ours = 0;
	size_t theirs = 0;

	for (unsigned int i = 0; i < 400; i++) {
		lzo_uint n = ROOM;

		packing_fill(page, 4096, 2 + (unsigned int)test_below(255));
		ours += round_trip(4096);
		REQUIRE(lzo1x_1_compress(page, 4096, packed, &n, work) == LZO_E_OK);
		theirs += n;
	}
	test_note("%zu bytes, and %zu", ours, theirs);
	CHECK(ours <= theirs + theirs / 50);
}
