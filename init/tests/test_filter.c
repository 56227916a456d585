/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/filter: its chunks are what the level asks for, in every walk; what cannot be true is
 * not believed, and then nothing but zero pages goes.
 */
#include "vmcore/filter.h"

#include "tests/images/corefile.h"
#include "tests/images/memimage_read.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 4096 };

/* What a chunk should be, INDEX frames * FILTER_FRAMES from base on; at level 1 all there is. */
static void check_chunk(struct filter *f, const struct memimage *m, uint64_t index)
{
	const uint8_t *chunk = filter_chunk(f, index);
	uint64_t first = f->base + index * FILTER_FRAMES;
	unsigned int wrong = 0;
	unsigned int others = 0;
	uint64_t bits = 0;

	REQUIRE(chunk != NULL);
	for (unsigned int i = 0; i < FILTER_BYTES; i++)
		bits += (unsigned int)__builtin_popcount(chunk[i]);
	for (uint64_t pfn = first; pfn < first + FILTER_FRAMES; pfn++) {
		bool has = memimage_has(m, pfn);
		bool want =
			has && (f->level <= 1 || memimage_out(m, pfn, f->level) == MEMIMAGE_KEPT);

		others += want;
		if ((chunk[(pfn - first) / 8] >> (pfn - first) % 8 & 1) != want && wrong++ < 8)
			test_note("chunk %llu: frame %#llx is %s", (unsigned long long)index,
				  (unsigned long long)pfn, want ? "left out" : "kept");
	}
	CHECK_EQ(wrong, 0);
	CHECK_EQ(bits, others);
}

/* Opens the filter of that text, checks it against the image. Returns what it found out. */
static struct filter check_filter(const char *text, unsigned int level, uint64_t base,
				  unsigned int in_force)
{
	struct reading *r = reading_open(text);
	struct filter *f = malloc(sizeof(*f));
	struct filter answer;
	uint64_t kept = 0;
	uint64_t present = 0;

	REQUIRE(f != NULL);
	memset(f, 0xa5, sizeof(*f));
	REQUIRE(filter_open(f, &r->core, &r->window, level, base, NULL) == 0);
	if (!CHECK_EQ(f->level, in_force))
		test_note("%.80s", text);
	for (uint64_t pfn = memimage_first(r->image); pfn < memimage_end(r->image); pfn++) {
		if (!memimage_has(r->image, pfn))
			continue;
		present++;
		kept += f->level <= 1 || memimage_out(r->image, pfn, f->level) == MEMIMAGE_KEPT;
	}
	CHECK_EQ(f->base, base);
	CHECK_EQ(f->end, memimage_end(r->image));
	CHECK_EQ(f->kept, kept);
	CHECK_EQ(f->present, present);
	CHECK_EQ(filter_chunks(f), (f->end - base + FILTER_FRAMES - 1) / FILTER_FRAMES);
	for (unsigned int walk = 0; walk < 2; walk++) {
		for (uint64_t i = 0; i < filter_chunks(f); i++)
			check_chunk(f, r->image, i);
	}
	memcpy(&answer, f, sizeof(answer));
	free(f);
	reading_close(r);
	return answer;
}

#define STATES                                                                                     \
	"free +0x1000 0\nfree +0x1400 10\nanon +0x1020\nanon +0x1024 2\ncache +0x1031\n"           \
	"buffers +0x1040\nslab +0x1054 2\nhuge +0x1c00 9\npoisoned +0x1080\noffline +0x1090\n"

TEST("each level leaves out what it says, at 0 and 1 nothing")
{
	static const unsigned int levels[] = {0, 1, 2, 3, 4, 8, 9, 16, 17, 30, 31};
	static const char *const machines[] = {"x86_64", "arm64", "arm"};

	for (unsigned int i = 0; i < 3 * sizeof(levels) / sizeof(levels[0]); i++) {
		unsigned int level = levels[i / 3];
		char text[TEXT];
		struct filter f;
		uint64_t left = 0;

		snprintf(text, sizeof(text), "%s kernel=6.6 sparse=1\nram 0x40000000 64M\n%s",
			 machines[i % 3], STATES "stack +0x1055\nstack +0x1031\n");
		if ((level & (LEVEL_CACHE | LEVEL_PRIVATE_CACHE)) != 0)
			*strstr(text, "stack +0x1031") = '\0';
		f = check_filter(text, level, i % 3 == 2 ? 0x40000 : 0, level);
		CHECK_EQ(f.doubt, FILTER_SURE);
		CHECK_EQ(f.error, 0);
		for (unsigned int s = 0; s < PAGE_STATES && level > 1; s++)
			left += f.pages.left_out[s];
		CHECK_EQ(left, f.present - f.kept);
		CHECK(level <= 1 || left > 0);
	}
}

