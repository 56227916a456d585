/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/vmcoreinfo, and of the two that read their knowledge out of it alone:
 * vmcore/page_layout and the stacks of vmcore_page. The input is notes; "\2" before the first of
 * them makes it the bare text of VMCOREINFO. Contract: notes and values lie inside the input, a
 * number is read as it is printed, and a layout that is taken fits into its struct page.
 */
#include "base/io.h"
#include "tests/fuzz/fuzz.h"
#include "vmcore/notes.h"
#include "vmcore/page_layout.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BARE = 2, WORD = 8 };

enum { FILE_FD = 77 };

/* The file is the input. */
static const uint8_t *file;
static size_t file_size;
static struct notes notes;
static char room[VMCOREINFO_MOST];

/* In place of base/io.c. */
size_t io_read_at(int fd, void *into, size_t size, uint64_t at)
{
	size_t left = at < file_size ? file_size - (size_t)at : 0;

	HOLDS(fd == FILE_FD);
	memcpy(into, file + (file_size - left), left < size ? left : size);
	return left < size ? left : size;
}

/* Every note lies inside, and behind the one before it; and all notes can be read in one. */
static void check_notes(void)
{
	struct note note = {0};
	uint64_t before = 0;
	unsigned int n = 0;
	uint8_t all[64];

	for (; notes_next(&notes, &note); n++) {
		HOLDS(note.at > before && note.at <= file_size);
		HOLDS(note.size <= file_size - note.at && note.name_size <= note.at - before);
		before = note.at + note.size;
		notes_read(&notes, note.offset, all, sizeof(all));
		HOLDS(memcmp(all, file + note.at, note.size < 64 ? note.size : 64) == 0);
	}
	HOLDS(n == notes.count && notes.size <= file_size + 3);
}

static void check_value(const struct vmcoreinfo *info, const char *key)
{
	char text[24];
	char line[64];
	size_t n = 0;
	uint64_t number;
	const char *value = vmcoreinfo_value(info, key, &n);

	HOLDS(vmcoreinfo_text(info, key, text, sizeof(text)) == (value != NULL));
	HOLDS(strlen(text) < sizeof(text) && strlen(text) <= n);
	if (value == NULL) {
		HOLDS(!vmcoreinfo_number(info, key, 10, &number));
		return;
	}
	HOLDS(value > info->text && n <= info->size - (size_t)(value - info->text));
	HOLDS(memchr(value, '\n', n) == NULL);
	if (!vmcoreinfo_number(info, key, 16, &number))
		return;
	snprintf(line, sizeof(line), "K=%llx", (unsigned long long)number);
	{
		const struct vmcoreinfo again = {.text = line, .size = strlen(line)};
		uint64_t same = 0;

		HOLDS(vmcoreinfo_number(&again, "K", 16, &same) && same == number);
	}
}

static void check_layout(const struct vmcoreinfo *info)
{
	struct page_layout l;

	for (unsigned int word = WORD / 2; word <= WORD; word *= 2) {
		int r = page_layout_open(&l, info, word);

		HOLDS(r == 0 || r == -ENOKEY);
		if (r != 0)
			continue;
		HOLDS(l.flags + word <= l.size && l.mapcount + 4 <= l.size);
		HOLDS(l.mapping + word <= l.size && l.priv + word <= l.size);
		HOLDS(!l.has_head || l.head + word <= l.size);
		HOLDS(!l.has_order || l.order + l.compound <= l.size);
		HOLDS(l.huge != HUGE_DTOR || l.dtor + l.compound <= l.size);
		HOLDS(l.huge != HUGE_DTOR || l.dtor < l.size);
		HOLDS(l.huge != HUGE_TAIL_FLAG || l.huge_value < word * 8);
		HOLDS(!l.lru.present || l.lru.value < word * 8);
		HOLDS(!l.buddy_bit.present || l.buddy_bit.value < word * 8);
		HOLDS(l.orders > 0 && l.orders <= 32);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = {"OSRELEASE",	 "PAGESIZE",	      "SYMBOL(prb)",
					   "NUMBER(X)",	 "CRASHTIME",	      "A",
					   "SIZE(page)", "OFFSET(page.flags)"};
	struct vmcoreinfo info = {0};

	if (size > 0 && data[0] == BARE) {
		info.text = (const char *)data + 1;
		info.size = size - 1;
	} else {
		file = data;
		file_size = size;
		notes_open(&notes, FILE_FD);
		notes_take(&notes, 0, size);
		check_notes();
		if (!vmcoreinfo_find(&info, &notes, room))
			return 0;
		HOLDS(info.offset <= size && info.size <= size - info.offset);
		HOLDS(memcmp(info.text, data + info.offset, info.size) == 0);
	}
	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		check_value(&info, keys[i]);
	check_layout(&info);
	return 0;
}
