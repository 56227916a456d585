/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel keeps its struct pages. Models (include/asm-generic/memory_model.h, mm/sparse.c):
 *
 *   flat      one array, behind the pointer mem_map
 *   static    SPARSEMEM_STATIC: mem_section is the array of all sections
 *   array     SPARSEMEM_EXTREME before 4.15: mem_section is an array of roots, in the image
 *   pointer   4.15: mem_section points to that array, and SYMBOL(mem_section) is where it does
 *   extreme   since then: SYMBOL(mem_section) is the allocated array
 *   vmemmap   extreme, with struct pages in a region that only the page tables translate; each two
 *             pages of it are exchanged, so that none follow each other in memory
 */
#include "tests/images/memimage_parts.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X86_KERNEL_MAP UINT64_C(0xffffffff80000000)
#define X86_DIRECT_MAP UINT64_C(0xffff888000000000)
#define X86_DIRECT_5   UINT64_C(0xff11000000000000)
#define X86_VMEMMAP    UINT64_C(0xffffea0000000000)
#define X86_VMEMMAP_5  UINT64_C(0xffd4000000000000)
#define MIB	       UINT64_C(0x100000)
#define RELEASE	       "6.1.0-crash"

enum { NAME_OFFSET = 4, FIELD = 65, LEVELS = 5, SECTION_BYTES_32 = 8, SECTION_BYTES_64 = 16 };
enum { SECTION_MAP_FLAGS = 0xf /* present, has a map, online, early */ };

struct memimage_machine {
	const char *name, *elf;
	unsigned int word;
	unsigned int section, physical; /* bits; of 4 KiB pages */
};

static const struct memimage_machine machines[] = {
	{.name = "arm", .elf = "elf32 arm", .word = 4, .section = 28, .physical = 36},
	{.name = "lpae", .elf = "elf64 arm", .word = 4, .section = 28, .physical = 36},
	{.name = "arm64", .elf = "elf64 arm64", .word = 8, .section = 27, .physical = 48},
	{.name = "x86_64", .elf = "elf64 x86_64", .word = 8, .section = 27, .physical = 46},
};

enum roots { ROOTS_NONE, ROOTS_STATIC, ROOTS_IMAGE, ROOTS_BEHIND, ROOTS_VALUE };

struct memimage_model {
	const char *name;
	enum roots roots;
	bool vmemmap;
};

static const struct memimage_model models[] = {
	{.name = "flat", .roots = ROOTS_NONE},
	{.name = "static", .roots = ROOTS_STATIC},
	{.name = "array", .roots = ROOTS_IMAGE},
	{.name = "pointer", .roots = ROOTS_BEHIND},
	{.name = "extreme", .roots = ROOTS_VALUE},
	{.name = "vmemmap", .roots = ROOTS_VALUE, .vmemmap = true},
};

void memimage_take_machine(struct memimage *m, const char *name)
{
	m->machine = WORDS_ROW(machines, name, "unknown machine");
	m->word = m->machine->word;
	m->mask = m->word == 8 ? UINT64_MAX : UINT32_MAX;
	memimage_take_model(m, m->word == 8 ? "vmemmap" : "flat");
}

void memimage_take_model(struct memimage *m, const char *name)
{
	m->model = WORDS_ROW(models, name, "unknown model");
}

const char *memimage_elf(const struct memimage *m)
{
	return m->machine->elf;
}

/* Page tables */

struct level {
	unsigned int shift, bits;
};

/* The top one first. */
static unsigned int levels_of(const struct memimage *m, struct level *levels)
{
	unsigned int each = (unsigned int)m->shift - 3;
	unsigned int bits =
		m->machine->physical == 46 ? (m->five ? 57 : 48) : (unsigned int)m->bits;
	unsigned int n = (bits - (unsigned int)m->shift + each - 1) / each;

	for (unsigned int i = 0; i < n; i++) {
		levels[i].shift = (unsigned int)m->shift + each * (n - 1 - i);
		levels[i].bits = i == 0 ? bits - levels[i].shift : each;
	}
	return n;
}

/* Bits of an entry beside its address: of a table, a block, a page. */
static uint64_t entry_bits(const struct memimage *m, bool table, bool lowest)
{
	if (strcmp(m->machine->name, "x86_64") == 0)
		return table ? 0x67 : lowest ? UINT64_C(0x8000000000000163) : 0x1e3;
	return table ? 3 : lowest ? UINT64_C(0x0068000000000703) : UINT64_C(0x0068000000000701);
}

