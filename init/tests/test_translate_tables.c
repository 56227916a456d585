/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/translate with page tables: how far the maps go, when the tables are asked, and which of
 * the two is believed.
 */
#include "tests/images/pagetables.h"
#include "tests/test.h"
#include "vmcore/translate.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct vmcore vmcore; /* the core with tables that is open */
static struct translate *const t = &vmcore.translate;

/* Opens it and gives it back. */
static void open_tables(struct pagetables *p)
{
	static int fd = -1;

	if (fd >= 0)
		close(fd);
	fd = memfd_create("core", MFD_CLOEXEC);
	REQUIRE(fd >= 0 && write(fd, p->core.bytes, p->core.size) == (ssize_t)p->core.size);
	CHECK_EQ(vmcore_open(&vmcore, fd, NULL), 0);
	if (!CHECK_EQ(vmcore.translate_error, 0))
		test_note("%s", p->m->name);
	pagetables_free(p);
}

/* VA leads to PA. Returns how many bytes stand side by side there. */
static uint64_t leads(uint64_t va, uint64_t pa)
{
	uint64_t got = 0;
	uint64_t left = 0;

	if (!CHECK_EQ(translate_physical(t, va, &got, &left), 0) || !CHECK_EQ(got, pa) ||
	    !CHECK(left > 0))
		test_note("0x%llx", (unsigned long long)va);
	return left;
}

static void leads_nowhere(uint64_t va)
{
	uint64_t pa;
	uint64_t left;

	if (!CHECK_EQ(translate_physical(t, va, &pa, &left), -ENXIO))
		test_note("0x%llx", (unsigned long long)va);
}

TEST("image, linear map and what only the tables know, on every machine")
{
	for (EACH_MACHINE(m)) {
		for (unsigned int way = 0; way < 3; way++) {
			struct pagetables *p = pagetables_build(m->name, "", "");
			uint64_t pa = m->base + PAGETABLES_DATA;

			if (way == 2)
				pagetables_map_image(p);
			if (way > 0)
				pagetables_map(p, m->other, m->levels - 1, pa);
			open_tables(p);
			CHECK_EQ(t->walk.trusted, way == 2);
			CHECK_EQ(t->page, m->page);
			CHECK_EQ(t->physical, m->va_bits == 0 && m->format != X86 ? m->base : 0);
			for (uint64_t at = 0; at < PAGETABLES_BYTES; at += 0x12345) {
				leads(m->image + at, m->base + at);
				CHECK_EQ(leads(m->linear + at, m->base + at),
					 PAGETABLES_BYTES - at);
			}
			if (way > 0)
				leads(m->other, pa + (m->other & (m->page - 1)));
			else
				leads_nowhere(m->other);
			leads_nowhere(m->linear + PAGETABLES_BYTES);
			leads_nowhere(0);
		}
	}
}

TEST("reads go across pages wherever they are mapped, and fail where one is not")
{
	static const uint64_t order[] = {3, 0, 2, 1, 5};

	for (EACH_MACHINE(m)) {
		struct pagetables *p = pagetables_build(m->name, "", "");
		uint64_t data = m->base + PAGETABLES_DATA;
		uint64_t va = m->other & -m->page;
		uint8_t got[24];

		for (uint64_t at = 0; at < 6 * m->page; at++)
			pagetables_put(p, data + at, at * 0x9e37 >> 8, 1);
		for (unsigned int i = 0; i < 5; i++)
			pagetables_map(p, va + i * m->page, m->levels - 1,
				       data + order[i] * m->page);
		open_tables(p);
		for (uint64_t at = m->page - 12; at < 4 * m->page; at += m->page) {
			CHECK_EQ(translate_read(t, va + at, got, 24), 0);
			for (uint64_t i = at; i < at + 24; i++) {
				uint64_t from = order[i / m->page] * m->page + i % m->page;

				CHECK_EQ(got[i - at], from * 0x9e37 >> 8 & 0xff);
			}
		}
		CHECK_EQ(translate_read(t, va + 5 * m->page - 24, got, 24), 0);
		CHECK_EQ(translate_read(t, va + 5 * m->page - 23, got, 24), -ENXIO);
		CHECK_EQ(translate_read(t, va - 1, got, 24), -ENXIO);
	}
}

