/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/elf_writer with window and sink: the dump is the source, byte for byte; of a core that
 * lies, it is what can be believed, and its headers say no more than that.
 */
#include "output/elf_writer.h"

#include "output/sink.h"
#include "tests/images/corefile.h"
#include "tests/pread.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"
#include "vmcore/window.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static _Alignas(SINK_BLOCK) uint8_t scratch[WINDOW_READ_BYTES];
static struct elfcore core;
static struct window window;
static struct sink sink;
static struct elf_writer writer;
static uint64_t seen;

/* cppcheck-suppress constParameter ; the type of the callback */
static void on_window(void *arg, const struct elf_writer *w)
{
	CHECK(arg == &seen);
	CHECK(w->done >= seen && w->done <= w->size);
	seen = w->done;
}

/* Copies CORE to the file "dump". Returns what the writer, or else the sink, returned. */
static int copy(const struct corefile *c, bool mapped, bool direct)
{
	int in = corefile_open(c, "core");
	int out = open("dump", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct sink_options options = {.direct = direct, .sparse = true};
	int r;
	int end;

	REQUIRE(out >= 0);
	REQUIRE(elfcore_read(&core, in) == 0);
	memset(&writer, 0, sizeof(writer));
	elf_writer_plan(&writer, &core);
	seen = 0;
	writer.progress = on_window;
	writer.progress_arg = &seen;
	options.expected_size = writer.size;
	window_open(&window, in, core.file_size, scratch);
	window_exclude(&window, 0, core.data_start);
	window.mapped = window.mapped && mapped;
	REQUIRE(sink_start(&sink, out, &options, reserve) == 0);
	r = elf_writer_run(&writer, &core, &window, &sink);
	end = sink_finish(&sink);
	window_close(&window);
	close(in);
	close(out);
	return r != 0 ? r : end;
}

/* The dump, read again; its size is what was planned and its CRC what the sink says. */
static uint8_t *read_dump(size_t *size)
{
	uint8_t *dump = scratch_read_file("dump", size);

	CHECK_EQ(*size, writer.size);
	CHECK_EQ(sink.crc32, crc32_z(0, dump, *size));
	return dump;
}

static void check_exact(const char *description)
{
	struct corefile c;

	corefile_build(&c, description);
	for (unsigned int way = 0; way < 4; way++) {
		size_t size;
		uint8_t *dump;

		CHECK_EQ(copy(&c, (way & 1) != 0, (way & 2) != 0), 0);
		dump = read_dump(&size);
		if (!CHECK_EQ(size, c.size) || !CHECK_MEM(dump, c.bytes, c.size) ||
		    !CHECK_EQ(seen, c.size))
			test_note("way %u of:\n%s", way, description);
		if (core.segments > 0)
			CHECK_EQ(writer.pages, (c.size - c.data_start + 4095) / 4096);
		free(dump);
	}
	corefile_free(&c);
}

TEST("many random sane cores are copied byte for byte, mapped and read, direct and buffered")
{
	static const char *const content[] = {"data", "zero", "mixed"};
	static const char *const elf[] = {"elf32 arm", "elf64 arm64", "elf64 x86_64"};

	for (int round = 0; round < 25; round++) {
		size_t count = 1 + test_below(5);
		uint64_t paddr = test_below(1 << 20);
		char text[1024];
		int n = snprintf(text, sizeof(text), "%s\nprstatus\nnote OSRELEASE=6\n",
				 elf[test_below(3)]);

		for (size_t i = 0; i < count; i++) {
			size_t size = 1 + test_below((size_t)1 << (1 + test_below(20)));

			if (test_below(2) == 0) {
				paddr &= ~(uint64_t)4095;
				size = (size + 4095) & ~(size_t)4095;
			}
			n += snprintf(text + n, sizeof(text) - (size_t)n, "load 0x%llx 0x%zx %s\n",
				      (unsigned long long)paddr, size, content[test_below(3)]);
			paddr += size + test_below(1 << 20);
		}
		check_exact(text);
	}
}

TEST("a core larger than windows and buffers is copied byte for byte")
{
	check_exact("elf32 arm\nnote A=1\nload 0x40000000 9M mixed\nload 0x50000000 4100K data\n");
}

TEST("cores of no memory, of no notes, and with a crooked end are copied byte for byte")
{
	check_exact("elf32 arm\nload 0x1000 8K mixed\n");
	check_exact("elf32 arm\nnote A=1\n");
	check_exact("elf64 x86_64\nnote A=1\nload 0x1000 8K data\nheader phnum=1\n");
	check_exact("elf32 arm\nnote A=1\nload 0x1800 0x1900 data\nload 0x9001 1 data\n");
	check_exact("elf64 arm64\nnote A=1\nload 0 0x1234 data\ncut 0x3234\n");
}

TEST("zero pages are counted, and pages that are not zero are not")
{
	struct corefile c;

	corefile_build(
		&c, "elf32 arm\nnote A=1\nload 0 64K data\nload 64K 64K zero\nload 128K 4K zero\n"
		    "load 132K 8K data\n");
	CHECK_EQ(copy(&c, true, false), 0);
	CHECK_EQ(writer.pages, 16 + 16 + 1 + 2);
	CHECK_EQ(writer.zero_pages, 17);
	CHECK_EQ(sink.written, c.size - 17 * 4096);
	corefile_free(&c);
}

/* What a reader that believes the headers of the dump finds: only what can be believed. */
static unsigned int check_believable(const uint8_t *dump, size_t size, const struct corefile *c)
{
	static struct elfcore again;
	unsigned int found = 0;
	int fd = corefile_store(dump, size, "again");

	REQUIRE(elfcore_read(&again, fd) == 0);
	close(fd);
	CHECK_EQ(again.faults, 0);
	CHECK_EQ(again.unlisted, 0);
	CHECK_EQ(again.notes.size, core.notes.size);
	REQUIRE(CHECK_EQ(again.notes.ranges, core.notes.ranges));
	for (unsigned int i = 0; i < again.notes.ranges; i++) {
		const struct notes_range *r = &again.notes.range[i];

		CHECK_EQ(r->offset, core.notes.range[i].offset);
		CHECK_MEM(dump + r->offset, c->bytes + r->offset, (size_t)r->size);
	}
	for (unsigned int i = 0; i < again.segments; i++) {
		const struct elfcore_segment *s = &again.segment[i];

		found++;
		CHECK_MEM(dump + s->offset, c->bytes + s->offset, (size_t)s->size);
	}
	return found;
}

static void check_partly(const char *description, unsigned int sane)
{
	struct corefile c;

	corefile_build(&c, description);
	for (unsigned int way = 0; way < 4; way++) {
		size_t size;
		uint8_t *dump;

		CHECK_EQ(copy(&c, (way & 1) != 0, (way & 2) != 0), 0);
		dump = read_dump(&size);
		if (!CHECK_EQ(check_believable(dump, size, &c), sane))
			test_note("way %u of:\n%s", way, description);
		free(dump);
	}
	corefile_free(&c);
}

TEST("an insane segment is struck from the headers, sane ones are saved where they were")
{
	check_partly(
		"elf64 arm64\nnote A=1\nload 0 4K data paddr=0x40210000 size=0xffff8000ca0f0000\n"
		"load 0x40000000 70K mixed\nload 0x50000000 9K data\n",
		2);
	check_partly(
		"elf32 arm\nnote A=1\nload 0x1000 8K data\nload 0x9000 8K data paddr=0xfffff000\n"
		"load 0x20000 80K mixed\n",
		2);
	check_partly("elf32 arm\nnote A=1\nload 0x1800 0x1900 data\nload 0x9000 8K data offset=0\n"
		     "load 0x20800 0x900 data\n",
		     2);
}

TEST("of two segments that overlap one is saved and the other struck")
{
	check_partly("elf32 arm\nnote A=1\nload 0 16K data\nload 0x10000 16K data offset=0x4000\n"
		     "load 0x20000 8K data\n",
		     2);
}

TEST("a core of which no segment is sane is still headers and whole notes")
{
	check_partly("elf64 arm64\nprstatus\nnote OSRELEASE=6.1.0\n"
		     "load 0 4K data size=0xffff8000ca0f0000\n",
		     0);
}

TEST("program headers that are not there are not claimed by the dump, and cost nothing else")
{
	check_partly("elf32 arm\nnote A=1\nload 0x1000 8K data\nheader phnum=0x7000\n", 1);
	check_partly("elf32 arm\nnote A=1\nload 0x1000 128K data\nheader phnum=0x7000\n", 1);
	check_partly("elf64 arm64\nnote A=1\nload 0x1000 128K data\nheader phnum=0xffff\n", 1);
}

/* What readelf of binutils says of the dump: so many segments, and nothing to complain of. */
static void check_readelf(unsigned int loads)
{
	char command[256];

	test_needs("readelf");
	snprintf(command, sizeof(command),
		 "LC_ALL=C readelf -lW dump >told 2>warned; test ! -s warned && "
		 "test \"$(grep -c '^  LOAD' told)\" = %u || "
		 "{ head -n 3 warned; grep -c '^  LOAD' told; false; } >&2",
		 loads);
	CHECK_EQ(system(command), 0);
}

TEST("a dump of many segments has them all, for readelf as well, one lie or none")
{
	static const unsigned int counts[] = {1500, PN_XNUM - 1, 66000};
	char text[128];

	for (unsigned int i = 0; i < 6; i++) {
		unsigned int count = counts[i / 2];
		struct corefile c;
		size_t size;
		uint8_t *dump;

		snprintf(text, sizeof(text),
			 "%s\nnote A=1\nload 0x1000 4K data %s\nloads 0x10000 1 data %u 0x2000\n",
			 i < 4 ? "elf32 arm" : "elf64 x86_64", i % 2 == 1 ? "offset=0" : "",
			 count - 1);
		corefile_build(&c, text);
		CHECK_EQ(copy(&c, true, false), 0);
		dump = read_dump(&size);
		CHECK_EQ(check_believable(dump, size, &c), count - i % 2);
		check_readelf(count - i % 2);
		free(dump);
		corefile_free(&c);
	}
}

TEST("notes between segments, and behind all, stay where they were when a segment is struck")
{
	static const char *const cores[] = {
		"elf32 arm\nprstatus\napart\nnote A=1\nload 0x1000 8K data offset=0\n"
		"load 0x9000 8K data\n",
		/* the first notes move to where the second segment is, which has no bytes */
		"elf64 arm64\nprstatus\nload 0x1000 8K data\nload 0x9000 4K zero size=0\n"
		"load 0x10000 8K data\nload 0x20000 4K data offset=9\nnotes offset=0x4000\n",
		"elf64 arm64\nprstatus\nload 0x10000 8K data\nload 0x20000 4K data offset=9\n"
		"load 0x9000 4K zero size=0\nnotes offset=0x5000\n"};
	static const uint64_t at[] = {0, 0x4000, 0x5000};

	for (unsigned int i = 0; i < 3; i++) {
		struct corefile c;
		size_t size;
		uint8_t *dump;

		corefile_build(&c, cores[i]);
		if (at[i] > 0)
			memcpy(c.bytes + at[i], c.bytes + c.notes_offset, c.notes_size);
		CHECK_EQ(copy(&c, true, false), 0);
		CHECK_EQ(core.notes.count, i == 0 ? 2 : 1);
		CHECK_EQ(core.faults, 1);
		dump = read_dump(&size);
		CHECK_EQ(check_believable(dump, size, &c), i == 1 ? 2 : 1);
		free(dump);
		corefile_free(&c);
	}
}

TEST("program headers that cannot be read again are no dump, and never zeros")
{
	for (unsigned int lie = 0; lie < 2; lie++) {
		struct sink_options options = {.sparse = true};
		struct corefile c;
		int in;
		int out = open("dump", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		corefile_build(&c, lie == 0 ? "elf32 arm\nnote A=1\nload 0 64K data\n"
					    : "elf32 arm\nnote A=1\nload 0 64K data\n"
					      "load 1M 4K data offset=0\n");
		in = corefile_open(&c, "core");
		REQUIRE(out >= 0 && elfcore_read(&core, in) == 0);
		elf_writer_plan(&writer, &core);
		writer.progress = NULL;
		window_open(&window, in, core.file_size, scratch);
		window_exclude(&window, 0, core.data_start);
		REQUIRE(sink_start(&sink, out, &options, reserve) == 0);
		pread_fails(0, 4096);
		CHECK_EQ(elf_writer_run(&writer, &core, &window, &sink), -ENODATA);
		pread_fails(0, 0);
		CHECK_EQ(sink_finish(&sink), 0);
		window_close(&window);
		close(in);
		close(out);
		corefile_free(&c);
	}
}

TEST("a core whose file ends early is zeros from there on and says how many pages")
{
	struct corefile c;
	size_t size;
	uint8_t *dump;

	test_needs("sigbus");
	corefile_build(&c, "elf32 arm\nnote A=1\nload 0 64K data\n");
	close(corefile_open(&c, "core"));
	for (unsigned int way = 0; way < 2; way++) {
		int in = corefile_open(&c, "core");
		int out = open("dump", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		struct sink_options options = {.sparse = true};

		REQUIRE(out >= 0 && elfcore_read(&core, in) == 0);
		REQUIRE(truncate("core", (off_t)c.data_start + 8192) == 0);
		elf_writer_plan(&writer, &core);
		writer.progress = NULL;
		window_open(&window, in, core.file_size, scratch);
		window_exclude(&window, 0, core.data_start);
		window.mapped = way == 1;
		REQUIRE(sink_start(&sink, out, &options, reserve) == 0);
		CHECK_EQ(elf_writer_run(&writer, &core, &window, &sink), 0);
		CHECK_EQ(sink_finish(&sink), 0);
		CHECK_EQ(window.unreadable, 14);
		dump = read_dump(&size);
		CHECK_EQ(size, c.size);
		CHECK_MEM(dump, c.bytes, c.data_start + 8192);
		free(dump);
		window_close(&window);
		close(in);
		close(out);
	}
	corefile_free(&c);
}
