/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zlib's format, unpacked by zlib's inflate, which gets its memory out of what the caller has, and
 * never out of a heap.
 */
#include "codec/codec_zlib.h"

#include <errno.h>

#define ZLIB_CONST
#include <zlib.h>

/* What is left of the memory to unpack in. */
struct reserve {
	uint8_t *at;
	size_t left;
};

static void *take(void *opaque, unsigned int items, unsigned int size)
{
	struct reserve *reserve = opaque;
	uint64_t bytes = ((uint64_t)items * size + 15) & ~UINT64_C(15);
	void *at = reserve->at;

	if (bytes > reserve->left)
		return NULL;
	reserve->at += (size_t)bytes;
	reserve->left -= (size_t)bytes;
	return at;
}

static void give_back(void *opaque, void *at)
{
	(void)opaque;
	(void)at;
}

int zlib_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	struct reserve reserve = {memory, ZLIB_UNPACK_MEMORY};
	z_stream z = {
		.next_in = packed,
		.avail_in = (uInt)size,
		.next_out = page,
		.avail_out = (uInt)page_size,
		.zalloc = take,
		.zfree = give_back,
		.opaque = &reserve,
	};
	int r;

	if (inflateInit2(&z, 15) != Z_OK)
		return -EBADMSG;
	r = inflate(&z, Z_FINISH);
	(void)inflateEnd(&z); /* frees nothing: give_back */
	return r == Z_STREAM_END && z.avail_in == 0 && z.avail_out == 0 ? 0 : -EBADMSG;
}
