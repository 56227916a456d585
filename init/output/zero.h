/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells pages of zeros, at the speed of memory.
 */
#ifndef OUTPUT_ZERO_H
#define OUTPUT_ZERO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is the block of SIZE bytes at DATA all zero? One off the grid of 8 bytes counts as not zero. */
bool zero_is(const uint8_t *data, size_t size);

#endif
