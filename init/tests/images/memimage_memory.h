/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image (memimage.h) from inside: where its struct pages stand, and what is in its memory.
 */
#ifndef TESTS_IMAGES_MEMIMAGE_MEMORY_H
#define TESTS_IMAGES_MEMIMAGE_MEMORY_H

#include "tests/images/memimage.h"

#include <stdint.h>

/* The frame that a text calls so; addresses of its struct page and of its section's entry. */
uint64_t memimage_frame(const struct memimage *m, const char *text);
uint64_t memimage_page_va(const struct memimage *m, uint64_t pfn);
uint64_t memimage_section(const struct memimage *m, uint64_t pfn);

/* Numbers in its memory, by physical address. */
void memimage_put(struct memimage *m, uint64_t pa, uint64_t value, unsigned int size);
uint64_t memimage_get(const struct memimage *m, uint64_t pa, unsigned int size);

#endif
