/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of codecs. Flags are those of diskdump_mod.h of makedumpfile, whose readers (crash,
 * libkdumpfile) know no others. A new codec is a row here and a file codec_NAME.c; if it is a
 * library's, the Makefile says which.
 */
#include "codec/codec.h"

#include "codec/codec_lzo.h"
#include "codec/codec_zlib.h"
#include "codec/codec_zstd.h"

#include <stdio.h>
#include <string.h>

static void *none_start(void *memory, size_t page_size)
{
	(void)page_size;
	return memory;
}

static size_t none_pack(void *state, const uint8_t *page, size_t size, uint8_t *out)
{
	(void)state;
	(void)page;
	(void)out;
	return size;
}

static const struct codec codecs[] = {
	{
		.name = "none",
		.flag = CODEC_NONE,
		.start = none_start,
		.pack = none_pack,
		.unpack = none_unpack,
	},
	{
		.name = "zlib",
		.flag = CODEC_ZLIB,
		.pack_memory = ZLIB_PACK_MEMORY,
		.unpack_memory = ZLIB_UNPACK_MEMORY,
		.start = zlib_start,
		.pack = zlib_pack,
		.unpack = zlib_unpack,
	},
	{
		.name = "lzo",
		.flag = CODEC_LZO,
		.pack_memory = LZO_PACK_MEMORY,
		.start = lzo_start,
		.pack = lzo_pack,
		.unpack = lzo_unpack,
	},
	{
		.name = "zstd",
		.flag = 0x20,
		.build = "WITH_ZSTD=yes",
#ifdef WITH_ZSTD
		.pack_memory = ZSTD_PACK_MEMORY,
		.unpack_memory = ZSTD_UNPACK_MEMORY,
		.start = zstd_start,
		.pack = zstd_pack,
		.unpack = zstd_unpack,
#endif
	},
	{
		.name = "snappy",
		.flag = 0x04,
		.foreign = true,
	},
};

enum { CODECS = sizeof(codecs) / sizeof(codecs[0]) };

const struct codec *codec_of(uint32_t flag)
{
	for (unsigned int i = 0; i < CODECS; i++) {
		if (codecs[i].flag == flag)
			return &codecs[i];
	}
	return NULL;
}

const struct codec *codec_named(const char *name)
{
	for (unsigned int i = 0; i < CODECS; i++) {
		if (!codecs[i].foreign && strcmp(codecs[i].name, name) == 0)
			return &codecs[i];
	}
	return NULL;
}

const char *codec_names(bool built_in)
{
	static char names[16 * CODECS]; /* no name is longer than twelve characters */
	const char *last = NULL;
	int n = 0;

	for (unsigned int i = 0; i < CODECS; i++) {
		if (codecs[i].foreign || (built_in && codecs[i].pack == NULL))
			continue;
		if (last != NULL)
			n += snprintf(names + n, sizeof(names) - (size_t)n, n > 0 ? ", %s" : "%s",
				      last);
		last = codecs[i].name;
	}
	snprintf(names + n, sizeof(names) - (size_t)n, " or %s", last);
	return names;
}
