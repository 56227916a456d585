/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel virtual to physical addresses: through the linear map and the kernel image, and through
 * the kernel's page tables for the rest; by the core's own machine and VMCOREINFO, never by the
 * architecture of this build.
 */
#ifndef VMCORE_TRANSLATE_H
#define VMCORE_TRANSLATE_H

#include "vmcore/translate_walk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elfcore;
struct machine;
struct physmem;
struct vmcoreinfo;

/* A range of virtual addresses that maps to physical ones by adding a constant. */
struct translate_map {
	uint64_t start, end; /* virtual; END is the last one */
	uint64_t add;	     /* modulo 2^64 */
};

enum { TRANSLATE_MAPS = 2, TRANSLATE_RELEASE = 65 /* a field of struct new_utsname */ };

struct translate {
	struct physmem *memory; /* the caller's */
	const struct machine *machine;
	unsigned int word; /* bytes of an unsigned long there: 4 or 8 */
	uint64_t tag;	   /* bits that each of its addresses has set */
	uint64_t page;	   /* bytes of a page there */
	uint64_t physical; /* PHYS_OFFSET of ARM; 0 elsewhere */
	uint64_t proof;	   /* the virtual address where the release stands */
	char release[TRANSLATE_RELEASE];
	unsigned int maps;
	struct translate_map map[TRANSLATE_MAPS]; /* the first that fits counts */
	bool image_is_guessed; /* where map[0], the image, ends; the tables know better */
	struct translate_walk walk;
	uint64_t block, block_size, block_at; /* the last leaf of a walk: virtual, size, physical */
};

/*
 * Works out the maps and proves them: the release in init_uts_ns must be OSRELEASE. Returns 0;
 * -ENOTSUP for a machine not known here; -ENOKEY when VMCOREINFO lacks what is needed; -ENXIO
 * when no candidate proved right.
 */
int translate_open(struct translate *t, const struct elfcore *core, const struct vmcoreinfo *info,
		   struct physmem *memory);

/*
 * The physical address of VA, and in *LEFT how many bytes from there on lie side by side (up to
 * the end of the page, at least). Returns 0, -ENXIO or the -errno of a read.
 */
int translate_physical(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left);

/* Reads SIZE bytes at the virtual address VA. Returns 0, -ENXIO or the -errno of a read. */
int translate_read(struct translate *t, uint64_t va, void *out, size_t size);

/* Reads an unsigned number of SIZE bytes (1 to 8) at VA. */
int translate_number(struct translate *t, uint64_t va, unsigned int size, uint64_t *value);

/* Reads an unsigned long, or a pointer. */
int translate_word(struct translate *t, uint64_t va, uint64_t *value);

#endif
