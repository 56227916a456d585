/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/elfcore: what is true is read, what cannot be true is told and not followed.
 */
#include "tests/images/corefile.h"
#include "tests/pread.h"
#include "tests/test.h"
#include "vmcore/elf_fields.h"
#include "vmcore/elfcore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct elfcore core;

/* Reads it from a file of which there are only the first bytes, SIZE of them. */
static int parse_head(const struct corefile *c, size_t size)
{
	int fd = corefile_store(c->bytes, size, "core");
	int r;

	memset(&core, 0xa5, sizeof(core));
	core.more = NULL;
	r = elfcore_read_sized(&core, fd, c->size);
	close(fd);
	return r;
}

static int parse(const char *description)
{
	struct corefile c;
	int r;

	corefile_build(&c, description);
	r = parse_head(&c, c.size);
	corefile_free(&c);
	return r;
}

/* A core of one sane segment and one with LIE: the fault of the second. */
static void check_fault(const char *elf, const char *lie, enum elfcore_fault want)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "%s\nnote A=1\nload 0x100000 8K data\nload 0x200000 8K data %s\n", elf, lie);
	if (!CHECK_EQ(parse(text), 0) || !CHECK_EQ(core.segments, 2) ||
	    !CHECK_EQ(core.faults, want != ELFCORE_SANE) ||
	    !CHECK_EQ(core.segment[0].fault, ELFCORE_SANE) ||
	    !CHECK_EQ(core.segment[0].paddr, 0x100000) || !CHECK_EQ(core.segment[1].fault, want))
		test_note("for %s, %s: %s", elf, lie,
			  elfcore_fault_text((enum elfcore_fault)core.segment[1].fault));
}

TEST("a sane core of either class is read as it is")
{
	static const char *const elf[] = {"elf32 arm", "elf64 arm64", "elf64 x86_64"};
	static const uint16_t machine[] = {40, 183, 62};

	for (unsigned int i = 0; i < 3; i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "%s\nnote A=1\nload 0x40000000 0x5000 data\n"
			 "load 0x50000800 0x1000 zero vaddr=0xc0000000\n",
			 elf[i]);
		REQUIRE(parse(text) == 0);
		CHECK_EQ(core.is64, i > 0);
		CHECK_EQ(core.machine, machine[i]);
		CHECK_EQ(core.segments, 2);
		CHECK_EQ(core.faults, 0);
		CHECK_EQ(core.unlisted, 0);
		CHECK_EQ(core.notes.range[0].offset, 0x1000);
		CHECK_EQ(core.notes.size, 28);
		CHECK_EQ(core.headers_size, i == 0 ? 52 + 3 * 32 : 64 + 3 * 56);
		CHECK_EQ(core.data_start, 0x2000);
		CHECK_EQ(core.segment[0].paddr, 0x40000000);
		CHECK_EQ(core.segment[0].offset, 0x2000);
		CHECK_EQ(core.segment[0].size, 0x5000);
		CHECK_EQ(core.segment[1].offset, 0x7800);
		CHECK_EQ(core.segment[1].vaddr, 0xc0000000);
		CHECK_EQ(core.segment[1].index, 2);
	}
}

TEST("each lie of a header is the fault it is, and the other segment stays sane")
{
	check_fault("elf32 arm", "", ELFCORE_SANE);
	check_fault("elf32 arm", "offset=0xfffff000 size=0x2000", ELFCORE_FILE);
	check_fault("elf32 arm", "paddr=0xfffff000", ELFCORE_WRAPS);
	check_fault("elf32 arm", "paddr=0xffffe000", ELFCORE_SANE);
	check_fault("elf32 arm", "paddr=0x40000000 memsz=0xc0001000", ELFCORE_WRAPS);
	check_fault("elf32 arm", "size=0x2001", ELFCORE_FILE);
	check_fault("elf32 arm", "offset=0", ELFCORE_HEADER);
	check_fault("elf32 arm", "offset=51", ELFCORE_HEADER);
	check_fault("elf32 arm", "offset=0x1000", ELFCORE_HEADER);
	check_fault("elf32 arm", "offset=0x101b size=1", ELFCORE_HEADER);
	check_fault("elf32 arm", "offset=0x2001", ELFCORE_OVERLAPS);
	check_fault("elf32 arm", "offset=0x3fff size=1", ELFCORE_OVERLAPS);
	check_fault("elf64 arm64", "offset=0xfffffffffffff000", ELFCORE_WRAPS);
	check_fault("elf64 arm64", "paddr=0xfffffffffffff000", ELFCORE_WRAPS);
	check_fault("elf64 arm64", "paddr=0x10000000000000", ELFCORE_ADDRESS);
	check_fault("elf64 arm64", "paddr=0xfffffffffe000", ELFCORE_SANE);
	check_fault("elf64 arm64", "paddr=0xfffffffffe001", ELFCORE_ADDRESS);
	check_fault("elf64 arm", "paddr=0x10000000000", ELFCORE_ADDRESS);
	check_fault("elf64 x86_64", "size=0x7fffffffffffffff", ELFCORE_ADDRESS);
	check_fault("elf64 x86_64", "offset=0x7ffffffffffff000", ELFCORE_FILE);
	check_fault("elf64 x86_64", "offset=0x4000 size=0x2000", ELFCORE_SANE);
}

