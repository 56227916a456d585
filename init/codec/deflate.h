/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page as a zlib stream (RFC 1950 and 1951): not larger than what zlib makes of it at its
 * level 1, in less time, code and memory. Any inflate reads it.
 *
 * Instructions that a page of 4 KiB takes, and bytes that it becomes: each eighth page of a level
 * 31 dump of virt, 1290 in all, counted under qemu-user as `qemu-tests/bench codecs` does; the
 * libraries as Debian 12 builds them, zlib-ng (of October 2024, over 1334 pages of another such
 * dump) from its source.
 *
 *                      ARMv5   ARMv7   arm64   bytes
 *     ours            272763  235100  206407    1426
 *     zlib 1          396363  384905  344401    1447
 *     libdeflate 1    394483  265610  174094    1483
 *     libdeflate 2    474213  383511  267843    1428
 *     zlib-ng 1       284272  201259  132168    1849
 *     zlib-ng 2       411132  381529  287309    1490
 *
 * So ours is the smallest, and but for zlib-ng's first level, which packs not much better than lzo,
 * the fastest on 32-bit ARM. On arm64 libdeflate's first level is faster, and 4 percent larger.
 */
#ifndef CODEC_DEFLATE_H
#define CODEC_DEFLATE_H

#include "codec/deflate_block.h"

#include <stddef.h>
#include <stdint.h>

enum { DEFLATE_PAGE_MAX = 65536, DEFLATE_HASH_BITS = 12 };

struct deflate {
	struct deflate_block block;
	uint32_t base; /* what positions of this page count from; lower ones are of pages before */
	uint32_t head[1 << DEFLATE_HASH_BITS]; /* the last place with a hash */
	uint16_t before[DEFLATE_PAGE_MAX];     /* how far back from a place the one before it is */
	_Alignas(4) uint8_t page[DEFLATE_PAGE_MAX];
};

/* Prepares D, whatever is in it. Of its arrays no more is touched than pages are long. */
void deflate_start(struct deflate *d);

/*
 * Packs a copy of SIZE bytes, 1 to DEFLATE_PAGE_MAX, into OUT. Returns how many bytes that takes,
 * or 0 when it would take more than ROOM; what is in OUT then means nothing.
 */
size_t deflate_page(struct deflate *d, const uint8_t *page, size_t size, uint8_t *out, size_t room);

#endif
