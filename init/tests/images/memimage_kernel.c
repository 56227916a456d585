/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How kernels write down what a page is used for (include/linux/mm_types.h, page-flags.h of each)
 * and what they export of that (kernel/crash_core.c, since 6.9 kernel/vmcore_info.c). Where
 * fields are shared they are filled with what a reader would like to mistake: the mapping of a
 * slab looks anonymous, its _mapcount free.
 */
#include "tests/images/memimage_parts.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <string.h>

/* Where order and kind of a compound page stand in its first tail. */
enum order {
	ORDER_LRU,   /* in a list head: a pointer to the destructor, and a whole word */
	ORDER_WORDS, /* two halves of a word */
	ORDER_BYTES,
	ORDER_FOLIO,
	ORDER_FLAGS
};

struct memimage_kernel {
	const char *name;
	enum order order;
	bool hugetlb;			  /* CONFIG_HUGETLB_PAGE, which some keys hang on */
	const char *head_key;		  /* of compound_head; NULL: it is not exported */
	int8_t bit[BITS];		  /* 0: there is none; PG_locked is bit 0 of all kernels */
	uint32_t type[TYPES];		  /* 0: there is none */
	uint32_t quiet_bits, quiet_types; /* not exported */
};

/* Numbers of bits in flags, by the kernel that brought them. */
#define BITS_45                                                                                    \
	[BIT_LRU] = 5, [BIT_PRIVATE] = 11, [BIT_SWAPCACHE] = 15, [BIT_SWAPBACKED] = 18,            \
	[BIT_SLAB] = 7, [BIT_HWPOISON] = 21, [BIT_HEAD] = 14, [BIT_RESERVED] = 10,                 \
	[BIT_UPTODATE] = 3, [BIT_OWNER] = 8
#define BITS_51                                                                                    \
	[BIT_LRU] = 4, [BIT_PRIVATE] = 13, [BIT_SWAPCACHE] = 10, [BIT_SWAPBACKED] = 19,            \
	[BIT_SLAB] = 9, [BIT_HWPOISON] = 22, [BIT_HEAD] = 16, [BIT_RESERVED] = 12,                 \
	[BIT_UPTODATE] = 2, [BIT_OWNER] = 10
#define BITS_66                                                                                    \
	[BIT_LRU] = 5, [BIT_PRIVATE] = 15, [BIT_SWAPCACHE] = 12, [BIT_SWAPBACKED] = 19,            \
	[BIT_SLAB] = 11, [BIT_HWPOISON] = 22, [BIT_HUGETLB] = 8, [BIT_HEAD] = 6,                   \
	[BIT_RESERVED] = 14, [BIT_UPTODATE] = 3, [BIT_OWNER] = 12
#define BITS_69                                                                                    \
	[BIT_LRU] = 5, [BIT_PRIVATE] = 15, [BIT_SWAPCACHE] = 12, [BIT_SWAPBACKED] = 19,            \
	[BIT_SLAB] = 11, [BIT_HWPOISON] = 22, [BIT_HEAD] = 6, [BIT_RESERVED] = 14,                 \
	[BIT_UPTODATE] = 3, [BIT_OWNER] = 12
#define BITS_610                                                                                   \
	[BIT_LRU] = 5, [BIT_PRIVATE] = 14, [BIT_SWAPCACHE] = 11, [BIT_SWAPBACKED] = 18,            \
	[BIT_HWPOISON] = 21, [BIT_HEAD] = 6, [BIT_RESERVED] = 13, [BIT_UPTODATE] = 3,              \
	[BIT_OWNER] = 11
#define BITS_612                                                                                   \
	[BIT_LRU] = 5, [BIT_PRIVATE] = 14, [BIT_SWAPCACHE] = 10, [BIT_SWAPBACKED] = 17,            \
	[BIT_HWPOISON] = 20, [BIT_HEAD] = 6, [BIT_RESERVED] = 13, [BIT_UPTODATE] = 3,              \
	[BIT_OWNER] = 10
