/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the struct pages. What each state looks like: include/linux/page-flags.h,
 * include/linux/mm_types.h; the order of the questions matters, since fields are shared
 * (a free page's "private" is its order, a slab's "mapping" is none).
 */
#include "vmcore/pages.h"

#include "base/bytes.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/*
 * Frames are looked at together as far as the next multiple of BATCH_FRAMES: compound heads are
 * aligned, so their first tail is among them. The largest huge page is 1 GiB of 4 KiB pages.
 */
enum { BATCH_FRAMES = 512, MAPPING_ANON = 1, HEAD_TAIL = 1, ORDER_MAX = 18 };
enum { ANON_VMA_LAST = 4096 /* bytes at the end of the address space hold none */ };

/* One struct page, taken apart. */
struct page {
	uint64_t flags, mapping, priv, head;
	uint32_t mapcount;
	const uint8_t *tail; /* the struct page behind it, or NULL */
};

int pages_open(struct pages *p, struct vmcore *core, struct window *window, unsigned int level)
{
	int r = core->translate_error;

	p->core = core;
	p->window = window;
	p->level = level;
	pages_rewind(p);
	if (r == 0)
		r = page_layout_open(&p->layout, &core->info, core->translate.word);
	if (r == 0)
		r = memmap_open(&p->map, &core->translate, &core->info, core->frames.shift,
				core->frames.first);
	return r;
}

void pages_rewind(struct pages *p)
{
	p->carry = 0;
	p->carry_state = PAGE_KEPT;
	p->unknown = 0;
	p->nonsense = 0;
	memset(p->left_out, 0, sizeof(p->left_out));
}

/*
 * Reads the struct pages of up to COUNT frames, which stand from VA on. Returns how many there
 * are in the batch; 0 when already the first cannot be read.
 */
static size_t read_batch(struct pages *p, uint64_t va, size_t count)
{
	size_t page_bytes = (size_t)1 << p->core->frames.shift;
	size_t want = count * p->layout.size;
	size_t used = 0;

	while (used < want) {
		const uint8_t *page;
		uint64_t pa;
		uint64_t left;
		size_t n;
		size_t at;

		if (translate_physical(&p->core->translate, va + used, &pa, &left) != 0 ||
		    vmcore_page(p->core, p->window, pa >> p->core->frames.shift, &page) != 0)
			break;
		at = (size_t)pa & (page_bytes - 1);
		n = page_bytes - at;
		if (n > left)
			n = (size_t)left;
		if (n > want - used)
			n = want - used;
		memcpy(p->batch + used, page + at, n);
		used += n;
	}
	return used / p->layout.size;
}

static bool has_bit(uint64_t flags, struct page_number bit)
{
	return bit.present && (flags >> bit.value & 1) != 0;
}

/* A slab has other things in mapping, _mapcount and private; without a key any page may be one. */
static bool is_slab(const struct page_layout *l, const struct page *page)
{
	return (!l->slab.present && !l->slab_bit.present) ||
	       page_layout_is(l->slab, page->mapcount) || has_bit(page->flags, l->slab_bit);
}

static bool is_free(const struct page_layout *l, const struct page *page)
{
	return page_layout_is(l->buddy, page->mapcount) ||
	       (!l->buddy.present && has_bit(page->flags, l->buddy_bit));
}

/* A free block has an order there can be, and is aligned to its size (mm/page_alloc.c). */
static bool is_block(const struct page_layout *l, uint64_t order, uint64_t pfn)
{
	return order < l->orders && (pfn & ((UINT64_C(1) << order) - 1)) == 0;
}

static bool is_cache(const struct page_layout *l, const struct page *page)
{
	return has_bit(page->flags, l->lru) ||
	       ((!l->swapbacked.present || has_bit(page->flags, l->swapbacked)) &&
		has_bit(page->flags, l->swapcache));
}

/*
 * Is MAPPING a pointer to an anon_vma? Where tails cannot be told from other pages, the count of
 * mappings that 4.5 keeps there in the first tail, -1 or small in the lower half of a poison, must
 * not pass for one.
 */
static bool is_anon(const struct page_layout *l, uint64_t mapping)
{
	uint64_t kernel = l->word == 8 ? UINT64_C(0xffff000000000000) : 0x80000000;
	uint64_t end = l->word == 8 ? UINT64_MAX : UINT32_MAX;

	if ((mapping & MAPPING_ANON) == 0)
		return false;
	return l->has_head || (mapping >= kernel && mapping <= end - ANON_VMA_LAST);
}

/* The order of a compound page; 0 for any other, and when it makes no sense. */
static unsigned int order_of(const struct page_layout *l, const struct page *page, uint64_t pfn)
{
	uint64_t order;

	if ((page->flags & l->head_mask) == 0 || page->tail == NULL || !l->has_order)
		return 0;
	order = bytes_get(page->tail + l->order, l->compound);
	if (order > ORDER_MAX || (pfn & ((UINT64_C(1) << order) - 1)) != 0)
		return 0;
	return (unsigned int)order;
}

static bool is_huge(const struct page_layout *l, const struct page *page)
{
	uint64_t flags;

	if ((page->flags & l->head_mask) == 0 || page->tail == NULL)
		return false;
	switch (l->huge) {
	case HUGE_MAPCOUNT:
		return page_layout_is((struct page_number){true, (uint32_t)l->huge_value},
				      page->mapcount);
	case HUGE_TAIL_FLAG:
		flags = bytes_get(page->tail + l->flags, l->word);
		return (flags >> l->huge_value & 1) != 0;
	case HUGE_DTOR:
		return bytes_get(page->tail + l->dtor, l->compound) == l->huge_value;
	case HUGE_UNKNOWN:
		break;
	}
	return false;
}

