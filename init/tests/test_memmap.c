/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/memmap: the struct page of every frame is found in every memory model, and none where
 * there is none.
 */
#include "vmcore/memmap.h"

#include "tests/images/memimage_memory.h"
#include "tests/images/memimage_read.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BANKS "ram 0x40000000 16M\nram 0x48000000 1M\nram 0x5fff0000 0x50000\nram 0x90000000 2M\n"

static int open_map(struct reading *r, struct memmap *m)
{
	memset(m, 0xa5, sizeof(*m));
	return memmap_open(m, &r->core.translate, &r->core.info, r->core.frames.shift,
			   r->core.frames.first);
}

/* Finds the struct pages of all RAM where they are; SECTION_SHIFT is of frames, 0: flat. */
static void finds_all(const char *machine, const char *ram, unsigned int section_shift)
{
	char text[1024];
	struct memmap m;
	struct reading *r;
	unsigned int wrong = 0;

	snprintf(text, sizeof(text), "%s kernel=6.1 sparse=1\n%s", machine, ram);
	r = reading_open(text);
	if (!CHECK_EQ(open_map(r, &m), 0))
		test_note("%s", text);
	/* upwards, and down again */
	for (uint64_t i = 0; m.memory != NULL && i < 2 * r->count; i++) {
		uint64_t pfn = r->first + (i < r->count ? i : 2 * r->count - 1 - i);
		uint64_t va = 0;
		uint64_t left = 0;

		if (!memimage_has(r->image, pfn))
			continue;
		wrong += memmap_page(&m, pfn, &va, &left) != 0;
		wrong += va != memimage_page_va(r->image, pfn);
		wrong += left == 0;
		if (section_shift != 0)
			wrong += left != (UINT64_C(1) << section_shift) -
						 pfn % (UINT64_C(1) << section_shift);
	}
	if (!CHECK_EQ(wrong, 0))
		test_note("%s", text);
	reading_close(r);
}

TEST("flat: from PHYS_OFFSET on, wherever RAM begins")
{
	finds_all("arm", "ram 0x40000000 16M\nram 0x48000000 4M\n", 0);
	finds_all("arm page=36", "ram 0x40000000 16M\n", 0);
	finds_all("arm phys=0x40000000", "ram 0x40100000 16M\nram 0x42000000 64K\n", 0);
	finds_all("arm phys=0x80000000 split=0x80000000", "ram 0x80c00000 16M\n", 0);
	finds_all("lpae", "ram 0x880000000 16M\n", 0);
}

TEST("sparse: static, extreme as before and since 4.15, and vmemmap")
{
	finds_all("arm model=static", BANKS, 16);
	finds_all("lpae model=static", BANKS, 16);
	finds_all("arm64 model=array", BANKS, 15);
	finds_all("arm64 model=pointer", BANKS, 15);
	finds_all("arm64 model=extreme", BANKS, 15);
	finds_all("arm64 model=vmemmap", BANKS, 15);
	finds_all("arm64 bits=39 model=vmemmap", BANKS, 15);
	finds_all("arm64 shift=14 model=vmemmap", BANKS, 13);
	finds_all("arm64 shift=16 model=vmemmap", BANKS, 13);
	finds_all("x86_64 model=array", BANKS, 15);
	finds_all("x86_64 model=pointer", BANKS, 15);
	finds_all("x86_64 model=extreme", BANKS, 15);
	finds_all("x86_64 model=vmemmap", BANKS, 15);
	finds_all("x86_64 model=vmemmap five=1", BANKS, 15);
	finds_all("x86_64 model=extreme at=0x400000000",
		  "ram 0x1000 0x9f000\nram 0x100000 1M\nram 0x400000000 8M\n", 15);
	finds_all("x86_64 model=vmemmap at=0x400000000 sparse=1",
		  "ram 0x1000 0x9f000\nram 0x100000 1M\nram 0x400000000 8M\n", 15);
}

TEST("where VMCOREINFO has no SECTION_SIZE_BITS they are those of kernels before 5.13")
{
#define WITHOUT "without NUMBER(SECTION_SIZE_BITS)\nwithout NUMBER(MAX_PHYSMEM_BITS)\n"
	finds_all("arm model=static", BANKS WITHOUT, 16);
	finds_all("arm64 section=30 model=vmemmap", BANKS WITHOUT, 18);
	finds_all("arm64 section=30 model=array", "ram 0x40000000 64M\nram 0x90000000 2M\n" WITHOUT,
		  18);
	finds_all("arm64 section=30 shift=16 model=vmemmap", BANKS WITHOUT, 14);
	finds_all("x86_64 model=vmemmap", BANKS WITHOUT, 15);
	finds_all("x86_64 model=pointer", BANKS WITHOUT, 15);
}