/* Values of _mapcount, by the kernel that brought them. */
#define TYPES_45 [TYPE_BUDDY] = 0xffffff80
#define TYPES_51 [TYPE_BUDDY] = 0xffffff7f, [TYPE_OFFLINE] = 0xfffffeff, [TYPE_TABLE] = 0xfffffdff
#define TYPES_69                                                                                   \
	[TYPE_BUDDY] = 0xffffff7f, [TYPE_OFFLINE] = 0xfffffeff, [TYPE_HUGETLB] = 0xfffff7ff,       \
	[TYPE_TABLE] = 0xfffffdff
#define TYPES_610                                                                                  \
	[TYPE_BUDDY] = 0xffffff7f, [TYPE_OFFLINE] = 0xfffffeff, [TYPE_SLAB] = 0xffffefff,          \
	[TYPE_HUGETLB] = 0xfffff7ff, [TYPE_TABLE] = 0xfffffdff
#define TYPES_611                                                                                  \
	[TYPE_BUDDY] = 0xbfffffff, [TYPE_OFFLINE] = 0xdfffffff, [TYPE_SLAB] = 0xfdffffff,          \
	[TYPE_HUGETLB] = 0xfbffffff, [TYPE_TABLE] = 0xefffffff
#define TYPES_612                                                                                  \
	[TYPE_BUDDY] = 0xf0000000, [TYPE_OFFLINE] = 0xf1000000, [TYPE_SLAB] = 0xf5000000,          \
	[TYPE_HUGETLB] = 0xf4000000, [TYPE_UNACCEPTED] = 0xf7000000, [TYPE_TABLE] = 0xf2000000
#define HEAD "compound_head"

/* clang-format off */
static const struct memimage_kernel kernels[] = {
	/* compound_head came with 4.6; before that a tail cannot be told, before 3.17 nor a head */
	{.name = "3.10", .order = ORDER_LRU,
	 .bit = {BITS_45}, .type = {TYPES_45}, .quiet_bits = 1u << BIT_SWAPBACKED | 1u << BIT_HEAD},
	{.name = "3.17", .order = ORDER_LRU, .hugetlb = true,
	 .bit = {BITS_45}, .type = {TYPES_45}, .quiet_bits = 1u << BIT_SWAPBACKED},
	{.name = "4.5", .order = ORDER_WORDS, .hugetlb = true,
	 .bit = {BITS_45}, .type = {TYPES_45}, .quiet_bits = 1u << BIT_SWAPBACKED},
	{.name = "4.9", .order = ORDER_WORDS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_45}, .type = {TYPES_45}, .quiet_bits = 1u << BIT_SWAPBACKED},
	/* no kernel there ever was: a free page has a flag, as up to 2.6.37 */
	{.name = "flag-buddy", .order = ORDER_WORDS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_45, [BIT_BUDDY] = 19}, .quiet_bits = 1u << BIT_SWAPBACKED},
	{.name = "5.10", .order = ORDER_BYTES, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_51}, .type = {TYPES_51}},
	{.name = "6.1", .order = ORDER_BYTES, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_51}, .type = {TYPES_51}},
	{.name = "6.1-nohugetlb", .order = ORDER_BYTES, .head_key = HEAD,
	 .bit = {BITS_51}, .type = {TYPES_51}, .quiet_types = 1u << TYPE_OFFLINE},
	{.name = "6.3", .order = ORDER_FOLIO, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_51}, .type = {TYPES_51}},
	{.name = "6.6", .order = ORDER_FLAGS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_66}, .type = {TYPES_51}},
	{.name = "6.6-nohugetlb", .order = ORDER_FLAGS, .head_key = HEAD,
	 .bit = {BITS_66}, .type = {TYPES_51}, .quiet_bits = 1u << BIT_HUGETLB,
	 .quiet_types = 1u << TYPE_OFFLINE},
	{.name = "6.9", .order = ORDER_FLAGS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_69}, .type = {TYPES_69}},
	{.name = "6.10", .order = ORDER_FLAGS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_610}, .type = {TYPES_610}},
	{.name = "6.11", .order = ORDER_FLAGS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_610}, .type = {TYPES_611}},
	{.name = "6.12", .order = ORDER_FLAGS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_612}, .type = {TYPES_612}, .quiet_types = 1u << TYPE_UNACCEPTED},
	{.name = "6.16", .order = ORDER_FLAGS, .hugetlb = true, .head_key = HEAD,
	 .bit = {BITS_612}, .type = {TYPES_612}},
	{.name = "7.1", .order = ORDER_FLAGS, .hugetlb = true, .head_key = "compound_info",
	 .bit = {BITS_612}, .type = {TYPES_612}},
};
/* clang-format on */

