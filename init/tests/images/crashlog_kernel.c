/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crashed kernel of a core with a log: its machine, where things stand in its memory, and
 * what VMCOREINFO says of it.
 */
#include "tests/images/crashlog_parts.h"
#include "tests/images/words.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define X86_KERNEL_MAP UINT64_C(0xffffffff80000000)
#define X86_DIRECT_MAP UINT64_C(0xffff888000000000)
#define RELEASE	       "6.1.0-crash"
#define UNSET	       UINT64_MAX

enum { NAME_OFFSET = 4, FIELD = 65 };

static const struct machine {
	const char *name, *elf;
	unsigned int word;
	uint64_t base, bits;
} machines[] = {
	{.name = "arm", .elf = "elf32 arm", .word = 4, .base = 0x40000000},
	{.name = "lpae", .elf = "elf64 arm", .word = 4, .base = UINT64_C(0x800000000)},
	{.name = "arm64", .elf = "elf64 arm64", .word = 8, .base = 0x80000000, .bits = 48},
	{.name = "arm64-old", .elf = "elf64 arm64", .word = 8, .base = 0x80000000, .bits = 39},
	{.name = "x86_64", .elf = "elf64 x86_64", .word = 8, .base = 0x200000},
};

/* NAME=NUMBER of the first line. */
static const struct words_option options[] = {
	WORDS_FIELD(crashlog, base),	  WORDS_FIELD(crashlog, hide),
	WORDS_FIELD(crashlog, split),	  WORDS_FIELD(crashlog, bits),
	WORDS_FIELD(crashlog, phys),	  WORDS_FIELD(crashlog, pad),
	WORDS_FIELD(crashlog, dynamic),	  WORDS_FIELD(crashlog, small),
	WORDS_FIELD(crashlog, id),	  WORDS_FIELD(crashlog, lpos),
	WORDS_FIELD(crashlog, keep),	  WORDS_FIELD(crashlog, count_bits),
	WORDS_FIELD(crashlog, text_bits), WORDS_FIELD(crashlog, size),
	WORDS_FIELD(crashlog, start),	  WORDS_FIELD(crashlog, old),
	WORDS_FIELD(crashlog, caller),
};

uint64_t crashlog_place(struct crashlog *c, uint64_t size)
{
	uint64_t at = (c->end + 7) & ~UINT64_C(7);

	if (c->small == 0)
		at = (at | (COREFILE_PAGE - 1)) + 1 + COREFILE_PAGE - 24;
	c->end = at + size;
	return at;
}

/* Where virtual memory stands; also the keys of the machine. */
static size_t map(struct crashlog *c, const struct machine *m, char *keys, size_t size)
{
	uint64_t first = c->base + c->hide; /* where the memory begins that the core has */
	uint64_t start, middle;

	if (m->word == 4) {
		c->image = c->linear = c->split - c->base;
		c->stext = c->split + 0x8000;
		return (size_t)snprintf(keys, size, "%s",
					m->elf[3] == '6' ? " CONFIG_ARM_LPAE=y" : "");
	}
	if (m->bits == 0) {
		c->stext = X86_KERNEL_MAP + 0x1000000;
		c->image = c->stext - first;
		c->linear = X86_DIRECT_MAP;
		return (size_t)snprintf(keys, size, " NUMBER(phys_base)=%lld",
					(long long)(X86_KERNEL_MAP - c->image));
	}
	start = -(UINT64_C(1) << c->bits);
	middle = -(UINT64_C(1) << ((c->bits > 48 ? 48 : c->bits) - 1));
	c->phys = c->phys == UNSET ? c->base : c->phys;
	if (strcmp(m->name, "arm64") == 0) {
		c->stext = middle + 0x8010000;
		c->linear = start - c->phys;
	} else {
		c->stext = start + 0x8080000;
		c->linear = middle - c->phys;
	}
	c->image = c->stext - first;
	return (size_t)snprintf(keys, size,
				" NUMBER(VA_BITS)=%u NUMBER(kimage_voffset)=0x%llx"
				" NUMBER(PHYS_OFFSET)=0x%llx",
				(unsigned int)c->bits, (unsigned long long)c->image,
				(unsigned long long)c->phys);
}

