/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/page_layout: which key decides what, and that a key which cannot mean what it says is as
 * good as missing.
 */
#include "vmcore/page_layout.h"

#include "tests/test.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FIELDS                                                                                      \
	"SIZE(page)=64\nOFFSET(page.flags)=0\nOFFSET(page._mapcount)=48\nOFFSET(page.mapping)=24\n" \
	"OFFSET(page.private)=40\nOFFSET(page.compound_head)=8\n"

/* The layout of a text; a key that comes twice counts the first time. */
static int open_layout(struct page_layout *l, const char *text, unsigned int word)
{
	struct vmcoreinfo info = {.text = text, .size = strlen(text)};

	memset(l, 0xa5, sizeof(*l));
	return page_layout_open(l, &info, word);
}

static bool none_present(const struct page_layout *l)
{
	return !l->lru.present && !l->swapcache.present && !l->swapbacked.present &&
	       !l->has_private.present && !l->slab_bit.present && !l->hwpoison.present &&
	       !l->buddy_bit.present && !l->slab.present && !l->buddy.present &&
	       !l->offline.present && !l->unaccepted.present;
}

TEST("with the fields alone nothing is known of any page")
{
	struct page_layout l;

	CHECK_EQ(open_layout(&l, FIELDS, 8), 0);
	CHECK_EQ(l.word, 8);
	CHECK_EQ(l.size, 64);
	CHECK_EQ(l.flags, 0);
	CHECK_EQ(l.mapcount, 48);
	CHECK_EQ(l.mapping, 24);
	CHECK_EQ(l.priv, 40);
	CHECK_EQ(l.head, 8);
	CHECK(none_present(&l));
	CHECK(!l.has_order);
	CHECK_EQ(l.huge, HUGE_UNKNOWN);
	CHECK_EQ(l.head_mask, 0);
	CHECK_EQ(l.orders, 11);
}

TEST("each field must be known and inside of a struct page")
{
	static const char *const fields[] = {"OFFSET(page.flags)", "OFFSET(page._mapcount)",
					     "OFFSET(page.mapping)", "OFFSET(page.private)",
					     "OFFSET(page.compound_head)"};
	static const char *const bad[] = {
		"57", "64", "4294967296", "18446744073709551615", "18446744073709551612",
		"-1", "-8", "x"};
	struct page_layout l;

	for (unsigned int i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char text[1024];
		char *at;

		strcpy(text, FIELDS);
		at = strstr(text, fields[i]);
		REQUIRE(at != NULL);
		*at = 'o';
		CHECK_EQ(open_layout(&l, text, 8), -ENOKEY);
		for (unsigned int k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			bool mapcount = strstr(fields[i], "_mapcount") != NULL;
			int want = mapcount && k == 0 ? 0 : -ENOKEY; /* it has four bytes */

			snprintf(text, sizeof(text), "%s=%s\n" FIELDS, fields[i], bad[k]);
			if (!CHECK_EQ(open_layout(&l, text, 8), want))
				test_note("%s=%s", fields[i], bad[k]);
		}
		snprintf(text, sizeof(text), "%s=60\n" FIELDS, fields[i]);
		CHECK_EQ(open_layout(&l, text, 4), 0);
		snprintf(text, sizeof(text), "%s=61\n" FIELDS, fields[i]);
		CHECK_EQ(open_layout(&l, text, 4), -ENOKEY);
	}
}

TEST("a struct page has a size that can be")
{
	static const char *const sizes[] = {"0",
					    "7",
					    "1025",
					    "4096",
					    "65536",
					    "-64",
					    "18446744073709551615",
					    "",
					    "99999999999999999999"};
	struct page_layout l;
	char text[1024];

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(text, sizeof(text), "SIZE(page)=%s\n" FIELDS, sizes[i]);
		if (!CHECK_EQ(open_layout(&l, text, 8), -ENOKEY))
			test_note("%s", sizes[i]);
	}
	CHECK_EQ(open_layout(&l, "SIZE(page)=1024\n" FIELDS, 8), 0);
	CHECK_EQ(l.size, 1024);
	CHECK_EQ(open_layout(&l, "SIZE(page)=51\n" FIELDS, 8), -ENOKEY); /* _mapcount sticks out */
	CHECK_EQ(open_layout(&l, "SIZE(page)=52\n" FIELDS, 8), 0);
}