const char *const memimage_kernels[] = {
	"3.10", "3.17",		 "4.5",	 "4.9",	 "flag-buddy",	  "5.10",
	"6.1",	"6.1-nohugetlb", "6.3",	 "6.6",	 "6.6-nohugetlb", "6.9",
	"6.10", "6.11",		 "6.12", "6.16", "7.1",		  NULL};

/* Fields of struct page, whose layout 4.18 changed. */
enum field { FLAGS, HEAD_WORD, MAPPING, PRIVATE, MAPCOUNT, REFCOUNT, DTOR, ORDER, FIELDS };
enum layout { SINCE_4_18, BEFORE_4_18, LAYOUTS };
enum word { WORD_8, WORD_4, WORDS };

/* clang-format off */
static const uint8_t offsets[LAYOUTS][WORDS][FIELDS] = {
	[SINCE_4_18] = {
		[WORD_8] = {[FLAGS] = 0, [HEAD_WORD] = 8, [MAPPING] = 24, [PRIVATE] = 40,
			    [MAPCOUNT] = 48, [REFCOUNT] = 52, [DTOR] = 16, [ORDER] = 17},
		[WORD_4] = {[FLAGS] = 0, [HEAD_WORD] = 4, [MAPPING] = 12, [PRIVATE] = 20,
			    [MAPCOUNT] = 24, [REFCOUNT] = 28, [DTOR] = 8, [ORDER] = 9},
	},
	[BEFORE_4_18] = {
		[WORD_8] = {[FLAGS] = 0, [HEAD_WORD] = 32, [MAPPING] = 8, [PRIVATE] = 48,
			    [MAPCOUNT] = 24, [REFCOUNT] = 28, [DTOR] = 40, [ORDER] = 44},
		[WORD_4] = {[FLAGS] = 0, [HEAD_WORD] = 20, [MAPPING] = 4, [PRIVATE] = 28,
			    [MAPCOUNT] = 12, [REFCOUNT] = 16, [DTOR] = 24, [ORDER] = 26},
	},
};
/* clang-format on */

enum { HUGETLB_PAGE_DTOR = 2, COMPOUND_PAGE_DTOR = 1 };

static unsigned int offset_of(const struct memimage *m, enum field field)
{
	enum layout layout = m->kernel->order <= ORDER_WORDS ? BEFORE_4_18 : SINCE_4_18;
	const uint8_t *of = offsets[layout][m->word == 4 ? WORD_4 : WORD_8];

	if (m->kernel->order == ORDER_LRU && (field == DTOR || field == ORDER))
		return of[HEAD_WORD] + (field == ORDER ? m->word : 0);
	return of[field];
}

/* How many bytes it has. */
static unsigned int size_of(const struct memimage *m, enum field field)
{
	enum order order = m->kernel->order;

	if (field == DTOR || field == ORDER)
		return order == ORDER_LRU ? m->word : order == ORDER_WORDS ? m->word / 2 : 1;
	return field == MAPCOUNT || field == REFCOUNT ? 4 : m->word;
}

static void put(struct memimage *m, uint64_t pfn, enum field field, uint64_t value)
{
	unsigned int size = size_of(m, field);
	unsigned int at = offset_of(m, field);
	uint8_t *first = memimage_page_byte(m, pfn, at);
	bool whole = memimage_page_byte(m, pfn, at + size - 1) == first + size - 1;

	for (unsigned int i = 0; i < size; i++)
		*(whole ? first + i : memimage_page_byte(m, pfn, at + i)) =
			(uint8_t)(value >> 8 * i);
}

static uint64_t get(const struct memimage *m, uint64_t pfn, enum field field)
{
	uint64_t value = 0;

	for (unsigned int i = size_of(m, field); i-- > 0;)
		value = value << 8 | *memimage_page_byte(m, pfn, offset_of(m, field) + i);
	return value;
}

