/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/kdumpfile: the page of each frame, and of none that was left out; what damaged
 * descriptors, damaged pages and files that lost something give.
 */
#include "vmcore/kdumpfile.h"

#include "codec/expand.h"
#include "tests/images/kdumpview.h"
#include "tests/page_flags.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Frames of every content and codec, some left out, with holes between. */
#define MEMORY                                                                                     \
	"note OSRELEASE=6.1.0 PAGESIZE=4096\n"                                                     \
	"ram %llu 9 text zlib\nram %llu 9 text lzo\nram %llu 9 text zstd\nram %llu 9 mixed zlib\n" \
	"ram %llu 20 mixed raw\nram %llu 20 zero zstd\nout %llu 5\nout %llu 1\nout %llu 3\n"

static struct kdumpview *memory(const char *machine, unsigned long long base)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s\n" MEMORY, machine, base, base + 9, base + 20, base + 29,
		 base + 40, base + 63, base + 4, base + 62, base + 80);
	return kdumpview_good(text);
}

static void check_memory(const char *machine, unsigned long long base)
{
	struct kdumpview *v = memory(machine, base);

	test_note("%s", machine);
	CHECK_EQ(v->image->status, PAGE_ZLIB | PAGE_LZO | PAGE_ZSTD);
	kdumpview_check_all(v);
	kdumpview_close(v);
}

TEST("each page comes back, whatever its codec, and those left out are left out")
{
	check_memory("x86_64", 0);
	check_memory("aarch64", 0);
	check_memory("x86_64 own=1", 0x100);
	check_memory("aarch64 gap=1000 more=2 wide=1", 0x4321);
}

TEST("frames of 32-bit ARM are counted from phys_base")
{
	check_memory("armv7l phys_base=0x40000000", 0x40000);
	check_memory("armv6l phys_base=0", 0);
	check_memory("armv7l phys_base=0x80000000", 0x80000);
	check_memory("armv7l phys_base=0x10003000", 0x10005);
	check_memory("armv7l phys_base=0xc0200800", 0xc0200);
	check_memory("arm phys_base=0xfffff000 frames=500", 0xfffff);
}

TEST("phys_base of a 64-bit machine does not move its frames")
{
	check_memory("x86_64 phys_base=0x1000000", 0x10);
	check_memory("aarch64 phys_base=0xffffffff40000000", 0x40);
}

TEST("pages of 8 to 64 KiB")
{
	check_memory("aarch64 shift=13", 0);
	check_memory("aarch64 shift=14", 0x1000);
	check_memory("aarch64 shift=15 own=1", 0);
	check_memory("aarch64 shift=16", 0x800);
	check_memory("aarch64 shift=16 own=1 gap=77", 0x800);
}

TEST("files of version 4 and 5 have no 64-bit max_mapnr")
{
	check_memory("x86_64 version=4", 0);
	check_memory("x86_64 version=5", 0);
	check_memory("armv7l version=4 phys_base=0x40000000", 0x40000);
	check_memory("armv7l version=5 phys_base=0x40000000", 0x40000);
}

TEST("the last frame is there, whichever bit of a byte or a word it has")
{
	char text[200];

	for (unsigned int n = 1; n < 140; n++) {
		struct kdumpview *v;

		snprintf(text, sizeof(text), "x86_64\nram 0 1 text zlib\nram %u 1 text lzo\n",
			 n == 1 ? 5 : n - 1);
		v = kdumpview_good(text);
		kdumpview_check_all(v);
		kdumpview_close(v);
	}
}

TEST("bits beyond max_mapnr mean nothing")
{
	struct kdumpview *v =
		kdumpview_good("x86_64\nram 0 21 text zlib\nbyte 0x2002 0xff\nbyte 0x3002 0xff\n"
			       "byte 0x2003 0xff\nbyte 0x3003 0xff\nbyte 0x3fff 0xff\n");

	kdumpview_check_all(v);
	kdumpview_close(v);
	v = kdumpview_good("x86_64\nram 0 24 text zlib\nbyte 0x2003 0xff\nbyte 0x3003 0xff\n");
	kdumpview_check_all(v);
	kdumpview_close(v);
}