TEST("the segment of 1.8e19 bytes that kexec-tools makes on arm64 is not followed")
{
	/* kexec-tools without _text: a kernel image segment from garbage to before itself */
	REQUIRE(parse("elf64 arm64\nnote A=1\n"
		      "load 0 4K zero paddr=0x40210000 vaddr=0xffff800008210000 "
		      "size=0xffff8000ca0f0000\n"
		      "load 0x40000000 64K data\n") == 0);
	CHECK_EQ(core.segments, 2);
	CHECK_EQ(core.faults, 1);
	CHECK_EQ(core.segment[0].paddr, 0x40000000);
	CHECK_EQ(core.segment[1].fault, ELFCORE_ADDRESS);
	CHECK_EQ(core.segment[1].index, 1);
	CHECK_EQ(core.data_start, core.segment[0].offset);
}

TEST("sane segments come first, by offset, whatever the order of the headers")
{
	REQUIRE(parse("elf32 arm\nnote A=1\nload 0x1000 4K data\nload 0x8000 8K data\n"
		      "load 0x20000 4K data\nload 0x30000 4K data offset=3\n"
		      "swap 1 3\nswap 2 4\nswap 0 2\n") == 0);
	CHECK_EQ(core.segments, 4);
	CHECK_EQ(core.faults, 1);
	for (unsigned int i = 1; i < 3; i++)
		CHECK(core.segment[i - 1].offset < core.segment[i].offset);
	CHECK_EQ(core.segment[0].paddr, 0x1000);
	CHECK_EQ(core.segment[0].index, 3);
	CHECK_EQ(core.segment[3].paddr, 0x30000);
	CHECK_EQ(core.notes.size, 28);
}

TEST("of overlapping segments the first in the file is saved, and what it hides is told")
{
	REQUIRE(parse("elf32 arm\nload 0x0 16K data\nload 0x10000 16K data offset=0x2000\n"
		      "load 0x20000 8K data offset=0x5000\nload 0x30000 4K data offset=0x1000\n") ==
		0);
	CHECK_EQ(core.segments, 4);
	CHECK_EQ(core.faults, 2);
	CHECK_EQ(core.segment[0].paddr, 0);
	CHECK_EQ(core.segment[1].paddr, 0x20000);
	CHECK_EQ(core.segment[2].fault, ELFCORE_OVERLAPS);
	CHECK_EQ(core.segment[3].fault, ELFCORE_OVERLAPS);
}

TEST("segments of no bytes are neither segments nor faults")
{
	REQUIRE(parse("elf32 arm\nload 0x1000 4K data\nload 0x8000 4K data size=0\n"
		      "load 0x9000 0 data offset=0\n") == 0);
	CHECK_EQ(core.segments, 1);
	CHECK_EQ(core.faults, 0);
}

TEST("program headers beyond the end of the file are told, and why")
{
	struct corefile c;

	corefile_build(&c, "elf32 arm\nloads 0 1 zero 1100 4096\n");
	REQUIRE(parse_head(&c, 52 + 32 * 11 + 31) == 0);
	CHECK_EQ(core.segments, 10);
	CHECK_EQ(core.faults, 0);
	CHECK_EQ(core.unlisted, 1090);
	CHECK_EQ(core.reason, ELFCORE_CUT);
	CHECK_EQ(core.headers_size, 52 + 32 * 11);
	corefile_free(&c);
}

/* As many segments as there are, in the order of the file, and nothing else. */
static void check_many(const char *elf, unsigned int count)
{
	char text[128];

	snprintf(text, sizeof(text), "%s\nnote A=1\nloads 0x1000 1 zero %u 0x2000\n", elf, count);
	REQUIRE(parse(text) == 0);
	CHECK_EQ(core.segments, count);
	CHECK_EQ(core.faults, 0);
	CHECK_EQ(core.unlisted, 0);
	CHECK_EQ(core.headers, count + 1);
	CHECK_EQ(core.notes.count, 1);
	for (unsigned int i = 0; i < count; i++) {
		if (core.segment[i].paddr != 0x1000 + i * UINT64_C(0x2000) ||
		    core.segment[i].index != i + 1)
			REQUIRE(CHECK_EQ(i, count));
	}
}