void memimage_take_kernel(struct memimage *m, const char *name)
{
	m->kernel = WORDS_ROW(kernels, name, "unknown kernel");
}

static bool has_type(const struct memimage *m, enum memimage_type type)
{
	return m->kernel->type[type] != 0 && (m->kernel->quiet_types >> type & 1) == 0;
}

static bool has_bit(const struct memimage *m, enum memimage_bit bit)
{
	return m->kernel->bit[bit] != 0 && (m->kernel->quiet_bits >> bit & 1) == 0;
}

/* Can a reader tell the order of a compound page, and a huge page? */
static bool has_order(const struct memimage *m)
{
	switch (m->kernel->order) {
	case ORDER_LRU:
		return has_bit(m, BIT_HEAD);
	case ORDER_WORDS:
		return m->kernel->head_key != NULL;
	case ORDER_FLAGS:
		return has_type(m, TYPE_HUGETLB) || has_bit(m, BIT_HUGETLB);
	case ORDER_BYTES:
	case ORDER_FOLIO:
		break;
	}
	return true;
}

static bool has_huge(const struct memimage *m)
{
	return m->kernel->hugetlb && has_order(m);
}

/* An address of the kernel, one for each PFN. */
static uint64_t pointer(const struct memimage *m, uint64_t pfn)
{
	return ((m->word == 8 ? UINT64_C(0xffff000012340000) : 0xc1230000) + pfn * 64) & m->mask;
}

/* VMCOREINFO */

static void describe_offsets(struct memimage *m)
{
	const struct memimage_kernel *k = m->kernel;
	static const char *const names[] = {"flags",   "lru",	    "mapping",
					    "private", "_mapcount", "_refcount"};

	memimage_key(m, " SIZE(page)=%u SIZE(list_head)=%u", (unsigned int)m->page, 2 * m->word);
	for (unsigned int i = 0; i < REFCOUNT; i++)
		memimage_key(m, " OFFSET(page.%s)=%u", names[i], offset_of(m, (enum field)i));
	/* renamed in 4.7 */
	memimage_key(m, " OFFSET(page.%s)=%u", k->head_key == NULL ? "_count" : names[REFCOUNT],
		     offset_of(m, REFCOUNT));
	if (k->head_key != NULL)
		memimage_key(m, " OFFSET(page.%s)=%u", k->head_key, offset_of(m, HEAD_WORD));
	if (k->head_key != NULL && k->order <= ORDER_BYTES)
		memimage_key(m, " OFFSET(page.compound_dtor)=%u OFFSET(page.compound_order)=%u",
			     offset_of(m, DTOR), offset_of(m, ORDER));
	if (k->order == ORDER_FOLIO)
		memimage_key(m, " OFFSET(folio._folio_dtor)=%u OFFSET(folio._folio_order)=%u",
			     (unsigned int)m->page + offset_of(m, DTOR),
			     (unsigned int)m->page + offset_of(m, ORDER));
}

void memimage_describe(struct memimage *m)
{
	static const char *const bits[] = {"lru",  "private",  "swapcache", "swapbacked",
					   "slab", "hwpoison", "buddy",	    "hugetlb"};
	static const char *const types[] = {"BUDDY", "OFFLINE", "SLAB", "HUGETLB", "UNACCEPTED"};
	const struct memimage_kernel *k = m->kernel;

	if (k == NULL)
		words_wrong("which kernel?", NULL);
	describe_offsets(m);
	memimage_key(m, " LENGTH(zone.free_area)=%u NUMBER(NR_FREE_PAGES)=0",
		     (unsigned int)m->orders);
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (has_bit(m, (enum memimage_bit)i))
			memimage_key(m, " NUMBER(PG_%s)=%d", bits[i], k->bit[i]);
	}
	if (has_bit(m, BIT_HEAD))
		memimage_key(m, " NUMBER(PG_head_mask)=%lu", 1ul << k->bit[BIT_HEAD]);
	for (unsigned int i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (has_type(m, (enum memimage_type)i))
			memimage_key(m, " NUMBER(PAGE_%s_MAPCOUNT_VALUE)=%d", types[i],
				     (int32_t)k->type[i]);
	}
	if (k->hugetlb && k->head_key == NULL)
		memimage_key(m, " SYMBOL(free_huge_page)=%llx", (unsigned long long)pointer(m, 1));
	else if (k->hugetlb && k->order != ORDER_FLAGS)
		memimage_key(m, " NUMBER(HUGETLB_PAGE_DTOR)=%d", HUGETLB_PAGE_DTOR);
	memimage_key(m, " CRASHTIME=1700000000");
}