/* "note KEY=VALUE" and "without KEY" change one word of the note. */
static void change_note(char *note, size_t size, const char *key, const char *word)
{
	char find[128];
	char *at;
	size_t length;

	snprintf(find, sizeof(find), " %.*s=", (int)strcspn(key, "="), key);
	at = strstr(note, find);
	if (at != NULL) {
		length = strcspn(at + 1, " ") + 1;
		memmove(at, at + length, strlen(at + length) + 1);
	} else if (word == NULL) {
		words_wrong("no such key", key);
	}
	if (word != NULL)
		snprintf(note + strlen(note), size - strlen(note), " %s", word);
}

static void change_notes(char *note, size_t size, const char *text)
{
	char key[512];

	for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (sscanf(p, "note %511[^\n]", key) == 1)
			change_note(note, size, key, key);
		else if (sscanf(p, "without %511[^\n]", key) == 1)
			change_note(note, size, key, NULL);
	}
}

bool crashlog_start(struct crashlog *c, char **word, const char *rest)
{
	bool ring = strcmp(word[0], "ring") == 0;
	const struct machine *m = WORDS_ROW(machines, word[1], "unknown machine");
	char keys[256];
	char note[3500];
	char description[4096];
	uint64_t uts;
	size_t n;

	*c = (struct crashlog){.count_bits = 4,
			       .text_bits = 8,
			       .size = 1024,
			       .word = m->word,
			       .base = m->base,
			       .bits = m->bits,
			       .phys = UNSET,
			       .split = 0xc0000000,
			       .id = UNSET,
			       .lpos = UNSET};
	words_options(word + 2, options, WORDS_COUNT(options), c);
	c->mask = m->word == 8 ? UINT64_MAX : UINT32_MAX;
	/* DESC0_ID and BLK0_LPOS */
	c->id = c->id == UNSET ? -((UINT64_C(1) << c->count_bits) + 1) : c->id;
	c->lpos = c->lpos == UNSET ? -(UINT64_C(1) << c->text_bits) : c->lpos;
	map(c, m, keys, sizeof(keys));
	c->end = c->base + c->hide;
	uts = crashlog_place(c, NAME_OFFSET + (uint64_t)6 * FIELD);
	if (c->small == 0)
		uts -= 130; /* the release stands across the pages */
	ring ? ring_place(c) : records_place(c);
	n = (size_t)snprintf(note, sizeof(note),
			     " OSRELEASE=" RELEASE " PAGESIZE=4096 SYMBOL(init_uts_ns)=%llx"
			     " OFFSET(uts_namespace.name)=%u SYMBOL(_stext)=%llx%s",
			     (unsigned long long)((uts + c->image) & c->mask),
			     (unsigned int)NAME_OFFSET, (unsigned long long)(c->stext & c->mask),
			     keys);
	n += ring ? ring_keys(c, note + n, sizeof(note) - n)
		  : records_keys(c, note + n, sizeof(note) - n);
	snprintf(note + n, sizeof(note) - n, " CRASHTIME=1700000000");
	change_notes(note, sizeof(note), rest);
	snprintf(description, sizeof(description),
		 "%s\nprstatus\nnote%s\nload 0x%llx 0x%llx data vaddr=0x%llx\n", m->elf, note,
		 (unsigned long long)(c->base + c->hide),
		 (unsigned long long)(c->end - c->base - c->hide + 8),
		 (unsigned long long)((c->base + c->hide + c->linear) & c->mask));
	corefile_build(&c->core, description);
	for (unsigned int i = 0; i <= sizeof(RELEASE) - 1; i++)
		crashlog_put(c, uts + NAME_OFFSET + 2 * FIELD + i, (uint8_t)RELEASE[i], 1);
	crashlog_name(c, "release", uts + NAME_OFFSET + 2 * FIELD, 8);
	ring ? ring_start(c) : records_start(c);
	return ring;
}