TEST("what is mapped to no memory is not there")
{
	for (EACH_MACHINE(m)) {
		struct pagetables *p = pagetables_build(m->name, "", "");

		pagetables_map(p, m->other, m->levels - 1, m->base + PAGETABLES_BYTES);
		open_tables(p);
		leads_nowhere(m->other);
	}
}

TEST("what stands side by side ends with its segment, though not inside of a page")
{
	struct pagetables *p = pagetables_build("arm", "", "load 0x40400000 0x2800 data\n");

	open_tables(p);
	CHECK_EQ(leads(0xc0400000, 0x40400000), 0x3000);
	CHECK_EQ(leads(0xc04027ff, 0x404027ff), 0x801);
	leads_nowhere(0xc0402800);
	p = pagetables_build("64k-48", "", "");
	pagetables_map(p, p->m->other, 1, p->m->base);
	open_tables(p);
	CHECK_EQ(leads(UINT64_C(0xfffffffe40323456), 0x40323456), PAGETABLES_BYTES - 0x323456);
}

TEST("what a segment claims that is not sane is no memory")
{
	open_tables(pagetables_build("arm", "", "load 0x40500000 4K data size=0x8000000\n"));
	CHECK_EQ(vmcore.elf.faults, 1);
	leads(0xc03fffff, 0x403fffff);
	leads_nowhere(0xc0500000);
}

TEST("a page has 4096 bytes unless its size makes sense")
{
	static const struct {
		const char *words;
		uint64_t page;
	} sizes[] = {{"PAGESIZE=", 4096},      {"PAGESIZE=0", 4096},	  {"PAGESIZE=2048", 4096},
		     {"PAGESIZE=12288", 4096}, {"PAGESIZE=131072", 4096}, {"PAGESIZE=8192", 8192},
		     {"PAGESIZE=-4096", 4096}, {"PAGESIZE=65536", 65536}};

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		open_tables(pagetables_build("arm", sizes[i].words, ""));
		CHECK_EQ(t->page, sizes[i].page);
	}
}

TEST("tables that lead elsewhere than to the release are not used, such as do not lead there are")
{
	for (EACH_MACHINE(m)) {
		for (unsigned int way = 0; way < 2; way++) {
			struct pagetables *p = pagetables_build(m->name, "", "");
			uint64_t data = m->base + PAGETABLES_DATA;
			uint64_t release = m->image + PAGETABLES_RELEASE;

			pagetables_map_image(p);
			pagetables_map(p, m->other, m->levels - 1, data);
			if (way == 0)
				pagetables_map(p, release, m->levels - 1, data);
			else
				pagetables_set(p, pagetables_slot(p, release, m->levels - 1), 0);
			open_tables(p);
			CHECK(!t->walk.trusted);
			leads(release, m->base + PAGETABLES_RELEASE);
			if (way == 0)
				leads_nowhere(m->other);
			else
				leads(m->other, data + (m->other & (m->page - 1)));
		}
	}
}

