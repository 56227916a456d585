/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machines whose page tables are written: what each looks like, and the keys that say so.
 */
#ifndef TESTS_IMAGES_PAGETABLES_MACHINES_H
#define TESTS_IMAGES_PAGETABLES_MACHINES_H

#include <stddef.h>
#include <stdint.h>

#define PAGETABLES_RELEASE_NAME "6.1.0-tables"

enum {
	PAGETABLES_BYTES = 4 << 20,
	PAGETABLES_UTS = 0x18000, /* init_uts_ns; offsets in that memory */
	PAGETABLES_NAME = 4,	  /* OFFSET(uts_namespace.name) */
	PAGETABLES_RELEASE = PAGETABLES_UTS + PAGETABLES_NAME + 2 * 65,
	PAGETABLES_ROOT = 0x20000,
	PAGETABLES_DATA = 0x300000, /* from here on there are no tables */
};

enum pagetables_format { SHORT, LONG, X86 };

enum pagetables_key {
	KEY_UTS,
	KEY_STEXT,
	KEY_ROOT,
	KEY_PAGESIZE,
	KEY_VA_BITS,
	KEY_T1SZ,
	KEY_VOFFSET,
	KEY_PHYS_OFFSET,
	KEY_PHYS_BASE,
	KEY_FIVE_LEVELS,
	KEY_VMALLOC_START,
	KEY_IMAGE_SIZE,
	KEY_SME_MASK,
	KEY_MEM_SECTION,
	PAGETABLES_KEYS
};

struct pagetables_machine {
	const char *name, *elf;
	uint64_t page;
	uint64_t va_bits, t1sz;	     /* of arm64; 0: no such key */
	uint64_t base;		     /* where RAM begins */
	uint64_t image, linear;	     /* virtual addresses of BASE */
	uint64_t first, last, other; /* what the tables are for, and one that no map has */
	enum pagetables_format format;
	unsigned int levels, shift[5], bits[5];
	unsigned int blocks; /* a bit for each level that has leaves: 1 is the top one */
};

enum { PAGETABLES_MACHINES = 19 };

extern const struct pagetables_machine pagetables_machines[PAGETABLES_MACHINES];

/* for (EACH_MACHINE(m)) { ... } */
#define EACH_MACHINE(m)                                                                            \
	const struct pagetables_machine *m = pagetables_machines;                                  \
	m < pagetables_machines + PAGETABLES_MACHINES;                                             \
	m++

/* The machine of that name; there must be one. */
const struct pagetables_machine *pagetables_machine(const char *name);

/* The words of VMCOREINFO, each value altered by the bits of CHANGE (NULL: none; all: removed). */
void pagetables_keys(const struct pagetables_machine *m, const uint64_t *change, char *text,
		     size_t size);

/* SME_MASK of that machine, 0 for none. */
uint64_t pagetables_sme_mask(const struct pagetables_machine *m);

#endif
