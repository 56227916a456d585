/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/vmcore and vmcore/physmem on kdump-compressed files: the same memory, the same notes and
 * the same log as out of the ELF core, and no zeros where a page was left out.
 */
#include "vmcore/vmcore.h"

#include "tests/images/crashlog.h"
#include "tests/images/kdumpimage_page.h"
#include "tests/test.h"
#include "vmcore/dmesg.h"
#include "vmcore/kdumpfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct vmcore vmcore;
static struct kdumpfile kdump;

struct text {
	size_t size;
	char bytes[64 * 1024];
};

static int keep(void *arg, const char *text, size_t size)
{
	struct text *t = arg;

	REQUIRE(size < sizeof(t->bytes) - t->size);
	memcpy(t->bytes + t->size, text, size);
	t->size += size;
	t->bytes[t->size] = '\0';
	return 0;
}

/* The log out of the file; the result of dmesg_write. */
static int read_log(int fd, struct text *t)
{
	struct dmesg d = {.emit = keep, .arg = t};

	t->size = 0;
	t->bytes[0] = '\0';
	REQUIRE(vmcore_open(&vmcore, fd, &kdump) == 0);
	if (vmcore.translate_error != 0)
		return vmcore.translate_error;
	return dmesg_write(&d, &vmcore.translate, &vmcore.info);
}

#define RECORDS                                                                                    \
	"record 0.000001 Booting\nrecord 1.5 two\\nlines\nrecord 2.0 \nrecord 3.0 \\x1b[m\n"       \
	"record 4.25 a line that is a good deal longer than all the others are\n"                  \
	"record 6.0 Kernel panic - not syncing: sysrq triggered crash\n"

/* A kernel, and the image that is made of its core. */
static const struct {
	const char *kernel, *image;
} logs[] = {
	{"ring arm", "armv7l"},
	{"ring arm base=0 dynamic=1", "armv6l"},
	{"ring arm base=0x10000000 hide=2M", "armv7l"},
	{"ring lpae base=0x80000000", "armv7l"},
	{"ring arm64", "aarch64"},
	{"ring arm64 dynamic=1 bits=52", "aarch64 shift=16"},
	{"ring arm64-old", "aarch64 shift=14"},
	{"ring x86_64", "x86_64 phys_base=0x1000000"},
	{"records arm", "armv7l version=4"},
	{"records arm64 caller=1", "aarch64 version=5"},
	{"records x86_64 old=1", "x86_64"},
};

enum { LOGS = sizeof(logs) / sizeof(logs[0]) };

static struct kdumpimage *image_of(const struct crashlog *c, const char *machine, const char *codec,
				   const char *more)
{
	char text[256];

	snprintf(text, sizeof(text), "%s\ncore %s\n%s", machine, codec, more);
	return kdumpimage_build(text, &c->core);
}

static struct crashlog *kernel(const char *first)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s\n" RECORDS, first);
	return crashlog_build(text);
}

TEST("the log out of a kdump file is the one out of the ELF core of the same memory")
{
	static const char *const codecs[] = {"zlib", "lzo", "zstd", "raw"};
	static struct text elf, packed;

	for (unsigned int i = 0; i < LOGS * 4; i++) {
		struct crashlog *c = kernel(logs[i / 4].kernel);
		struct kdumpimage *k = image_of(c, logs[i / 4].image, codecs[i % 4], "");
		int fd = corefile_open(&c->core, "core");

		CHECK_EQ(read_log(fd, &elf), 0);
		CHECK(vmcore.kdump == NULL);
		CHECK_STR(elf.bytes, c->expected);
		close(fd);
		fd = kdumpimage_open(k, "kdump");
		if (!CHECK_EQ(read_log(fd, &packed), 0))
			test_note("%s, %s", logs[i / 4].kernel, codecs[i % 4]);
		CHECK(vmcore.kdump == &kdump);
		CHECK_STR(packed.bytes, elf.bytes);
		close(fd);
		kdumpimage_free(k);
		crashlog_free(c);
	}
}

TEST("a log whose pages were left out cannot be reached, and is not empty")
{
	static struct text t;
	struct crashlog *c = kernel("ring arm");
	struct kdumpimage *k = image_of(c, "armv7l", "zlib", "out 0x40000 0x1000\n");
	int fd = kdumpimage_open(k, "kdump");

	CHECK_EQ(read_log(fd, &t), -ENXIO);
	CHECK_EQ(vmcore.translate_error, -ENXIO);
	CHECK_EQ(t.size, 0);
	close(fd);
	kdumpimage_free(k);
	crashlog_free(c);
}

