/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/pages: what a page was used for is read the way each kernel wrote it, and a page stays
 * unless it is known that it may go.
 */
#include "tests/images/memimage_read.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned int levels[] = {0, 1, 2, 4, 8, 16, 31, 6, 17, 24, 30};

enum { LEVELS = sizeof(levels) / sizeof(levels[0]), TEXT = 32768 };

/* One of each state, some across the 512 frames that are looked at together. */
#define STATES                                                                                     \
	"free +0x1000 0\nfree +0x1002 1\nfree +0x1008 3\nfree +0x1400 10\nfree +0x1800 10\n"       \
	"anon +0x1020\nanon +0x1021\nksm +0x1022\nswapanon +0x1023\nanon +0x1024 2\n"              \
	"anon +0x1200 9\nanon +0x1028 3\n"                                                         \
	"cache +0x1031\ncache +0x1032\ncache +0x1034 2\ncache +0x1100 7\nbuffers +0x1040\n"        \
	"buffers +0x1041\nbuffers +0x1044 2\nswapcache +0x1048\nowner +0x1049\n"                   \
	"slab +0x1050 0\nslab +0x1051 0\nslab +0x1054 2\nslab +0x1058 3\nslab +0x1060 0\n"         \
	"compound +0x1064 2\ncompound +0x1068 3\nhuge +0x1c00 9\nhuge +0x1e00 9\n"                 \
	"poisoned +0x1080\nanon +0x1081\npoisoned +0x1081\ncache +0x1082\npoisoned +0x1082\n"      \
	"anon +0x1084 2\npoisoned +0x1086\n"                                                       \
	"offline +0x1090\noffline +0x1091\noffline +0x1096\nunaccepted +0x2000\n"                  \
	"reserved +0x1092\ntable +0x1093\nmovable +0x1094\nanon +0x3fff\nfree +0x2ffc 2\n"

static struct reading *read_states(const char *machine, const char *kernel, const char *more)
{
	char text[TEXT];

	snprintf(text, sizeof(text), "%s kernel=%s\nram %s 64M\n" STATES "%s", machine, kernel,
		 strncmp(machine, "x86", 3) == 0 ? "0x1000000" : "0x40000000", more);
	return reading_open(text);
}

static void every_level(const char *machine)
{
	for (unsigned int k = 0; memimage_kernels[k] != NULL; k++) {
		struct reading *r = read_states(machine, memimage_kernels[k], "");

		for (unsigned int i = 0; i < LEVELS; i++) {
			if (CHECK_EQ(reading_pages(r, levels[i]), 0)) {
				reading_exclude(r, 0);
				reading_check(r, levels[i], memimage_kernels[k]);
			}
		}
		reading_close(r);
	}
}

TEST("x86_64: every encoding at every level, frame by frame")
{
	every_level("x86_64");
}

TEST("arm64: every encoding at every level, frame by frame")
{
	every_level("arm64");
}

TEST("arm: every encoding at every level, frame by frame")
{
	every_level("arm");
}

/* Opens that text and checks it at that level, over steps of STEP frames. */
static void holds(const char *text, unsigned int level, uint64_t step)
{
	struct reading *r = reading_open(text);

	if (CHECK_EQ(reading_pages(r, level), 0)) {
		reading_exclude(r, step);
		reading_check(r, level, text);
	}
	reading_close(r);
}

TEST("struct pages of any size, those that stand across pages of memory too")
{
	static const char *const machines[] = {
		"x86_64 page=56", "x86_64 page=72",   "arm64 page=80",
		"arm64 shift=16", "arm64 shift=14",   "arm page=36",
		"arm page=40",	  "x86_64 page=1000", "arm64 bits=39 block=1"};

	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		char text[TEXT];

		snprintf(text, sizeof(text), "%s kernel=6.1\nram 0x40000000 %s\n%s", machines[i],
			 strstr(machines[i], "shift=16") ? "1G" : "256M", STATES);
		holds(text, 31, 0);
		holds(text, 16, 0);
	}
}

TEST("every memory model tells the same")
{
	static const char *const machines[] = {"x86_64 model=extreme",
					       "x86_64 model=array",
					       "x86_64 model=pointer",
					       "x86_64 model=vmemmap five=1",
					       "x86_64 model=vmemmap block=1",
					       "arm64 model=extreme",
					       "arm64 model=array",
					       "arm64 model=pointer",
					       "arm64 model=vmemmap",
					       "arm64 block=1",
					       "arm model=static",
					       "lpae model=static",
					       "arm phys=0x3e000000",
					       "lpae model=flat"};

	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		char text[TEXT];

		snprintf(text, sizeof(text), "%s kernel=6.6\nram %s 64M\n%s", machines[i],
			 strstr(machines[i], "phys=") != NULL ? "0x3e400000" : "0x40000000",
			 STATES);
		holds(text, 31, 0);
		holds(text, 8, 0);
	}
}

