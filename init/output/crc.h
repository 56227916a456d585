/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 as zlib computes it, with a way past zeros that does not look at them.
 */
#ifndef OUTPUT_CRC_H
#define OUTPUT_CRC_H

#include <stdint.h>

/* The CRC-32 of some bytes whose CRC is CRC, followed by COUNT zero bytes. */
uint32_t crc_zeros(uint32_t crc, uint64_t count);

#endif
