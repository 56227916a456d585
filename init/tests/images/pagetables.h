/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores with a kernel's page tables in them: 4 MiB of memory, in which a test maps what it likes,
 * and the VMCOREINFO of that kernel. How each machine's tables look is written out here, and
 * not computed as vmcore/translate_walk.c does.
 */
#ifndef TESTS_IMAGES_PAGETABLES_H
#define TESTS_IMAGES_PAGETABLES_H

#include "tests/images/corefile.h"
#include "tests/images/pagetables_machines.h"

#include <stdbool.h>
#include <stdint.h>

struct pagetables {
	const struct pagetables_machine *m;
	struct corefile core;
	uint64_t next; /* physical address of the next table */
};

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