TEST("looked at in pieces, the same pages go as at once")
{
	static const uint64_t steps[] = {8, 16, 504, 512, 1000, 4096, 0x1408};

	for (unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		holds("x86_64 kernel=6.12\nram 0x1000000 64M\n" STATES, 31, steps[i]);
}

#define THREE_BANKS "ram 0x40000000 32M\nram 0x47ff0000 256K\nram 0x50000000 8M\n"

TEST("ranges go on over sections, over banks of RAM and over what is looked at together")
{
	static const char *const machines[] = {"arm64 model=vmemmap", "arm64 model=extreme",
					       "arm model=flat", "lpae model=static section=27"};

	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		char text[TEXT];

		snprintf(text, sizeof(text),
			 "%s kernel=6.10 sparse=1\n" THREE_BANKS "free +0x7ff0 4\nfree +0x1ff8 3\n"
			 "free +0x8000 4\nanon +0x8010\nanon +0x10000\n"
			 "compound +0x1180 6\nanon +0x13fe 1\nanon +0x13fc 1\n",
			 machines[i]);
		holds(text, 31, 0);
		holds(text, 16, 512);
		snprintf(text, sizeof(text),
			 "%s kernel=6.10 orders=19 sparse=1\n" THREE_BANKS "free +0 16\n",
			 machines[i]);
		holds(text, 31, 0);
	}
}

TEST("a huge page of 1 GiB goes as a whole")
{
	test_needs("addresses");
	holds("x86_64 kernel=6.12 sparse=1\nram 0x78000000 1152M\nhuge +0x8000 18\nfree +0x7fff 0\n",
	      31, 0);
	holds("x86_64 kernel=6.1 sparse=1\nram 0x78000000 1152M\nhuge +0x8000 18\nslab +0x7ff8 3\n",
	      8, 4096);
}

/* hugetlb_vmemmap.c: the struct pages behind the first page of them are that page once more. */
TEST("heads that are only another view of the head of a huge page speak for nobody")
{
	for (unsigned int level = 8; level <= 16; level += 8) {
		char text[TEXT];
		int n = snprintf(text, sizeof(text),
				 "x86_64 kernel=6.12\nram 0x40000000 64M\nhuge +0x2000 9\n");

		for (unsigned int i = 64; i < 512; i += 64)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				      "bit +%#x head\npoke +%#x mapcount 0xf4000000\n"
				      "poke +%#x head 0xffff8880deadbee0\npoke +%#x order 9\n",
				      0x2000 + i, 0x2000 + i, 0x2000 + i, 0x2000 + i);
		holds(text, level, 0);
	}
}

TEST("a free page of an order that there is not stays, whatever else it looks like")
{
	static const char *const orders[] = {"11", "12",  "32",		 "63",
					     "64", "255", "0x100000000", "0xffffffffffffffff"};

	for (unsigned int i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		for (unsigned int k = 1; memimage_kernels[k] != NULL; k++) {
			char text[TEXT];

			snprintf(text, sizeof(text),
				 "x86_64 kernel=%s sparse=1\nram 0x40000000 64M\nfree +0x1400 2\n"
				 "poke +0x1400 private %s\nis +0x1400 4 kept\nfree +0x1500 2\n"
				 "poke +0x1500 private %s\nbit +0x1500 lru\nis +0x1500 4 kept\n"
				 "free +0x1600 10\n",
				 memimage_kernels[k], orders[i], orders[i]);
			holds(text, 30, 0);
		}
	}
}

TEST("a free block that is not aligned to its size is none")
{
	static const char *const lines[] = {"free +0x1401 1\n", "free +0x1402 2\n",
					    "free +0x1600 10\n", "free +0x7ff0 5\n",
					    "free +0x1ffe 2\nfree +0x1800 10\n"};

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[TEXT];

		snprintf(text, sizeof(text), "arm64 kernel=6.1 sparse=1\n" THREE_BANKS "%s",
			 lines[i]);
		holds(text, 31, 0);
	}
}