TEST("segments without a limit of their number: 16 bits count them, and 32")
{
	check_many("elf32 arm", ELFCORE_FEW);
	check_many("elf32 arm", ELFCORE_FEW + 1);
	check_many("elf64 arm64", 1500);
	check_many("elf64 x86_64", PN_XNUM - 2);
	check_many("elf64 x86_64", PN_XNUM - 1);
	check_many("elf32 arm", PN_XNUM - 1);
	check_many("elf64 arm64", 70000);
}

TEST("a table of many segments in the worst order is read in no time")
{
	struct corefile c;
	size_t first = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
	Elf64_Phdr kept;

	corefile_build(&c, "elf64 x86_64\nnote A=1\nloads 0x1000 1 zero 60000 0x2000\n");
	for (size_t i = 0; i < 30000; i++) {
		uint8_t *left = c.bytes + first + i * sizeof(kept);
		uint8_t *right = c.bytes + first + (59999 - i) * sizeof(kept);

		memcpy(&kept, left, sizeof(kept));
		memcpy(left, right, sizeof(kept));
		memcpy(right, &kept, sizeof(kept));
	}
	REQUIRE(parse_head(&c, c.size) == 0);
	CHECK_EQ(core.segments, 60000);
	CHECK_EQ(core.faults, 0);
	CHECK_EQ(core.segment[0].paddr, 0x1000);
	CHECK_EQ(core.segment[59999].index, 1);
	corefile_free(&c);
}

/* A count that lies: the notes and the COUNT segments are there, and the rest is told. */
static void check_count(const char *text, unsigned int count)
{
	REQUIRE(parse(text) == 0);
	if (!CHECK_EQ(core.segments - core.faults, count) || !CHECK_EQ(core.faults, 0) ||
	    !CHECK_EQ(core.notes.count, 2) || !CHECK_EQ(core.reason, ELFCORE_COUNT) ||
	    !CHECK(core.unlisted > 0))
		test_note("for %s", text);
}

TEST("a count of headers that cannot be true costs nothing but itself")
{
	static const char *const counts[] = {"0x100",  "0x7000",  "0xfffe",
					     "0xffff", "0x20000", "0xffffffff"};
	char text[160];

	for (unsigned int i = 0; i < 6; i++) {
		snprintf(text, sizeof(text),
			 "elf32 arm\nprstatus\nnote A=1\nload 0x100000 64K data\n"
			 "load 0x200000 64K data\nheader phnum=%s\n",
			 counts[i]);
		check_count(text, 2);
		snprintf(text, sizeof(text),
			 "elf64 arm64\nprstatus\nnote A=1\nload 0x100000 8M zero\n"
			 "header phnum=%s\n",
			 counts[i]);
		check_count(text, 1);
	}
}

TEST("headers of which a later part cannot be read are read up to there")
{
	struct corefile c;
	int fd;

	corefile_build(&c, "elf64 arm64\nloads 0 1 zero 300 4096\n");
	fd = corefile_open(&c, "core");
	core.more = NULL;
	pread_fails(64 + 100 * 56, (off_t)c.headers_size);
	CHECK_EQ(elfcore_read(&core, fd), 0);
	CHECK(core.segments >= 50 && core.segments < 100);
	CHECK_EQ(core.faults, 0);
	CHECK_EQ(core.segments + 1 + core.unlisted, 301);
	CHECK_EQ(core.reason, ELFCORE_UNREAD);
	close(fd);
	corefile_free(&c);
}

TEST("notes in several segments, of which some touch, are all there, each once")
{
	REQUIRE(parse("elf64 arm64\nprstatus 3\napart\nnote A=1\napart\nprstatus\n"
		      "load 0 4K data\n") == 0);
	CHECK_EQ(core.notes.ranges, 3);
	CHECK_EQ(core.notes.count, 5);
	CHECK_EQ(core.segments, 1);
	CHECK_EQ(core.faults, 0);
	REQUIRE(parse("elf32 arm\nprstatus 3\napart\nnote A=1\napart\nload 0 4K data\n"
		      "swap 0 2\n") == 0);
	CHECK_EQ(core.notes.ranges, 2);
	CHECK_EQ(core.notes.count, 4);
	CHECK_EQ(core.faults, 0);
}

