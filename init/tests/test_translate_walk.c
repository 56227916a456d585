/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/translate_walk: the tables of every machine lead where they should, and tables that
 * make no sense lead nowhere, in no more steps than there are levels.
 */
#include "tests/images/pagetables.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"
#include "vmcore/physmem.h"
#include "vmcore/translate.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The core that is open; one at a time. */
static struct elfcore elf;
static struct physmem memory;
static struct vmcoreinfo info;
static struct translate t;
static int fd = -1;

static int open_core(const struct pagetables *p)
{
	static char room[VMCOREINFO_MOST];

	if (fd >= 0)
		close(fd);
	fd = memfd_create("core", MFD_CLOEXEC);
	REQUIRE(fd >= 0 && write(fd, p->core.bytes, p->core.size) == (ssize_t)p->core.size);
	REQUIRE(elfcore_read(&elf, fd) == 0 && vmcoreinfo_find(&info, &elf.notes, room));
	physmem_open(&memory, fd, &elf, NULL);
	memset(&t, 0xa5, sizeof(t));
	return translate_open(&t, &elf, &info, &memory);
}

static struct pagetables *build(const struct pagetables_machine *m)
{
	return pagetables_build(m->name, "", "");
}

/* Opens it for walks, and gives it back. */
static void open_tables(struct pagetables *p)
{
	if (!CHECK_EQ(open_core(p), 0) || !CHECK_EQ(t.walk.levels, p->m->levels))
		test_note("%s", p->m->name);
	pagetables_free(p);
}

/* Changes memory behind the back of what is open. */
static void overwrite(uint64_t pa, uint8_t byte, size_t size)
{
	uint8_t bytes[65536];

	REQUIRE(size <= sizeof(bytes));
	memset(bytes, byte, size);
	for (unsigned int i = 0; i < elf.segments; i++) {
		const struct elfcore_segment *s = &elf.segment[i];

		if (pa >= s->paddr && pa - s->paddr < s->size)
			REQUIRE(pwrite(fd, bytes, size, (off_t)(s->offset + (pa - s->paddr))) ==
				(ssize_t)size);
	}
	physmem_open(&memory, memory.fd, &elf, NULL); /* forgets */
}

/* VA leads to PA, and LEFT bytes stand side by side there. */
static void leads(const struct pagetables_machine *m, uint64_t va, uint64_t pa, uint64_t left)
{
	uint64_t got = 0;
	uint64_t got_left = 0;

	if (!CHECK_EQ(translate_walk(&t, va, &got, &got_left), 0) || !CHECK_EQ(got, pa) ||
	    !CHECK_EQ(got_left, left))
		test_note("%s: 0x%llx", m->name, (unsigned long long)va);
}

static void leads_nowhere(const struct pagetables_machine *m, uint64_t va)
{
	uint64_t pa;
	uint64_t left;

	if (!CHECK_EQ(translate_walk(&t, va, &pa, &left), -ENXIO))
		test_note("%s: 0x%llx", m->name, (unsigned long long)va);
}

/* The addresses that an entry of that machine can hold, of whole pages. */
static uint64_t physical_mask(const struct pagetables_machine *m)
{
	uint64_t bits = m->base >> 48 != 0 ? 52 : 47;

	if (m->va_bits == 0 && m->format != X86)
		bits = m->format == SHORT ? 32 : 40;
	return ((UINT64_C(1) << bits) - 1) & -m->page;
}

TEST("a page is found wherever it is mapped, on every machine")
{
	enum { PAGES = 12 };

	for (EACH_MACHINE(m)) {
		struct pagetables *p = build(m);
		uint64_t va[PAGES];
		uint64_t pa[PAGES];

		for (unsigned int i = 0; i < PAGES; i++) {
			va[i] = (m->first | (test_random() & (m->last - m->first))) & -m->page;
			pa[i] = test_random() & physical_mask(m);
			pagetables_map(p, va[i], m->levels - 1, pa[i]);
		}
		open_tables(p);
		for (unsigned int k = 0; k < 4 * PAGES; k++) {
			unsigned int i = k % PAGES;
			uint64_t at = k < PAGES ? 0 : test_below((size_t)m->page);

			leads(m, va[i] + at, pa[i] + at, m->page - at);
			leads_nowhere(m, va[i] ^ m->page);
			leads_nowhere(m, va[i] ^ UINT64_C(1) << m->shift[0]);
		}
	}
}