TEST("arm: lowmem ends where VMALLOC_START is, or the tables say, or vmalloc is by default")
{
	static const char lines[] = "load 0x40800000 64K data\nload 0x6fff0000 128K data\n";
	static const char *const words[] = {"", "NUMBER(VMALLOC_START)=0xc0800000",
					    "NUMBER(VMALLOC_START)=0xc0001000",
					    "NUMBER(VMALLOC_START)=0xffffffffc0800000"};

	for (unsigned int way = 0; way < 8; way++) {
		struct pagetables *p = pagetables_build("arm", words[way / 2], lines);
		uint64_t data = p->m->base + PAGETABLES_DATA;
		bool bounded = way % 2 == 1 || way == 2;

		if (way % 2 == 1)
			pagetables_map_image(p);
		pagetables_map(p, 0xc0800000, 1, data);
		pagetables_map(p, 0xf0000000, 1, data);
		open_tables(p);
		leads(0xc0800000, bounded ? data : 0x40800000);
		leads(0xf0000000, data);
		leads(0xc07fffff - 0x400000, 0x403fffff);
		if (bounded)
			leads_nowhere(0xefffffff);
		else
			CHECK_EQ(leads(0xefffffff, 0x6fffffff), 1);
	}
}

TEST("arm64: the image ends somewhere, and its neighbours are found by the tables")
{
	static const char lines[] = "load 0x40800000 64K data\nload 0x43ff0000 256K data\n"
				    "load 0x3fe00000 1M data\n";
	const struct pagetables_machine *m = pagetables_machine("4k-48");
	struct pagetables *p = pagetables_build(m->name, "", lines);
	uint64_t data = m->base + PAGETABLES_DATA;

	open_tables(p);
	leads(m->image + 0x800000, m->base + 0x800000);
	leads(m->image + 0x4010000, m->base + 0x4010000);
	leads_nowhere(m->image + 0x4010001);
	leads(m->image - 0x1f0000, m->base - 0x1f0000);
	leads_nowhere(m->image - 0x1f0001);

	p = pagetables_build(m->name, "", lines);
	pagetables_map(p, m->image + 0x800000, 3, data);
	open_tables(p); /* they are not proved */
	leads(m->image + 0x800000, m->base + 0x800000);

	p = pagetables_build(m->name, "", lines);
	pagetables_map_image(p);
	pagetables_map(p, m->image + 0x800000, 3, data);
	pagetables_map(p, m->image + 0x801000, 3, 0x1000);
	pagetables_map(p, m->image + 0x4010000, 3, data);
	open_tables(p);
	CHECK_EQ(leads(m->image + 0x800001, data + 1), 4095);
	leads_nowhere(m->image + 0x801000);
	CHECK_EQ(leads(m->image + 0x802001, m->base + 0x802001), 4095);
	leads(m->image + 0x4010001, data + 1);
}

TEST("arm64: the image may be larger, or begin later, than is thought: the release is in it")
{
	static const char *const stext[] = {"SYMBOL(_stext)=ffff800003000000",
					    "SYMBOL(_stext)=ffff800009000000",
					    "SYMBOL(_stext)=ffffffffffffffff"};

	for (unsigned int i = 0; i < 3; i++) {
		struct pagetables *p = pagetables_build("4k-48", stext[i], "");
		uint64_t image = p->m->image;

		open_tables(p);
		leads(image + PAGETABLES_RELEASE, 0x40000000 + PAGETABLES_RELEASE);
	}
}

TEST("arm64: a tag in the top byte is no part of an address")
{
	const struct pagetables_machine *m = pagetables_machine("4k-48");
	struct pagetables *p = pagetables_build(m->name, "", "");
	uint64_t tag = UINT64_C(0x5a) << 56;

	pagetables_map(p, m->other, 3, 0x40300000);
	open_tables(p);
	leads(m->other ^ tag, 0x40300000);
	leads(m->image ^ tag, 0x40000000);
	leads(m->linear ^ tag, 0x40000000);
	p = pagetables_build(m->name, "SYMBOL(init_uts_ns)=5aff800008018000", "");
	pagetables_map_image(p);
	open_tables(p);
	CHECK(t->walk.trusted);
	leads_nowhere(m->linear ^ UINT64_C(1) << 55);
	leads_nowhere(0);
	open_tables(pagetables_build("x86_64", "", ""));
	leads_nowhere(pagetables_machine("x86_64")->linear ^ tag);
}