/* Struct pages */

/* Of the upper bits of flags: node, zone and section. */
static uint64_t zone(const struct memimage *m)
{
	return m->word == 8 ? UINT64_C(0x0017ffffc0000000) : 0x40000000;
}

static uint64_t mask_of(const struct memimage *m, uint32_t bits)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < BITS; i++) {
		if ((bits >> i & 1) != 0 && m->kernel->bit[i] != 0)
			mask |= UINT64_C(1) << m->kernel->bit[i];
	}
	return mask;
}

/* A page of the kernel's own. */
static void put_page(struct memimage *m, uint64_t pfn)
{
	put(m, pfn, FLAGS, zone(m));
	put(m, pfn, HEAD_WORD, pointer(m, pfn));
	put(m, pfn, MAPPING, 0);
	put(m, pfn, PRIVATE, 0);
	put(m, pfn, MAPCOUNT, UINT32_MAX);
	put(m, pfn, REFCOUNT, 1);
}

void memimage_fill(struct memimage *m)
{
	for (unsigned int i = 0; i < m->rams && m->sparse == 0; i++) {
		for (uint64_t pfn = m->ram[i].first; pfn < m->ram[i].end; pfn++)
			put_page(m, pfn);
	}
}

static void put_order(struct memimage *m, uint64_t pfn, uint64_t order)
{
	if (m->kernel->order == ORDER_FLAGS)
		put(m, pfn + 1, FLAGS, (get(m, pfn + 1, FLAGS) & ~UINT64_C(0xff)) | order);
	else
		put(m, pfn + 1, ORDER, order);
}

/* What says in a tail which page is its head. */
static void put_tail(struct memimage *m, uint64_t pfn, uint64_t head)
{
	if (m->kernel->order == ORDER_LRU) {
		put(m, pfn, PRIVATE, head); /* first_page */
		return;
	}
	put(m, pfn, HEAD_WORD, head | 1);
}

/* What kind of compound page the first tail says it is. */
static uint64_t destructor(const struct memimage *m, bool huge)
{
	if (m->kernel->order == ORDER_LRU)
		return pointer(m, huge ? 1 : 2);
	return huge ? HUGETLB_PAGE_DTOR : COMPOUND_PAGE_DTOR;
}

static void put_tails(struct memimage *m, uint64_t pfn, unsigned int order, bool huge)
{
	uint64_t count = UINT64_C(1) << order;
	uint64_t head = memimage_page_va(m, pfn);
	bool counts = m->kernel->order != ORDER_LRU; /* mappings, in the first tail */
	/* one, or none: 32 bits over the poison that all tails have there */
	uint64_t first = UINT64_C(0xdead000000000000) | ((pfn >> 3 & 1) != 0 ? 1 : UINT32_MAX);

	if (strcmp(m->kernel->name, "7.1") == 0)
		head = -(count * m->page);
	for (uint64_t i = 1; i < count && memimage_has(m, pfn + i); i++) {
		put_page(m, pfn + i);
		put_tail(m, pfn + i, head);
		if (counts)
			put(m, pfn + i, MAPPING, i == 1 ? first : UINT64_C(0xdead000000000400));
		put(m, pfn + i, REFCOUNT, 0);
	}
	if (m->kernel->order == ORDER_FLAGS)
		put(m, pfn + 1, FLAGS,
		    zone(m) | 1u << 9 | (huge ? mask_of(m, 1u << BIT_HUGETLB) : 0));
	else
		put(m, pfn + 1, DTOR, destructor(m, huge));
	put_order(m, pfn, order);
}

/* What the lines of a page, or of a compound page, write. */
enum mapping { NONE = 0, ANON = 1, MOVABLE = 2, KSM = 3, OF_FILE = 4 };