TEST("where LENGTH(zone.free_area) allows it a free block ends where the bitmap does")
{
	for (unsigned int order = 13; order < 32; order++) {
		char text[TEXT];

		snprintf(
			text, sizeof(text),
			"x86_64 kernel=6.1 orders=32 sparse=1 at=0x1000000\nram 0 64M\nfree 0 %u\n",
			order);
		holds(text, 31, 0);
		holds(text, 31, 512);
	}
	holds("arm kernel=6.1 orders=32\nram 0 64M\nfree 0 31\n", 31, 0);
}

TEST("a compound page of an order that makes no sense is one page")
{
	static const char *const orders[] = {"5", "19", "31", "32", "63", "64", "255"};
	static const char *const kernels[] = {"4.9", "6.1", "6.3", "6.6", "6.12"};

	for (unsigned int i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		for (unsigned int k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++) {
			char text[TEXT];

			snprintf(text, sizeof(text),
				 "arm64 kernel=%s sparse=1\nram 0x40000000 64M\nanon +0x1410 2\n"
				 "poke +0x1410 order %s\nis +0x1411 3 kept\ncache +0x1510 2\n"
				 "poke +0x1510 order %s\nis +0x1511 3 kept\n",
				 kernels[k], orders[i], orders[i]);
			holds(text, 31, 0);
		}
	}
}

TEST("no page is larger than 1 GiB of 4 KiB pages")
{
	holds("x86_64 kernel=6.12 sparse=1 at=0x82000000\nram 0x80000000 64M\nanon +0 2\n"
	      "poke +0 order 19\nis +1 3 kept\nfree +0x1000 0\n",
	      31, 0);
}

TEST("the smallest compound pages, each at every place")
{
	char text[TEXT];
	int n = snprintf(text, sizeof(text), "x86_64 kernel=6.1 sparse=1\nram 0x40000000 64M\n");

	for (unsigned int frame = 0x1000; frame < 0x1500; frame += 2)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "anon +%#x 1\n", frame);
	holds(text, 8, 0);
}

TEST("a compound head without its tail is one page")
{
	holds("x86_64 kernel=6.1\nram 0x40000000 64M\nanon +0x3fff\nbit +0x3fff head\n", 31, 0);
	holds("x86_64 kernel=6.12\nram 0x40000000 64M\nanon +0x15ff\nbit +0x15ff head\n", 31, 0);
	holds("arm64 kernel=6.12\n" THREE_BANKS "anon +0x7fff\nbit +0x7fff head\n", 31, 0);
}

TEST("frames whose struct pages cannot be read stay, are counted, and hide no others")
{
	/* 64 struct pages of 64 bytes are a page, and 73 of 56 and a part of one more */
	static const char *const gone[] = {"gone +0x1000 1",
					   "gone +0x1000 65",
					   "gone +0x10c0 1",
					   "gone +0x10fe 0x80",
					   "gone +0x1040 1\ngone +0x10c0 1",
					   "gone +0x1008 0x300",
					   "gone +0x11ff 1"};
	static const char *const sizes[] = {"56", "64", "72"};

	for (unsigned int i = 0; i < 3 * sizeof(gone) / sizeof(gone[0]); i++) {
		char text[TEXT];
		int n = snprintf(text, sizeof(text),
				 "x86_64 kernel=6.1 page=%s sparse=1\nram 0x40000000 64M\n%s\n",
				 sizes[i % 3], gone[i / 3]);

		for (unsigned int frame = 0x1000; frame < 0x1300; frame++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "free +%#x 0\n", frame);
		holds(text, 16, 0);
		holds(text, 16, 8);
		holds(text, 1, 0);
	}
}

TEST("a range stays where struct pages of it cannot be read, and all of it without its head")
{
	static const char *const lines[] = {
		"free +0xfc0 6\nfree +0x1000 6\nfree +0x1040 6\ngone +0x1000 1\n",
		"free +0x1400 10\nfree +0x1800 10\ngone +0x1440 1\ngone +0x1780 0x80\n",
		"free +0x1400 10\nis +0x1400 0x400 kept\nfree +0x1800 10\ngone +0x1400 1\n",
		"huge +0x1600 9\ncache +0x1800 9\ngone +0x1640 0x100\ngone +0x19c0 0x40\n",
		"huge +0x1600 9\nis +0x1600 0x200 kept\ncache +0x1800 9\ngone +0x1600 1\n",
	};

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[TEXT];

		snprintf(text, sizeof(text), "arm64 kernel=6.12 sparse=1\nram 0x40000000 64M\n%s",
			 lines[i]);
		holds(text, 31, 0);
		holds(text, 31, 512);
	}
}