/* A block of a bitmap has 32768 bits. */
TEST("runs, marks and counts go across the blocks of a bitmap")
{
	static const uint64_t edges[] = {32768, 65536, 98304, 131072};
	struct kdumpview *v = kdumpview_good(
		"aarch64\nram 0 3 text zlib\nram 32760 16 text zlib\nram 65536 32768 zero raw\n"
		"ram 98304 1 text zstd\nram 131071 2 text lzo\nout 70000 20000\nout 32767 1\n");

	CHECK_EQ(v->core.segments, 4);
	CHECK_EQ(v->core.segment[2].paddr, 65536 << 12);
	CHECK_EQ(v->core.segment[2].size, 32769 << 12);
	CHECK_EQ(v->core.segment[3].paddr, (uint64_t)131071 << 12);
	CHECK_EQ(kdumpfile_check(&v->kdump), 0);
	for (unsigned int i = 0; i < 4; i++) {
		for (uint64_t pfn = edges[i] - 20; pfn < edges[i] + 20; pfn++)
			kdumpview_check_page(v, pfn);
		for (uint64_t k = 1; k < 20; k++)
			kdumpview_check_mark(v, edges[i] - 40 + k, 64);
	}
	for (unsigned int i = 0; i < 500; i++)
		kdumpview_check_page(v, test_below(131073));
	kdumpview_check_mark(v, 0, 131200);
	kdumpview_check_mark(v, 3, 131200);
	kdumpview_close(v);
}

TEST("a dump of more than one block of which the last is full")
{
	struct kdumpview *v = kdumpview_good("x86_64\nram 32768 32768 zero raw\nout 40000 9\n"
					     "ram 0 1 text zlib\n");

	CHECK_EQ(v->core.segments, 2);
	CHECK_EQ(v->core.segment[1].size, 32768 << 12);
	kdumpview_check_page(v, 65535);
	kdumpview_check_page(v, 65536);
	kdumpview_check_mark(v, 65000, 1000);
	kdumpview_close(v);
}

TEST("frames that no dump can have are left out, and mark nothing")
{
	static const uint64_t none[] = {
		0,	   0x3ffff - 64,      0x40000 + 83,    UINT32_MAX,
		INT64_MAX, UINT64_C(1) << 63, UINT64_MAX - 64, UINT64_MAX - 1,
		UINT64_MAX};
	struct kdumpview *v = memory("armv7l phys_base=0x40000000", 0x40000);
	uint8_t bits[9];

	for (unsigned int i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		kdumpview_check_page(v, none[i]);
		memset(bits, 0xff, sizeof(bits));
		CHECK_EQ(kdumpfile_mark(&v->kdump, none[i], 64, bits), 0);
		CHECK_MEM(bits, "\0\0\0\0\0\0\0\0\xff", 9);
	}
	CHECK_EQ(kdumpfile_mark(&v->kdump, 0x40000, 0, bits), 0);
	kdumpview_close(v);
}

/* What is done to the descriptor or the page of frame 2, and what its page and a check give. */
static const struct damage {
	const char *poke;
	int page, check;
} damages[] = {
	{"poke flags:2 4", -ENOTSUP, 0},
	{"poke flags:2 3", -EBADMSG, -EBADMSG},
	{"poke flags:2 8", -EBADMSG, -EBADMSG},
	{"poke flags:2 0x10", -EBADMSG, -EBADMSG},
	{"poke flags:2 0x40", -EBADMSG, -EBADMSG},
	{"poke flags:2 0x80000001", -EBADMSG, -EBADMSG},
	{"poke flags:2 0", -EBADMSG, -EBADMSG},
	{"poke flags:2 2", -EBADMSG, 0},
	{"poke flags:2 0x20", -EBADMSG, 0},
	{"poke size:2 0", -EBADMSG, -EBADMSG},
	{"poke size:2 -1", -EBADMSG, 0},
	{"poke size:2 +1", -EBADMSG, 0},
	{"poke size:2 4096", -EBADMSG, 0},
	{"poke size:2 4097", -EBADMSG, -EBADMSG},
	{"poke size:2 0xffffffff", -EBADMSG, -EBADMSG},
	{"poke size:2 0x80000000", -EBADMSG, -EBADMSG},
	{"poke offset:2 0", -EBADMSG, -EBADMSG},
	{"poke offset:2 +1", -EBADMSG, 0},
	{"poke offset:2 4096", -EBADMSG, -EBADMSG},
	{"poke offset:2 0x4000", -EBADMSG, -EBADMSG},
	{"poke offset:2 0x40a7", -EBADMSG, -EBADMSG},
	{"poke offset:2 0x40a8", -EBADMSG, 0},
	{"poke offset:2 0x7fffffffffffffff", -EBADMSG, -EBADMSG},
	{"poke offset:2 0x8000000000000000", -EBADMSG, -EBADMSG},
	{"poke offset:2 -0x10000", -EBADMSG, -EBADMSG},
	{"poke offset:2 0xffffffffffffffff", -EBADMSG, -EBADMSG},
	{"poke offset:2 0xfffffffffffff000", -EBADMSG, -EBADMSG},
	{"poke size:5 4095", 0, -EBADMSG},
	{"poke size:5 0", 0, -EBADMSG},
	{"poke offset:6 0", 0, -EBADMSG},
	{"poke status 8", 0, -EBADMSG},
	{"poke status 0x19", 0, -EBADMSG},
	{"poke status 0x10", 0, 0},
	{"poke status 0", 0, 0},
};

