/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * board/memory: the memory of the running kernel, never less than there is: what is missing here
 * would be mapped, and that corrupts 32-bit ARM.
 */
#include "board/memory.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

static const char blocks[] = "Page block order: 10\nPages per block:  1024\n\nFree pages count\n";

static struct memory_range range[MEMORY_RANGES];

static void check(unsigned int i, uint64_t start, uint64_t end)
{
	CHECK_EQ(range[i].start, start);
	CHECK_EQ(range[i].end, end);
}

TEST("System RAM of /proc/iomem is widened to whole page blocks")
{
	static const char iomem[] = "09000000-09000fff : pl011@9000000\n"
				    "48000000-4a2fffff : System RAM\n"
				    "  48008000-48bfffff : Kernel code\n"
				    "  48e00000-48f4c0ff : Kernel data\n"
				    "60100000-601fffff : System RAM (boot alias)\n";

	REQUIRE(memory_parse(iomem, blocks, range) == 2);
	check(0, 0x48000000, 0x4a400000);
	check(1, 0x60000000, 0x60400000);
}

TEST("without the size of a page block the largest in use is taken")
{
	REQUIRE(memory_parse("48100000-481fffff : System RAM\n", "", range) == 1);
	check(0, 0x48000000, 0x4c000000);
	REQUIRE(memory_parse("48100000-481fffff : System RAM", "Pages per block: 3\n", range) == 1);
	check(0, 0x48000000, 0x4c000000);
}

TEST("addresses that are hidden, and lines that are none, are no memory")
{
	CHECK_EQ(memory_parse("", "", range), 0);
	CHECK_EQ(memory_parse("\n\n", "", range), 0);
	CHECK_EQ(memory_parse("00000000-00000000 : System RAM\n", blocks, range), 0);
	CHECK_EQ(
		memory_parse("x-y : System RAM\n-5 : System RAM\n10 : System RAM\n", blocks, range),
		0);
	CHECK_EQ(memory_parse("1000-1fff : System ROM\n1000-1fff System RAM\n", blocks, range), 0);
}

TEST("more ranges than there is room for are not forgotten: all are covered, or none is told")
{
	char iomem[1024] = "";
	size_t n = 0;
	unsigned int got;

	for (unsigned int i = 0; i < MEMORY_RANGES + 1; i++)
		n += (size_t)snprintf(iomem + n, sizeof(iomem) - n,
				      "%x0000000-%x00fffff : System RAM\n", i + 1, i + 1);
	got = memory_parse(iomem, blocks, range);
	for (unsigned int i = 0; i < MEMORY_RANGES + 1 && got > 0; i++) {
		uint64_t at = (uint64_t)(i + 1) << 28;
		bool covered = false;

		for (unsigned int k = 0; k < got; k++)
			covered = covered || (range[k].start <= at && at < range[k].end);
		CHECK(covered);
	}
}