TEST("frames of no section, or of one without a map, have no struct page")
{
	static const char *const machines[] = {"arm model=static", "arm64 model=array",
					       "x86_64 model=vmemmap"};

	for (unsigned int i = 0; i < 3; i++) {
		char text[512];
		struct memmap m;
		struct reading *r;
		uint64_t entry, va, left, value;

		snprintf(text, sizeof(text), "%s kernel=6.1 sparse=1\n" BANKS, machines[i]);
		r = reading_open(text);
		REQUIRE(open_map(r, &m) == 0);
		entry = memimage_section(r->image, 0x90000);
		value = memimage_get(r->image, entry, r->core.translate.word);
		CHECK_EQ(memmap_page(&m, 0x70000, &va, &left), -ENXIO);
		CHECK(left > 0 && left <= 0x10000);
		CHECK_EQ(memmap_page(&m, UINT64_C(1) << 36, &va, &left), -ENXIO);
		CHECK_EQ(memmap_page(&m, UINT64_MAX, &va, &left), -ENXIO);
		CHECK_EQ(left, 1);
		for (unsigned int flags = 0; flags < 64; flags++) {
			REQUIRE(memmap_page(&m, 0x40000, &va, &left) == 0);
			memimage_put(r->image, entry, (value & ~UINT64_C(0x3f)) | flags,
				     r->core.translate.word);
			physmem_open(&r->core.memory, r->core.memory.fd, &r->core.elf,
				     NULL); /* forgets */
			CHECK_EQ(memmap_page(&m, 0x90000, &va, &left),
				 (flags & 3) == 3 ? 0 : -ENXIO);
			CHECK((flags & 3) != 3 || va == memimage_page_va(r->image, 0x90000));
		}
		reading_close(r);
	}
}

TEST("behind the last section there is none, whatever stands behind the array of roots")
{
	struct reading *r = reading_open("x86_64 kernel=6.1 sparse=1\nram 0x40000000 4M\n");
	const uint64_t linear = UINT64_C(0xffff888000000000);
	struct memmap m;
	uint64_t va, left, root;

	REQUIRE(open_map(r, &m) == 0);
	root = memimage_get(r->image, m.roots - linear, 8);
	memimage_put(r->image, m.roots - linear + (UINT64_C(1) << 19) / 256 * 8, root, 8);
	physmem_open(&r->core.memory, r->core.memory.fd, &r->core.elf, NULL); /* forgets */
	CHECK_EQ(memmap_page(&m, 0x40000, &va, &left), 0);
	CHECK_EQ(memmap_page(&m, (UINT64_C(1) << 34) + 0x40000, &va, &left), -ENXIO);
	reading_close(r);
}

TEST("a root that is not there, or nowhere, is a section that is not there")
{
	static const uint64_t roots[] = {
		0,	   1, 0x1000, UINT64_C(0xffff888000000001), UINT64_C(0xfffffffffffffff8),
		UINT64_MAX};
	struct reading *r = reading_open("x86_64 kernel=6.1 sparse=1 at=0x40000000\n"
					 "ram 0x40000000 4M\nram 0x4000000000 1M\n");
	struct memmap m;
	uint64_t va, left;

	REQUIRE(open_map(r, &m) == 0);
	CHECK_EQ(memmap_page(&m, 0x4000000, &va, &left), 0);
	for (unsigned int i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		uint64_t at = m.roots - UINT64_C(0xffff888000000000) + 0x4000000 / 0x8000 / 256 * 8;

		memimage_put(r->image, at, roots[i], 8);
		physmem_open(&r->core.memory, r->core.memory.fd, &r->core.elf, NULL); /* forgets */
		CHECK_EQ(memmap_page(&m, 0x40000, &va, &left), 0);
		CHECK_EQ(memmap_page(&m, 0x4000000, &va, &left), -ENXIO);
		CHECK(left > 0);
	}
	reading_close(r);
}