TEST("notes, VMCOREINFO and frames are those of the file")
{
	struct crashlog *c = kernel("ring arm");
	struct kdumpimage *k = image_of(c, "armv7l", "zlib", "");
	int fd = kdumpimage_open(k, "kdump");
	static uint8_t notes[16384];
	char release[32];

	memset(&vmcore, 0xa5, sizeof(vmcore));
	REQUIRE(vmcore_open(&vmcore, fd, &kdump) == 0);
	CHECK_EQ(vmcore.fd, fd);
	REQUIRE(CHECK_EQ(vmcore.elf.notes.size, c->core.notes_size));
	REQUIRE(vmcore.elf.notes.size <= sizeof(notes));
	notes_read(&vmcore.elf.notes, 0, notes, (size_t)vmcore.elf.notes.size);
	CHECK_MEM(notes, c->core.bytes + c->core.notes_offset, c->core.notes_size);
	CHECK(vmcoreinfo_text(&vmcore.info, "OSRELEASE", release, sizeof(release)));
	CHECK_STR(release, "6.1.0-crash");
	CHECK_EQ(vmcore.frames.shift, 12);
	CHECK_EQ(vmcore.frames.ranges, 1);
	CHECK_EQ(vmcore.frames.first, 0x40000);
	CHECK_EQ(vmcore.frames.count, k->saved);
	CHECK_EQ(vmcore.elf.machine, 40);
	close(fd);
	kdumpimage_free(k);
	crashlog_free(c);
}

TEST("the shift of a page is PAGESIZE of an ELF core, 12 where that is missing or silly")
{
	static const struct {
		const char *note;
		unsigned int shift;
	} sizes[] = {
		{"A=1", 12},
		{"PAGESIZE=4096", 12},
		{"PAGESIZE=8192", 13},
		{"PAGESIZE=16384", 14},
		{"PAGESIZE=65536", 16},
		{"PAGESIZE=131072", 12},
		{"PAGESIZE=2048", 12},
		{"PAGESIZE=0", 12},
		{"PAGESIZE=65537", 12},
		{"PAGESIZE=-4096", 12},
		{"PAGESIZE=x", 12},
		{"PAGESIZE=4294971392", 12},
	};

	for (unsigned int i = 0; i <= sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct corefile c;
		char text[200];
		bool none = i == sizeof(sizes) / sizeof(sizes[0]);
		int fd;

		snprintf(text, sizeof(text), "elf64 arm64\n%s %s\nload 0x80010000 128K data\n",
			 none ? "prstatus" : "note", none ? "" : sizes[i].note);
		corefile_build(&c, text);
		fd = corefile_open(&c, "core");
		REQUIRE(vmcore_open(&vmcore, fd, &kdump) == 0);
		CHECK_EQ(vmcore.frames.shift, none ? 12 : sizes[i].shift);
		CHECK_EQ(vmcore.frames.first, 0x80010000 >> vmcore.frames.shift);
		CHECK_EQ(vmcore.frames.count, 0x20000 >> vmcore.frames.shift);
		close(fd);
		corefile_free(&c);
	}
}

TEST("the shift of a page is that of the file of a kdump file, whatever PAGESIZE says")
{
	struct kdumpimage *k = kdumpimage_build(
		"aarch64 shift=16\nnote PAGESIZE=4096\nram 0x100 5 zero raw\n", NULL);
	int fd = kdumpimage_open(k, "kdump");

	REQUIRE(vmcore_open(&vmcore, fd, &kdump) == 0);
	CHECK_EQ(vmcore.frames.shift, 16);
	CHECK_EQ(vmcore.frames.first, 0x100);
	CHECK_EQ(vmcore.frames.count, 5);
	close(fd);
	kdumpimage_free(k);
}

TEST("a kdump file is one only for who has room for it; a damaged one has its own error")
{
	struct kdumpimage *k = kdumpimage_build("x86_64\nram 0 4 text zlib\n", NULL);
	int fd = kdumpimage_open(k, "kdump");

	CHECK_EQ(vmcore_open(&vmcore, fd, NULL), -ENOEXEC);
	CHECK_EQ(vmcore_open(&vmcore, fd, &kdump), 0);
	CHECK_EQ(vmcore.translate_error, -ENOKEY);
	CHECK(vmcore.info.text == NULL);
	CHECK_EQ(vmcore.elf.notes.size, 0);
	REQUIRE(truncate("kdump", 0x3fff) == 0);
	CHECK_EQ(vmcore_open(&vmcore, fd, &kdump), -EBADMSG);
	REQUIRE(truncate("kdump", 16) == 0);
	CHECK_EQ(vmcore_open(&vmcore, fd, &kdump), -EBADMSG);
	REQUIRE(truncate("kdump", 15) == 0);
	CHECK_EQ(vmcore_open(&vmcore, fd, &kdump), -ENOEXEC);
	close(fd);
	CHECK_EQ(vmcore_open(&vmcore, -1, &kdump), -EBADF);
	kdumpimage_free(k);
}