static const struct line {
	const char *name;
	enum memimage_state state;
	uint32_t bits;
	enum memimage_type type; /* TYPES: none */
	enum mapping mapping;
	uint32_t mapcount;
	bool has_private;
} lines[] = {
#define B(bit) (1u << BIT_##bit)
	/* clang-format off */
	{.name = "anon", .state = STATE_USER, .bits = B(LRU) | B(SWAPBACKED) | B(UPTODATE),
	 .type = TYPES, .mapping = ANON, .mapcount = 0},
	{.name = "ksm", .state = STATE_USER, .bits = B(LRU) | B(SWAPBACKED) | B(UPTODATE),
	 .type = TYPES, .mapping = KSM, .mapcount = 1},
	{.name = "swapanon", .state = STATE_USER, .bits = B(LRU) | B(SWAPBACKED) | B(SWAPCACHE),
	 .type = TYPES, .mapping = ANON, .mapcount = 0, .has_private = true},
	{.name = "cache", .state = STATE_CACHE, .bits = B(LRU) | B(UPTODATE),
	 .type = TYPES, .mapping = OF_FILE, .mapcount = UINT32_MAX},
	{.name = "buffers", .state = STATE_BUFFERS, .bits = B(LRU) | B(UPTODATE) | B(PRIVATE),
	 .type = TYPES, .mapping = OF_FILE, .mapcount = 3, .has_private = true},
	{.name = "swapcache", .state = STATE_CACHE, .bits = B(SWAPBACKED) | B(SWAPCACHE),
	 .type = TYPES, .mapcount = UINT32_MAX, .has_private = true},
	{.name = "owner", .state = STATE_KERNEL, .bits = B(OWNER),
	 .type = TYPES, .mapping = OF_FILE, .mapcount = UINT32_MAX},
	{.name = "slab", .state = STATE_KERNEL, .bits = B(SLAB),
	 .type = TYPE_SLAB, .mapping = ANON, .mapcount = 0, .has_private = true},
	{.name = "huge", .state = STATE_USER, .bits = B(UPTODATE),
	 .type = TYPE_HUGETLB, .mapping = OF_FILE, .mapcount = UINT32_MAX, .has_private = true},
	{.name = "compound", .state = STATE_KERNEL,
	 .type = TYPES, .mapcount = UINT32_MAX, .has_private = true},
	{.name = "offline", .state = STATE_OFFLINE,
	 .type = TYPE_OFFLINE, .mapcount = UINT32_MAX},
	{.name = "reserved", .state = STATE_KERNEL, .bits = B(RESERVED),
	 .type = TYPES, .mapcount = UINT32_MAX},
	{.name = "table", .state = STATE_KERNEL,
	 .type = TYPE_TABLE, .mapcount = UINT32_MAX, .has_private = true},
	{.name = "movable", .state = STATE_KERNEL,
	 .type = TYPES, .mapping = MOVABLE, .mapcount = UINT32_MAX},
/* clang-format on */
#undef B
};

/* A slab of a kernel that has a flag for it; the field is its counters'. */
static uint32_t counters(const struct memimage *m, uint64_t pfn)
{
	uint32_t offline = m->kernel->type[TYPE_OFFLINE];

	return (pfn >> 3 & 1) != 0 && offline != 0 ? offline : m->kernel->type[TYPE_BUDDY];
}

static void put_line(struct memimage *m, const struct line *line, uint64_t pfn, unsigned int order)
{
	uint32_t mapcount = line->mapcount;
	bool huge = line->type == TYPE_HUGETLB;
	unsigned int state = line->state;

	if (line->type != TYPES && m->kernel->type[line->type] != 0)
		mapcount = m->kernel->type[line->type];
	else if (line->type == TYPE_SLAB)
		mapcount = counters(m, pfn);
	if ((huge && !has_huge(m)) || (line->type == TYPE_OFFLINE && !has_type(m, TYPE_OFFLINE)))
		state = STATE_KERNEL;
	put_page(m, pfn);
	put(m, pfn, FLAGS, zone(m) | mask_of(m, line->bits | (order > 0 ? 1u << BIT_HEAD : 0)));
	put(m, pfn, MAPCOUNT, mapcount);
	if (line->mapping != NONE)
		put(m, pfn, MAPPING, pointer(m, pfn) | (line->mapping & 3u));
	if (line->has_private)
		put(m, pfn, PRIVATE, 3);
	memimage_set(m, pfn, 1, state);
	if (order == 0)
		return;
	put_tails(m, pfn, order, huge);
	memimage_set(m, pfn + 1, (UINT64_C(1) << order) - 1,
		     (has_order(m) ? state : STATE_KERNEL) | STATE_TAIL);
}