TEST("several chunks: ranges go on, holes stay, a second walk is the same")
{
	test_needs("speed");
	/* the first chunk ends at 8 GiB, or some frames behind that; the third one is empty */
#define FAR                                                                                        \
	"ram 0x40003000 0x2ffd000\nram 0x1ff000000 32M\nram 0x680000000 4M\n"                      \
	"free 0x200000 10\nanon 0x200400 2\nhuge 0x1ffc00 9\ncache 0x680010\nfree 0x680200 9\n"    \
	"free 0x1ff800 3\nslab 0x200408 3\nfree 0x42000 9\nanon 0x40203 0\n"
	static const uint64_t bases[] = {0, 3, 8, 0x40003};

	for (unsigned int i = 0; i < 4; i++) {
		struct filter f = check_filter("x86_64 kernel=6.12 sparse=1 at=0x40004000\n" FAR,
					       31, bases[i], 31);

		CHECK_EQ(f.doubt, FILTER_SURE);
		CHECK_EQ(filter_chunks(&f), 4);
		check_filter("x86_64 kernel=6.12 sparse=1 at=0x40004000\n" FAR, 16, bases[i], 16);
		check_filter("x86_64 kernel=6.12 sparse=1 at=0x40004000\n" FAR, 1, bases[i], 1);
	}
}

