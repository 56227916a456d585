/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/vmcoreinfo: found after other notes, bounded by what is there, whatever it says.
 * Texts are copied to exact heap blocks, so that the sanitizer sees a byte too many.
 */
#include "tests/images/corefile.h"
#include "tests/test.h"
#include "vmcore/notes.h"
#include "vmcore/vmcoreinfo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint8_t *exact(const void *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, data, size);
	return copy;
}

static char room[VMCOREINFO_MOST];

/* Finds it among notes that are all of a file. */
static bool find(struct vmcoreinfo *info, const uint8_t *bytes, size_t size)
{
	static struct notes notes;
	int fd = corefile_store(bytes, size, "notes");
	bool found;

	notes_open(&notes, fd);
	notes_take(&notes, 0, size);
	found = vmcoreinfo_find(info, &notes, room);
	close(fd);
	return found;
}

/* The text alone, without a terminator. */
static struct vmcoreinfo info_of(const char *text)
{
	return (struct vmcoreinfo){.text = (const char *)exact(text, strlen(text)),
				   .size = strlen(text)};
}

static void forget(struct vmcoreinfo *info)
{
	free((void *)(uintptr_t)info->text);
}

static uint8_t *notes_of(const char *description, size_t *size)
{
	struct corefile c;
	uint8_t *notes;

	corefile_build(&c, description);
	*size = c.notes_size;
	notes = exact(c.bytes + c.notes_offset, c.notes_size);
	corefile_free(&c);
	return notes;
}

static void check_number(const char *line, unsigned int base, bool good, uint64_t want)
{
	struct vmcoreinfo info = info_of(line);
	uint64_t got = 77;

	if (!CHECK_EQ(vmcoreinfo_number(&info, "N", base, &got), good) ||
	    (good && !CHECK_EQ(got, want)))
		test_note("for \"%s\" in base %u", line, base);
	forget(&info);
}

TEST("the note is found alone and after other notes")
{
	static const char *const cores[] = {
		"elf32 arm\nnote OSRELEASE=6.1.0\n", "elf32 arm\nprstatus\nnote OSRELEASE=6.1.0\n",
		"elf64 arm64\nprstatus\nprstatus\nnote OSRELEASE=6.1.0\n"};

	for (unsigned int i = 0; i < 3; i++) {
		size_t size = 0;
		uint8_t *notes = notes_of(cores[i], &size);
		struct vmcoreinfo info;
		char text[16];

		REQUIRE(find(&info, notes, size));
		CHECK(vmcoreinfo_text(&info, "OSRELEASE", text, sizeof(text)));
		CHECK_STR(text, "6.1.0");
		CHECK_MEM(info.text, notes + info.offset, info.size);
		free(notes);
	}
}

TEST("notes without VMCOREINFO, and no notes at all, give none")
{
	size_t size = 0;
	uint8_t *notes = notes_of("elf32 arm\nprstatus\nprstatus\n", &size);
	uint8_t *none = exact("", 0);
	struct vmcoreinfo info;

	CHECK(!find(&info, notes, size));
	CHECK(!find(&info, none, 0));
	free(notes);
	free(none);
}

TEST("a note torn at any byte is either not found or lies within what is there")
{
	size_t size = 0;
	uint8_t *notes = notes_of("elf32 arm\nprstatus\nnote OSRELEASE=6.1.0 CRASHTIME=5\n", &size);

	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *torn = exact(notes, cut);
		struct vmcoreinfo info;

		if (find(&info, torn, cut))
			CHECK(info.offset + info.size <= cut);
		free(torn);
	}
	free(notes);
}

TEST("sizes of notes that lie end the search without a byte read beyond")
{
	static const uint32_t lies[] = {0, 1, 11, 0x7fffffff, 0x80000000, 0xfffffff4, 0xffffffff};
	size_t size = 0;
	uint8_t *notes = notes_of("elf32 arm\nprstatus\nnote OSRELEASE=6.1.0\n", &size);

	for (unsigned int i = 0; i < 49; i++) {
		uint8_t *lying = exact(notes, size);
		struct vmcoreinfo info;

		memcpy(lying, &lies[i / 7], 4);
		memcpy(lying + 4, &lies[i % 7], 4);
		if (find(&info, lying, size))
			CHECK(info.offset + info.size <= size);
		free(lying);
	}
	free(notes);
}

TEST("a value is that of the whole key, and the last line needs no newline")
{
	struct vmcoreinfo info =
		info_of("PAGESIZE=4096\nSYMBOL(prb)=c0\nNOT PAGE=1\n\nEMPTY=\nPAGE=7");
	char text[16];
	size_t size = 99;

	CHECK(vmcoreinfo_text(&info, "PAGE", text, sizeof(text)));
	CHECK_STR(text, "7");
	CHECK(vmcoreinfo_text(&info, "SYMBOL(prb)", text, sizeof(text)));
	CHECK_STR(text, "c0");
	CHECK(vmcoreinfo_value(&info, "EMPTY", &size) != NULL);
	CHECK_EQ(size, 0);
	CHECK(vmcoreinfo_value(&info, "PAG", &size) == NULL);
	CHECK(vmcoreinfo_value(&info, "PAGESIZE=4096", &size) == NULL);
	forget(&info);
}

TEST("text is cut to fit, terminated, and shows no control characters")
{
	struct vmcoreinfo info = info_of("K=ab\tc\033[2J\x80xyz\n");
	char text[8];

	CHECK(vmcoreinfo_text(&info, "K", text, sizeof(text)));
	CHECK_STR(text, "ab?c?[2");
	CHECK(!vmcoreinfo_text(&info, "L", text, sizeof(text)));
	CHECK_STR(text, "");
	CHECK(vmcoreinfo_text(&info, "K", text, 1));
	CHECK_STR(text, "");
	forget(&info);
}

TEST("numbers are read in the base asked for, with 0x in any, negative ones wrap")
{
	check_number("N=1700000000\n", 10, true, 1700000000);
	check_number("N=c0101000\n", 16, true, 0xc0101000);
	check_number("N=0xC0101000\n", 10, true, 0xc0101000);
	check_number("N=-1\n", 10, true, UINT64_MAX);
	check_number("N=-0x10\n", 10, true, (uint64_t)-16);
	check_number("N=0\n", 10, true, 0);
	check_number("N=18446744073709551615", 10, true, UINT64_MAX);
	check_number("N=ffffffffffffffff", 16, true, UINT64_MAX);
}

TEST("what is no number, or too large for one, is refused and sets nothing")
{
	check_number("N=\n", 10, false, 0);
	check_number("N=-\n", 10, false, 0);
	check_number("N=0x\n", 10, false, 0);
	check_number("N=12a\n", 10, false, 0);
	check_number("N= 12\n", 10, false, 0);
	check_number("N=12 \n", 10, false, 0);
	check_number("N=fg\n", 16, false, 0);
	check_number("N=--1\n", 10, false, 0);
	check_number("N=18446744073709551616\n", 10, false, 0);
	check_number("N=99999999999999999999\n", 10, false, 0);
	check_number("N=0x10000000000000000\n", 10, false, 0);
	check_number("M=1\n", 10, false, 0);
}
