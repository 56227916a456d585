/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/vmcoreinfo, and of the two that read their knowledge out of it alone:
 * vmcore/page_layout and the stacks of vmcore_page. The input is notes; "\2" before the first of
 * them makes it the bare text of VMCOREINFO. Contract: notes and values lie inside the input, a
 * number is read as it is printed, and a layout that is taken fits into its struct page.
 */
#include "tests/fuzz/fuzz.h"
#include "vmcore/page_layout.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BARE = 2, WORD = 8 };

/* Every note lies inside, and behind the one before it. */
static void check_notes(const uint8_t *notes, size_t size)
{
	struct vmcoreinfo_note note = {0};
	size_t before = 0;

	while (vmcoreinfo_note_next(&note, notes, size)) {
		const uint8_t *name = (const uint8_t *)note.name;

		HOLDS(name >= notes && note.name_size <= size - (size_t)(name - notes));
		HOLDS(note.desc >= notes && note.size <= size - (size_t)(note.desc - notes));
		HOLDS(note.next > before && note.next <= size);
		before = note.next;
	}
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
		check_notes(data, size);
		if (!vmcoreinfo_find(&info, data, size))
			return 0;
		HOLDS((const uint8_t *)info.text == data + info.offset);
		HOLDS(info.offset <= size && info.size <= size - info.offset);
	}
	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		check_value(&info, keys[i]);
	check_layout(&info);
	return 0;
}
