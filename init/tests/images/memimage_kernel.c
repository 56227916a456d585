/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How kernels write down what a page is used for (include/linux/mm_types.h, page-flags.h of each)
 * and what they export of that (kernel/crash_core.c, since 6.9 kernel/vmcore_info.c). Where
 * fields are shared they are filled with what a reader would like to mistake: the mapping of a
 * slab looks anonymous, its _mapcount free.
 */
#include "tests/images/memimage_parts.h"

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

#define BITS_45                                                                                    \
	{                                                                                          \
		5, 11, 15, 18, 7, 21, 0, 0, 14, 10, 3, 8                                           \
	}
#define BITS_51                                                                                    \
	{                                                                                          \
		4, 13, 10, 19, 9, 22, 0, 0, 16, 12, 2, 10                                          \
	}
#define BITS_66                                                                                    \
	{                                                                                          \
		5, 15, 12, 19, 11, 22, 0, 8, 6, 14, 3, 12                                          \
	}
#define BITS_69                                                                                    \
	{                                                                                          \
		5, 15, 12, 19, 11, 22, 0, 0, 6, 14, 3, 12                                          \
	}
#define BITS_610                                                                                   \
	{                                                                                          \
		5, 14, 11, 18, 0, 21, 0, 0, 6, 13, 3, 11                                           \
	}
#define BITS_612                                                                                   \
	{                                                                                          \
		5, 14, 10, 17, 0, 20, 0, 0, 6, 13, 3, 10                                           \
	}
/* In the order of enum memimage_type. */
#define TYPES_45                                                                                   \
	{                                                                                          \
		0xffffff80                                                                         \
	}
#define TYPES_51                                                                                   \
	{                                                                                          \
		0xffffff7f, 0xfffffeff, 0, 0, 0, 0xfffffdff                                        \
	}
#define TYPES_69                                                                                   \
	{                                                                                          \
		0xffffff7f, 0xfffffeff, 0, 0xfffff7ff, 0, 0xfffffdff                               \
	}
#define TYPES_610                                                                                  \
	{                                                                                          \
		0xffffff7f, 0xfffffeff, 0xffffefff, 0xfffff7ff, 0, 0xfffffdff                      \
	}
#define TYPES_611                                                                                  \
	{                                                                                          \
		0xbfffffff, 0xdfffffff, 0xfdffffff, 0xfbffffff, 0, 0xefffffff                      \
	}
#define TYPES_612                                                                                  \
	{                                                                                          \
		0xf0000000, 0xf1000000, 0xf5000000, 0xf4000000, 0xf7000000, 0xf2000000             \
	}
#define HEAD "compound_head"

static const struct memimage_kernel kernels[] = {
	/* compound_head came with 4.6; before that a tail cannot be told, before 3.17 nor a head */
	{"3.10", ORDER_LRU, false, NULL, BITS_45, TYPES_45, 1u << BIT_SWAPBACKED | 1u << BIT_HEAD,
	 0},
	{"3.17", ORDER_LRU, true, NULL, BITS_45, TYPES_45, 1u << BIT_SWAPBACKED, 0},
	{"4.5", ORDER_WORDS, true, NULL, BITS_45, TYPES_45, 1u << BIT_SWAPBACKED, 0},
	{"4.9", ORDER_WORDS, true, HEAD, BITS_45, TYPES_45, 1u << BIT_SWAPBACKED, 0},
	/* no kernel there ever was: a free page has a flag, as up to 2.6.37 */
	{"flag-buddy",
	 ORDER_WORDS,
	 true,
	 HEAD,
	 {5, 11, 15, 18, 7, 21, 19, 0, 14, 10, 3, 8},
	 {0},
	 1u << BIT_SWAPBACKED,
	 0},
	{"5.10", ORDER_BYTES, true, HEAD, BITS_51, TYPES_51, 0, 0},
	{"6.1", ORDER_BYTES, true, HEAD, BITS_51, TYPES_51, 0, 0},
	{"6.1-nohugetlb", ORDER_BYTES, false, HEAD, BITS_51, TYPES_51, 0, 1u << TYPE_OFFLINE},
	{"6.3", ORDER_FOLIO, true, HEAD, BITS_51, TYPES_51, 0, 0},
	{"6.6", ORDER_FLAGS, true, HEAD, BITS_66, TYPES_51, 0, 0},
	{"6.6-nohugetlb", ORDER_FLAGS, false, HEAD, BITS_66, TYPES_51, 1u << BIT_HUGETLB,
	 1u << TYPE_OFFLINE},
	{"6.9", ORDER_FLAGS, true, HEAD, BITS_69, TYPES_69, 0, 0},
	{"6.10", ORDER_FLAGS, true, HEAD, BITS_610, TYPES_610, 0, 0},
	{"6.11", ORDER_FLAGS, true, HEAD, BITS_610, TYPES_611, 0, 0},
	{"6.12", ORDER_FLAGS, true, HEAD, BITS_612, TYPES_612, 0, 1u << TYPE_UNACCEPTED},
	{"6.16", ORDER_FLAGS, true, HEAD, BITS_612, TYPES_612, 0, 0},
	{"7.1", ORDER_FLAGS, true, "compound_info", BITS_612, TYPES_612, 0, 0},
};