/* An address of the linear map of a kernel for 52 bits on a machine of 48 leads there, or not. */
static void finds_linear(const char *name, const char *words, bool tables, bool found)
{
	struct pagetables *p = pagetables_build(name, words, "");
	const struct pagetables_machine *m = p->m;

	if (tables)
		pagetables_map_image(p);
	open_tables(p);
	if (found)
		leads(m->linear + PAGETABLES_DATA, m->base + PAGETABLES_DATA);
	else
		leads_nowhere(m->linear + PAGETABLES_DATA);
	if (!CHECK_EQ(t->maps, found ? 2 : 1))
		test_note("%s: %s", name, words);
}

#define SECTION " SYMBOL(mem_section)=ffff000000300000"
#define OWN	"NUMBER(PHYS_OFFSET)=0x80000000"
#define TAGGED	" SYMBOL(mem_section)=f5ff000000300000"
#define WRONG	"NUMBER(PHYS_OFFSET)=0x1234000"

TEST("arm64: of two linear maps that a kernel for 52 bits can have, the one that leads to memory")
{
	static const char *const names[] = {"4k-52-on-48", "64k-52-on-48"};

	for (unsigned int i = 0; i < 2; i++) {
		finds_linear(names[i], "", false, true);
		finds_linear(names[i], "", true, true);
		finds_linear(names[i], SECTION, false, true);
		finds_linear(names[i], OWN, true, true);
		finds_linear(names[i], OWN SECTION, false, true);
		finds_linear(names[i], OWN SECTION, true, true);
		finds_linear(names[i], OWN TAGGED, false, true);
		finds_linear(names[i], OWN SECTION " NUMBER(TCR_EL1_T1SZ)=", false, true);
		finds_linear(names[i], "SYMBOL(mem_section)=ffff800008300000", false, true);
		finds_linear(names[i], WRONG, true, false);
		finds_linear(names[i], WRONG SECTION, false, false);
	}
}

TEST("x86_64: the image is no larger than it can be")
{
	static const char lines[] = "load 0x5efff000 8K data\nload 0x7efff000 8K data\n";
	static const char *const sizes[] = {"536870912",   "",		 "0", "-1",
					    "99999999999", "2147483649", "x", "1073741824"};
	const uint64_t middle = UINT64_C(0xffffffffa0000000);
	char words[64];

	for (unsigned int i = 0; i < 8; i++) {
		snprintf(words, sizeof(words), "NUMBER(KERNEL_IMAGE_SIZE)=%s", sizes[i]);
		open_tables(pagetables_build("x86_64", words, lines));
		leads(middle - 1, 0x5effffff);
		if (i < 7)
			leads_nowhere(middle);
		else
			leads(middle, 0x5f000000);
		leads_nowhere(middle + 0x20000000);
	}
}

TEST("x86_64: where the headers do not know the direct map, or guess it wrongly, the tables do")
{
	static const uint64_t claims[] = {0, UINT64_C(0x40000000), UINT64_MAX,
					  UINT64_C(0xffff880040000000)};
	const struct pagetables_machine *m = pagetables_machine("x86_64");

	for (unsigned int i = 0; i < 8; i++) {
		struct pagetables *p = pagetables_build(m->name, "", "load 0 4K data\n");
		uint64_t at = m->linear + PAGETABLES_UTS;

		for (unsigned int k = 0; k < 8; k++)
			p->core.bytes[64 + 56 + 16 + k] = (uint8_t)(claims[i / 2] >> 8 * k);
		if (i % 2 == 1)
			pagetables_map_image(p);
		open_tables(p);
		CHECK_EQ(t->maps, i == 6 ? 2 : 1);
		leads(m->image + 5, 0x40000005);
		if (i % 2 == 1)
			leads(at, 0x40000000 + PAGETABLES_UTS);
		else
			leads_nowhere(at);
		leads_nowhere(m->linear);
		leads_nowhere(0);
	}
}
