/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompresses one page of a kdump-compressed file.
 */
#ifndef CODEC_EXPAND_H
#define CODEC_EXPAND_H

#include <stddef.h>
#include <stdint.h>

/*
 * Expands the SIZE bytes at PACKED, by the codec whose FLAG the page's descriptor has, to exactly
 * PAGE_SIZE bytes at PAGE. Returns 0; -EBADMSG when they are no such page; -ENOTSUP for a codec
 * that is not built in or not known.
 */
int expand_page(uint32_t flag, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size);

#endif
