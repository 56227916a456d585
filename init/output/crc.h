/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 as zlib computes it, faster on processors that shift for free, and with a way past
 * zeros that does not look at them.
 */
#ifndef OUTPUT_CRC_H
#define OUTPUT_CRC_H

#include <stddef.h>
#include <stdint.h>

/* The CRC-32 of some bytes whose CRC is CRC (0: of none), followed by the SIZE bytes at DATA. */
uint32_t crc_update(uint32_t crc, const uint8_t *data, size_t size);

/*
 * The same of SIZE bytes that are copied on the way; what is added is what was copied, even when
 * FROM changes meanwhile. Quickest where both are aligned to words.
 */
uint32_t crc_copy(uint32_t crc, uint8_t *to, const uint8_t *from, size_t size);

/* The same for COUNT zero bytes. */
uint32_t crc_zeros(uint32_t crc, uint64_t count);

/* The CRC-32 of two pieces one after the other, the second of which has SIZE bytes. */
uint32_t crc_join(uint32_t first, uint32_t second, uint64_t size);

#endif
