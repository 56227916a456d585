/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crashed kernel's page tables: ARM with and without LPAE, arm64 with pages of 4, 16 and 64
 * KiB, x86_64 with four and five levels. For translate.c.
 */
#ifndef VMCORE_TRANSLATE_WALK_H
#define VMCORE_TRANSLATE_WALK_H

#include <stdint.h>

struct translate;
struct vmcoreinfo;

/*
 * Finds the tables by VMCOREINFO; the maps of T must be there. Without what is needed T has no
 * levels, and every walk ends in -ENXIO.
 */
void translate_walk_open(struct translate *t, const struct vmcoreinfo *info);

/* As translate_physical, by the tables alone. Every walk is bounded by the levels there are. */
int translate_walk(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left);

#endif
