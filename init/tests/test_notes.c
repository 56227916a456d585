/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/notes: notes of any number and size are walked, in as many places as they are in; what
 * lies of its size ends them.
 */
#include "vmcore/notes.h"

#include "tests/images/corefile.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"
#include "vmcore/vmcoreinfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct notes notes;

/* Takes the notes that are all of a file. Returns it, open. */
static int take(const uint8_t *bytes, size_t size)
{
	int fd = corefile_store(bytes, size, "notes");

	notes_open(&notes, fd);
	notes_take(&notes, 0, size);
	return fd;
}

/* Writes a note at AT. Returns where the next one goes. */
static uint8_t *put_note(uint8_t *at, const char *name, size_t name_size, uint32_t type,
			 size_t size)
{
	memset(at, 0, 12 + (name_size + 3) / 4 * 4 + (size + 3) / 4 * 4);
	memcpy(at, (const uint8_t[]){(uint8_t)name_size, 0, 0, 0}, 4);
	memcpy(at + 4, (const uint8_t[]){(uint8_t)size, (uint8_t)(size >> 8), 0, 0}, 4);
	memcpy(at + 8, (const uint8_t[]){(uint8_t)type, 0, 0, 0}, 4);
	memcpy(at + 12, name, name_size);
	return at + 12 + (name_size + 3) / 4 * 4 + (size + 3) / 4 * 4;
}

TEST("notes one after the other, each inside of its segment")
{
	uint8_t bytes[128];
	struct note note = {0};
	uint8_t *at = put_note(bytes, "CORE", 5, 1, 7);
	size_t size;
	int fd;

	at = put_note(at, "A", 1, 77, 0);
	size = (size_t)(at - bytes) + 12 + 4 + 3;
	put_note(at, "LAST", 4, 5, 3); /* not padded */
	fd = take(bytes, size);
	CHECK_EQ(notes.count, 3);
	CHECK_EQ(notes.size, size + 1);
	REQUIRE(notes_next(&notes, &note));
	CHECK(note_is(&note, "CORE"));
	CHECK_EQ(note.type, 1);
	CHECK_EQ(note.size, 7);
	CHECK_EQ(note.at, 20);
	REQUIRE(notes_next(&notes, &note));
	CHECK_EQ(note.name_size, 1);
	CHECK_EQ(note.type, 77);
	CHECK_EQ(note.size, 0);
	REQUIRE(notes_next(&notes, &note));
	CHECK(!note_is(&note, "LAST")); /* it has no NUL */
	CHECK_EQ(note.size, 3);
	CHECK_EQ(note.at, size - 3);
	CHECK(!notes_next(&notes, &note));
	CHECK(!notes_next(&notes, &note));
	close(fd);
}

TEST("a note that claims more than there is ends the notes")
{
	static const uint32_t sizes[] = {13,	     64,	 0x7fffffff, 0x80000000,
					 0xfffffff0, 0xfffffffc, 0xfffffffd, UINT32_MAX};

	for (unsigned int i = 0; i < 24; i++) {
		uint8_t bytes[128];
		uint8_t *at = put_note(bytes, "CORE", 5, 1, 8);
		size_t good = (size_t)(at - bytes);
		int fd;

		put_note(at, "CORE", 5, 1, 8);
		if (i / 8 != 1)
			memcpy(at, &sizes[i % 8], 4);
		if (i / 8 != 0)
			memcpy(at + 4, &sizes[i % 8], 4);
		fd = take(bytes, good + 28);
		CHECK_EQ(notes.count, 1);
		CHECK_EQ(notes.size, good);
		close(fd);
	}
}

TEST("whatever sizes the only note claims, it is inside of what there is, or none")
{
	static const uint32_t sizes[] = {0,	     1,		 13,	     64,
					 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc,
					 0xfffffffd, UINT32_MAX};

	for (unsigned int i = 0; i < 100; i++) {
		uint8_t bytes[64] = {0};
		int fd;

		memcpy(bytes, &sizes[i / 10], 4);
		memcpy(bytes + 4, &sizes[i % 10], 4);
		fd = corefile_store(bytes, sizeof(bytes), "notes");
		for (size_t size = 0; size <= sizeof(bytes); size++) {
			struct note note = {0};

			notes_open(&notes, fd);
			notes_take(&notes, 0, size);
			CHECK(notes.count <= 1 && notes.size <= (size + 3) / 4 * 4);
			while (notes_next(&notes, &note))
				CHECK(note.at + note.size <= size && note.next <= size);
		}
		close(fd);
	}
}

