/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/deflate: what it packs, zlib's inflate unpacks; codes are complete, as short as they can
 * be and never too long; nothing is written beyond the room.
 */
#include "codec/deflate.h"
#include "tests/packing.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROOM = DEFLATE_PAGE_MAX * 2 };

static struct deflate state;
static uint8_t page[DEFLATE_PAGE_MAX];
static uint8_t packed[ROOM + PACKING_GUARD];
static uint8_t got[DEFLATE_PAGE_MAX];

/* ---- Codes ---- */

/* The bits that all uses take with the best code there is, by the two rarest at a time. */
static uint64_t best_cost(const uint16_t *uses, unsigned int count)
{
	uint64_t tree[DEFLATE_LITERALS];
	unsigned int n = 0;
	uint64_t cost = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (uses[i] > 0)
			tree[n++] = uses[i];
	}
	for (; n > 1; n--) {
		for (unsigned int k = 0; k < 2; k++) {
			unsigned int least = k;
			uint64_t first;

			for (unsigned int i = k + 1; i < n; i++)
				least = tree[i] < tree[least] ? i : least;
			first = tree[k];
			tree[k] = tree[least];
			tree[least] = first;
		}
		tree[1] += tree[0];
		cost += tree[1];
		memmove(tree, tree + 1, (n - 1) * sizeof(*tree));
	}
	return cost;
}

static bool is_prefix(const struct deflate_codes *c, unsigned int a, unsigned int b)
{
	return c->length[a] <= c->length[b] &&
	       ((c->code[a] ^ c->code[b]) & ((1U << c->length[a]) - 1)) == 0;
}

/* Complete, no code the beginning of another; and as short as can be, unless the limit forbids. */
static void check_codes(struct deflate_codes *c, unsigned int count, unsigned int limit)
{
	uint64_t cost = 0;
	uint32_t sum = 0;
	unsigned int most = 0;
	unsigned int used = 0;
	unsigned int coded = 0;

	deflate_codes_make(c, count, limit);
	for (unsigned int i = 0; i < count; i++) {
		CHECK(c->length[i] > 0 || c->uses[i] == 0);
		used += c->uses[i] > 0;
		coded += c->length[i] > 0;
		if (c->length[i] == 0)
			continue;
		most = c->length[i] > most ? c->length[i] : most;
		sum += UINT32_C(1) << (limit - c->length[i]);
		cost += (uint64_t)c->uses[i] * c->length[i];
		for (unsigned int k = 0; k < count; k++)
			CHECK(k == i || c->length[k] == 0 || !is_prefix(c, i, k));
	}
	CHECK_EQ(coded, used < 2 ? 2 : used);
	CHECK(most <= limit);
	CHECK_EQ(sum, UINT32_C(1) << limit);
	if (most < limit && used > 1)
		CHECK_EQ(cost, best_cost(c->uses, count));
	else
		CHECK(cost >= best_cost(c->uses, count));
}

TEST("codes of random counts are complete and the best there are")
{
	struct deflate_codes c;

	for (unsigned int round = 0; round < 300; round++) {
		unsigned int count = 2 + (unsigned int)test_below(DEFLATE_LITERALS - 2);
		unsigned int most = 1U << test_below(8);

		memset(&c, 0, sizeof(c));
		for (unsigned int i = 0; i < count; i++) {
			if (test_below(4) > 0)
				c.uses[i] = (uint16_t)test_below(most + 1);
		}
		check_codes(&c, count, DEFLATE_LENGTH_MAX);
	}
}

TEST("codes that would be too long are not, and stay complete")
{
	struct deflate_codes c;
	unsigned int limits[] = {5, 7, 15};

	for (unsigned int i = 0; i < 3; i++) {
		unsigned int a = 1;
		unsigned int b = 1;

		memset(&c, 0, sizeof(c));
		for (unsigned int k = 0; k < 22; k++) { /* Fibonacci's numbers make the deepest */
			unsigned int sum = a + b;

			c.uses[k * 13 % 22] = (uint16_t)a;
			a = b;
			b = sum;
		}
		check_codes(&c, 22, limits[i]);
	}
	memset(&c, 0, sizeof(c));
	for (unsigned int k = 0; k < 19; k++)
		c.uses[k] = (uint16_t)(1U << (k < 15 ? k : 3));
	check_codes(&c, 19, 7);
}