TEST("notes that claim the memory behind them, or another note, have what notes they are")
{
	REQUIRE(parse("elf32 arm\nprstatus\nnote A=1\nload 0 16K data\nnotes size=0x5000\n") == 0);
	CHECK_EQ(core.notes.count, 2);
	CHECK_EQ(core.segments, 1);
	CHECK_EQ(core.faults, 0);
	REQUIRE(parse("elf64 arm64\nprstatus\nodd 5 0xfffffff0\nnote A=1\nload 0 4K data\n") == 0);
	CHECK_EQ(core.notes.count, 1);
	CHECK_EQ(core.faults, 0);
	REQUIRE(parse("elf64 arm64\nprstatus\nodd 0xffffffff 0xffffffff\nload 0 4K data\n") == 0);
	CHECK_EQ(core.notes.count, 1);
	CHECK_EQ(core.faults, 0);
}

TEST("a head cut anywhere is read as far as it goes")
{
	struct corefile c;

	corefile_build(&c, "elf64 arm64\nnote A=1\nload 0 4K data\nload 0x1000 4K data\n");
	for (size_t cut = 0; cut < 300; cut++) {
		int r = parse_head(&c, cut);

		CHECK_EQ(r, cut < 64 ? -ENOEXEC : 0);
		if (r == 0)
			CHECK_EQ(core.segments + core.unlisted + (cut >= 64 + 56), 3);
	}
	corefile_free(&c);
}

static int parse_bytes(const char *text)
{
	int fd = corefile_store((const uint8_t *)text, strlen(text), "core");
	int r = elfcore_read(&core, fd);

	close(fd);
	return r;
}

TEST("what is no little-endian ELF core is refused")
{
	CHECK_EQ(parse("elf32 arm\nheader type=2\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nheader data=2\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nheader phoff=0\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nheader phoff=51\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nload 0 4K data\nheader phoff=0xffffff00\n"), -ENOEXEC);
	CHECK_EQ(parse("elf64 arm64\nheader phoff=0xffffffffffffffff\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nload 0 4K data\nheader phentsize=16\n"), -ENOEXEC);
	CHECK_EQ(
		parse_bytes("not an ELF file at all, but long enough for one of 32 bits, or of 64"),
		-ENOEXEC);
	CHECK_EQ(parse_bytes(""), -ENOEXEC);
}

TEST("a PT_NOTE beyond the file, or inside the headers, is no note")
{
	REQUIRE(parse("elf32 arm\nnote A=1\nload 0 4K data\nnotes size=0x100000\n") == 0);
	CHECK_EQ(core.notes.size, 0);
	CHECK_EQ(core.faults, 0);
	REQUIRE(parse("elf64 arm64\nnote A=1\nload 0 4K data\nnotes offset=0xfffffffffffffff0\n") ==
		0);
	CHECK_EQ(core.notes.size, 0);
	REQUIRE(parse("elf32 arm\nnote A=1\nload 0 4K data\nnotes offset=4\n") == 0);
	CHECK_EQ(core.notes.size, 0);
	CHECK_EQ(core.data_start, 0x2000);
}

TEST("a core without any memory is headers and notes")
{
	REQUIRE(parse("elf32 arm\nnote A=1\n") == 0);
	CHECK_EQ(core.segments, 0);
	CHECK_EQ(core.data_start, 0x1000 + 28);
}

TEST("an open file is read with its size, and what is no file to read is an error")
{
	struct corefile c;
	int fds[2];
	int fd;

	REQUIRE(pipe(fds) == 0);
	corefile_build(&c, "elf32 arm\nload 0 4K data\ncut 0x1800\n");
	fd = corefile_open(&c, "core");
	CHECK_EQ(elfcore_read(&core, fd), 0);
	CHECK_EQ(core.file_size, 0x1800);
	CHECK_EQ(core.segment[0].fault, ELFCORE_FILE);
	CHECK_EQ(elfcore_read(&core, fds[0]), -ESPIPE);
	CHECK_EQ(elfcore_read(&core, -1), -EBADF);
	close(fd);
	close(fds[0]);
	close(fds[1]);
	corefile_free(&c);
}

TEST("headers that cannot be read are an error, and none that the file does not have")
{
	struct corefile c;
	int fd;

	corefile_build(&c, "elf32 arm\nload 0 4K data\n");
	fd = corefile_open(&c, "core");
	pread_fails(sizeof(Elf64_Ehdr), (off_t)c.headers_size);
	CHECK_EQ(elfcore_read(&core, fd), -EFAULT);
	pread_fails(0, 1);
	CHECK_EQ(elfcore_read(&core, fd), -EFAULT);
	close(fd);
	corefile_free(&c);
}

TEST("every fault has its words")
{
	for (int f = ELFCORE_SANE; f <= ELFCORE_TOO_MANY; f++)
		CHECK(strcmp(elfcore_fault_text((enum elfcore_fault)f), "is unknown") != 0);
}