const char *const memimage_kernels[] = {
	"3.10", "3.17",		 "4.5",	 "4.9",	 "flag-buddy",	  "5.10",
	"6.1",	"6.1-nohugetlb", "6.3",	 "6.6",	 "6.6-nohugetlb", "6.9",
	"6.10", "6.11",		 "6.12", "6.16", "7.1",		  NULL};

/* Where fields stand: since 4.18, and before; in each, with words of 8 bytes and of 4. */
enum field { FLAGS, HEAD_WORD, MAPPING, PRIVATE, MAPCOUNT, REFCOUNT, DTOR, ORDER, FIELDS };

static const uint8_t offsets[2][2][FIELDS] = {
	{{0, 8, 24, 40, 48, 52, 16, 17}, {0, 4, 12, 20, 24, 28, 8, 9}},
	{{0, 32, 8, 48, 24, 28, 40, 44}, {0, 20, 4, 28, 12, 16, 24, 26}},
};

enum { HUGETLB_PAGE_DTOR = 2, COMPOUND_PAGE_DTOR = 1 };

static unsigned int offset_of(const struct memimage *m, enum field field)
{
	const uint8_t *of = offsets[m->kernel->order <= ORDER_WORDS][m->word == 4];

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
	m->kernel = NULL;
	for (unsigned int i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		if (strcmp(kernels[i].name, name) == 0)
			m->kernel = &kernels[i];
	}
	if (m->kernel == NULL)
		memimage_wrong("unknown kernel", name);
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
		memimage_wrong("which kernel?", NULL);
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
	bool counts = m->kernel->order != ORDER_LRU;	       /* mappings, in the first tail */
	uint64_t first = (pfn >> 3 & 1) != 0 ? 1 : UINT32_MAX; /* one, or none */

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
	{"anon", STATE_USER, B(LRU) | B(SWAPBACKED) | B(UPTODATE), TYPES, ANON, 0, false},
	{"ksm", STATE_USER, B(LRU) | B(SWAPBACKED) | B(UPTODATE), TYPES, KSM, 1, false},
	{"swapanon", STATE_USER, B(LRU) | B(SWAPBACKED) | B(SWAPCACHE), TYPES, ANON, 0, true},
	{"cache", STATE_CACHE, B(LRU) | B(UPTODATE), TYPES, OF_FILE, UINT32_MAX, false},
	{"buffers", STATE_BUFFERS, B(LRU) | B(UPTODATE) | B(PRIVATE), TYPES, OF_FILE, 3, true},
	{"swapcache", STATE_CACHE, B(SWAPBACKED) | B(SWAPCACHE), TYPES, NONE, UINT32_MAX, true},
	{"owner", STATE_KERNEL, B(OWNER), TYPES, OF_FILE, UINT32_MAX, false},
	{"slab", STATE_KERNEL, B(SLAB), TYPE_SLAB, ANON, 0, true},
	{"huge", STATE_USER, B(UPTODATE), TYPE_HUGETLB, OF_FILE, UINT32_MAX, true},
	{"compound", STATE_KERNEL, 0, TYPES, NONE, UINT32_MAX, true},
	{"offline", STATE_OFFLINE, 0, TYPE_OFFLINE, NONE, UINT32_MAX, false},
	{"reserved", STATE_KERNEL, B(RESERVED), TYPES, NONE, UINT32_MAX, false},
	{"table", STATE_KERNEL, 0, TYPE_TABLE, NONE, UINT32_MAX, true},
	{"movable", STATE_KERNEL, 0, TYPES, MOVABLE, UINT32_MAX, false},
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

	if (strcmp(name, "order") == 0) {
		put_order(m, pfn, value);
		return;
	}
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			put(m, pfn, (enum field)i, value);
			return;
		}
	}
	memimage_wrong("unknown field", name);
}

static void set_bit(struct memimage *m, uint64_t pfn, const char *name)
{
	static const char *const names[] = {"lru",  "private",	"swapcache", "swapbacked",
					    "slab", "hwpoison", "buddy",     "hugetlb",
					    "head", "reserved", "uptodate",  "owner"};

	for (unsigned int i = 0; i < BITS; i++) {
		if (strcmp(names[i], name) == 0) {
			put(m, pfn, FLAGS, get(m, pfn, FLAGS) | mask_of(m, 1u << i));
			return;
		}
	}
	memimage_wrong("unknown bit", name);
}

bool memimage_write(struct memimage *m, char **word)
{
	uint64_t pfn = memimage_frame(m, word[1]);
	unsigned int order = word[2] != NULL && word[3] == NULL && strcmp(word[0], "bit") != 0
				     ? (unsigned int)memimage_number(word[2])
				     : 0;

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(lines[i].name, word[0]) == 0) {
			put_line(m, &lines[i], pfn, order);
			return true;
		}
	}
	if (strcmp(word[0], "free") == 0)
		put_free(m, pfn, order);
	else if (strcmp(word[0], "unaccepted") == 0)
		put_unaccepted(m, pfn);
	else if (strcmp(word[0], "poisoned") == 0)
		put_poisoned(m, pfn);
	else if (strcmp(word[0], "bit") == 0 && word[2] != NULL)
		set_bit(m, pfn, word[2]);
	else if (strcmp(word[0], "poke") == 0 && word[2] != NULL && word[3] != NULL)
		poke(m, pfn, word[2], memimage_number(word[3]));
	else
		return false;
	return true;
}
