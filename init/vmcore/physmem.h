/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the crashed kernel's memory by physical address, a little at a time.
 */
#ifndef VMCORE_PHYSMEM_H
#define VMCORE_PHYSMEM_H

#include <stddef.h>
#include <stdint.h>

struct elfcore;
struct kdumpfile;

enum { PHYSICAL_PAGE = 4096, PHYSICAL_PAGES = 4 };

struct physmem_page {
	uint64_t at; /* physical address */
	size_t size; /* bytes of it that are there; 0: none */
	uint8_t data[PHYSICAL_PAGE];
};

struct physmem {
	int fd; /* the caller's */
	const struct elfcore *core;
	struct kdumpfile *kdump;   /* NULL: the segments of CORE are in the file */
	struct physmem_page *last; /* the one that was read from */
	unsigned int next;	   /* the one that is replaced next */
	struct physmem_page page[PHYSICAL_PAGES];
};

/* With KDUMP, pages come from there, and CORE is not asked. */
void physmem_open(struct physmem *m, int fd, const struct elfcore *core, struct kdumpfile *kdump);

/*
 * Reads SIZE bytes at the physical address PA into OUT. Returns 0; -ENXIO when no sane segment
 * holds all of them, or the dump leaves some out; or the -errno of a read or of kdumpfile_page.
 */
int physmem_read(struct physmem *m, uint64_t pa, void *out, size_t size);

#endif