TEST("a block is found at each level that has blocks, and at no other")
{
	for (EACH_MACHINE(m)) {
		for (unsigned int level = 0; level < m->levels; level++) {
			uint64_t size = UINT64_C(1) << m->shift[level];
			uint64_t pa = m->base & -size;
			struct pagetables *p = build(m);

			pagetables_map(p, m->other, level, pa);
			open_tables(p);
			for (unsigned int i = 0; i < 20; i++) {
				uint64_t at = i == 0   ? m->other & (size - 1)
					      : i == 1 ? size - 1
						       : test_random() & (size - 1);
				uint64_t va = (m->other & -size) + at;

				if ((m->blocks >> level & 1) != 0)
					leads(m, va, pa + at, size - at);
				else
					leads_nowhere(m, va);
			}
		}
	}
}

/* An entry of M that is none. */
static uint64_t invalid(const struct pagetables_machine *m, uint64_t e, unsigned int way)
{
	if (way == 0)
		return 0;
	/* of a short descriptor bit 1 alone makes a section or a page */
	return e & ~(m->format == SHORT || way == 1 ? UINT64_C(3) : UINT64_C(1));
}

TEST("an entry that is not valid ends the walk, at each level")
{
	for (EACH_MACHINE(m)) {
		for (unsigned int level = 0; level < m->levels; level++) {
			for (unsigned int way = 0; way < 3; way++) {
				struct pagetables *p = build(m);
				uint64_t slot;
				uint64_t e;

				pagetables_map(p, m->other, m->levels - 1, m->base);
				slot = pagetables_slot(p, m->other, level);
				e = pagetables_get(p, slot, m->format == SHORT ? 4 : 8);
				pagetables_set(p, slot, invalid(m, e, way));
				open_tables(p);
				leads_nowhere(m, m->other);
			}
		}
	}
}

TEST("arm: what ends a walk above is no page at the lowest level")
{
	for (EACH_MACHINE(m)) {
		unsigned int lowest = m->levels - 1;
		struct pagetables *p;

		if (m->format != LONG)
			continue;
		p = build(m);
		pagetables_set(p, pagetables_slot(p, m->other, lowest),
			       pagetables_leaf(p, lowest - 1, m->base));
		open_tables(p);
		leads_nowhere(m, m->other);
	}
}

TEST("tables outside of memory lead nowhere")
{
	for (EACH_MACHINE(m)) {
		for (unsigned int i = 0; i < 3 * (m->levels - 1); i++) {
			const uint64_t outside[] = {m->base + PAGETABLES_BYTES, m->base - m->page,
						    0};
			struct pagetables *p = build(m);

			pagetables_set(p, pagetables_slot(p, m->other, i / 3),
				       pagetables_table(p, outside[i % 3]));
			open_tables(p);
			leads_nowhere(m, m->other);
		}
	}
}

TEST("tables that name each other in a circle are walked no deeper than there are levels")
{
	for (EACH_MACHINE(m)) {
		struct pagetables *p = build(m);
		uint64_t root = m->base + PAGETABLES_ROOT;
		unsigned int size = m->format == SHORT ? 4 : 8;
		unsigned int found = 0;
		uint64_t pa;
		uint64_t left;
		int r;

		pagetables_map_image(p);
		for (uint64_t at = root; at < p->next; at += size) {
			if (pagetables_get(p, at, size) == 0)
				pagetables_set(p, at, pagetables_table(p, root));
		}
		open_tables(p);
		for (unsigned int i = 0; i < 200; i++) {
			r = translate_walk(&t, m->first | (test_random() & (m->last - m->first)),
					   &pa, &left);
			CHECK(r == -ENXIO || pa - m->base < PAGETABLES_BYTES);
			found += r == 0;
		}
		if (!CHECK(t.walk.trusted && found > 100))
			test_note("%s: %u times", m->name, found);
	}
}

