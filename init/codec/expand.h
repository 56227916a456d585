/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompresses one page of a kdump-compressed file. zstd only where it was built in.
 */
#ifndef CODEC_EXPAND_H
#define CODEC_EXPAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags of a page descriptor, and of the header's status (diskdump_mod.h of makedumpfile). */
enum { PAGE_RAW = 0, PAGE_ZLIB = 0x01, PAGE_LZO = 0x02, PAGE_SNAPPY = 0x04, PAGE_ZSTD = 0x20 };

/*
 * Expands the SIZE bytes at PACKED to exactly PAGE_SIZE bytes at PAGE. Returns 0; -EBADMSG when
 * they are no such page; -ENOTSUP for a codec that is not built in or not known.
 */
int expand_page(unsigned int codec, const uint8_t *packed, size_t size, uint8_t *page,
		size_t page_size);

#endif