/* What the page was, and in *ORDER how many more it speaks for. Tails go with their heads. */
static enum page_state judge(const struct pages *p, const struct page *page, uint64_t pfn,
			     unsigned int *order)
{
	const struct page_layout *l = &p->layout;
	unsigned int level = p->level;
	bool slab = is_slab(l, page);
	bool anon = is_anon(l, page->mapping) && !slab;
	bool cache = is_cache(l, page) && (page->mapping & MAPPING_ANON) == 0;

	*order = order_of(l, page, pfn);
	if ((page->head & HEAD_TAIL) != 0)
		return PAGE_KEPT;
	if ((level & LEVEL_FREE) != 0 && !slab && is_free(l, page)) {
		*order = (unsigned int)page->priv;
		return is_block(l, page->priv, pfn) ? PAGE_FREE : PAGE_KEPT;
	}
	if ((level & LEVEL_FREE) != 0 && page_layout_is(l->unaccepted, page->mapcount)) {
		*order = l->orders - 1;
		return is_block(l, *order, pfn) ? PAGE_FREE : PAGE_KEPT;
	}
	if ((level & LEVEL_CACHE) != 0 && cache && l->has_private.present &&
	    !has_bit(page->flags, l->has_private))
		return PAGE_CACHE;
	if ((level & LEVEL_PRIVATE_CACHE) != 0 && cache)
		return PAGE_CACHE;
	if ((level & LEVEL_USER) != 0 && (anon || is_huge(l, page)))
		return PAGE_USER;
	if (has_bit(page->flags, l->hwpoison))
		return PAGE_POISONED;
	if (!slab && page_layout_is(l->offline, page->mapcount))
		return PAGE_OFFLINE;
	return PAGE_KEPT;
}

static struct page take_apart(const struct pages *p, size_t index, size_t count)
{
	const struct page_layout *l = &p->layout;
	const uint8_t *at = p->batch + index * l->size;

	return (struct page){
		.flags = bytes_get(at + l->flags, l->word),
		.mapping = bytes_get(at + l->mapping, l->word),
		.priv = bytes_get(at + l->priv, l->word),
		.head = l->has_head ? bytes_get(at + l->head, l->word) : 0,
		.mapcount = (uint32_t)bytes_get(at + l->mapcount, 4),
		.tail = index + 1 < count ? at + l->size : NULL,
	};
}

static void clear(struct pages *p, uint8_t *bitmap, uint64_t bit)
{
	uint8_t mask = (uint8_t)(1u << bit % 8);

	p->left_out[p->carry_state] += (bitmap[bit / 8] & mask) != 0;
	bitmap[bit / 8] &= (uint8_t)~mask;
}

/* Nobody can hold fewer than no references to a page; half of all random numbers say so. */
static bool is_nonsense(const struct page_layout *l, const uint8_t *page)
{
	return l->has_count && bytes_get(page + l->count, 4) > INT32_MAX;
}

/* Judges COUNT frames from PFN on, whose struct pages are in the batch. */
static void judge_batch(struct pages *p, uint64_t pfn, size_t count, uint64_t first,
			uint8_t *bitmap)
{
	for (size_t i = 0; i < count; i++) {
		p->nonsense += is_nonsense(&p->layout, p->batch + i * p->layout.size);
		if (pfn + i >= p->carry) {
			struct page page = take_apart(p, i, count);
			unsigned int order;

			p->carry_state = judge(p, &page, pfn + i, &order);
			p->carry = pfn + i + 1;
			if (p->carry_state != PAGE_KEPT)
				p->carry = pfn + i + (UINT64_C(1) << order);
		}
		if (p->carry_state != PAGE_KEPT)
			clear(p, bitmap, pfn + i - first);
	}
}

/* The frames from FROM up to TO, of which the core may have any. */
static void exclude_range(struct pages *p, uint64_t from, uint64_t to, uint64_t first,
			  uint8_t *bitmap)
{
	size_t page_bytes = (size_t)1 << p->core->frames.shift;
	uint64_t fit = sizeof(p->batch) / p->layout.size;

	while (from < to) {
		uint64_t n = BATCH_FRAMES - from % BATCH_FRAMES;
		uint64_t va;
		uint64_t left;
		bool there = memmap_page(&p->map, from, &va, &left) == 0;
		uint64_t lost;
		size_t got = 0;

		n = n < fit ? n : fit & ~UINT64_C(1);
		n = n < to - from ? n : to - from;
		n = n < left ? n : left;
		if (there)
			got = read_batch(p, va, (size_t)n);
		judge_batch(p, from, got, first, bitmap);
		if (got == 0) {
			/* past what cannot be read: to the first that begins in another page */
			lost = (page_bytes - va % page_bytes + p->layout.size - 1) / p->layout.size;
			if (there && n > lost)
				n = lost;
			p->unknown += n;
			got = (size_t)n;
		}
		from += got;
	}
}

void pages_exclude(struct pages *p, uint64_t first, uint64_t count, uint8_t *bitmap)
{
	const struct frames *f = &p->core->frames;

	for (unsigned int i = 0; i < f->ranges; i++) {
		uint64_t from = f->range[i].first > first ? f->range[i].first : first;
		uint64_t to = f->range[i].end < first + count ? f->range[i].end : first + count;

		if (from < to)
			exclude_range(p, from, to, first, bitmap);
	}
}