TEST("up to 4.5 nothing tells a tail; order and destructor are in its list head")
{
	struct page_layout l;
	char text[1024];

	strcpy(text, FIELDS "OFFSET(page.lru)=8\nSYMBOL(free_huge_page)=c0123450\n"
			    "NUMBER(PG_head_mask)=16384\nOFFSET(page._count)=28\n");
	*strstr(text, "OFFSET(page.compound_head)") = 'o';
	CHECK_EQ(open_layout(&l, text, 4), 0);
	CHECK(!l.has_head && l.has_order && l.has_count);
	CHECK_EQ(l.compound, 4);
	CHECK_EQ(l.dtor, 8);
	CHECK_EQ(l.order, 12);
	CHECK_EQ(l.count, 28);
	CHECK_EQ(l.huge, HUGE_DTOR);
	CHECK_EQ(l.huge_value, 0xc0123450);
	*strstr(text, "SYMBOL(free_huge_page)") = 's';
	CHECK_EQ(open_layout(&l, text, 4), 0);
	CHECK(l.has_order && l.huge == HUGE_UNKNOWN);
	*strstr(text, "OFFSET(page.lru)") = 'o';
	CHECK_EQ(open_layout(&l, text, 4), 0);
	CHECK(!l.has_order && l.huge == HUGE_UNKNOWN);
	*strstr(text, "OFFSET(page._count)") = 'o'; /* 4.7 and later: it must be there */
	CHECK_EQ(open_layout(&l, text, 4), -ENOKEY);
}

TEST("compound_head may be called compound_info (7.1)")
{
	struct page_layout l;
	char text[1024];

	strcpy(text, FIELDS);
	memcpy(strstr(text, "_head"), "_info", 5);
	CHECK_EQ(open_layout(&l, text, 8), 0);
	CHECK_EQ(l.head, 8);
}

TEST("6.1: bits, an inverted type, order and destructor in the first tail")
{
	struct page_layout l;

	CHECK_EQ(open_layout(&l,
			     FIELDS
			     "OFFSET(page.compound_dtor)=16\nOFFSET(page.compound_order)=17\n"
			     "LENGTH(zone.free_area)=14\nNUMBER(PG_lru)=4\n"
			     "NUMBER(PG_private)=13\nNUMBER(PG_swapcache)=10\n"
			     "NUMBER(PG_swapbacked)=19\nNUMBER(PG_slab)=9\n"
			     "NUMBER(PG_hwpoison)=22\nNUMBER(PG_head_mask)=65536\n"
			     "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
			     "NUMBER(HUGETLB_PAGE_DTOR)=2\n"
			     "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n",
			     8),
		 0);
	CHECK(l.lru.present && l.lru.value == 4);
	CHECK(l.has_private.present && l.has_private.value == 13);
	CHECK(l.swapcache.present && l.swapcache.value == 10);
	CHECK(l.swapbacked.present && l.swapbacked.value == 19);
	CHECK(l.slab_bit.present && l.slab_bit.value == 9);
	CHECK(l.hwpoison.present && l.hwpoison.value == 22);
	CHECK(l.buddy.present && l.buddy.value == 0xffffff7f);
	CHECK(l.offline.present && l.offline.value == 0xfffffeff);
	CHECK(!l.slab.present && !l.unaccepted.present && !l.buddy_bit.present);
	CHECK_EQ(l.head_mask, 0x10000);
	CHECK_EQ(l.orders, 14);
	CHECK(l.has_order);
	CHECK_EQ(l.order, 17);
	CHECK_EQ(l.huge, HUGE_DTOR);
	CHECK_EQ(l.dtor, 16);
	CHECK_EQ(l.huge_value, 2);
}

TEST("6.3: order and destructor in the second page of a folio")
{
#define FOLIO_63 "OFFSET(folio._folio_dtor)=80\nOFFSET(folio._folio_order)=81\n"
	struct page_layout l;

	CHECK_EQ(open_layout(&l, FIELDS FOLIO_63 "NUMBER(HUGETLB_PAGE_DTOR)=2\n", 8), 0);
	CHECK(l.has_order);
	CHECK_EQ(l.order, 17);
	CHECK_EQ(l.dtor, 16);
	CHECK_EQ(l.huge, HUGE_DTOR);
	CHECK_EQ(open_layout(&l, FIELDS FOLIO_63, 8), 0);
	CHECK(l.has_order);
	CHECK_EQ(l.huge, HUGE_UNKNOWN);
	/* in the first page, or in none of the two */
	CHECK_EQ(open_layout(&l, "OFFSET(folio._folio_order)=63\n" FIELDS FOLIO_63, 8), 0);
	CHECK(!l.has_order);
	CHECK_EQ(open_layout(&l, "OFFSET(folio._folio_order)=128\n" FIELDS FOLIO_63, 8), 0);
	CHECK(!l.has_order);
	CHECK_EQ(open_layout(&l, "OFFSET(folio._folio_order)=127\n" FIELDS FOLIO_63, 8), 0);
	CHECK(l.has_order && l.order == 63);
	for (unsigned int i = 0; i < 2; i++) {
		static const char *const dtors[] = {"63", "128"};
		char text[1024];

		snprintf(text, sizeof(text),
			 "OFFSET(folio._folio_dtor)=%s\n" FIELDS FOLIO_63
			 "NUMBER(HUGETLB_PAGE_DTOR)=2\n",
			 dtors[i]);
		CHECK_EQ(open_layout(&l, text, 8), 0);
		CHECK(l.has_order && l.huge == HUGE_UNKNOWN);
	}
}

