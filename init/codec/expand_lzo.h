/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what any lzo1x compressor wrote of a page.
 */
#ifndef CODEC_EXPAND_LZO_H
#define CODEC_EXPAND_LZO_H

#include <stddef.h>
#include <stdint.h>

/*
 * Returns 0, or -EBADMSG when the SIZE bytes at PACKED, 16 MiB at most, are not a page of PAGE_SIZE
 * bytes.
 */
int expand_lzo(const uint8_t *packed, size_t size, uint8_t *page, size_t page_size);

#endif
