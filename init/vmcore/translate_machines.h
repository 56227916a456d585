/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the files translate_*.c, of which each knows one machine: what they share, and what they
 * offer to the table in machine.c.
 */
#ifndef VMCORE_TRANSLATE_MACHINES_H
#define VMCORE_TRANSLATE_MACHINES_H

#include "base/desk.h"

#include <stdbool.h>
#include <stdint.h>

struct elfcore;
struct translate;
struct translate_walk;
struct vmcoreinfo;

/*
 * One for each row of machine.c, which see. A program that captures has that of its own machine
 * only.
 */
DESK_ONLY int translate_open_arm(struct translate *t, const struct elfcore *core,
				 const struct vmcoreinfo *info);
DESK_ONLY int translate_open_arm64(struct translate *t, const struct elfcore *core,
				   const struct vmcoreinfo *info);
DESK_ONLY int translate_open_x86_64(struct translate *t, const struct elfcore *core,
				    const struct vmcoreinfo *info);

/*
 * Takes from VMCOREINFO where in the kernel's memory its release stands, and what it is: t->proof
 * and t->release. Returns false when VMCOREINFO lacks any of it.
 */
bool translate_find_proof(struct translate *t, const struct vmcoreinfo *info);

/* Does map[0] lead to the release that VMCOREINFO names? */
bool translate_proves_right(struct translate *t);

/*
 * Lets the page tables that t->walk describes, whose root is the kernel symbol ROOT, be used if
 * they do not contradict the proof; they are trusted where they lead to it. Without a root there
 * are no tables.
 */
void translate_use_tables(struct translate *t, const struct vmcoreinfo *info, const char *root);

/* Do the tables map the virtual address VA to the physical address PA? */
bool translate_tables_lead(struct translate *t, uint64_t va, uint64_t pa);

/*
 * May map[1], of all memory, be believed? It has a second address of the proof. Where the tables
 * cannot tell, KNOWN, an address of that map (or 0), must lead to memory.
 */
bool translate_linear_holds(struct translate *t, uint64_t known);

#endif
