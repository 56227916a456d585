/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a frame was, and what a kernel writes of that into its struct page.
 */
#ifndef TESTS_IMAGES_MEMIMAGE_STATES_H
#define TESTS_IMAGES_MEMIMAGE_STATES_H

/* Bits of flags, in the order of memimage_bits. */
enum memimage_bit {
	BIT_LRU,
	BIT_PRIVATE,
	BIT_SWAPCACHE,
	BIT_SWAPBACKED,
	BIT_SLAB,
	BIT_HWPOISON,
	BIT_BUDDY,
	BIT_HUGETLB, /* of the first tail */
	BIT_HEAD,
	BIT_RESERVED,
	BIT_UPTODATE,
	BIT_OWNER,
	BITS,
};

/* Values of _mapcount. */
enum memimage_type {
	TYPE_BUDDY,
	TYPE_OFFLINE,
	TYPE_SLAB,
	TYPE_HUGETLB,
	TYPE_UNACCEPTED,
	TYPE_TABLE,
	TYPES,
};

/* What a frame was. Its struct page may say more than a dump can know. */
enum memimage_state {
	STATE_KERNEL, /* or anything else that is kept */
	STATE_FREE,
	STATE_CACHE,
	STATE_BUFFERS,
	STATE_USER,
	STATE_OFFLINE,
	STATE_UNKNOWN, /* no struct page */
	STATE_MASK = 0x3f,
	STATE_TAIL = 0x40,
	STATE_POISONED = 0x80,
};

#endif
