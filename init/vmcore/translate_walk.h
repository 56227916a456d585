/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crashed kernel's page tables: ARM with and without LPAE, arm64 with pages of 4, 16 and 64
 * KiB, x86_64 with four and five levels. For translate*.c.
 */
#ifndef VMCORE_TRANSLATE_WALK_H
#define VMCORE_TRANSLATE_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct translate;

enum translate_step { STEP_INVALID, STEP_TABLE, STEP_LEAF };

/* The kernel's page tables. */
struct translate_walk {
	uint64_t root;		/* physical address of the top table */
	uint64_t first, last;	/* virtual addresses that it is for */
	unsigned int levels;	/* 0: there are none to walk */
	unsigned int shift[5];	/* of the index at each level, the top one first */
	unsigned int bits[5];	/* of the index */
	unsigned int entry;	/* bytes of an entry: 4 or 8 */
	unsigned int up;	/* how far the bits of HIGH go up in an address */
	uint64_t address, high; /* bits of an entry that are an address; see
				   translate_take_address */
	bool trusted;		/* it led to what proved the maps */

	/* What the entry E of a table at LEVEL says of VA, and in *AT where that is. */
	enum translate_step (*take)(const struct translate_walk *w, unsigned int level, uint64_t e,
				    uint64_t va, uint64_t *at);
};

/* As translate_physical, by the tables alone. Every walk is bounded by the levels there are. */
int translate_walk(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left);

/*
 * Lays out tables of pages of 1 << PAGE_SHIFT bytes, with entries of eight, for virtual addresses
 * of BITS bits.
 */
void translate_walk_levels(struct translate_walk *w, unsigned int page_shift, unsigned int bits);

/*
 * For `take` of a walk whose entries have eight bytes: the address in the entry E, as what STEP
 * says the entry is. Its bits are those of w->address, and those of w->high, which lie w->up bits
 * further down in the entry than in the address. A leaf larger than any that Linux makes is
 * STEP_INVALID; else STEP is returned.
 */
enum translate_step translate_take_address(const struct translate_walk *w, unsigned int level,
					   uint64_t e, enum translate_step step, uint64_t *at);

/*
 * The long descriptors of ARM with LPAE and of arm64 (Arm Architecture Reference Manual, ARMv7-A
 * B3.6, Armv8-A D8.3; arch/arm64/include/asm/pgtable-hwdef.h), to be used as `take`.
 */
enum translate_step translate_take_long(const struct translate_walk *w, unsigned int level,
					uint64_t e, uint64_t va, uint64_t *at);

#endif
