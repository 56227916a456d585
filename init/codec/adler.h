/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checksum that a zlib stream ends with (RFC 1950).
 */
#ifndef CODEC_ADLER_H
#define CODEC_ADLER_H

#include <stddef.h>
#include <stdint.h>

/* Of SIZE bytes at P, which is aligned to four bytes. */
uint32_t adler_sum(const uint8_t *p, size_t size);

#endif