/* VMCOREINFO is found and read, of a core with those notes. */
static void check_found(const char *lines)
{
	static const char *const elf[] = {"elf32 arm", "elf64 x86_64"};
	static struct elfcore core;
	static char room[VMCOREINFO_MOST];

	for (unsigned int i = 0; i < 2; i++) {
		char text[256];
		char release[8];
		struct corefile c;
		struct vmcoreinfo info;
		int fd;

		snprintf(text, sizeof(text), "%s\n%sload 0x1000 8K data\n", elf[i], lines);
		corefile_build(&c, text);
		fd = corefile_open(&c, "core");
		REQUIRE(elfcore_read(&core, fd) == 0);
		CHECK_EQ(core.segments, 1);
		CHECK_EQ(core.faults, 0);
		if (CHECK(vmcoreinfo_find(&info, &core.notes, room))) {
			CHECK(vmcoreinfo_text(&info, "OSRELEASE", release, sizeof(release)));
			CHECK_STR(release, "6.1");
			notes_read(&core.notes, info.offset, release, 8);
			CHECK_MEM(release, "OSRELEAS", 8);
		} else {
			test_note("in:\n%s", text);
		}
		close(fd);
		corefile_free(&c);
	}
}

TEST("VMCOREINFO is found wherever it is, behind any number and size of other notes")
{
	check_found("note OSRELEASE=6.1\n");
	check_found("device 300K\nnote OSRELEASE=6.1\n");
	check_found("device 40M\ndevice 1\nnote OSRELEASE=6.1\ndevice 3M\n");
	check_found("note OSRELEASE=6.1\ndevice 3M\nodd 5 0xffffffff\n");
	check_found("prstatus 9000\nnote OSRELEASE=6.1\n");
	check_found("device 1M\nprstatus 40\nnote OSRELEASE=6.1\nprstatus 40\ndevice 1M\n");
	check_found("device 300K\napart\nprstatus\napart\nnote OSRELEASE=6.1\n");
	check_found("odd 0xffffffff 1\napart\nprstatus\napart\nnote OSRELEASE=6.1\napart\n");
}

TEST("of more notes than anybody has only so many are looked at")
{
	size_t size = (size_t)(NOTES_MOST + 10) * 16;
	uint8_t *bytes = calloc(1, size);
	struct note note = {0};
	unsigned int n = 0;
	int fd;

	REQUIRE(bytes != NULL);
	for (size_t at = 0; at < size; at += 16)
		put_note(bytes + at, "A", 1, 1, 0);
	fd = take(bytes, size);
	CHECK_EQ(notes.count, NOTES_MOST);
	CHECK_EQ(notes.size, (size_t)NOTES_MOST * 16);
	while (notes_next(&notes, &note))
		n++;
	CHECK_EQ(n, NOTES_MOST);
	close(fd);
	free(bytes);
}

TEST("more places for notes than the table has are told")
{
	size_t size = (size_t)(NOTES_RANGES + 3) * 64;
	uint8_t *bytes = calloc(1, size);
	int fd;

	REQUIRE(bytes != NULL);
	for (size_t at = 0; at < size; at += 64)
		put_note(bytes + at, "A", 1, 1, 0);
	fd = corefile_store(bytes, size, "notes");
	notes_open(&notes, fd);
	for (size_t at = size; at > 0; at -= 64)
		notes_take(&notes, at - 64, 64); /* backwards: they come in order all the same */
	CHECK_EQ(notes.ranges, NOTES_RANGES);
	CHECK_EQ(notes.left_out, 3);
	for (unsigned int i = 1; i < notes.ranges; i++)
		CHECK(notes.range[i - 1].offset < notes.range[i].offset);
	close(fd);
	free(bytes);
}