TEST("one symbol, or none, gets company, so that the code is complete")
{
	struct deflate_codes c;

	for (unsigned int i = 0; i < 31; i++) {
		memset(&c, 0, sizeof(c));
		if (i < 30)
			c.uses[i] = 7;
		check_codes(&c, 30, DEFLATE_LENGTH_MAX);
	}
}

/* ---- Pages ---- */

static size_t unpack(size_t size)
{
	uLongf n = sizeof(got);

	memset(got, 0xee, sizeof(got));
	return uncompress(got, &n, packed, size) == Z_OK ? n : 0;
}

/* Packs the page into ROOM and unpacks it. Returns its packed size. */
static size_t round_trip(size_t size)
{
	size_t n;

	memset(packed, PACKING_MARK, sizeof(packed));
	n = deflate_page(&state, page, size, packed, ROOM);
	REQUIRE(n > 0 && n <= ROOM);
	packing_check_guard(packed + n);
	CHECK_EQ(unpack(n), size);
	CHECK_MEM(got, page, size);
	return n;
}

TEST("matches of every length and distance come back, in pages of every size")
{
	deflate_start(&state);
	for (unsigned int i = 0; i < 150; i++) {
		size_t size = i < 100 ? 4096 : i < 130 ? 65536 : 1 + test_below(5000);

		packing_fill(page, size, 2 + (unsigned int)test_below(255));
		round_trip(size);
	}
	for (size_t size = 1; size < 300; size++) {
		packing_fill(page, size, 256);
		round_trip(size);
	}
}

TEST("long runs, and pages of one byte")
{
	deflate_start(&state);
	for (unsigned int byte = 0; byte < 256; byte += 51) {
		for (size_t size = 1; size <= DEFLATE_PAGE_MAX; size = size * 3 + 1) {
			memset(page, (int)byte, size);
			CHECK(round_trip(size) < size / 100 + 16);
		}
	}
}

TEST("more symbols than a block holds make several")
{
	deflate_start(&state);
	for (unsigned int kinds = 2; kinds <= 256; kinds *= 2) {
		for (size_t i = 0; i < DEFLATE_PAGE_MAX; i++)
			page[i] = (uint8_t)(test_random() >> 20 & (kinds - 1));
		round_trip(DEFLATE_PAGE_MAX);
		round_trip(DEFLATE_SYMBOLS);
		round_trip(DEFLATE_SYMBOLS + 1);
	}
}

TEST("with less room than it takes there is nothing, and not a byte beyond")
{
	deflate_start(&state);
	for (unsigned int i = 0; i < 5; i++) {
		size_t needed;

		packing_fill(page, 700, 2U << i * 2 >> (i == 4));
		needed = round_trip(700);
		for (size_t room = 0; room <= needed + 2; room++) {
			size_t n;

			memset(packed, PACKING_MARK, sizeof(packed));
			n = deflate_page(&state, page, 700, packed, room);
			CHECK_EQ(n, room < needed ? 0 : needed);
			packing_check_guard(packed + room);
		}
	}
}

TEST("what was packed before makes no difference, nor do positions that wrap")
{
	static uint8_t first[ROOM];
	static uint8_t kept[4096];
	size_t n;

	deflate_start(&state);
	packing_fill(page, 4096, 20);
	memcpy(kept, page, sizeof(kept));
	n = round_trip(4096);
	memcpy(first, packed, n);
	state.base = UINT32_MAX - 5 * DEFLATE_PAGE_MAX;
	for (unsigned int i = 0; i < 10; i++) {
		packing_fill(page, DEFLATE_PAGE_MAX, 256);
		round_trip(DEFLATE_PAGE_MAX);
		memcpy(page, kept, sizeof(kept));
		CHECK_EQ(round_trip(4096), n);
		CHECK_MEM(packed, first, n);
	}
	CHECK(state.base < 100 * DEFLATE_PAGE_MAX);
}

TEST("it takes no more room than zlib at its level 1")
{
	size_t ours = 0;
	size_t theirs = 0;

	deflate_start(&state);
	for (unsigned int i = 0; i < 400; i++) {
		uLongf n = ROOM;

		packing_fill(page, 4096, 2 + (unsigned int)test_below(255));
		ours += round_trip(4096);
		REQUIRE(compress2(packed, &n, page, 4096, 1) == Z_OK);
		theirs += n;
	}
	test_note("%zu bytes, and %zu", ours, theirs);
	CHECK(ours <= theirs);
}