/* The byte at PA as the image has it; -1 where there is none, or it was left out. */
static int byte_at(const struct kdumpimage *k, uint64_t pa)
{
	static uint8_t page[KDUMPIMAGE_PAGE_MAX];
	static uint64_t cached = UINT64_MAX;

	if (!kdumpimage_saved(k, pa >> k->shift))
		return -1;
	if (cached != pa >> k->shift)
		kdumpimage_page(k, pa >> k->shift, page);
	cached = pa >> k->shift;
	return page[pa & ((UINT64_C(1) << k->shift) - 1)];
}

static void check_read(const struct kdumpimage *k, uint64_t pa, size_t size)
{
	uint8_t *got = malloc(size > 0 ? size : 1);
	int want = 0;
	int r;

	REQUIRE(got != NULL);
	for (size_t i = 0; i < size && want == 0; i++)
		want = byte_at(k, pa + i) >= 0 ? 0 : -ENXIO;
	r = physmem_read(&vmcore.memory, pa, got, size);
	if (!CHECK_EQ(r, want))
		test_note("%zu bytes at 0x%llx", size, (unsigned long long)pa);
	for (size_t i = 0; i < size && r == 0; i++) {
		if (!CHECK_EQ(got[i], byte_at(k, pa + i)))
			test_note("byte %zu at 0x%llx", i, (unsigned long long)pa);
	}
	free(got);
}

TEST("memory by physical address: across pages, and nothing of what was left out or never was")
{
	static const char *const images[] = {
		"armv7l phys_base=0x40000000\nram 0x40000 9 mixed zlib\nram 0x4000a 9 text lzo\n"
		"out 0x40003 1\n",
		"aarch64 shift=16\nram 0x4000 9 mixed zlib\nram 0x400a 9 text zstd\nout 0x4003 1\n",
	};

	for (unsigned int i = 0; i < 2; i++) {
		struct kdumpimage *k = kdumpimage_build(images[i], NULL);
		int fd = kdumpimage_open(k, "kdump");
		size_t page = (size_t)1 << k->shift;

		REQUIRE(vmcore_open(&vmcore, fd, &kdump) == 0);
		for (uint64_t edge = 0; edge < 20; edge++) {
			uint64_t pa = UINT64_C(0x40000000) + edge * page;

			check_read(k, pa - 3, 2);
			check_read(k, pa - 3, 8);
			check_read(k, pa, page);
			check_read(k, pa + 1, page);
		}
		for (unsigned int n = 0; n < 200; n++)
			check_read(k, 0x40000000 - page + test_below(page * 21),
				   test_below(page * 2));
		check_read(k, UINT64_MAX, 1);
		check_read(k, UINT64_MAX - 4096, 1);
		check_read(k, UINT64_C(1) << 40, 1);
		close(fd);
		kdumpimage_free(k);
	}
}

TEST("memory in a damaged page has the error of the page, also when asked twice")
{
	struct kdumpimage *k = kdumpimage_build("x86_64\nram 0 4 text zlib\npoke size:2 9\n"
						"ram 4 1 text snappy\n",
						NULL);
	int fd = kdumpimage_open(k, "kdump");
	uint8_t byte;

	REQUIRE(vmcore_open(&vmcore, fd, &kdump) == 0);
	CHECK_EQ(physmem_read(&vmcore.memory, 0x1000, &byte, 1), 0);
	CHECK_EQ(physmem_read(&vmcore.memory, 0x2000, &byte, 1), -EBADMSG);
	CHECK_EQ(physmem_read(&vmcore.memory, 0x2000, &byte, 1), -EBADMSG);
	CHECK_EQ(physmem_read(&vmcore.memory, 0x4fff, &byte, 1), -ENOTSUP);
	check_read(k, 0x1fff, 1);
	check_read(k, 0x3000, 4096);
	close(fd);
	kdumpimage_free(k);
}