TEST("arm: a supersection reaches beyond 4 GiB, and a large page has sixteen entries")
{
	const struct pagetables_machine *m = pagetables_machine("arm");
	struct pagetables *p = pagetables_build(m->name, "CONFIG_ARM_LPAE=n", "");

	for (uint64_t i = 0; i < 16; i++) {
		pagetables_set(p, pagetables_slot(p, 0xf2000000 + (i << 20), 0),
			       0xab940402 | 0x40000);
		pagetables_set(p, pagetables_slot(p, 0xf3010000 + (i << 12), 1), 0x12340000 | 0x7d);
	}
	pagetables_set(p, pagetables_slot(p, 0xf4000000, 0), 0xab911403); /* PXN, not a table */
	pagetables_set(p, pagetables_slot(p, 0xf6000000, 0), 0x40300c01); /* of 1 KiB */
	pagetables_set(p, 0x40300c00 + 0x45 * 4, 0x1234545f);
	pagetables_set(p, pagetables_slot(p, 0xf5000000, 1), 0x5678902e); /* small, executable */
	open_tables(p);
	for (unsigned int i = 0; i < 100; i++) {
		uint64_t at = test_below(1 << 24);

		leads(m, 0xf2000000 + at, UINT64_C(0x9ab000000) + at, 0x100000 - at % 0x100000);
		at %= 65536;
		leads(m, 0xf3010000 + at, 0x12340000 + at, 4096 - at % 4096);
	}
	leads(m, 0xf4012345, 0xab912345, 0x100000 - 0x12345);
	leads(m, 0xf5000fff, 0x56789fff, 1);
	leads(m, 0xf6045001, 0x12345001, 4095);
	leads_nowhere(m, UINT64_C(1) << 32 | 0xf4012345);
}

TEST("arm64: bits 9 and 8 are the address of 52 bits alone, and so are 15 to 12 of 64 KiB pages")
{
	struct pagetables *p = build(pagetables_machine("4k-48"));
	uint64_t va = p->m->other;

	pagetables_set(p, pagetables_slot(p, va, 3), UINT64_C(0x0068000040300703));
	open_tables(p);
	leads(pagetables_machine("4k-48"), va, 0x40300000, 4096);

	p = build(pagetables_machine("4k-52"));
	pagetables_set(p, pagetables_slot(p, va, 4), UINT64_C(0x006a000040300703));
	open_tables(p);
	leads(pagetables_machine("4k-52"), va, UINT64_C(0xe000040300000), 4096);

	p = build(pagetables_machine("64k-48"));
	pagetables_set(p, pagetables_slot(p, va, 2), UINT64_C(0x006800004030a703));
	open_tables(p);
	leads(pagetables_machine("64k-48"), va & -UINT64_C(65536), UINT64_C(0xa000040300000),
	      65536);
}

TEST("x86_64: the mask of memory encryption is no part of an address")
{
	const struct pagetables_machine *m = pagetables_machine("x86_64-sme");
	struct pagetables *p = build(m);

	pagetables_map(p, m->other, 3, 0x40300000);
	pagetables_map(p, m->other + 0x200000, 2, 0x40200000);
	open_tables(p);
	leads(m, m->other, 0x40300000, 4096);
	leads(m, m->other + 0x200000, 0x40323000, 0x200000 - 0x123000);
}

TEST("an address that is not the kernel's is not walked")
{
	for (EACH_MACHINE(m)) {
		struct pagetables *p = build(m);
		uint64_t va = m->format == SHORT || m->va_bits == 0 ? 0 : m->other - m->first;

		if (m->first == 0) {
			pagetables_free(p);
			continue;
		}
		pagetables_map(p, va, m->levels - 1, m->base);
		pagetables_map(p, m->first, m->levels - 1, m->base);
		open_tables(p);
		leads(m, m->first, m->base, m->page);
		leads_nowhere(m, m->first - m->page);
		leads_nowhere(m, va);
		leads_nowhere(m, m->first ^ UINT64_C(1) << 63);
		leads_nowhere(m, 0);
	}
}

TEST("one walk is enough for all of a block")
{
	for (EACH_MACHINE(m)) {
		for (unsigned int level = 0; level < m->levels; level++) {
			uint64_t size = UINT64_C(1) << m->shift[level];
			uint64_t start = m->other & -size;
			struct pagetables *p = build(m);

			if ((m->blocks >> level & 1) == 0) {
				pagetables_free(p);
				continue;
			}
			pagetables_map(p, start, level, m->base);
			open_tables(p);
			leads(m, m->other, (m->base & -size) + (m->other - start),
			      start + size - m->other);
			overwrite(m->base + PAGETABLES_ROOT, 0, 65536);
			leads(m, start + size - 1, (m->base & -size) + size - 1, 1);
			leads(m, start, m->base & -size, size);
			leads_nowhere(m, start - 1);
			leads_nowhere(m, start + size);
			leads(m, start + 1, (m->base & -size) + 1, size - 1);
		}
	}
}

