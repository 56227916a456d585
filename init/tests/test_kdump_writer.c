/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/kdump_writer: whatever the core, the codec and the way it is written, the dump has the
 * pages of the core, and what could not be had or written is said. Judged by kdump_judge.h.
 */
#include "tests/images/kdumpimage_page.h"
#include "tests/images/memimage.h"
#include "tests/kdump_judge.h"
#include "tests/page_flags.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const unsigned int codecs[] = {PAGE_RAW, PAGE_ZLIB, PAGE_LZO, PAGE_ZSTD};

static struct vmcore again;
static struct kdumpfile kdump;

/* One of all ways to write a dump. */
static struct judge_how any_way(unsigned int n)
{
	return (struct judge_how){.level = n % 3 == 2 ? 31 : n % 3,
				  .codec = codecs[n % 4],
				  .direct = (n / 4 & 1) != 0,
				  .sparse = (n / 8 & 1) != 0,
				  .mapped = (n / 16 & 1) != 0,
				  .sealed = n % 5 == 3};
}

/* What the headers of a core without interesting notes are to say. */
static struct judge_want plain_want(const struct corefile *c, const struct judge_how *how)
{
	struct judge_want want = {.level = how->level & 1, .release = "6.1.0"};
	uint64_t mask = ~(uint64_t)(COREFILE_PAGE - 1);

	want.machine = judge.core.elf.machine == 40    ? "armv7l"
		       : judge.core.elf.machine == 183 ? "aarch64"
						       : "x86_64";
	if (judge.core.elf.machine != 40)
		return want;
	want.phys_base = c->load[0].paddr & mask;
	for (unsigned int i = 1; i < c->loads; i++) {
		if ((c->load[i].paddr & mask) < want.phys_base)
			want.phys_base = c->load[i].paddr & mask;
	}
	return want;
}

static void check(const struct corefile *c, const struct judge_how *how)
{
	struct judge_want want;

	test_note("level %u, codec %u%s%s%s%s", how->level, how->codec,
		  how->direct ? ", direct" : "", how->sparse ? ", sparse" : "",
		  how->mapped ? ", mapped" : "", how->sealed ? ", sealed" : "");
	REQUIRE(CHECK_EQ(judge_write(corefile_open(c, "core"), -1, how), 0));
	want = plain_want(c, how);
	judge_dump(c, how, &want);
	CHECK_EQ(judge.writer.lost, 0);
	CHECK_EQ(judge.window.unreadable, 0);
}

/* All of the ways, or only the plain one, with contents as they are, or of all kinds. */
static void check_text(const char *text, bool soften, unsigned int ways)
{
	struct corefile c;

	test_note("of:\n%s", text);
	corefile_build(&c, text);
	if (soften)
		corefile_soften(&c, 12);
	for (unsigned int n = 0; n < ways; n++) {
		struct judge_how how = any_way(n);

		check(&c, ways == 1 ? &judge_plain : &how);
	}
	corefile_free(&c);
}

TEST("every codec, with O_DIRECT, holes and mmap or without, gives the pages of the core")
{
	check_text("elf32 arm\nnote OSRELEASE=6.1.0\nload 0x60000000 200K data\n"
		   "load 0x70000800 0x12345 mixed\n",
		   true, 32);
}

TEST("many random cores of all machines, page sizes and contents come back page for page")
{
	static const char *const machines[] = {"elf32 arm", "elf64 arm64", "elf64 x86_64"};
	static const char *const content[] = {"data", "zero", "mixed"};

	for (unsigned int round = 0; round < 60; round++) {
		unsigned int machine = (unsigned int)test_below(3);
		unsigned int shift = machine == 1 ? 12 + (unsigned int)test_below(5) : 12;
		uint64_t paddr = test_below(1 << 30);
		char text[1024];
		int n = snprintf(text, sizeof(text), "%s\nnote OSRELEASE=6.1.0 PAGESIZE=%u\n",
				 machines[machine], 1u << shift);
		struct judge_how how = any_way((unsigned int)test_below(32));
		struct corefile c;

		for (size_t i = test_below(4) + 1; i > 0; i--) {
			size_t size = 1 + test_below((size_t)1 << (1 + test_below(20)));

			if (test_below(2) == 0) {
				paddr &= ~(uint64_t)65535;
				size = (size + 65535) & ~(size_t)65535;
			}
			n += snprintf(text + n, sizeof(text) - (size_t)n, "load 0x%llx 0x%zx %s\n",
				      (unsigned long long)paddr, size, content[test_below(3)]);
			paddr += size + test_below(1 << 22);
		}
		test_note("of:\n%s", text);
		corefile_build(&c, text);
		if (round % 3 > 0)
			corefile_soften(&c, shift);
		check(&c, &how);
		corefile_free(&c);
	}
}