/* Maps VA, a page or (with UP) a block of the level above. Returns where the entry is. */
static uint64_t map_page(struct memimage *m, uint64_t va, uint64_t pa, unsigned int up)
{
	struct level levels[LEVELS];
	unsigned int n = levels_of(m, levels);
	uint64_t table = m->root;
	uint64_t at = 0;

	for (unsigned int i = 0; i < n - up; i++) {
		uint64_t index = va >> levels[i].shift & ((UINT64_C(1) << levels[i].bits) - 1);
		uint64_t page = UINT64_C(1) << m->shift;

		at = table + index * 8;
		if (i + 1 == n - up)
			break;
		table = memimage_get(m, at, 8) & UINT64_C(0xffffffffffff) & -page;
		if (table == 0) {
			table = memimage_place(m, page, page);
			memimage_put(m, at, table | entry_bits(m, true, false), 8);
		}
	}
	memimage_put(m, at, pa | entry_bits(m, false, up == 0), 8);
	return at;
}

/* The machine: where virtual memory stands, and what its kernel says of that. */

static void place_arm(struct memimage *m)
{
	m->image = m->linear = m->split - m->phys;
	m->stext = m->split + 0x8000;
	memimage_key(m, " SYMBOL(swapper_pg_dir)=%llx%s", (unsigned long long)(m->split + 0x4000),
		     m->machine->elf[3] == '6' ? " CONFIG_ARM_LPAE=y" : "");
}

static void place_arm64(struct memimage *m)
{
	uint64_t middle = -(UINT64_C(1) << (m->bits - 1));

	m->linear = -(UINT64_C(1) << m->bits) - m->phys;
	m->stext = middle + 0x8010000;
	m->image = m->stext - m->cursor;
	m->vmemmap = -(UINT64_C(1) << (m->bits - (m->shift - 6))) - (m->phys >> m->shift) * m->page;
	memimage_key(
		m, " NUMBER(VA_BITS)=%u NUMBER(kimage_voffset)=%#llx NUMBER(PHYS_OFFSET)=%#llx",
		(unsigned int)m->bits, (unsigned long long)m->image, (unsigned long long)m->phys);
}

static void place_x86_64(struct memimage *m)
{
	m->linear = m->five ? X86_DIRECT_5 : X86_DIRECT_MAP;
	m->stext = X86_KERNEL_MAP + 16 * MIB;
	m->image = m->stext - m->cursor;
	m->vmemmap = m->five ? X86_VMEMMAP_5 : X86_VMEMMAP;
	memimage_key(m,
		     " NUMBER(phys_base)=%lld NUMBER(pgtable_l5_enabled)=%u"
		     " NUMBER(KERNEL_IMAGE_SIZE)=1073741824",
		     (long long)(X86_KERNEL_MAP - m->image), m->five ? 1 : 0);
}

static void place_uts(struct memimage *m)
{
	uint64_t page = UINT64_C(1) << m->shift;

	m->uts = memimage_place(m, page, page);
	for (unsigned int i = 0; i < sizeof(RELEASE); i++)
		memimage_put(m, m->uts + NAME_OFFSET + 2 * FIELD + i, (uint8_t)RELEASE[i], 1);
	memimage_key(m,
		     " OSRELEASE=" RELEASE " PAGESIZE=%llu SYMBOL(init_uts_ns)=%llx"
		     " OFFSET(uts_namespace.name)=%u SYMBOL(_stext)=%llx",
		     (unsigned long long)page, (unsigned long long)((m->uts + m->image) & m->mask),
		     (unsigned int)NAME_OFFSET, (unsigned long long)m->stext);
}

static void place_machine(struct memimage *m)
{
	uint64_t page = UINT64_C(1) << m->shift;

	m->at = m->at == UINT64_MAX ? (m->ram[0].paddr + page - 1) & -page : m->at;
	m->phys = m->phys == UINT64_MAX ? m->at : m->phys;
	m->cursor = m->at + 0x10000;
	m->page = m->page != 0 ? m->page : m->word == 8 ? 64 : 32;
	if (m->word == 4)
		place_arm(m);
	else if (strcmp(m->machine->name, "arm64") == 0)
		place_arm64(m);
	else
		place_x86_64(m);
	place_uts(m);
	if (m->word == 4)
		return;
	m->root = memimage_place(m, page, page);
	memimage_key(m, " SYMBOL(%s)=%llx",
		     strcmp(m->machine->name, "arm64") == 0 ? "swapper_pg_dir" : "init_top_pgt",
		     (unsigned long long)(m->root + m->image));
	map_page(m, (m->uts + m->image) & -page, m->uts, 0);
	map_page(m, (m->uts + m->linear) & -page, m->uts, 0);
}

/* Struct pages */

static uint64_t section_bytes(const struct memimage *m)
{
	return m->word == 8 ? SECTION_BYTES_64 : SECTION_BYTES_32;
}

static uint64_t section_shift(const struct memimage *m)
{
	uint64_t bits = m->machine->section + (m->shift == 16 && m->word == 8 ? 2 : 0);

	return m->section != 0 ? m->section : bits;
}

