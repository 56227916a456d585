/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Little-endian numbers of any size, at any place in memory: the headers of files, disks and
 * kernels, whatever the order of bytes and the alignment of the machine this runs on.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The number of SIZE bytes at FROM; SIZE is 8 at most. */
uint64_t bytes_get(const uint8_t *from, size_t size);

/* The two sizes that are wanted most, for numbers that a 32-bit machine has in one register. */
uint32_t bytes_get16(const uint8_t *from);
uint32_t bytes_get32(const uint8_t *from);

/* Puts the lowest SIZE bytes of VALUE at TO. */
void bytes_put(uint8_t *to, size_t size, uint64_t value);

#endif
