/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the crashed kernel's memory by physical address, a little at a time.
 */
#ifndef VMCORE_PHYSMEM_H
#define VMCORE_PHYSMEM_H

#include <stddef.h>
#include <stdint.h>

struct elfcore;

enum { PHYSMEM_PAGE = 4096 };

struct physmem {
	int fd; /* the caller's */
	const struct elfcore *core;
	uint64_t at; /* physical address of the page in the buffer */
	size_t size; /* bytes of it that are there; 0: none */
	uint8_t page[PHYSMEM_PAGE];
};

void physmem_open(struct physmem *m, int fd, const struct elfcore *core);

/*
 * Reads SIZE bytes at the physical address PA into OUT. Returns 0; -ENXIO when no sane segment
 * holds all of them; or the -errno of a read.
 */
int physmem_read(struct physmem *m, uint64_t pa, void *out, size_t size);

#endif
