/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How this kernel encodes the state of a page in its struct page, found out by which keys its
 * VMCOREINFO has and never by its version: the encoding changed in 4.6, 6.3, 6.6, 6.9, 6.10, 6.12,
 * 6.16 and 7.1, and vendors backport.
 */
#ifndef VMCORE_PAGE_LAYOUT_H
#define VMCORE_PAGE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmcoreinfo;

/* What a missing key leaves: no predicate is true of it. */
struct page_number {
	bool present;
	uint32_t value; /* of _mapcount; or the number of a bit of flags, below 64 */
};

/* How a huge page (hugetlbfs) is told from other compound pages. */
enum page_huge { HUGE_UNKNOWN, HUGE_MAPCOUNT, HUGE_TAIL_FLAG, HUGE_DTOR };

struct page_layout {
	unsigned int word;				   /* bytes of an unsigned long */
	unsigned int size;				   /* of a struct page, 0xffff at most */
	unsigned int flags, mapcount, mapping, priv, head; /* offsets of fields */
	bool has_count;
	unsigned int count; /* offset of the reference count, 4 bytes */
	bool has_head;	    /* a tail can be told from other pages, by HEAD */
	bool has_order;
	unsigned int order, dtor; /* offsets in the first tail of a compound page */
	unsigned int compound;	  /* bytes of each of these: 1, or a word */
	enum page_huge huge;
	uint64_t huge_value; /* a _mapcount, the number of a bit, or a destructor */
	uint64_t head_mask;  /* flags of a compound head; 0: not known */
	unsigned int orders; /* of the buddy allocator, LENGTH(zone.free_area) */

	/* bits of flags */
	struct page_number lru, swapcache, swapbacked, has_private, slab_bit, hwpoison, buddy_bit;
	/* values of _mapcount */
	struct page_number slab, buddy, offline, unaccepted;
};

/*
 * Takes it from VMCOREINFO, of kernels from 3.10 on; vmcoreinfo.md has the keys. Returns 0, or
 * -ENOKEY when there is too little to go by.
 */
int page_layout_open(struct page_layout *l, const struct vmcoreinfo *info, unsigned int word);

/* Is the _mapcount MAPCOUNT the type N? Since 6.11 a type is the upper byte alone. */
bool page_layout_is(struct page_number n, uint32_t mapcount);

#endif