TEST("one byte of memory is one page, and one page is one")
{
	check_text("elf64 x86_64\nnote OSRELEASE=6.1.0\nload 0x5123 1 data\n", false, 32);
	CHECK_EQ(judge.writer.done, 1);
	check_text("elf32 arm\nnote OSRELEASE=6.1.0\nload 0x5000 4K data\n", false, 32);
	CHECK_EQ(judge.writer.done, 1);
	check_text("elf32 arm\nnote OSRELEASE=6.1.0\nload 0x5000 4K zero\n", false, 32);
	CHECK_EQ(judge.writer.zero_pages, 1);
}

TEST("pages that are zero share one page, with every codec and none")
{
	check_text("elf64 arm64\nnote OSRELEASE=6.1.0\nload 0 3M zero\n", false, 32);
	CHECK_EQ(judge.writer.zero_pages, 768);
	CHECK_EQ(judge.writer.size, judge.writer.data_at + 4096);
}

TEST("pages that do not shrink are stored as they are, and the file is as large as was said")
{
	check_text("elf64 arm64\nnote OSRELEASE=6.1.0\nload 0 300K data\n", false, 32);
	CHECK_EQ(judge.writer.size, judge.writer.size_limit);
}

TEST("segments that share memory, as on arm64 and x86_64, give each page once")
{
	check_text("elf64 x86_64\nnote OSRELEASE=6.1.0\nload 0x100000 64K data\n"
		   "load 0x1000 1500K data\nload 0x20000 8K data\n",
		   true, 4);
	CHECK_EQ(judge.writer.done, 375);
}

/* N pages, most of them zero, the last and some others not. */
static void check_pages(unsigned int n, unsigned int way)
{
	struct judge_how how = any_way(way);
	struct corefile c;
	char text[128];

	snprintf(text, sizeof(text), "elf64 x86_64\nnote OSRELEASE=6.1.0\nload 0x1000 %uK zero\n",
		 4 * n);
	corefile_build(&c, text);
	for (size_t at = 4095; at < c.load[0].size; at += (size_t)4096 * 337)
		c.bytes[c.load[0].offset + at] = 0x77;
	c.bytes[c.load[0].offset + c.load[0].size - 1] = 0x55;
	check(&c, &how);
	CHECK_EQ(judge.writer.done, n);
	corefile_free(&c);
}

TEST("descriptors of more pages than are written at once are all where they belong")
{
	static const unsigned int counts[] = {KDUMP_DESCS - 1, KDUMP_DESCS, KDUMP_DESCS + 1,
					      2 * KDUMP_DESCS, 20000};

	for (unsigned int i = 0; i < 5; i++)
		check_pages(counts[i], 9 * i + 1);
}

TEST("bitmaps larger than what is looked at together hold what they should")
{
	static const char gaps[] = "elf64 x86_64\nnote OSRELEASE=6.1.0\nload 0x1000 636K data\n"
				   "load 0x7ff8000 64K mixed\nload 0xc0000000 40K data\n"
				   "load 0x1fffff000 8K data\nload 0x340000000 100K data\n";

	check_text(gaps, true, 12);
	CHECK_EQ(filter_chunks(&judge.filter), 2);
	check_text("elf64 arm64\nnote OSRELEASE=6.1.0 PAGESIZE=65536\nload 0x10000 640K data\n"
		   "load 0x8000000000 640K data\n",
		   true, 4);
	check_text("elf32 arm\nnote OSRELEASE=6.1.0\nload 0x40000000 40K data\n"
		   "load 0xbfff8000 40K data\n",
		   true, 4);
}

