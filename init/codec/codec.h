/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The codecs that pages of a kdump-compressed file are packed with, one row for each: the only
 * list of their names, and of the flags by which files tell them. The rows are in codec.c; who
 * packs and unpacks with them is compress.c and expand.c.
 */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/desk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags of rows that are in every build: pages as they are, the smallest codec, the quickest. */
enum { CODEC_NONE = 0, CODEC_ZLIB = 0x01, CODEC_LZO = 0x02 };

enum {
	COMPRESS_PAGE_MAX = 65536,
	/* what a codec may write before it sees that the page does not shrink */
	COMPRESS_ROOM = COMPRESS_PAGE_MAX + COMPRESS_PAGE_MAX / 16 + 128,
	COMPRESS_MEMORY = 320 * 1024, /* no codec wants more to pack with, */
	EXPAND_MEMORY = 128 * 1024,   /* or to unpack with */
};

struct codec {
	const char *name;  /* in the configuration, and in the status of a dump */
	uint8_t flag;	   /* of a page descriptor, and of the header's status */
	bool foreign;	   /* others write it; it is no word of the configuration */
	const char *build; /* what make(1) is to be told to build it in; NULL: it always is */

	/* What it wants beside the page and the room for it, at most. */
	size_t pack_memory, unpack_memory;

	/*
	 * Gets ready, in MEMORY, to pack pages of PAGE_SIZE bytes. Returns the state for pack, or
	 * NULL when the memory is too small after all. This and the next two are NULL where the
	 * codec is not built in.
	 */
	void *(*start)(void *memory, size_t page_size);

	/*
	 * Packs a page of SIZE bytes into OUT, which has COMPRESS_ROOM bytes. Returns how many
	 * bytes that takes; 0, or SIZE and more, say that the page does not shrink.
	 */
	size_t (*pack)(void *state, const uint8_t *page, size_t size, uint8_t *out);

	/* As expand_page, with MEMORY to work in. NULL, too, where only a desk has it: base/desk.h
	 */
	int (*unpack)(void *memory, const uint8_t *packed, size_t size, uint8_t *page,
		      size_t page_size);
};

/* The row of FLAG, or NULL when nobody is known to use it. */
const struct codec *codec_of(uint32_t flag);

/* The row that the configuration calls NAME, or NULL. */
const struct codec *codec_named(const char *name);

/* Unpacks what was not packed: for the row of CODEC_NONE, in expand.c. */
DESK_ONLY int none_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page,
			  size_t page_size);

/* What the configuration may say: "none, zlib or lzo"; all of it, or what is BUILT_IN. Static. */
const char *codec_names(bool built_in);

#endif