TEST("6.6: the order in flags of the first tail, and a flag there for a huge page")
{
	struct page_layout l;

	CHECK_EQ(open_layout(&l, FIELDS "NUMBER(PG_hugetlb)=8\n", 8), 0);
	CHECK(l.has_order);
	CHECK_EQ(l.order, 0);
	CHECK_EQ(l.huge, HUGE_TAIL_FLAG);
	CHECK_EQ(l.huge_value, 8);
	CHECK_EQ(open_layout(&l, FIELDS "NUMBER(PG_hugetlb)=64\n", 8), 0);
	CHECK(!l.has_order && l.huge == HUGE_UNKNOWN);
	CHECK_EQ(open_layout(&l, FIELDS "NUMBER(PG_hugetlb)=32\n", 4), 0);
	CHECK(!l.has_order && l.huge == HUGE_UNKNOWN);
	CHECK_EQ(open_layout(&l, FIELDS "NUMBER(PG_hugetlb)=-1\n", 8), 0);
	CHECK(!l.has_order && l.huge == HUGE_UNKNOWN);
}

TEST("6.9 and later: a type of the head for a huge page; 6.10: one for a slab; 6.16: unaccepted")
{
	struct page_layout l;

	CHECK_EQ(open_layout(&l,
			     FIELDS "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592\n"
				    "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376\n"
				    "NUMBER(PAGE_UNACCEPTED_MAPCOUNT_VALUE)=-150994944\n",
			     8),
		 0);
	CHECK(l.has_order);
	CHECK_EQ(l.order, 0);
	CHECK_EQ(l.huge, HUGE_MAPCOUNT);
	CHECK_EQ((uint32_t)l.huge_value, 0xf4000000);
	CHECK(l.slab.present && l.slab.value == 0xf5000000);
	CHECK(l.unaccepted.present && l.unaccepted.value == 0xf7000000);
	CHECK(!l.slab_bit.present);
}

TEST("the bit of a flag is one that flags has")
{
	static const char *const names[] = {"lru",  "private",	"swapcache", "swapbacked",
					    "slab", "hwpoison", "buddy"};
	static const char *const bad[] = {"64", "65", "4294967300", "-1", "y", ""};
	struct page_layout l;
	char text[1024];

	for (unsigned int i = 0; i < 7; i++) {
		for (unsigned int k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			snprintf(text, sizeof(text), FIELDS "NUMBER(PG_%s)=%s\n", names[i], bad[k]);
			CHECK_EQ(open_layout(&l, text, 8), 0);
			if (!CHECK(none_present(&l)))
				test_note("%s %s", names[i], bad[k]);
		}
		snprintf(text, sizeof(text), FIELDS "NUMBER(PG_%s)=32\n", names[i]);
		CHECK_EQ(open_layout(&l, text, 4), 0);
		CHECK(none_present(&l));
		CHECK_EQ(open_layout(&l, text, 8), 0);
		CHECK(!none_present(&l));
	}
}

TEST("orders of the buddy allocator: as many as there can be, or 11")
{
	static const struct {
		const char *value;
		unsigned int want;
	} cases[] = {{"1", 1},	 {"8", 8},  {"14", 14}, {"32", 32},
		     {"33", 11}, {"0", 11}, {"-1", 11}, {"18446744073709551615", 11}};
	struct page_layout l;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024];

		snprintf(text, sizeof(text), FIELDS "LENGTH(zone.free_area)=%s\n", cases[i].value);
		CHECK_EQ(open_layout(&l, text, 8), 0);
		CHECK_EQ(l.orders, cases[i].want);
	}
}

TEST("a type that is only an upper byte leaves the others free; any other is exact")
{
	const struct page_number slab = {true, 0xf5000000};
	const struct page_number buddy = {true, 0xffffff7f};
	const struct page_number buddy_611 = {true, 0xbfffffff};
	const struct page_number zero = {true, 0};

	CHECK(page_layout_is(slab, 0xf5000000));
	CHECK(page_layout_is(slab, 0xf5ffffff));
	CHECK(page_layout_is(slab, 0xf5000001));
	CHECK(!page_layout_is(slab, 0xf4ffffff));
	CHECK(!page_layout_is(slab, 0xf6000000));
	CHECK(!page_layout_is(slab, UINT32_MAX));
	CHECK(page_layout_is(buddy, 0xffffff7f));
	CHECK(!page_layout_is(buddy, 0xffffff7e));
	CHECK(!page_layout_is(buddy, UINT32_MAX));
	CHECK(page_layout_is(buddy_611, 0xbfffffff));
	CHECK(!page_layout_is(buddy_611, 0xbffffffe));
	CHECK(page_layout_is(zero, 0));
	CHECK(!page_layout_is(zero, 1));
	CHECK(!page_layout_is((struct page_number){false, 0}, 0));
	CHECK(!page_layout_is((struct page_number){false, 0xf5000000}, 0xf5000000));
}