TEST("a walk may begin again before it ended, and ask for a chunk twice")
{
	static const unsigned int order[] = {0, 1, 0, 0, 1, 1, 2, 3, 3, 0, 1, 2, 3, 0};
	struct reading *r = reading_open("x86_64 kernel=6.1 sparse=1 at=0x40004000\n" FAR);
	struct filter *f = malloc(sizeof(*f));

	REQUIRE(f != NULL && filter_open(f, &r->core, &r->window, 31, 0, NULL) == 0);
	for (unsigned int i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		check_chunk(f, r->image, order[i]);
	free(f);
	reading_close(r);
}

/* That text at that level falls back to level 1. */
static struct filter falls_back(const char *text, unsigned int level, enum filter_doubt doubt)
{
	struct filter f = check_filter(text, level, 0, 1);

	if (!CHECK_EQ(f.doubt, doubt))
		test_note("level %u of %.100s", level, text);
	CHECK_EQ(f.kept, f.present);
	return f;
}

static void stays_sure(const char *text, unsigned int level)
{
	struct filter f = check_filter(text, level, 0, level);

	CHECK_EQ(f.doubt, FILTER_SURE);
	CHECK_EQ(f.error, 0);
}

#define X86	"x86_64 kernel=6.1 sparse=1\nram 0x40000000 64M\n"
#define X86_ALL "x86_64 kernel=6.1 sparse=1 orders=32\nram 0x40000000 64M\n"

TEST("when nothing would be left it is not believed")
{
	falls_back(X86_ALL "free +0 18\n", 31, FILTER_ALL_LEFT_OUT);
	falls_back(X86_ALL "free +0 18\n", 16, FILTER_ALL_LEFT_OUT);
	stays_sure(X86_ALL "free +0 18\n", 8);
	falls_back("arm kernel=6.12 sparse=1 orders=32\nram 0x40000000 32M\nfree +0 13\n", 31,
		   FILTER_ALL_LEFT_OUT);
}

TEST("when the stack of a CPU would go it is not believed")
{
	static const char *const machines[] = {"x86_64", "arm64", "arm", "lpae"};

	for (unsigned int i = 0; i < 4; i++) {
		char text[TEXT];

		snprintf(text, sizeof(text),
			 "%s kernel=6.6 sparse=1\nram 0x40000000 64M\nfree +0x1400 8\n"
			 "anon +0x1800 3\nstack +0x1200\nstack +0x1804\nstack +0x1300\n",
			 machines[i]);
		falls_back(text, 8, FILTER_NEEDED_LEFT_OUT);
		falls_back(text, 31, FILTER_NEEDED_LEFT_OUT);
		stays_sure(text, 16);
		stays_sure(text, 6);
		strcat(text, "stack +0x14ff\n");
		falls_back(text, 16, FILTER_NEEDED_LEFT_OUT);
	}
}

TEST("stacks of more CPUs than are looked at, and stacks nowhere, do no harm")
{
	char text[TEXT];
	int n = snprintf(text, sizeof(text), X86 "stack 1\nstack 0x90000\n");

	for (unsigned int i = 0; i < 75; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "stack +%#x\n", 0x1000 + i);
	stays_sure(text, 31);
	snprintf(text + n, sizeof(text) - (size_t)n, "anon +0x1020\n");
	falls_back(text, 31, FILTER_NEEDED_LEFT_OUT);
}

TEST("when what every kernel uses would go it is not believed")
{
	static const char *const uses[] = {"arm", "arm64", "x86_64"};

	for (unsigned int i = 0; i < 3; i++) {
		char text[TEXT];

		snprintf(text, sizeof(text),
			 "%s kernel=6.12 sparse=1\nram 0x40000000 64M\nanon uts\n", uses[i]);
		falls_back(text, 8, FILTER_NEEDED_LEFT_OUT);
		stays_sure(text, 16);
	}
	/* the tables of arm, _stext, and the log */
	falls_back("arm kernel=6.12 sparse=1\nram 0x40000000 64M\nfree +4 0\n", 16,
		   FILTER_NEEDED_LEFT_OUT);
	falls_back("arm kernel=6.12 sparse=1\nram 0x40000000 64M\nfree +8 3\n", 16,
		   FILTER_NEEDED_LEFT_OUT);
	falls_back("arm kernel=6.12 sparse=1\nram 0x40000000 64M\nfree +0x1100 3\n"
		   "note SYMBOL(prb)=c1107abc\n",
		   16, FILTER_NEEDED_LEFT_OUT);
	falls_back("arm kernel=6.12 sparse=1\nram 0x40000000 64M\nfree +0x1100 3\n"
		   "note SYMBOL(log_buf)=c1100000\n",
		   16, FILTER_NEEDED_LEFT_OUT);
	stays_sure("arm kernel=6.12 sparse=1\nram 0x40000000 64M\nfree +0x1100 3\n"
		   "note SYMBOL(log_buf)=c1108000\nnote SYMBOL(prb)=0\n",
		   16);
}

/* The image of that machine, with COUNT struct pages that have VALUE references. */
static const char *counted(const char *machine, unsigned int count, const char *value)
{
	static char text[TEXT];
	int n = snprintf(text, sizeof(text), "%s sparse=1\nram 0x40000000 16M\nanon +0x800\n",
			 machine);

	for (unsigned int i = 0; i < count; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "poke +%#x refcount %s\n",
			      0x900 + i, value);
	return text;
}

TEST("when one struct page in 64 has fewer than no references none is believed")
{
	static const char *const machines[] = {"x86_64 kernel=6.1", "arm kernel=6.1",
					       "arm64 kernel=6.12", "lpae kernel=6.6"};

	for (unsigned int i = 0; i < 4; i++) {
		stays_sure(counted(machines[i], 64, "0xffffffff"), 31);
		falls_back(counted(machines[i], 65, "0xffffffff"), 31, FILTER_NONSENSE);
		falls_back(counted(machines[i], 65, "0x80000000"), 8, FILTER_NONSENSE);
		stays_sure(counted(machines[i], 65, "0x7fffffff"), 31);
		CHECK_EQ(check_filter(counted(machines[i], 65, "0xffffffff"), 1, 0, 1).doubt,
			 FILTER_SURE);
	}
}

TEST("in a later chunk, too, and then the walks after it give all there is")
{
	falls_back("x86_64 kernel=6.12 sparse=1 at=0x40004000\n" FAR "stack 0x200401\n", 31,
		   FILTER_NEEDED_LEFT_OUT);
	falls_back("x86_64 kernel=6.12 sparse=1 at=0x40004000\n" FAR "stack 0x200010\n", 16,
		   FILTER_NEEDED_LEFT_OUT);
	stays_sure("x86_64 kernel=6.12 sparse=1 at=0x40004000\n" FAR "stack 0x200409\n", 31);
	/* the first frame of a chunk */
	stays_sure("x86_64 kernel=6.12 sparse=1\nram 0x40000000 8M\nram 0x1ff000000 32M\n"
		   "stack 0x200000\nanon 0x1fffff\n",
		   31);
}

TEST("without struct pages nothing goes, and it says why")
{
	CHECK_EQ(falls_back(X86 "without OFFSET(page.compound_head)\nfree +0x1000 3\n", 31,
			    FILTER_NO_STRUCT_PAGES)
			 .error,
		 -ENOKEY);
	CHECK_EQ(falls_back(X86 "without SIZE(page)\n", 16, FILTER_NO_STRUCT_PAGES).error, -ENOKEY);
	CHECK_EQ(falls_back(X86 "note SYMBOL(mem_section)=0\n", 2, FILTER_NO_STRUCT_PAGES).error,
		 -ENXIO);
	CHECK_EQ(falls_back(X86 "free +0x1000 3\nabsent +0\n", 31, FILTER_NO_STRUCT_PAGES).error,
		 -ENXIO);
}

/* A core that is no memimage. */
static void plain(const char *description, uint64_t present, int error)
{
	static uint8_t scratch[WINDOW_READ_BYTES];
	struct filter *f = malloc(sizeof(*f));
	struct vmcore *v = malloc(sizeof(*v));
	struct window w;
	struct corefile c;
	int fd;

	REQUIRE(f != NULL && v != NULL);
	memset(f, 0xa5, sizeof(*f));
	corefile_build(&c, description);
	fd = corefile_open(&c, "core");
	REQUIRE(vmcore_open(v, fd, NULL) == 0);
	window_open(&w, fd, v->elf.file_size, scratch);
	for (unsigned int level = 0; level < 32; level += 31) {
		CHECK_EQ(filter_open(f, v, &w, level, vmcore_base(v), NULL), 0);
		CHECK_EQ(f->level, level == 0 ? 0 : 1);
		CHECK_EQ(f->doubt, level == 0 ? FILTER_SURE : FILTER_NO_STRUCT_PAGES);
		CHECK_EQ(f->error, error);
		CHECK_EQ(f->kept, present);
		CHECK_EQ(f->present, present);
		CHECK_EQ(filter_chunks(f), present != 0);
	}
	window_close(&w);
	close(fd);
	corefile_free(&c);
	free(v);
	free(f);
}

TEST("a core that says nothing of itself, or has no memory, loses nothing")
{
	plain("elf32 arm\nload 0x40001000 32K data\n", 8, -ENOKEY);
	plain("elf64 x86_64\nnote A=1\nload 0x1000 4K data\nload 0x3000 1 data\n", 2, -ENOKEY);
	plain("elf32 arm\nnote A=1\n", 0, -ENOKEY);
	plain("elf64 arm64\nprstatus\nnote OSRELEASE=1 SYMBOL(_stext)=1\n", 0, -ENOKEY);
}

TEST("after each chunk that was looked at it says so")
{
	static const struct {
		const char *text;
		unsigned int level, walks;
	} cases[] = {
		{"", 1, 1},		     /* what there is */
		{"", 31, 2},		     /* and what goes of it */
		{"stack 0x200401\n", 31, 3}, /* and what there is, again */
		{"without SIZE(page)\n", 31, 1},
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[TEXT];
		struct filter *f = malloc(sizeof(*f));
		volatile uint32_t progress = UINT32_MAX;
		struct reading *r;

		snprintf(text, sizeof(text), "x86_64 kernel=6.1 sparse=1 at=0x40004000\n" FAR "%s",
			 cases[i].text);
		r = reading_open(text);
		REQUIRE(f != NULL);
		CHECK_EQ(filter_open(f, &r->core, &r->window, cases[i].level, 0, &progress), 0);
		CHECK_EQ(progress, 4 * cases[i].walks - 1);
		free(f);
		reading_close(r);
	}
}

TEST("frames so far apart that there is no bitmap for them are refused, and not before")
{
	static const struct {
		const char *load;
		uint64_t base;
		int want;
	} cases[] = {
		{"load 0 4K data paddr=0x7fffffff000\n", 0, 0},
		{"load 0 4K data paddr=0x80000000000\n", 0, -E2BIG},
		{"load 0 4K data paddr=0x80000000000\n", 1, 0},
		{"load 0 4K data paddr=0xffffffffff000\n", 0, -E2BIG},
	};

	test_needs("speed");
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static uint8_t scratch[WINDOW_READ_BYTES];
		struct filter *f = malloc(sizeof(*f));
		struct vmcore *v = malloc(sizeof(*v));
		struct window w;
		struct corefile c;
		char text[256];
		int fd;

		REQUIRE(f != NULL && v != NULL);
		snprintf(text, sizeof(text), "elf64 x86_64\nload 0x1000 4K data\n%s",
			 cases[i].load);
		corefile_build(&c, text);
		fd = corefile_open(&c, "core");
		REQUIRE(vmcore_open(v, fd, NULL) == 0);
		window_open(&w, fd, v->elf.file_size, scratch);
		CHECK_EQ(filter_open(f, v, &w, 1, cases[i].base, NULL), cases[i].want);
		CHECK(cases[i].want != 0 || f->kept == 2);
		window_close(&w);
		close(fd);
		corefile_free(&c);
		free(v);
		free(f);
	}
}