/* What memmap_open says when LINE changes that kernel. */
static void opens(const char *machine, const char *line, int want)
{
	char text[512];
	struct memmap m;
	struct reading *r;

	snprintf(text, sizeof(text), "%s kernel=6.1 sparse=1\nram 0x40000000 4M\n%s\n", machine,
		 line);
	r = reading_open(text);
	if (!CHECK_EQ(open_map(r, &m), want))
		test_note("%s", text);
	reading_close(r);
}

TEST("without a key it needs there is no memory model; one that leads nowhere is refused")
{
	static const char *const keys[] = {"SYMBOL(mem_section)", "SIZE(mem_section)",
					   "OFFSET(mem_section.section_mem_map)", "SIZE(page)"};

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char line[128];

		snprintf(line, sizeof(line), "without %s", keys[i]);
		opens("x86_64", line, -ENOKEY);
		opens("arm64 model=extreme", line, -ENOKEY);
		opens("arm model=static", line, -ENOKEY);
	}
	opens("arm", "without SYMBOL(mem_map)", -ENOKEY);
	opens("arm", "without SIZE(page)", -ENOKEY);
	opens("arm", "note SYMBOL(mem_map)=0", -ENXIO);
	opens("arm", "note SYMBOL(mem_map)=c03ffffe", -ENXIO);
	opens("arm", "note SYMBOL(mem_map)=c0000000", -ENXIO); /* there is a zero */
	opens("x86_64", "note SYMBOL(mem_section)=0", -ENXIO);
	opens("x86_64", "note SYMBOL(mem_section)=ffffffffffffffff", -ENXIO);
	opens("x86_64", "note SYMBOL(mem_section)=ffff8880403ffffc", -ENXIO);
	opens("arm model=static", "note SYMBOL(mem_section)=fffffffc", -ENXIO);
}

TEST("flat memory is for ARM only: others have it sparse")
{
	opens("x86_64", "note SYMBOL(mem_map)=ffffffff81010000", 0);
	opens("x86_64", "without SYMBOL(mem_section)\nnote SYMBOL(mem_map)=ffffffff81010000",
	      -ENOKEY);
	opens("arm64", "without SYMBOL(mem_section)\nnote SYMBOL(mem_map)=ffff800008010000",
	      -ENOKEY);
}

TEST("sizes that cannot be are as good as missing")
{
	static const char *const lines[] = {
		"note SIZE(mem_section)=0",
		"note SIZE(mem_section)=4097",
		"note SIZE(mem_section)=-1",
		"note OFFSET(mem_section.section_mem_map)=17",
		"note NUMBER(SECTION_SIZE_BITS)=12",
		"note NUMBER(SECTION_SIZE_BITS)=0",
		"note NUMBER(SECTION_SIZE_BITS)=-1",
		"note NUMBER(SECTION_SIZE_BITS)=46",
		"note NUMBER(SECTION_SIZE_BITS)=99",
		"note NUMBER(MAX_PHYSMEM_BITS)=65",
		"note NUMBER(MAX_PHYSMEM_BITS)=27",
		"note NUMBER(MAX_PHYSMEM_BITS)=0",
		"note NUMBER(MAX_PHYSMEM_BITS)=-1",
		"note SIZE(page)=0",
		"note SIZE(page)=4097",
		"note SIZE(page)=18446744073709551615",
	};

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		opens("x86_64", lines[i], -ENOKEY);
	opens("x86_64", "note NUMBER(SECTION_SIZE_BITS)=13\nnote NUMBER(MAX_PHYSMEM_BITS)=64",
	      -ENXIO);
}

TEST("flat: below PHYS_OFFSET there is none, and addresses have 32 bits")
{
	struct reading *r = reading_open("arm kernel=6.1 sparse=1\nram 0x40000000 4M\n");
	struct memmap m;
	uint64_t va, left;

	REQUIRE(open_map(r, &m) == 0);
	CHECK_EQ(memmap_page(&m, 0x3ffff, &va, &left), -ENXIO);
	CHECK(left > 0);
	CHECK_EQ(memmap_page(&m, 0x40000, &va, &left), 0);
	CHECK_EQ(memmap_page(&m, UINT64_C(1) << 40, &va, &left), 0);
	CHECK(left > 0 && va <= UINT32_MAX);
	CHECK_EQ(memmap_page(&m, UINT64_MAX - 1, &va, &left), 0);
	CHECK(left > 0 && va <= UINT32_MAX);
	reading_close(r);
}
