/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/frames: each frame of which a sane segment has a byte is there once, and no other.
 */
#include "vmcore/frames.h"

#include "tests/images/corefile.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOADS = 40, TEXT = 8192, MANY = 70000 };

static struct frames frames;

static void open_core(struct elfcore *core, const struct corefile *c)
{
	int fd = corefile_open(c, "core");

	REQUIRE(elfcore_read_sized(core, fd, UINT64_MAX) == 0);
	close(fd);
}

/* The frames of a core of that description, which has no "elf" line. */
static void open_frames(const char *loads, unsigned int shift)
{
	static struct elfcore core;
	char text[TEXT];
	struct corefile c;

	snprintf(text, sizeof(text), "elf64 arm64\nnote A=1\n%s", loads);
	corefile_build(&c, text);
	open_core(&core, &c);
	corefile_free(&c);
	memset(&frames, 0xa5, sizeof(frames));
	frames.more = NULL;
	CHECK(frames_open(&frames, &core, shift));
}

static void check_range(unsigned int i, uint64_t first, uint64_t end)
{
	CHECK(i < frames.ranges);
	CHECK_EQ(frames.range[i].first, first);
	CHECK_EQ(frames.range[i].end, end);
}

TEST("ranges are in order, whatever the order of the segments")
{
	open_frames("load 0x90000 8K zero\nload 0x10000 4K zero\nload 0x40000 12K zero\nswap 1 3\n",
		    12);
	CHECK_EQ(frames.shift, 12);
	CHECK_EQ(frames.ranges, 3);
	check_range(0, 0x10, 0x11);
	check_range(1, 0x40, 0x43);
	check_range(2, 0x90, 0x92);
	CHECK_EQ(frames.first, 0x10);
	CHECK_EQ(frames.end, 0x92);
	CHECK_EQ(frames.count, 6);
}

TEST("segments that touch, overlap or lie within each other are one range")
{
	open_frames("load 0x10000 4K zero\nload 0x11000 4K zero\n", 12);
	CHECK_EQ(frames.ranges, 1);
	check_range(0, 0x10, 0x12);
	open_frames("load 0x10000 16K zero\nload 0x12000 32K zero\nload 0x11000 4K zero\n", 12);
	CHECK_EQ(frames.ranges, 1);
	check_range(0, 0x10, 0x1a);
	CHECK_EQ(frames.count, 10);
	open_frames("load 0x10000 4K zero\nload 0x10000 64K zero\nload 0x10000 4K zero\n", 12);
	CHECK_EQ(frames.ranges, 1);
	check_range(0, 0x10, 0x20);
}

TEST("a page of which there is a byte is a frame")
{
	open_frames("load 0x10fff 1 zero\nload 0x12000 1 zero\nload 0x20001 0xfff zero\n"
		    "load 0x30ffe 4 zero\n",
		    12);
	CHECK_EQ(frames.ranges, 4);
	check_range(0, 0x10, 0x11);
	check_range(1, 0x12, 0x13);
	check_range(2, 0x20, 0x21);
	check_range(3, 0x30, 0x32);
	/* two parts of one page are one frame */
	open_frames("load 0x10000 0x800 zero\nload 0x10800 0x800 zero\nload 0x10f00 0x200 zero\n",
		    12);
	CHECK_EQ(frames.ranges, 1);
	check_range(0, 0x10, 0x12);
}

TEST("pages of 16 and 64 KiB")
{
	open_frames("load 0x13000 4K zero\nload 0x40000 0x10001 zero\nload 0xa0000 64K zero\n", 16);
	CHECK_EQ(frames.ranges, 3);
	check_range(0, 1, 2);
	check_range(1, 4, 6);
	check_range(2, 10, 11);
	open_frames("load 0x13000 8K zero\n", 14);
	check_range(0, 4, 6);
}