TEST("a damaged descriptor gives its error, and does no harm to the pages beside it")
{
	for (unsigned int i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const struct damage *d = &damages[i];
		struct kdumpview *v;
		const uint8_t *page;
		char text[300];

		snprintf(text, sizeof(text),
			 "x86_64\nram 0 5 text zlib\nram 5 1 data raw\nram 6 1 zero raw\n%s\n",
			 d->poke);
		v = kdumpview_good(text);
		test_note("%s", d->poke);
		CHECK_EQ(kdumpfile_page(&v->kdump, 2, &page), d->page);
		CHECK_EQ(kdumpfile_check(&v->kdump), d->check);
		kdumpview_check_page(v, 1);
		CHECK_EQ(kdumpfile_page(&v->kdump, 2, &page), d->page);
		CHECK_EQ(kdumpfile_page(&v->kdump, 2, &page), d->page);
		kdumpview_check_page(v, 3);
		if (d->page == 0)
			kdumpview_check_page(v, 2);
		kdumpview_close(v);
	}
}

TEST("a page that lies before the end of the file to the byte is there; a byte less, and not")
{
	static const char *const codecs[] = {"zlib", "lzo", "zstd", "raw"};

	for (unsigned int i = 0; i < 4; i++) {
		for (int cut = 0; cut < 2; cut++) {
			char text[200];
			struct kdumpview *v;
			const uint8_t *page;

			snprintf(text, sizeof(text), "aarch64\nram 0 4 text %s\n%s", codecs[i],
				 cut > 0 ? "cut -1\n" : "");
			v = kdumpview_good(text);
			CHECK_EQ(kdumpfile_page(&v->kdump, 3, &page), cut > 0 ? -EBADMSG : 0);
			CHECK_EQ(kdumpfile_check(&v->kdump), cut > 0 ? -EBADMSG : 0);
			kdumpview_check_page(v, 2);
			kdumpview_close(v);
		}
	}
}

TEST("a file that is cut gives the pages before the cut, and an error for each behind it")
{
	struct kdumpview *v = memory("x86_64 own=1", 0);
	uint64_t size = v->image->size;
	uint64_t data = v->image->data;

	kdumpview_close(v);
	for (uint64_t cut = data; cut < size; cut += 1 + test_below(900)) {
		unsigned int lost = 0;

		v = memory("x86_64 own=1", 0);
		REQUIRE(truncate("kdump", (off_t)cut) == 0);
		REQUIRE(kdumpfile_open(&v->kdump, v->fd, &v->core) == 0);
		CHECK_EQ(kdumpfile_check(&v->kdump), -EBADMSG);
		for (uint64_t pfn = 0; pfn < 83; pfn++) {
			const uint8_t *page;
			int r = kdumpfile_page(&v->kdump, pfn, &page);

			if (r != -EBADMSG)
				kdumpview_check_page(v, pfn);
			else
				CHECK(kdumpimage_saved(v->image, pfn));
			lost += r == -EBADMSG;
			CHECK(r == -EBADMSG || r == -ENODATA || lost == 0);
		}
		CHECK(lost > 0);
		kdumpview_close(v);
	}
}