/* Numbers of the sections that RAM is in, ascending. */
static void find_sections(struct memimage *m)
{
	uint64_t shift = section_shift(m) - m->shift;

	for (unsigned int i = 0; i < m->rams; i++) {
		for (uint64_t nr = m->ram[i].first >> shift; nr <= (m->ram[i].end - 1) >> shift;
		     nr++) {
			if (m->sections > 0 && m->sec[m->sections - 1].nr >= nr)
				continue;
			if (m->sections == MEMIMAGE_SECTIONS)
				words_wrong("too many sections", NULL);
			m->sec[m->sections++].nr = nr;
		}
	}
}

/* One page of struct pages; with BLOCK as many as the level above maps at once. */
static void place_vpage(struct memimage *m, uint64_t index)
{
	uint64_t page = UINT64_C(1) << m->shift;
	uint64_t many = m->block ? UINT64_C(1) << (m->shift - 3) : 1;
	uint64_t first = (m->vfirst + index) / many * many;
	uint64_t pa;

	if (m->vpage[index] != 0)
		return;
	pa = memimage_place(m, many * page, many * page);
	for (uint64_t i = 0; i < many; i++) {
		if (first + i >= m->vfirst && first + i - m->vfirst < m->vcount)
			m->vpage[first + i - m->vfirst] = pa + i * page;
	}
	m->vpte[index] = map_page(m, first << m->shift, pa, m->block ? 1 : 0);
}

static void place_vmemmap(struct memimage *m)
{
	uint64_t last = (m->vmemmap + memimage_end(m) * m->page - 1) >> m->shift;

	m->vfirst = (m->vmemmap + memimage_first(m) * m->page) >> m->shift;
	m->vcount = last - m->vfirst + 1;
	m->vpage = calloc((size_t)m->vcount, sizeof(*m->vpage));
	m->vpte = calloc((size_t)m->vcount, sizeof(*m->vpte));
	if (m->vpage == NULL || m->vpte == NULL)
		words_wrong("no memory", NULL);
	for (unsigned int i = 0; i < m->rams; i++) {
		uint64_t from = (m->vmemmap + m->ram[i].first * m->page) >> m->shift;
		uint64_t to = (m->vmemmap + m->ram[i].end * m->page - 1) >> m->shift;

		for (uint64_t v = from & ~UINT64_C(1); v <= (to | 1); v++) {
			if ((v ^ 1) >= from && (v ^ 1) <= to)
				place_vpage(m, (v ^ 1) - m->vfirst);
		}
	}
}

static void place_section(struct memimage *m, struct memimage_section *s)
{
	uint64_t frames = UINT64_C(1) << (section_shift(m) - m->shift);
	uint64_t page = UINT64_C(1) << m->shift;
	uint64_t value = m->vmemmap;
	uint64_t nr = s->nr;

	if (!m->model->vmemmap) {
		s->map = memimage_place(m, frames * m->page, page);
		value = s->map + m->linear - nr * frames * m->page;
	}
	memimage_put(m, memimage_section(m, nr * frames), value | SECTION_MAP_FLAGS, m->word);
}

static void place_flat(struct memimage *m)
{
	uint64_t page = UINT64_C(1) << m->shift;
	uint64_t pointer = memimage_place(m, m->word, page);

	m->map = memimage_place(m, (memimage_end(m) - (m->phys >> m->shift)) * m->page, page);
	memimage_put(m, pointer, m->map + m->linear, m->word);
	memimage_key(m,
		     " SYMBOL(mem_map)=%llx SYMBOL(contig_page_data)=%llx"
		     " OFFSET(pglist_data.node_mem_map)=1728",
		     (unsigned long long)((pointer + m->image) & m->mask),
		     (unsigned long long)((pointer + m->image + 64) & m->mask));
}

/* The array of sections, or of roots. */
static void place_array(struct memimage *m)
{
	uint64_t page = UINT64_C(1) << m->shift;
	uint64_t all = UINT64_C(1) << (m->machine->physical - section_shift(m));
	uint64_t per_root = page / section_bytes(m);
	uint64_t length = m->model->roots == ROOTS_STATIC ? all : (all - 1) / per_root + 1;
	uint64_t each = m->model->roots == ROOTS_STATIC ? section_bytes(m) : m->word;
	uint64_t symbol, pointer;

	pointer = memimage_place(m, page, page);
	m->array = memimage_place(m, length * each, page);
	symbol = m->array + m->image;
	if (m->model->roots == ROOTS_BEHIND || m->model->roots == ROOTS_VALUE) {
		symbol = pointer + m->image;
		memimage_put(m, pointer, m->array + m->linear, m->word);
	}
	if (m->model->roots == ROOTS_VALUE)
		symbol = m->array + m->linear;
	memimage_key(m,
		     " SYMBOL(mem_section)=%llx LENGTH(mem_section)=%llu SIZE(mem_section)=%llu"
		     " OFFSET(mem_section.section_mem_map)=0 NUMBER(SECTION_SIZE_BITS)=%llu"
		     " NUMBER(MAX_PHYSMEM_BITS)=%u",
		     (unsigned long long)(symbol & m->mask), (unsigned long long)length,
		     (unsigned long long)section_bytes(m), (unsigned long long)section_shift(m),
		     m->machine->physical);
}

