/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/codec: each codec has one row, whose flag is that of the format, and whose needs are met;
 * the configuration may name those that kdump-init can write.
 */
#include "codec/codec.h"

#include "tests/page_flags.h"
#include "tests/test.h"

#include <string.h>

enum { FLAGS = 0x100 };

TEST("rows have the flags of the format, and no others are known")
{
	static const struct {
		uint32_t flag;
		const char *name;
	} known[] = {{PAGE_RAW, "none"},
		     {PAGE_ZLIB, "zlib"},
		     {PAGE_LZO, "lzo"},
		     {PAGE_SNAPPY, "snappy"},
		     {PAGE_ZSTD, "zstd"}};
	unsigned int rows = 0;

	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct codec *c = codec_of(known[i].flag);

		REQUIRE(c != NULL);
		CHECK_EQ(c->flag, known[i].flag);
		CHECK_STR(c->name, known[i].name);
	}
	for (uint32_t flag = 0; flag < FLAGS; flag++)
		rows += codec_of(flag) != NULL;
	CHECK_EQ(rows, sizeof(known) / sizeof(known[0]));
}

TEST("a codec works both ways or not at all, in the memory that there is")
{
	for (uint32_t flag = 0; flag < FLAGS; flag++) {
		const struct codec *c = codec_of(flag);

		if (c == NULL)
			continue;
		test_note("%s", c->name);
		CHECK_EQ(c->start == NULL, c->pack == NULL);
		CHECK_EQ(c->unpack == NULL, c->pack == NULL);
		CHECK_EQ(c->foreign, c->pack == NULL); /* all of ours are built into this test */
		CHECK(c->pack_memory <= COMPRESS_MEMORY);
		CHECK(c->unpack_memory <= EXPAND_MEMORY);
	}
}

TEST("the configuration names what kdump-init can write, and what only others write it does not")
{
	CHECK_STR(codec_names(false), "none, zlib, lzo or zstd");
	CHECK_STR(codec_names(true), "none, zlib, lzo or zstd");
	CHECK(codec_named("lzo") == codec_of(PAGE_LZO));
	CHECK(codec_named("none") == codec_of(PAGE_RAW));
	CHECK(codec_named("snappy") == NULL);
	CHECK(codec_named("") == NULL);
	CHECK(codec_named("zlib ") == NULL);
}