TEST("a file that shrinks or cannot be read any more gives errors, and no old bytes")
{
	struct kdumpview *v = memory("x86_64", 0);
	const uint8_t *page;
	uint8_t bits[8];

	kdumpview_check_page(v, 1);
	REQUIRE(truncate("kdump", (off_t)v->image->descs) == 0);
	CHECK_EQ(kdumpfile_page(&v->kdump, 2, &page), -EBADMSG);
	CHECK_EQ(kdumpfile_page(&v->kdump, 1, &page), -EBADMSG);
	CHECK_EQ(kdumpfile_check(&v->kdump), -EBADMSG);
	REQUIRE(truncate("kdump", 0) == 0);
	v->kdump.block_at = UINT64_MAX;
	CHECK_EQ(kdumpfile_page(&v->kdump, 2, &page), -EBADMSG);
	CHECK_EQ(kdumpfile_mark(&v->kdump, 0, 64, bits), -EBADMSG);
	close(v->fd);
	v->fd = -1;
	CHECK_EQ(kdumpfile_page(&v->kdump, 2, &page), -EBADF);
	CHECK_EQ(kdumpfile_mark(&v->kdump, 0, 64, bits), -EBADF);
	CHECK_EQ(kdumpfile_check(&v->kdump), -EBADF);
	kdumpview_close(v);
}

TEST("a bitmap that changed since it was counted leads to no descriptor that is none")
{
	struct kdumpview *v = kdumpview_good("x86_64 gap=1512\nram 0 64 zero raw\nout 1 63\n");
	const uint8_t *desc = v->image->bytes + v->image->descs;
	const uint8_t *page;
	int fd = open("kdump", O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0 &&
		pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, (off_t)v->image->bitmap2) == 8);
	for (off_t i = 1; i < 64; i++) /* good ones, were they in the table */
		REQUIRE(pwrite(fd, desc, 24, (off_t)v->image->descs + i * 24) == 24);
	close(fd);
	v->kdump.block_at = UINT64_MAX;
	CHECK_EQ(kdumpfile_page(&v->kdump, 0, &page), 0);
	for (uint64_t pfn = 1; pfn < 64; pfn++)
		CHECK_EQ(kdumpfile_page(&v->kdump, pfn, &page), -EBADMSG);
	kdumpview_close(v);
}

TEST("what was read of one file is not taken for another that is opened with the same memory")
{
	struct kdumpview *a = kdumpview_good("x86_64\nram 0 9 text zlib\nout 3 1\n");
	struct kdumpimage *first = a->image;
	struct kdumpview *b;

	kdumpview_check_page(a, 5);
	b = kdumpview_good("x86_64\nram 0 9 data raw\nout 4 1\n");
	REQUIRE(kdumpfile_open(&a->kdump, b->fd, &a->core) == 0);
	a->image = b->image;
	kdumpview_check_page(a, 5);
	kdumpview_check_page(a, 3);
	kdumpview_check_page(a, 4);
	a->image = first;
	kdumpview_close(a);
	kdumpview_close(b);
}

TEST("snappy is known and not built in: its pages are not supported, the others are there")
{
	struct kdumpview *v = kdumpview_good("x86_64\nram 0 3 text snappy\nram 3 3 text zlib\n");
	const uint8_t *page;

	CHECK_EQ(kdumpfile_check(&v->kdump), 0);
	for (uint64_t pfn = 0; pfn < 3; pfn++)
		CHECK_EQ(kdumpfile_page(&v->kdump, pfn, &page), -ENOTSUP);
	kdumpview_check_page(v, 3);
	kdumpview_close(v);
}

TEST("descriptors are checked to the last one, over more than can be looked at together")
{
	struct kdumpview *v = kdumpview_good("x86_64\nram 0 9000 zero raw\n");

	CHECK_EQ(kdumpfile_check(&v->kdump), 0);
	kdumpview_close(v);
	for (unsigned int i = 0; i < 5; i++) {
		static const unsigned int frames[] = {0, 2729, 2730, 5460, 8999};
		char text[100];

		snprintf(text, sizeof(text), "x86_64\nram 0 9000 zero raw\npoke size:%u 1\n",
			 frames[i]);
		v = kdumpview_good(text);
		CHECK_EQ(kdumpfile_check(&v->kdump), -EBADMSG);
		kdumpview_close(v);
	}
}