static void place_roots(struct memimage *m)
{
	uint64_t page = UINT64_C(1) << m->shift;
	uint64_t per_root = page / section_bytes(m);

	for (unsigned int i = 0; i < m->sections; i++) {
		uint64_t at = m->array + m->sec[i].nr / per_root * m->word;

		if (memimage_get(m, at, m->word) == 0)
			memimage_put(m, at, memimage_place(m, page, page) + m->linear, m->word);
	}
}

void memimage_map(struct memimage *m)
{
	place_machine(m);
	if (m->model->roots == ROOTS_NONE) {
		place_flat(m);
		return;
	}
	find_sections(m);
	place_array(m);
	if (m->model->roots != ROOTS_STATIC)
		place_roots(m);
	if (m->model->vmemmap)
		place_vmemmap(m);
	for (unsigned int i = 0; i < m->sections; i++)
		place_section(m, &m->sec[i]);
}

uint64_t memimage_section(const struct memimage *m, uint64_t pfn)
{
	uint64_t per_root = (UINT64_C(1) << m->shift) / section_bytes(m);
	uint64_t nr = pfn >> (section_shift(m) - m->shift);
	uint64_t root;

	if (m->model->roots == ROOTS_STATIC)
		return m->array + nr * section_bytes(m);
	root = memimage_get(m, m->array + nr / per_root * m->word, m->word) - m->linear;
	return (root & m->mask) + nr % per_root * section_bytes(m);
}

/* Where the struct page of PFN is among those of its section, or of all. */
static uint64_t linear_page(const struct memimage *m, uint64_t pfn)
{
	uint64_t shift = section_shift(m) - m->shift;

	if (m->model->roots == ROOTS_NONE)
		return m->map + (pfn - (m->phys >> m->shift)) * m->page;
	for (unsigned int i = 0; i < m->sections; i++) {
		if (m->sec[i].nr == pfn >> shift)
			return m->sec[i].map + (pfn - (m->sec[i].nr << shift)) * m->page;
	}
	words_wrong("no such section", NULL);
}

uint64_t memimage_page_va(const struct memimage *m, uint64_t pfn)
{
	if (m->model->vmemmap)
		return m->vmemmap + pfn * m->page;
	return (linear_page(m, pfn) + m->linear) & m->mask;
}

uint8_t *memimage_page_byte(const struct memimage *m, uint64_t pfn, unsigned int at)
{
	uint64_t va;

	if (!m->model->vmemmap)
		return memimage_at(m, linear_page(m, pfn) + at);
	va = m->vmemmap + pfn * m->page + at;
	if (m->vpage[(va >> m->shift) - m->vfirst] == 0)
		words_wrong("no struct page", NULL);
	return memimage_at(m, m->vpage[(va >> m->shift) - m->vfirst] +
				      (va & ((UINT64_C(1) << m->shift) - 1)));
}

/* Frames that have any byte of their struct page in page V of the region are out of reach. */
static void lose(struct memimage *m, uint64_t v)
{
	uint64_t from = (v << m->shift) - m->vmemmap;
	uint64_t to = from + (UINT64_C(1) << m->shift);
	uint64_t first = from / m->page;

	if (m->vpte[v - m->vfirst] == 0)
		words_wrong("gone wants pages that are mapped one by one", NULL);
	memimage_put(m, m->vpte[v - m->vfirst], 0, 8);
	memimage_set(m, first, (to + m->page - 1) / m->page - first, STATE_UNKNOWN);
}

void memimage_unmap(struct memimage *m, uint64_t pfn, uint64_t count)
{
	uint64_t to = (m->vmemmap + (pfn + count) * m->page - 1) >> m->shift;

	if (!m->model->vmemmap || m->block)
		words_wrong("gone wants pages that are mapped one by one", NULL);
	for (uint64_t v = (m->vmemmap + pfn * m->page) >> m->shift; v <= to; v++)
		lose(m, v);
}

void memimage_absent(struct memimage *m, uint64_t pfn)
{
	uint64_t shift = section_shift(m) - m->shift;

	memimage_put(m, memimage_section(m, pfn), 0, m->word);
	memimage_set(m, pfn >> shift << shift, UINT64_C(1) << shift, STATE_UNKNOWN);
}
