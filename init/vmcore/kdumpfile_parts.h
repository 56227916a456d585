/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files kdumpfile*.c share, for them only.
 */
#ifndef VMCORE_KDUMPFILE_PARTS_H
#define VMCORE_KDUMPFILE_PARTS_H

#include <stddef.h>
#include <stdint.h>

struct kdumpfile;

/* SIZE bytes at AT, or -EBADMSG when the file has not so many. */
int kdumpfile_read(const struct kdumpfile *k, void *into, size_t size, uint64_t at);

/* Block AT of a bitmap, all bits beyond max_mapnr clear. */
int kdumpfile_bits(const struct kdumpfile *k, uint64_t bitmap, uint64_t at, uint8_t *block);

#endif
