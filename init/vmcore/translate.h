/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel virtual to physical addresses: through the linear map and the kernel image, and through
 * the kernel's page tables for the rest; by the core's own machine and VMCOREINFO, never by the
 * architecture of this build.
 */
#ifndef VMCORE_TRANSLATE_H
#define VMCORE_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elfcore;
struct physmem;
struct vmcoreinfo;

/* A range of virtual addresses that maps to physical ones by adding a constant. */
struct translate_map {
	uint64_t start, end; /* virtual; END is the last one */
	uint64_t add;	     /* modulo 2^64 */
};

/* The kernel's page tables. */
struct translate_walk {
	uint64_t root;		/* physical address of the top table */
	uint64_t first, last;	/* virtual addresses that it is for */
	unsigned int levels;	/* 0: there are none to walk */
	unsigned int shift[5];	/* of the index at each level, the top one first */
	unsigned int bits[5];	/* of the index */
	unsigned int entry;	/* bytes of an entry: 4 or 8 */
	unsigned int up;	/* how far the bits of HIGH go up in an address */
	uint64_t address, high; /* bits of an entry that are an address; see translate_walk.c */
	bool trusted;		/* it led to what proved the maps */
};

enum { TRANSLATE_MAPS = 2, TRANSLATE_RELEASE = 65 /* a field of struct new_utsname */ };

struct translate {
	struct physmem *memory; /* the caller's */
	uint16_t machine;	/* e_machine */
	unsigned int word;	/* bytes of an unsigned long there: 4 or 8 */
	uint64_t page;		/* bytes of a page there */
	uint64_t physical;	/* PHYS_OFFSET of ARM; 0 elsewhere */
	uint64_t proof;		/* the virtual address where the release stands */
	char release[TRANSLATE_RELEASE];
	unsigned int maps;
	struct translate_map map[TRANSLATE_MAPS]; /* the first that fits counts */
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
