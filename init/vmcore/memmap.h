/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the crashed kernel keeps the struct page of a page frame: FLATMEM, SPARSEMEM (static
 * and extreme) and VMEMMAP (include/asm-generic/memory_model.h, include/linux/mmzone.h).
 */
#ifndef VMCORE_MEMMAP_H
#define VMCORE_MEMMAP_H

#include <stdbool.h>
#include <stdint.h>

struct translate;
struct vmcoreinfo;

struct memmap {
	struct translate *memory; /* the caller's */
	unsigned int shift;	  /* of a page */
	uint64_t page_size;	  /* SIZE(page), bytes of a struct page */
	bool sparse;
	uint64_t map;	/* flat: virtual address of the struct page of frame BASE */
	uint64_t base;	/* flat: the first frame, ARCH_PFN_OFFSET */
	uint64_t roots; /* sparse: the address of mem_section */
	unsigned int section_shift, section_bits;
	uint64_t section_size, section_map; /* SIZE(mem_section), its section_mem_map */
	uint64_t per_root;		    /* extreme: sections of one root; static: 0 */
	uint64_t section;		    /* the one looked up last; UINT64_MAX: none */
	uint64_t section_pages;		    /* its map, 0: absent */
};

/*
 * MEMORY and INFO stay the caller's, SHIFT is that of a page, and PFN is a frame that must have
 * a struct page. Returns 0; -ENOKEY when VMCOREINFO names no memory model known here; -ENXIO or
 * as translate_word when it is out of reach.
 */
int memmap_open(struct memmap *m, struct translate *memory, const struct vmcoreinfo *info,
		unsigned int shift, uint64_t pfn);

/*
 * The virtual address of the struct page of frame PFN, and in *LEFT how many frames from it on
 * have theirs side by side. Returns 0; -ENXIO when there is none; *LEFT is set in any case.
 */
int memmap_page(struct memmap *m, uint64_t pfn, uint64_t *va, uint64_t *left);

#endif
