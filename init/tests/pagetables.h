/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores with a kernel's page tables in them: 4 MiB of memory, in which a test maps what it likes,
 * and the VMCOREINFO of that kernel. How each machine's tables look is written out here, and
 * not computed as vmcore/translate_walk.c does.
 */
#ifndef TESTS_PAGETABLES_H
#define TESTS_PAGETABLES_H

#include "tests/corefile.h"

#include <stdbool.h>
#include <stdint.h>

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

struct pagetables {
	const struct pagetables_machine *m;
	struct corefile core;
	uint64_t next; /* physical address of the next table */
};

/* The machine of that name; there must be one. */
const struct pagetables_machine *pagetables_machine(const char *name);

/* The words of VMCOREINFO, each value altered by the bits of CHANGE (NULL: none; all: removed). */
void pagetables_keys(const struct pagetables_machine *m, const uint64_t *change, char *text,
		     size_t size);

/*
 * Builds it. WORDS of VMCOREINFO win over its own ("KEY=" is as good as none); LINES are more of
 * the core (see corefile.h). pagetables_free gives it back.
 */
struct pagetables *pagetables_build(const char *name, const char *words, const char *lines);
void pagetables_free(struct pagetables *p);

/* Memory, by physical address. */
void pagetables_put(struct pagetables *p, uint64_t pa, uint64_t value, unsigned int size);
uint64_t pagetables_get(const struct pagetables *p, uint64_t pa, unsigned int size);

/* Entries: one that names a table, one that ends a walk at LEVEL (the top one is 0). */
uint64_t pagetables_table(const struct pagetables *p, uint64_t pa);
uint64_t pagetables_leaf(const struct pagetables *p, unsigned int level, uint64_t pa);

/* The physical address of the entry of VA at LEVEL; tables are made where there are none. */
uint64_t pagetables_slot(struct pagetables *p, uint64_t va, unsigned int level);

/* Stores an entry, of the size that this machine has. */
void pagetables_set(struct pagetables *p, uint64_t slot, uint64_t entry);

/* Maps VA to PA by a leaf at LEVEL; the image and its other address in the linear map. */
void pagetables_map(struct pagetables *p, uint64_t va, unsigned int level, uint64_t pa);
void pagetables_map_image(struct pagetables *p);

#endif
