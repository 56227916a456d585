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

/* Parses from a heap block of exactly the head's size, so that a byte too many is seen. */
static int parse_head(const struct corefile *c, size_t head_size)
{
	uint8_t *head = malloc(head_size > 0 ? head_size : 1);
	int r;

	REQUIRE(head != NULL);
	memcpy(head, c->bytes, head_size);
	memset(&core, 0xa5, sizeof(core));
	r = elfcore_parse(&core, head, head_size, c->size);
	free(head);
	return r;
}

static int parse(const char *description)
{
	struct corefile c;
	int r;

	corefile_build(&c, description);
	r = parse_head(&c, c.size < ELFCORE_HEADERS ? c.size : ELFCORE_HEADERS);
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
		CHECK_EQ(core.note_offset, 0x1000);
		CHECK_EQ(core.note_size, 28);
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
	CHECK_EQ(core.note_size, 28);
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

TEST("program headers beyond the head or the table are counted as unlisted")
{
	struct corefile c;
	char *many = malloc(64 * 1200);
	size_t n = 0;

	REQUIRE(many != NULL);
	REQUIRE(parse("elf32 arm\nload 0 4K data\nheader phnum=0x7000\n") == 0);
	CHECK(core.unlisted > 0x6000);
	n += (size_t)snprintf(many, 64, "elf32 arm\n");
	for (int i = 0; i < 1100; i++)
		n += (size_t)snprintf(many + n, 64, "load 0x%x 1 zero\n", i * 4096);
	REQUIRE(parse(many) == 0);
	CHECK_EQ(core.segments, ELFCORE_SEGMENTS);
	CHECK_EQ(core.unlisted, 1100 - ELFCORE_SEGMENTS);
	corefile_build(&c, many);
	REQUIRE(parse_head(&c, 52 + 32 * 11 + 31) == 0);
	CHECK_EQ(core.segments, 10);
	CHECK_EQ(core.unlisted, 1090);
	CHECK_EQ(core.headers_size, 52 + 32 * 11);
	corefile_free(&c);
	free(many);
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

TEST("what is no little-endian ELF core is refused")
{
	CHECK_EQ(parse("elf32 arm\nheader type=2\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nheader data=2\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nheader phoff=0\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nheader phoff=51\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nload 0 4K data\nheader phoff=0xffffff00\n"), -ENOEXEC);
	CHECK_EQ(parse("elf64 arm64\nheader phoff=0xffffffffffffffff\n"), -ENOEXEC);
	CHECK_EQ(parse("elf32 arm\nload 0 4K data\nheader phentsize=16\n"), -ENOEXEC);
	memset(&core, 0, sizeof(core));
	CHECK_EQ(elfcore_parse(&core,
			       (const uint8_t *)"not an ELF file at all, but long enough for one",
			       47, 47),
		 -ENOEXEC);
}

TEST("a PT_NOTE beyond the file, or inside the headers, is no note")
{
	REQUIRE(parse("elf32 arm\nnote A=1\nload 0 4K data\nnotes size=0x100000\n") == 0);
	CHECK_EQ(core.note_size, 0);
	CHECK_EQ(core.faults, 0);
	REQUIRE(parse("elf64 arm64\nnote A=1\nload 0 4K data\nnotes offset=0xfffffffffffffff0\n") ==
		0);
	CHECK_EQ(core.note_size, 0);
	REQUIRE(parse("elf32 arm\nnote A=1\nload 0 4K data\nnotes offset=4\n") == 0);
	CHECK_EQ(core.note_size, 0);
	CHECK_EQ(core.data_start, 0x2000);
}

TEST("a core without any memory is headers and notes")
{
	REQUIRE(parse("elf32 arm\nnote A=1\n") == 0);
	CHECK_EQ(core.segments, 0);
	CHECK_EQ(core.data_start, 0x1000 + 28);
}

TEST("disowned segments are gone for a reader of the headers, and only they")
{
	struct corefile c;

	corefile_build(&c, "elf64 arm64\nnote A=1\nload 0 4K data\n"
			   "load 0x1000 4K data paddr=0xfffffffffffff000\nload 0x9000 4K data\n");
	REQUIRE(parse_head(&c, 64 + 4 * 56) == 0);
	CHECK_EQ(core.faults, 1);
	elfcore_disown(&core, c.bytes);
	REQUIRE(parse_head(&c, 64 + 4 * 56) == 0);
	CHECK_EQ(core.faults, 0);
	CHECK_EQ(core.segments, 2);
	CHECK_EQ(core.segment[0].paddr, 0);
	CHECK_EQ(core.segment[1].paddr, 0x9000);
	CHECK_EQ(core.note_size, 28);
	corefile_free(&c);
}

TEST("an open file is read with its size, and what is no file to read is an error")
{
	uint8_t *head = malloc(ELFCORE_HEADERS);
	struct corefile c;
	int fds[2];
	int fd;

	REQUIRE(head != NULL && pipe(fds) == 0);
	corefile_build(&c, "elf32 arm\nload 0 4K data\ncut 0x1800\n");
	fd = corefile_open(&c, "core");
	CHECK_EQ(elfcore_read(&core, fd, head, ELFCORE_HEADERS), 0);
	CHECK_EQ(core.file_size, 0x1800);
	CHECK_EQ(core.segment[0].fault, ELFCORE_FILE);
	CHECK_EQ(elfcore_read(&core, fds[0], head, ELFCORE_HEADERS), -ESPIPE);
	CHECK_EQ(elfcore_read(&core, -1, head, ELFCORE_HEADERS), -EBADF);
	close(fd);
	close(fds[0]);
	close(fds[1]);
	corefile_free(&c);
	free(head);
}

TEST("headers that cannot be read are an error, and none that the file does not have")
{
	static uint8_t head[ELFCORE_HEADERS];
	struct corefile c;
	int fd;

	corefile_build(&c, "elf32 arm\nload 0 4K data\n");
	fd = corefile_open(&c, "core");
	pread_fails(sizeof(Elf64_Ehdr), (off_t)c.headers_size);
	CHECK_EQ(elfcore_read(&core, fd, head, ELFCORE_HEADERS), -EFAULT);
	pread_fails(0, 1);
	CHECK_EQ(elfcore_read(&core, fd, head, ELFCORE_HEADERS), -EFAULT);
	close(fd);
	corefile_free(&c);
}

TEST("every fault has its words")
{
	for (int f = ELFCORE_SANE; f <= ELFCORE_OVERLAPS; f++)
		CHECK(strcmp(elfcore_fault_text((enum elfcore_fault)f), "is unknown") != 0);
}
