/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of VMCOREINFO (kernel/vmcore_info.c, earlier kernel/crash_core.c) into a page_layout.
 */
#include "vmcore/page_layout.h"

#include "vmcore/vmcoreinfo.h"

#include <errno.h>

enum { PAGE_STRUCT_MAX = 1024, ORDERS_DEFAULT = 11, ORDERS_MAX = 32 };

static bool read_offset(const struct vmcoreinfo *info, const char *key, unsigned int size,
			unsigned int *offset, unsigned int field)
{
	uint64_t value;

	if (!vmcoreinfo_number(info, key, 10, &value) || value > size || field > size - value)
		return false;
	*offset = (unsigned int)value;
	return true;
}

/* The fields no page can be judged without. */
static int read_fields(struct page_layout *l, const struct vmcoreinfo *info)
{
	uint64_t size;
	bool old; /* up to 4.6 the count has another name, and heads need not be told */

	if (!vmcoreinfo_number(info, "SIZE(page)", 10, &size) || size < l->word ||
	    size > PAGE_STRUCT_MAX)
		return -ENOKEY;
	l->size = (unsigned int)size;
	if (!read_offset(info, "OFFSET(page.flags)", l->size, &l->flags, l->word) ||
	    !read_offset(info, "OFFSET(page._mapcount)", l->size, &l->mapcount, 4) ||
	    !read_offset(info, "OFFSET(page.mapping)", l->size, &l->mapping, l->word) ||
	    !read_offset(info, "OFFSET(page.private)", l->size, &l->priv, l->word))
		return -ENOKEY;
	/* exported since 4.6, renamed in 7.1 */
	l->has_head = read_offset(info, "OFFSET(page.compound_head)", l->size, &l->head, l->word) ||
		      read_offset(info, "OFFSET(page.compound_info)", l->size, &l->head, l->word);
	l->has_count = read_offset(info, "OFFSET(page._refcount)", l->size, &l->count, 4);
	old = !l->has_count && read_offset(info, "OFFSET(page._count)", l->size, &l->count, 4);
	l->has_count |= old;
	return l->has_head || old ? 0 : -ENOKEY;
}

enum { LAST_BIT = 6 /* of the rows below: the others are values of _mapcount */ };

static const struct {
	const char *key;
	size_t number; /* where in struct page_layout */
} numbers[] = {
	{"NUMBER(PG_lru)", offsetof(struct page_layout, lru)},
	{"NUMBER(PG_private)", offsetof(struct page_layout, has_private)},
	{"NUMBER(PG_swapcache)", offsetof(struct page_layout, swapcache)},
	{"NUMBER(PG_swapbacked)", offsetof(struct page_layout, swapbacked)},
	{"NUMBER(PG_slab)", offsetof(struct page_layout, slab_bit)},
	{"NUMBER(PG_hwpoison)", offsetof(struct page_layout, hwpoison)},
	{"NUMBER(PG_buddy)", offsetof(struct page_layout, buddy_bit)},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", offsetof(struct page_layout, buddy)},
	{"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)", offsetof(struct page_layout, slab)},
	{"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", offsetof(struct page_layout, offline)},
	{"NUMBER(PAGE_UNACCEPTED_MAPCOUNT_VALUE)", offsetof(struct page_layout, unaccepted)},
};

static void read_numbers(struct page_layout *l, const struct vmcoreinfo *info)
{
	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct page_number *n = (void *)((uint8_t *)l + numbers[i].number);
		uint64_t value = 0;

		n->present = vmcoreinfo_number(info, numbers[i].key, 10, &value) &&
			     (i > LAST_BIT || value < l->word * 8);
		n->value = (uint32_t)value;
	}
}

/*
 * Up to 4.3 the first tail's list head served: the destructor, a pointer, in lru.next, the order
 * in lru.prev. (4.4 and 4.5 have both in the latter, which then makes no sense as an order.)
 */
static void read_list_head(struct page_layout *l, const struct vmcoreinfo *info)
{
	unsigned int lru;

	if (!read_offset(info, "OFFSET(page.lru)", l->size, &lru, 2 * l->word))
		return;
	l->has_order = true;
	l->compound = l->word;
	l->dtor = lru;
	l->order = lru + l->word;
	if (vmcoreinfo_number(info, "SYMBOL(free_huge_page)", 16, &l->huge_value))
		l->huge = HUGE_DTOR;
}

/* From 4.6 to 6.5 they were fields: of struct page, then of the second page of a folio (6.3). */
static void read_fields_of_tail(struct page_layout *l, const struct vmcoreinfo *info)
{
	if (read_offset(info, "OFFSET(folio._folio_order)", 2 * l->size, &l->order, 1) &&
	    l->order >= l->size) {
		l->order -= l->size;
		l->has_order = true;
		if (read_offset(info, "OFFSET(folio._folio_dtor)", 2 * l->size, &l->dtor, 1) &&
		    l->dtor >= l->size) {
			l->dtor -= l->size;
			l->huge = HUGE_DTOR;
		}
	} else {
		l->has_order =
			read_offset(info, "OFFSET(page.compound_order)", l->size, &l->order, 1);
		if (read_offset(info, "OFFSET(page.compound_dtor)", l->size, &l->dtor, 1))
			l->huge = HUGE_DTOR;
	}
	if (!vmcoreinfo_number(info, "NUMBER(HUGETLB_PAGE_DTOR)", 10, &l->huge_value))
		l->huge = HUGE_UNKNOWN;
}

/*
 * Order and kind of a compound page stand in its first tail. Since 6.6 the order is the lowest
 * byte of flags there.
 */
static void read_compound(struct page_layout *l, const struct vmcoreinfo *info)
{
	l->has_order = true;
	l->order = l->flags;
	l->compound = 1;
	l->huge = HUGE_MAPCOUNT;
	if (vmcoreinfo_number(info, "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)", 10, &l->huge_value))
		return;
	l->huge = HUGE_TAIL_FLAG;
	if (vmcoreinfo_number(info, "NUMBER(PG_hugetlb)", 10, &l->huge_value) &&
	    l->huge_value < l->word * 8)
		return;
	l->huge = HUGE_UNKNOWN;
	read_fields_of_tail(l, info);
	if (!l->has_head && !l->has_order)
		read_list_head(l, info);
}

int page_layout_open(struct page_layout *l, const struct vmcoreinfo *info, unsigned int word)
{
	uint64_t value;
	int r;

	*l = (struct page_layout){.word = word};
	r = read_fields(l, info);
	if (r != 0)
		return r;
	read_numbers(l, info);
	read_compound(l, info);
	if (vmcoreinfo_number(info, "NUMBER(PG_head_mask)", 10, &value))
		l->head_mask = value;
	l->orders = ORDERS_DEFAULT;
	if (vmcoreinfo_number(info, "LENGTH(zone.free_area)", 10, &value) && value > 0 &&
	    value <= ORDERS_MAX)
		l->orders = (unsigned int)value;
	return 0;
}

bool page_layout_is(struct page_number n, uint32_t mapcount)
{
	if (!n.present)
		return false;
	if ((n.value & 0xffffff) == 0 && n.value != 0)
		return mapcount >> 24 == n.value >> 24;
	return mapcount == n.value;
}
