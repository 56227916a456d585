/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables as kernels write them: arch/arm/mm/mmu.c, arch/arm64/mm/mmu.c, arch/x86/mm/init_64.c,
 * with attributes set that are no part of an address.
 */
#include "tests/images/pagetables.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LPA2(m) ((m)->format == LONG && (m)->page < 65536 && (m)->first == UINT64_C(0xfff0) << 48)

enum { FIRST_TABLE = PAGETABLES_ROOT + 0x10000 };

struct pagetables *pagetables_build(const char *name, const char *words, const char *lines)
{
	struct pagetables *p = calloc(1, sizeof(*p));
	char text[1024];
	char description[4096];

	if (p == NULL)
		abort();
	p->m = pagetables_machine(name);
	pagetables_keys(p->m, NULL, text, sizeof(text));
	snprintf(description, sizeof(description),
		 "%s\nnote %s %s\nload 0x%llx 0x%x zero vaddr=0x%llx\n%s", p->m->elf, words, text,
		 (unsigned long long)p->m->base, (unsigned int)PAGETABLES_BYTES,
		 (unsigned long long)p->m->linear, lines);
	corefile_build(&p->core, description);
	for (unsigned int i = 0; i < sizeof(PAGETABLES_RELEASE_NAME); i++)
		pagetables_put(p, p->m->base + PAGETABLES_RELEASE + i,
			       (uint8_t)PAGETABLES_RELEASE_NAME[i], 1);
	p->next = p->m->base + FIRST_TABLE;
	return p;
}

void pagetables_free(struct pagetables *p)
{
	corefile_free(&p->core);
	free(p);
}

static uint8_t *memory(const struct pagetables *p, uint64_t pa, unsigned int size)
{
	for (unsigned int i = 0; i < p->core.loads; i++) {
		const struct corefile_load *l = &p->core.load[i];

		if (pa >= l->paddr && pa - l->paddr + size <= l->size)
			return p->core.bytes + l->offset + (pa - l->paddr);
	}
	words_wrong("no such memory", NULL);
}

void pagetables_put(struct pagetables *p, uint64_t pa, uint64_t value, unsigned int size)
{
	uint8_t *at = memory(p, pa, size);

	for (unsigned int i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

uint64_t pagetables_get(const struct pagetables *p, uint64_t pa, unsigned int size)
{
	const uint8_t *at = memory(p, pa, size);
	uint64_t value = 0;

	for (unsigned int i = size; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

static uint64_t address(const struct pagetables_machine *m, uint64_t pa)
{
	if (m->format == LONG && m->page == 65536)
		return (pa & UINT64_C(0xffffffff0000)) | (pa >> 48 & 0xf) << 12;
	if (LPA2(m))
		return (pa & UINT64_C(0x3fffffffff000)) | (pa >> 50 & 3) << 8;
	return pa | pagetables_sme_mask(m);
}

uint64_t pagetables_table(const struct pagetables *p, uint64_t pa)
{
	static const uint64_t bits[] = {[SHORT] = 0x1, [LONG] = UINT64_C(1) << 59 | 3, 0x67};

	return address(p->m, pa) | bits[p->m->format];
}

uint64_t pagetables_leaf(const struct pagetables *p, unsigned int level, uint64_t pa)
{
	const struct pagetables_machine *m = p->m;
	bool lowest = level + 1 == m->levels;
	uint64_t e = address(m, pa);

	switch (m->format) {
	case SHORT:
		return e | (lowest ? 0x45f : 0x1141e);
	case LONG:
		return e | UINT64_C(0x78) << 48 | (LPA2(m) ? 0x400 : 0x700) | (lowest ? 3 : 1);
	case X86:
		break;
	}
	/* bit 7 is the size of a large page, and with a small one, like bit 12, of the PAT */
	return e | UINT64_C(0x807) << 52 | 0x1e3 | (lowest ? 0 : 0x1000);
}

static uint64_t slot_in(const struct pagetables *p, uint64_t table, uint64_t va, unsigned int level)
{
	uint64_t index = va >> p->m->shift[level] & ((UINT64_C(1) << p->m->bits[level]) - 1);

	return table + index * (p->m->format == SHORT ? 4 : 8);
}

void pagetables_set(struct pagetables *p, uint64_t slot, uint64_t entry)
{
	pagetables_put(p, slot, entry, p->m->format == SHORT ? 4 : 8);
}

/* The table that the entry at SLOT names; a new one is put there when that is none. */
static uint64_t table_of(struct pagetables *p, uint64_t slot)
{
	uint64_t e = pagetables_get(p, slot, p->m->format == SHORT ? 4 : 8);

	for (uint64_t at = p->m->base + FIRST_TABLE; at < p->next; at += p->m->page) {
		if (pagetables_table(p, at) == e)
			return at;
	}
	if (p->next + p->m->page > p->m->base + PAGETABLES_DATA)
		words_wrong("too many tables", NULL);
	pagetables_set(p, slot, pagetables_table(p, p->next));
	p->next += p->m->page;
	return p->next - p->m->page;
}

uint64_t pagetables_slot(struct pagetables *p, uint64_t va, unsigned int level)
{
	uint64_t table = p->m->base + PAGETABLES_ROOT;

	for (unsigned int i = 0; i < level; i++)
		table = table_of(p, slot_in(p, table, va, i));
	return slot_in(p, table, va, level);
}

void pagetables_map(struct pagetables *p, uint64_t va, unsigned int level, uint64_t pa)
{
	uint64_t block = UINT64_C(1) << p->m->shift[level];

	pagetables_set(p, pagetables_slot(p, va, level), pagetables_leaf(p, level, pa & -block));
}

void pagetables_map_image(struct pagetables *p)
{
	unsigned int lowest = p->m->levels - 1;

	for (uint64_t at = PAGETABLES_UTS; at < PAGETABLES_ROOT + 65536; at += 4096) {
		pagetables_map(p, p->m->image + at, lowest, p->m->base + at);
		pagetables_map(p, p->m->linear + at, lowest, p->m->base + at);
	}
}