TEST("a core without memory has no frames; segments that are not sane have none")
{
	uint8_t bitmap[8];

	open_frames("", 12);
	CHECK_EQ(frames.ranges, 0);
	CHECK_EQ(frames.count, 0);
	CHECK_EQ(frames.first, 0);
	CHECK_EQ(frames.end, 0);
	memset(bitmap, 0xff, sizeof(bitmap));
	frames_mark(&frames, 0, 64, bitmap);
	CHECK_MEM(bitmap, "\0\0\0\0\0\0\0\0", 8);
	open_frames(
		"load 0x10000 4K zero\nload 0x20000 4K zero size=0xffffffffffff0000\n"
		"load 0x30000 4K zero paddr=0xfffffffffffff000\nload 0x40000 4K zero offset=0\n",
		12);
	CHECK_EQ(frames.ranges, 1);
	check_range(0, 0x10, 0x11);
}

TEST("the highest addresses of a machine")
{
	open_frames("load 0 4K zero paddr=0xffffffffff000\n", 12);
	CHECK_EQ(frames.ranges, 1);
	check_range(0, UINT64_C(0xffffffffff), UINT64_C(0x10000000000));
	open_frames("load 0 4K zero paddr=0xffffffffff000\n", 16);
	check_range(0, UINT64_C(0xfffffffff), UINT64_C(0x1000000000));
}

TEST("as many ranges as there are segments, from the last to the first")
{
	static struct elfcore core;
	static uint8_t bitmap[32768];
	char text[64];
	struct corefile c;
	unsigned int marked = 0;

	snprintf(text, sizeof(text), "elf64 arm64\nloads %d 1 zero %d -0x2000\n", MANY * 0x2000,
		 MANY);
	corefile_build(&c, text);
	open_core(&core, &c);
	CHECK(frames_open(&frames, &core, 12));
	CHECK_EQ(frames.ranges, MANY);
	CHECK_EQ(frames.count, MANY);
	for (unsigned int i = 0; i < MANY; i++)
		CHECK_EQ(frames.range[i].first, (i + 1) * 2);
	frames_mark(&frames, 8, sizeof(bitmap) * 8, bitmap);
	for (unsigned int i = 0; i < sizeof(bitmap) * 8; i++)
		marked += bitmap[i / 8] >> i % 8 & 1;
	CHECK_EQ(marked, MANY - 3);
	CHECK_EQ(bitmap[0], 0x55);
	CHECK(frames_open(&frames, &core, 14));
	CHECK_EQ(frames.ranges, 1);
	corefile_free(&c);
}

/* Is there a byte of frame PFN in any of those segments? */
static bool has(const struct corefile_load *loads, uint64_t pfn, unsigned int shift)
{
	uint64_t from = pfn << shift;
	uint64_t to = (pfn + 1) << shift;

	for (unsigned int i = 0; i < LOADS; i++) {
		if (loads[i].paddr < to && loads[i].paddr + loads[i].size > from)
			return true;
	}
	return false;
}

TEST("any segments, any window: a bit for each frame that is there")
{
	struct corefile_load loads[LOADS];

	for (unsigned int round = 0; round < 60; round++) {
		unsigned int shift = 12 + round % 5;
		uint8_t bitmap[128 + 2];
		char text[TEXT];
		size_t n = 0;

		for (unsigned int i = 0; i < LOADS; i++) {
			loads[i] = (struct corefile_load){test_below(0x400000), 1, 0};
			loads[i].size = test_below(4) == 0 ? test_below(0x20000) + 1
							   : test_below(0x1800) + 1;
			n += (size_t)snprintf(text + n, sizeof(text) - n, "load %#llx %#llx zero\n",
					      (unsigned long long)loads[i].paddr,
					      (unsigned long long)loads[i].size);
		}
		open_frames(text, shift);
		for (unsigned int k = 0; k < 8; k++) {
			uint64_t first = test_below(0x420000 >> shift);
			uint64_t count = 8 * (1 + test_below(128));
			unsigned int wrong = 0;

			memset(bitmap, 0xff, sizeof(bitmap));
			frames_mark(&frames, first, count, bitmap + 1);
			for (uint64_t i = 0; i < count; i++)
				wrong += (bitmap[1 + i / 8] >> i % 8 & 1) !=
					 has(loads, first + i, shift);
			CHECK_EQ(wrong, 0);
			CHECK_EQ(bitmap[0], 0xff);
			CHECK_EQ(bitmap[1 + count / 8], 0xff);
		}
	}
}