TEST("of ARM, who reads with a time_t of 32 or of 64 bits finds the same, whatever the RAM")
{
	static const unsigned int mib[] = {1,	128,  129,  384,  385,	512,
					   513, 1024, 2047, 2048, 2049, 3072};

	for (unsigned int i = 0; i < sizeof(mib) / sizeof(mib[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "elf32 arm\nnote OSRELEASE=6.1.0\nload 0x40000000 20K data\n"
			 "load 0x%llx 12K data\n",
			 0x40000000 + ((unsigned long long)mib[i] << 20) - 0x3000);
		check_text(text, true, 2);
	}
}

/* ---- levels ---- */

/* Has "dump" the pages that are kept at both levels, and no others? */
static void check_levels(const struct memimage *m, unsigned int first, unsigned int second)
{
	static _Alignas(8) uint8_t scratch[WINDOW_READ_BYTES];
	int in = memimage_file(m);
	int fd = open("dump", O_RDONLY | O_CLOEXEC);
	const uint8_t *want, *page;
	uint64_t saved = 0;

	if (!CHECK_EQ(judge.filter.doubt, FILTER_SURE))
		test_note("error %d, translate %d", judge.filter.error, judge.core.translate_error);
	CHECK_EQ(judge.filter.level, second);
	REQUIRE(fd >= 0 && vmcore_open(&again, fd, &kdump) == 0);
	REQUIRE(vmcore_open(&judge.core, in, NULL) == 0);
	window_open(&judge.window, in, judge.core.elf.file_size, scratch);
	CHECK_EQ(kdumpfile_check(&kdump), 0);
	CHECK_EQ(kdump.level, first | second);
	for (uint64_t pfn = memimage_first(m); pfn < memimage_end(m); pfn++) {
		bool kept = memimage_has(m, pfn) &&
			    (first <= 1 || memimage_out(m, pfn, first) == MEMIMAGE_KEPT) &&
			    (second <= 1 || memimage_out(m, pfn, second) == MEMIMAGE_KEPT);

		saved += kept;
		if (!CHECK_EQ(vmcore_page(&again, NULL, pfn, &page), kept ? 0 : -ENODATA) || !kept)
			continue;
		REQUIRE(vmcore_page(&judge.core, &judge.window, pfn, &want) == 0);
		CHECK_MEM(page, want, (size_t)1 << judge.core.frames.shift);
	}
	CHECK_EQ(kdump.saved, saved);
	window_close(&judge.window);
	close(fd);
}

TEST("of every level the dump has the pages that level keeps, and so has a dump of the dump")
{
	static const unsigned int levels[] = {0, 1, 2, 4, 8, 16, 31};
	static const char *const machines[] = {"x86_64", "arm64", "arm"};

	for (unsigned int i = 0; i < 3 * 7; i++) {
		struct judge_how how = any_way(i * 3 + 1);
		unsigned int second = levels[(i / 3 + i) % 7];
		char text[512];
		struct memimage *m;

		snprintf(text, sizeof(text),
			 "%s kernel=6.6 sparse=1\nram 0x40000000 24M\nfree +0x1000 0\n"
			 "free +0x1400 10\nanon +0x1020\nanon +0x1024 2\ncache +0x1031\n"
			 "buffers +0x1040\nslab +0x1054 2\npoisoned +0x1080\n",
			 machines[i % 3]);
		m = memimage_build(text);
		how.level = levels[i / 3];
		test_note("%s, level %u, then %u", machines[i % 3], how.level, second);
		CHECK_EQ(judge_write(dup(memimage_file(m)), -1, &how), 0);
		check_levels(m, 0, how.level);
		/* where the direct map is, only ELF says, and page tables, which are not whole here
		 */
		if (i % 3 == 0)
			second = 1;
		REQUIRE(rename("dump", "core") == 0);
		how.level = second;
		CHECK_EQ(judge_write(open("core", O_RDONLY | O_CLOEXEC), -1, &how), 0);
		check_levels(m, levels[i / 3], second);
		memimage_free(m);
	}
}

/* ---- what cannot be read ---- */

TEST("pages that cannot be read are zeros in the dump, and counted")
{
	test_needs("sigbus"); /* the file ends before its mapping does */
	for (unsigned int way = 0; way < 4; way++) {
		struct judge_how how = any_way(16 * (way & 1) + 8 + (way & 2));
		struct judge_want want;
		struct corefile c;
		int in;

		corefile_build(
			&c, "elf32 arm\nnote OSRELEASE=6.1.0\nload 0 64K data\nload 1M 9K data\n");
		in = corefile_open(&c, "core");
		REQUIRE(vmcore_open(&judge.core, in, NULL) == 0);
		REQUIRE(truncate("core", (off_t)c.load[0].offset + 40960) == 0);
		memset(c.bytes + c.load[0].offset + 40960, 0, 24576);
		memset(c.bytes + c.load[1].offset, 0, 9216);
		CHECK_EQ(judge_write_open(-1, &how), 0);
		want = plain_want(&c, &how);
		judge_dump(&c, &how, &want);
		CHECK_EQ(judge.window.unreadable, 9);
		CHECK_EQ(judge.writer.zero_pages, 9);
		close(in);
		corefile_free(&c);
	}
}

/* The frames of "dump" against the image it was made of, of which those in BAD are damaged. */
static void check_against(const struct kdumpimage *k, const uint64_t *bad, unsigned int count)
{
	static uint8_t want[KDUMPIMAGE_PAGE_MAX];
	int fd = open("dump", O_RDONLY | O_CLOEXEC);
	const uint8_t *page;

	REQUIRE(fd >= 0 && vmcore_open(&again, fd, &kdump) == 0);
	CHECK_EQ(kdumpfile_check(&kdump), 0);
	for (uint64_t pfn = k->base; pfn < k->base + k->frames; pfn++) {
		if (!CHECK_EQ(vmcore_page(&again, NULL, pfn, &page),
			      kdumpimage_saved(k, pfn) ? 0 : -ENODATA) ||
		    !kdumpimage_saved(k, pfn))
			continue;
		kdumpimage_page(k, pfn, want);
		for (unsigned int i = 0; i < count; i++) {
			if (bad[i] == pfn)
				memset(want, 0, sizeof(want));
		}
		CHECK_MEM(page, want, (size_t)1 << k->shift);
	}
	close(fd);
}

TEST("damaged pages of a kdump-compressed core are zeros in the new dump, and counted")
{
	static const uint64_t bad[] = {5, 7, 9, 39};
	struct kdumpimage *k = kdumpimage_build(
		"x86_64\nnote OSRELEASE=6.1.0\nram 0 40 text zlib\npoke flags:5 0x40\n"
		"poke size:7 9000\npoke offset:9 0xffffffffffff\ncut -3\n",
		NULL);

	for (unsigned int way = 0; way < 8; way++) {
		struct judge_how how = any_way(way);

		CHECK_EQ(judge_write(kdumpimage_open(k, "core"), -1, &how), 0);
		CHECK_EQ(judge.writer.lost, 4);
		check_against(k, bad, 4);
	}
	kdumpimage_free(k);
}

static void cut_source(void)
{
	REQUIRE(truncate("core", 8192) == 0);
}

TEST("a kdump-compressed core whose bitmap cannot be read any more is an error, not less memory")
{
	struct kdumpimage *k = kdumpimage_build(
		"x86_64 frames=5000000\nram 100 300 text raw\nram 4200000 5 text raw\n", NULL);

	judge.now = cut_source;
	CHECK_EQ(judge_write(kdumpimage_open(k, "core"), -1, &judge_plain), -ENODATA);
	kdumpimage_free(k);
}

TEST("pages packed in a way that is not built in are an error, not zeros")
{
	struct kdumpimage *k = kdumpimage_build(
		"x86_64\nram 0 300 text zlib\nram 300 5 text snappy\nram 305 20 zero raw\n", NULL);

	for (unsigned int way = 0; way < 8; way++) {
		struct judge_how how = any_way(way);

		CHECK_EQ(judge_write(kdumpimage_open(k, "core"), -1, &how), -ENOTSUP);
		CHECK_EQ(judge.writer.lost, 0);
		CHECK_EQ(scratch_count_aio(), 0);
	}
	kdumpimage_free(k);
}

TEST("memory that changed since its pages were counted is an error, not a file that lies")
{
	struct corefile c;

	corefile_build(&c, "elf32 arm\nnote OSRELEASE=6.1.0\nload 0x40000000 8M zero\n");
	for (int lie = -1500; lie <= 1500; lie += 300) {
		judge.lie = lie;
		CHECK_EQ(judge_write(corefile_open(&c, "core"), -1, &judge_plain),
			 lie == 0 ? 0 : -ENODATA);
	}
	corefile_free(&c);
}

/* ---- what cannot be written ---- */

TEST("a device that is full is an error, whichever codec, and leaves nothing in flight")
{
	struct corefile c;

	corefile_build(&c, "elf32 arm\nnote OSRELEASE=6.1.0\nload 0x40000000 4M data\n");
	for (unsigned int way = 0; way < 8; way++) {
		struct judge_how how = any_way(way);
		int out = open("/dev/full", O_WRONLY | O_CLOEXEC);

		how.sparse = false;
		CHECK_EQ(judge_write(corefile_open(&c, "core"), out, &how), -ENOSPC);
		CHECK_EQ(scratch_count_aio(), 0);
	}
	corefile_free(&c);
}

TEST("a file that may not grow as large as it must is an error, wherever the limit is")
{
	struct rlimit limit;
	struct corefile c;
	uint64_t size;

	corefile_build(&c, "elf32 arm\nnote OSRELEASE=6.1.0\nload 0x40000000 2M data\n");
	check(&c, &judge_plain);
	size = judge.writer.size;
	REQUIRE(close(corefile_open(&c, "core")) == 0);
	signal(SIGXFSZ, SIG_IGN);
	REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	for (uint64_t at = 100; at < size; at += 61003) {
		struct judge_how how = any_way((unsigned int)(at % 8));

		how.sparse = false;
		how.codec = PAGE_RAW;
		limit.rlim_cur = at;
		REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
		CHECK_EQ(judge_write(open("core", O_RDONLY | O_CLOEXEC), -1, &how), -EFBIG);
	}
	corefile_free(&c);
}

/* ---- from one dump to another ---- */

/* Makes "core" of the dump. */
static int take_dump(void)
{
	REQUIRE(rename("dump", "core") == 0);
	return open("core", O_RDONLY | O_CLOEXEC);
}

static void check_again(const struct corefile *c, unsigned int way)
{
	struct judge_how first = any_way(way);
	struct judge_how second = any_way(way * 7 + 5);
	struct judge_want want;
	uint8_t *before, *after;
	size_t size, size_after;

	check(c, &first);
	before = scratch_read_file("dump", &size);
	CHECK_EQ(judge_write(take_dump(), -1, &first), 0);
	after = scratch_read_file("dump", &size_after);
	if (CHECK_EQ(size_after, size))
		CHECK_MEM(after, before, size);
	free(before);
	free(after);
	CHECK_EQ(judge_write(take_dump(), -1, &second), 0);
	want = plain_want(c, &second);
	want.level |= first.level & 1;
	judge_dump(c, &second, &want);
	CHECK_EQ(judge.writer.lost, 0);
}

TEST("a dump of a dump is the same dump; by another codec, it has the same pages")
{
	static const char *const texts[] = {
		"elf32 arm\nnote OSRELEASE=6.1.0\nload 0x60000000 200K data\nload 1024M 70K mixed\n",
		"elf64 arm64\nnote OSRELEASE=6.1.0 PAGESIZE=65536\nload 0x40010000 1M mixed\n",
		"elf64 x86_64\nnote OSRELEASE=6.1.0 NUMBER(phys_base)=0\nload 0x1000 636K data\n"
		"load 0x240000000 100K data\n",
	};

	for (unsigned int i = 0; i < 24; i++) {
		struct corefile c;

		corefile_build(&c, texts[i % 3]);
		corefile_soften(&c, i % 3 == 1 ? 16 : 12);
		check_again(&c, i);
		corefile_free(&c);
	}
}

TEST("dumps of other writers are converted, and what they left out stays left out, and is said")
{
	static const char *const texts[] = {
		"armv7l phys_base=0x40000000 level=31\nnote OSRELEASE=6.1.0\n"
		"ram 0x40000 300 mixed lzo\nram 0x50000 20 text zstd\nout 0x40010 100\n",
		"aarch64 shift=16 level=17 more=2 wide=1 gap=12345\nram 9 50 mixed zlib\nout 11 2\n",
		"x86_64 level=16 version=4 own=1\nnote A=1\nram 1 158 text raw\nout 1 100\n",
		"x86_64 level=31\nram 0 20 data raw\nout 0 20\n",
	};

	for (unsigned int i = 0; i < 32; i++) {
		struct kdumpimage *k = kdumpimage_build(texts[i % 4], NULL);
		struct judge_how how = any_way(i / 4 * 5 + i % 4);
		uint64_t kept = 0;

		for (uint64_t pfn = k->base; pfn < k->base + k->frames; pfn++)
			kept += kdumpimage_saved(k, pfn);
		test_note("of:\n%s", texts[i % 4]);
		CHECK_EQ(judge_write(kdumpimage_open(k, "core"), -1, &how), 0);
		CHECK_EQ(judge.writer.lost, 0);
		CHECK_EQ(judge.writer.done, kept);
		check_against(k, NULL, 0);
		CHECK_EQ(kdump.level & k->level, k->level);
		CHECK_EQ(kdump.saved, kept);
		CHECK_EQ(kdump.phys_base, k->phys_base);
		CHECK_EQ(again.frames.count, judge.core.frames.count);
		kdumpimage_free(k);
	}
}
