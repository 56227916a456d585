/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/physmem: each byte of each segment, at their edges and from one into the next, and
 * nothing that is in none.
 */
#include "tests/images/corefile.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"
#include "vmcore/physmem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two that meet inside of a page, one that begins a byte behind them, one byte alone. */
static const char shape[] = "elf32 arm\nnote A=1\nload 0x40000800 0x2801 data\n"
			    "load 0x40003001 0x1fff data\nload 0x40005001 0x800 data\n"
			    "load 0x50000123 1 data\n";

struct view {
	struct corefile core;
	struct elfcore elf;
	struct physmem memory;
	int fd;
};

static struct view *view_open(const char *description)
{
	struct view *v = calloc(1, sizeof(*v));

	REQUIRE(v != NULL);
	corefile_build(&v->core, description);
	v->fd = corefile_open(&v->core, "core");
	REQUIRE(elfcore_read(&v->elf, v->fd) == 0);
	memset(&v->memory, 0xa5, sizeof(v->memory));
	physmem_open(&v->memory, v->fd, &v->elf, NULL);
	return v;
}

static void view_close(struct view *v)
{
	close(v->fd);
	corefile_free(&v->core);
	free(v);
}

/* The byte at PA, or -1. */
static int byte_at(const struct view *v, uint64_t pa)
{
	for (unsigned int i = 0; i < v->core.loads; i++) {
		const struct corefile_load *l = &v->core.load[i];

		if (pa >= l->paddr && pa - l->paddr < l->size)
			return v->core.bytes[l->offset + (pa - l->paddr)];
	}
	return -1;
}

/* Reads SIZE bytes at PA into a block of that size and compares. */
static void check_read(struct view *v, uint64_t pa, size_t size)
{
	uint8_t *got = malloc(size > 0 ? size : 1);
	bool good = true;
	int r;

	REQUIRE(got != NULL);
	r = physmem_read(&v->memory, pa, got, size);
	for (size_t i = 0; i < size && good; i++)
		good = byte_at(v, pa + i) >= 0;
	if (!CHECK_EQ(r, good ? 0 : -ENXIO))
		test_note("%zu bytes at 0x%llx", size, (unsigned long long)pa);
	for (size_t i = 0; i < size && r == 0; i++) {
		if (!CHECK_EQ(got[i], byte_at(v, pa + i)))
			test_note("byte %zu of %zu at 0x%llx", i, size, (unsigned long long)pa);
	}
	free(got);
}

TEST("each byte is there at its physical address, in any order")
{
	struct view *v = view_open(shape);

	for (uint64_t pa = 0x400007f0; pa < 0x40005820; pa++)
		check_read(v, pa, 1);
	for (uint64_t pa = 0x40005820; pa > 0x400007f0; pa -= 7)
		check_read(v, pa, 8);
	check_read(v, 0x50000122, 1);
	check_read(v, 0x50000123, 1);
	check_read(v, 0x50000124, 1);
	view_close(v);
}

TEST("reads of any size go across pages and from one segment into the next")
{
	static const uint64_t edges[] = {0x40000800, 0x40001000, 0x40003000,
					 0x40003001, 0x40005000, 0x40005801};
	struct view *v = view_open(shape);

	for (unsigned int i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		for (unsigned int k = 0; k < 20; k++) {
			for (size_t size = 0; size < 24; size++)
				check_read(v, edges[i] - 10 + k, size);
		}
	}
	check_read(v, 0x40000800, 0x4800);
	check_read(v, 0x40000800, 0x4801);
	for (unsigned int i = 0; i < 500; i++)
		check_read(v, 0x40000700 + test_below(0x5200), test_below(0x3000));
	view_close(v);
}

TEST("what is in no segment is not there")
{
	static const uint64_t outside[] = {0,
					   1,
					   0x3fffffff,
					   0x40000000,
					   0x400007ff,
					   0x60000000,
					   0xffffffff,
					   UINT64_C(1) << 32,
					   UINT64_C(1) << 63,
					   UINT64_MAX,
					   UINT64_MAX - 4095};
	struct view *v = view_open(shape);

	for (unsigned int i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		check_read(v, outside[i], 1);
		check_read(v, outside[i], 64);
		check_read(v, 0x40001000, 1);
	}
	check_read(v, UINT64_MAX, 0);
	view_close(v);
	v = view_open("elf32 arm\nnote A=1\n");
	check_read(v, 0x40000000, 1);
	view_close(v);
}

TEST("segments that cannot be true are not read")
{
	struct view *v = view_open("elf32 arm\nnote A=1\nload 0x40000000 8K data\n"
				   "load 0x50000000 8K data offset=0\n"
				   "load 0x60000000 8K data size=0x7fffffff\n");
	uint8_t got[4];

	CHECK_EQ(v->elf.faults, 2);
	CHECK_EQ(physmem_read(&v->memory, 0x50000000, got, 4), -ENXIO);
	CHECK_EQ(physmem_read(&v->memory, 0x60000000, got, 4), -ENXIO);
	CHECK_EQ(physmem_read(&v->memory, 0x40001ffe, got, 4), -ENXIO);
	CHECK_EQ(physmem_read(&v->memory, 0x40001ffc, got, 4), 0);
	view_close(v);
}

TEST("more pages than are remembered, in turn, and each again")
{
	struct view *v = view_open("elf64 arm64\nnote A=1\nload 0x40000000 64K data\n");

	for (unsigned int i = 0; i < 100; i++) {
		uint64_t page = 0x40000000 + i * i * 7 % 16 * PHYSICAL_PAGE;

		check_read(v, page + i * 11, 8);
		check_read(v, page + PHYSICAL_PAGE - 3, i * 7 % 16 == 15 ? 3 : 6);
	}
	view_close(v);
}

TEST("a file that lost its end, and one that cannot be read, give errors and no old bytes")
{
	struct view *v = view_open("elf64 arm64\nnote A=1\nload 0x40000000 64K data\n");
	uint8_t got[16];

	REQUIRE(truncate("core", (off_t)v->core.load[0].offset + 0x2008) == 0);
	CHECK_EQ(physmem_read(&v->memory, 0x40002000, got, 8), 0);
	CHECK_EQ(physmem_read(&v->memory, 0x40002000, got, 9), -ENXIO);
	CHECK_EQ(physmem_read(&v->memory, 0x40003000, got, 1), -ENXIO);
	CHECK_EQ(physmem_read(&v->memory, 0x40001ffc, got, 12), 0);
	CHECK_MEM(got, v->core.bytes + v->core.load[0].offset + 0x1ffc, 12);
	REQUIRE(truncate("core", 0) == 0);
	CHECK_EQ(physmem_read(&v->memory, 0x40005000, got, 1), -ENXIO);
	close(v->fd);
	CHECK_EQ(physmem_read(&v->memory, 0x40005000, got, 1), -EBADF);
	CHECK_EQ(physmem_read(&v->memory, 0x40005000, got, 1), -EBADF);
	v->fd = -1;
	view_close(v);
}