/* A range of frames that the first one speaks for. */
static void put_free(struct memimage *m, uint64_t pfn, unsigned int order)
{
	put_page(m, pfn);
	put(m, pfn, REFCOUNT, 0);
	put(m, pfn, PRIVATE, order);
	if (m->kernel->type[TYPE_BUDDY] != 0)
		put(m, pfn, MAPCOUNT, m->kernel->type[TYPE_BUDDY]);
	else
		put(m, pfn, FLAGS, zone(m) | mask_of(m, 1u << BIT_BUDDY));
	if (order < m->orders && pfn % (UINT64_C(1) << order) == 0)
		memimage_set(m, pfn, UINT64_C(1) << order, STATE_FREE);
}

static void put_unaccepted(struct memimage *m, uint64_t pfn)
{
	put_page(m, pfn);
	if (m->kernel->type[TYPE_UNACCEPTED] == 0)
		return;
	put(m, pfn, MAPCOUNT, m->kernel->type[TYPE_UNACCEPTED]);
	if (has_type(m, TYPE_UNACCEPTED))
		memimage_set(m, pfn, UINT64_C(1) << (m->orders - 1), STATE_FREE);
}

static void put_poisoned(struct memimage *m, uint64_t pfn)
{
	for (unsigned int i = 0; i < m->rams; i++) {
		const struct memimage_ram *r = &m->ram[i];

		if (pfn >= r->first && pfn < r->end &&
		    (m->kernel->head_key == NULL || (r->state[pfn - r->first] & STATE_TAIL) == 0))
			r->state[pfn - r->first] |= STATE_POISONED;
	}
	put(m, pfn, FLAGS, get(m, pfn, FLAGS) | mask_of(m, 1u << BIT_HWPOISON));
}

static void poke(struct memimage *m, uint64_t pfn, const char *name, uint64_t value)
{
	static const char *const names[] = {"flags",   "head",	   "mapping",
					    "private", "mapcount", "refcount"};
	const char *const *row;

	if (strcmp(name, "order") == 0) {
		put_order(m, pfn, value);
		return;
	}
	row = WORDS_NAME(names, name, "unknown field");
	put(m, pfn, (enum field)(row - names), value);
}

static void set_bit(struct memimage *m, uint64_t pfn, const char *name)
{
	static const char *const names[] = {"lru",  "private",	"swapcache", "swapbacked",
					    "slab", "hwpoison", "buddy",     "hugetlb",
					    "head", "reserved", "uptodate",  "owner"};

	const char *const *row = WORDS_NAME(names, name, "unknown bit");

	put(m, pfn, FLAGS, get(m, pfn, FLAGS) | mask_of(m, 1u << (row - names)));
}

bool memimage_write(struct memimage *m, char **word)
{
	uint64_t pfn = memimage_frame(m, word[1]);
	unsigned int order = word[2] != NULL && word[3] == NULL && strcmp(word[0], "bit") != 0
				     ? (unsigned int)words_number(word[2])
				     : 0;
	const struct line *line = WORDS_ROW(lines, word[0], NULL);

	if (line != NULL)
		put_line(m, line, pfn, order);
	else if (strcmp(word[0], "free") == 0)
		put_free(m, pfn, order);
	else if (strcmp(word[0], "unaccepted") == 0)
		put_unaccepted(m, pfn);
	else if (strcmp(word[0], "poisoned") == 0)
		put_poisoned(m, pfn);
	else if (strcmp(word[0], "bit") == 0 && word[2] != NULL)
		set_bit(m, pfn, word[2]);
	else if (strcmp(word[0], "poke") == 0 && word[2] != NULL && word[3] != NULL)
		poke(m, pfn, word[2], words_number(word[3]));
	else
		return false;
	return true;
}