TEST("a section without struct pages stays")
{
	static const char *const machines[] = {"x86_64 model=vmemmap", "x86_64 model=extreme",
					       "arm64 model=array"};

	for (unsigned int i = 0; i < 3; i++) {
		char text[TEXT];

		snprintf(text, sizeof(text),
			 "%s kernel=6.12\n" THREE_BANKS "free +0x1800 5\nanon +0x7ff8\n"
			 "free +0x8010 4\nabsent +0x8000\nfree +0x10000 10\n",
			 machines[i]);
		holds(text, 31, 0);
		snprintf(text, sizeof(text),
			 "%s kernel=6.12\n" THREE_BANKS "free +0x1800 5\nabsent +0x10000\n",
			 machines[i]);
		holds(text, 31, 512);
	}
}

TEST("sections smaller than what is looked at together")
{
	holds("x86_64 kernel=6.1 model=extreme section=20 sparse=1\nram 0x40000000 16M\n"
	      "free +0xd00 8\nfree +0xe00 5\nfree +0xf00 4\nfree +0xdf0 4\nabsent +0xe00\n",
	      31, 0);
}

TEST("a tail that cannot be read is not the one that stood there before")
{
	/* frame +0x1248 has the last struct page of 56 bytes that is whole in its page of memory */
	holds("x86_64 kernel=6.1 page=56 sparse=1\nram 0x40000000 64M\nhuge +0x1048 3\n"
	      "compound +0x1248 3\ngone +0x124a 1\n",
	      8, 0);
}

TEST("where there is a type for free pages a flag does not count")
{
	/* bit 30 is the zone's, and set in all pages */
	holds("x86_64 kernel=6.1\nram 0x40000000 64M\nfree +0x1000 3\nnote NUMBER(PG_buddy)=30\n",
	      16, 0);
}

TEST("RAM that ends inside a page")
{
	holds("arm kernel=6.1 at=0x40001000 phys=0x40000000\nram 0x40000123 0x2000edd\nram 0x42001800 0x900\n"
	      "ram 0x42002500 0x200\nanon +0x1ff8\nfree +0x2000 1\nanon +0x2002\ncache +0x2001\n"
	      "is +0x2001 1 free\n",
	      31, 0);
}

TEST("a bit that is clear stays clear, and is not counted")
{
	struct reading *r = reading_open("x86_64 kernel=6.1\nram 0x40000000 64M\n" STATES);
	uint64_t left = 0;
	uint64_t before = 0;
	uint64_t after = 0;

	REQUIRE(reading_pages(r, 31) == 0);
	for (uint64_t i = 0; i < r->count / 8; i++) {
		r->bitmap[i] = (uint8_t)test_random();
		before += (unsigned int)__builtin_popcount(r->bitmap[i]);
	}
	for (uint64_t i = 0; i < r->count / 8; i += 512) {
		uint8_t old[512];

		memcpy(old, r->bitmap + i, sizeof(old));
		pages_exclude(&r->pages, r->first + i * 8, sizeof(old) * 8, r->bitmap + i);
		for (unsigned int k = 0; k < sizeof(old); k++)
			after += (r->bitmap[i + k] & ~old[k]) != 0 ? 1000000 : 0;
	}
	for (uint64_t i = 0; i < r->count; i++) {
		bool keeps = memimage_out(r->image, r->first + i, 31) == MEMIMAGE_KEPT;

		after += reading_bit(r, r->first + i);
		CHECK(keeps || !reading_bit(r, r->first + i));
	}
	for (unsigned int i = 0; i < PAGE_STATES; i++)
		left += r->pages.left_out[i];
	CHECK_EQ(left, before - after);
	reading_close(r);
}

TEST("after pages_rewind all is as the first time")
{
	struct reading *r = reading_open("x86_64 kernel=6.1 orders=32\nram 0x40000000 64M\n" STATES
					 "free +0x3000 12\ngone +0x2f80 1\n");
	uint8_t *bitmap = malloc((size_t)(r->count / 8));

	REQUIRE(bitmap != NULL && reading_pages(r, 31) == 0);
	reading_exclude(r, 0);
	CHECK(reading_check(r, 31, "first"));
	memcpy(bitmap, r->bitmap, (size_t)(r->count / 8));
	pages_rewind(&r->pages);
	reading_exclude(r, 1024);
	CHECK(reading_check(r, 31, "second"));
	CHECK_MEM(r->bitmap, bitmap, (size_t)(r->count / 8));
	free(bitmap);
	reading_close(r);
}