TEST("two blocks by turns keep their own addresses, and what is in none has none")
{
	for (EACH_MACHINE(m)) {
		struct pagetables *p = build(m);
		unsigned int lowest = m->levels - 1;
		uint64_t va = m->other & -m->page;

		pagetables_map(p, va, lowest, m->base + PAGETABLES_DATA);
		pagetables_map(p, va + 2 * m->page, lowest, m->base);
		open_tables(p);
		for (unsigned int i = 0; i < 5; i++) {
			leads(m, va + 5, m->base + PAGETABLES_DATA + 5, m->page - 5);
			if (i % 2 == 0)
				leads_nowhere(m, va + m->page);
			leads(m, va + 2 * m->page, m->base, m->page);
			leads_nowhere(m, va - 1);
		}
	}
}

TEST("a root that is not named, or not in memory, leaves no levels")
{
	static const char *const words[] = {"SYMBOL(swapper_pg_dir)=", "SYMBOL(swapper_pg_dir)=0",
					    "SYMBOL(swapper_pg_dir)=ffffffffffffffff",
					    "SYMBOL(init_top_pgt)=1"};

	for (EACH_MACHINE(m)) {
		for (unsigned int i = 0; i < 4; i++) {
			struct pagetables *p = pagetables_build(m->name, words[i], "");

			pagetables_map(p, m->other, m->levels - 1, m->base);
			CHECK_EQ(open_core(p), 0);
			CHECK_EQ(t.walk.levels, i < 3 || m->format == X86 ? 0 : m->levels);
			if (i < 3)
				leads_nowhere(m, m->other);
			pagetables_free(p);
		}
	}
}

TEST("x86_64: the table has had three names")
{
	const struct pagetables_machine *m = pagetables_machine("x86_64");
	char words[128];

	for (unsigned int i = 0; i < 2; i++) {
		struct pagetables *p;

		snprintf(words, sizeof(words), "SYMBOL(swapper_pg_dir)=%s SYMBOL(%s)=%llx",
			 i == 0 ? "" : "ffffffff81000000",
			 i == 0 ? "init_level4_pgt" : "init_top_pgt",
			 (unsigned long long)(m->image + PAGETABLES_ROOT));
		p = pagetables_build(m->name, words, "");
		pagetables_map(p, m->other, 3, m->base);
		open_tables(p);
		leads(m, m->other, m->base, 4096);
	}
}

TEST("keys that give no tables that can be leave no levels")
{
	static const char *const words[][2] = {
		{"4k-48", "PAGESIZE=8192"},
		{"4k-48", "PAGESIZE=32768"},
		{"4k-48", "NUMBER(TCR_EL1_T1SZ)=0x0"},
		{"4k-48", "NUMBER(TCR_EL1_T1SZ)=0xb"},
		{"4k-48", "NUMBER(TCR_EL1_T1SZ)=0x1d"},
		{"4k-48", "NUMBER(TCR_EL1_T1SZ)=0xffffffffffffffff"},
		{"16k-52", "NUMBER(TCR_EL1_T1SZ)=0x40"},
	};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct pagetables *p = pagetables_build(words[i][0], words[i][1], "");

		CHECK_EQ(open_core(p), 0);
		if (!CHECK_EQ(t.walk.levels, 0))
			test_note("%s", words[i][1]);
		pagetables_free(p);
	}
}

TEST("a read of a table that fails gives its error")
{
	const struct pagetables_machine *m = pagetables_machine("lpae");
	struct pagetables *p = build(m);
	uint64_t pa;
	uint64_t left;

	pagetables_map(p, m->other, 2, m->base);
	open_tables(p);
	physmem_open(&memory, memory.fd, &elf, NULL); /* forgets */
	memory.fd = -1;
	CHECK_EQ(translate_walk(&t, m->other, &pa, &left), -EBADF);
}
