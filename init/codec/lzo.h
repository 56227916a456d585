/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page as an lzo1x stream: about as large as liblzo's lzo1x_1 makes it. Every lzo1x decompressor
 * reads it. Instructions and bytes that a page of 4 KiB takes, ours and liblzo2 2.10 as Debian
 * builds it, of a level 31 dump of `qemu-tests/bench codecs`, which says how they are counted:
 *
 *                 ARMv5   ARMv7   arm64   bytes
 *     ours        66591   39259   33186    1974
 *     lzo1x_1    142292   45699   33644    1979
 */
#ifndef CODEC_LZO_H
#define CODEC_LZO_H

#include <stddef.h>
#include <stdint.h>

enum {
	LZO_PAGE_MAX = 65536, /* bytes that can be packed at once: offsets have 16 bits */
	LZO_HASH_BITS = 12,
	LZO_SPARE =
		12, /* bytes of the room that may be left unused though more would have fitted */
};

/* Scratch space of lzo_page. Nothing in it is kept from one page to the next. */
struct lzo {
	uint16_t place[1 << LZO_HASH_BITS]; /* by hash: the offset of the last four bytes with it,
					       or 0 */
};

/*
 * Packs the SIZE bytes at PAGE, 1 to LZO_PAGE_MAX, into OUT. Returns how many bytes that takes, or
 * 0 when it might take more than ROOM less LZO_SPARE; what is in OUT then means nothing. A page
 * that changes meanwhile (a device may still be writing to it) comes out as a mixture, of the same
 * size.
 */
size_t lzo_page(struct lzo *l, const uint8_t *page, size_t size, uint8_t *out, size_t room);

#endif
