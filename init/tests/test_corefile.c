/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maker of cores, judged by readelf: the other tests believe it.
 */
#include "tests/images/corefile.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *readelf(const char *description, const char *flags)
{
	struct corefile c;
	size_t size;

	corefile_build(&c, description);
	close(corefile_open(&c, "core"));
	corefile_free(&c);
	REQUIRE(scratch_shell("readelf -W %s core >out 2>err && ! grep . err", flags));
	return (char *)scratch_read_file("out", &size);
}

TEST("readelf reads both classes, with the segments and the note that were asked for")
{
	char *text =
		readelf("elf32 arm\nnote OSRELEASE=6.1.0\nload 0x40000000 0x5000 data\n", "-hln");

	CHECK_HAS(text, "ELF32");
	CHECK_HAS(text, "CORE (Core file)");
	CHECK_HAS(text, "LOAD           0x002000 0x40000000 0x40000000 0x05000 0x05000");
	CHECK_HAS(text, "VMCOREINFO");
	free(text);
	text = readelf("elf64 arm64\nprstatus\nnote A=1\nload 0x40000800 0x1000 zero\n", "-hln");
	CHECK_HAS(text, "ELF64");
	CHECK_HAS(text, "AArch64");
	CHECK_HAS(text, "LOAD           0x002800 0x0000000040000800");
	CHECK_HAS(text, "NT_PRSTATUS");
	free(text);
}

TEST("segments lie on pages of their own, and the file ends with the last page")
{
	struct corefile c;

	corefile_build(&c, "elf32 arm\nload 0x1000 0x1800 data\nload 0x8400 100 data\n");
	CHECK_EQ(c.data_start, 0x1000);
	CHECK_EQ(c.load[0].offset, 0x1000);
	CHECK_EQ(c.load[1].offset, 0x3400);
	CHECK_EQ(c.size, 0x4000);
	corefile_free(&c);
}

TEST("data has no zero page, zero nothing else, mixed has both")
{
	static const uint8_t zero[COREFILE_PAGE];
	struct corefile c;
	unsigned int zeros = 0;

	corefile_build(&c, "elf32 arm\nload 0 64K data\nload 64K 64K zero\nload 128K 1M mixed\n");
	for (size_t at = c.data_start; at < c.size; at += COREFILE_PAGE) {
		bool is_zero = memcmp(c.bytes + at, zero, sizeof(zero)) == 0;
		size_t page = (at - c.data_start) / COREFILE_PAGE;

		if (page < 32)
			CHECK_EQ(is_zero, page >= 16);
		else
			zeros += is_zero;
	}
	CHECK(zeros > 20 && zeros < 236);
	corefile_free(&c);
}