/* What is left out at LEVEL without that key must be left out with it, too. */
static void check_without(const char *kernel, const char *key)
{
	char line[128];
	struct reading *with = read_states("x86_64", kernel, "");
	struct reading *without;

	snprintf(line, sizeof(line), "without %s\n", key);
	without = read_states("x86_64", kernel, line);
	for (unsigned int i = 0; i < LEVELS; i++) {
		unsigned int more = 0;

		REQUIRE(reading_pages(with, levels[i]) == 0);
		if (reading_pages(without, levels[i]) != 0)
			continue;
		reading_exclude(with, 0);
		reading_exclude(without, 0);
		for (uint64_t at = 0; at < with->count / 8; at++)
			more += (with->bitmap[at] & ~without->bitmap[at]) != 0;
		if (!CHECK_EQ(more, 0))
			test_note("%s without %s, level %u", kernel, key, levels[i]);
	}
	reading_close(with);
	reading_close(without);
}

TEST("without any one key no page goes that would have stayed with it")
{
	/* not PG_swapbacked: before 4.10 it did not matter, and was not exported */
	static const char *const of_all[] = {"SIZE(page)",
					     "OFFSET(page.flags)",
					     "OFFSET(page.mapping)",
					     "OFFSET(page._mapcount)",
					     "OFFSET(page.private)",
					     "LENGTH(zone.free_area)",
					     "NUMBER(PG_lru)",
					     "NUMBER(PG_private)",
					     "NUMBER(PG_swapcache)",
					     "NUMBER(PG_hwpoison)",
					     "NUMBER(PG_head_mask)",
					     "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)",
					     "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)",
					     "SYMBOL(mem_section)",
					     "SIZE(mem_section)",
					     "LENGTH(mem_section)",
					     "NUMBER(SECTION_SIZE_BITS)",
					     "NUMBER(MAX_PHYSMEM_BITS)",
					     "OFFSET(mem_section.section_mem_map)"};
	static const char *const of_some[][2] = {
		{"4.9", "NUMBER(PG_slab)"},
		{"4.9", "NUMBER(HUGETLB_PAGE_DTOR)"},
		{"6.1", "NUMBER(PG_slab)"},
		{"6.1", "OFFSET(page.compound_head)"},
		{"6.1", "OFFSET(page.compound_order)"},
		{"6.1", "OFFSET(page.compound_dtor)"},
		{"6.1", "NUMBER(HUGETLB_PAGE_DTOR)"},
		{"6.3", "NUMBER(PG_slab)"},
		{"6.3", "OFFSET(folio._folio_order)"},
		{"6.3", "OFFSET(folio._folio_dtor)"},
		{"6.3", "NUMBER(HUGETLB_PAGE_DTOR)"},
		{"6.6", "NUMBER(PG_slab)"},
		{"6.6", "NUMBER(PG_hugetlb)"},
		{"6.9", "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)"},
		{"6.10", "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)"},
		{"6.12", "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)"},
		{"6.12", "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)"},
		{"6.16", "NUMBER(PAGE_UNACCEPTED_MAPCOUNT_VALUE)"},
		{"7.1", "OFFSET(page.compound_info)"},
	};

	for (unsigned int i = 0; i < sizeof(of_all) / sizeof(of_all[0]); i++) {
		check_without("6.1", of_all[i]);
		check_without("6.16", of_all[i]);
	}
	for (unsigned int i = 0; i < sizeof(of_some) / sizeof(of_some[0]); i++)
		check_without(of_some[i][0], of_some[i][1]);
}

TEST("without SIZE(page) or a memory model there is nothing to go by")
{
	static const struct {
		const char *line;
		int want;
	} cases[] = {
		{"without SIZE(page)", -ENOKEY},
		{"without SYMBOL(mem_section)", -ENOKEY},
		{"without OFFSET(page.compound_head)", -ENOKEY},
		{"note SYMBOL(mem_section)=ffff888000000000", -ENXIO},
		{"note SYMBOL(mem_section)=1", -ENXIO},
		{"absent +0", -ENXIO},
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[TEXT];
		struct reading *r;

		snprintf(text, sizeof(text), "x86_64 kernel=6.1\nram 0x40000000 64M\n%s\n",
			 cases[i].line);
		r = reading_open(text);
		if (!CHECK_EQ(reading_pages(r, 31), cases[i].want))
			test_note("%s", text);
		reading_close(r);
	}
}
