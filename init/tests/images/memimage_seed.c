/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image as an input of fuzz_pages.c, which says what that looks like.
 */
#include "tests/images/memimage_seed.h"

#include "tests/images/memimage_parts.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <string.h>

enum { RUN = 256, GAP = 8 /* zeros that are cheaper to keep than to leave out */ };

static uint8_t *put(uint8_t *at, uint64_t value, unsigned int size)
{
	for (; size > 0; size--, value >>= 8)
		*at++ = (uint8_t)value;
	return at;
}

/* How many bytes from AT on, up to MOST, are worth a run. */
static size_t run_of(const uint8_t *at, size_t most)
{
	size_t used = 0;

	for (size_t i = 0; i < most && i < used + GAP; i++) {
		if (at[i] != 0)
			used = i + 1;
	}
	return used;
}

size_t memimage_seed(const struct memimage *m, unsigned int level, unsigned int how, uint8_t *seed,
		     size_t room)
{
	static const char *const machines[] = {"elf32 arm", "elf64 arm", "elf64 arm64",
					       "elf64 x86_64"};
	uint64_t base = m->ram[0].paddr;
	char text[MEMIMAGE_KEYS];
	uint8_t *at = seed;

	for (unsigned int i = 0; i < 4; i++)
		*at = strcmp(machines[i], memimage_elf(m)) == 0 ? (uint8_t)i : *at;
	at = put(put(at + 1, level, 1), how, 1);
	at = put(put(put(at, m->rams, 1), m->stacks, 1), 0, 1);
	for (unsigned int i = 0; i < m->rams; i++)
		at = put(put(at, (m->ram[i].paddr - base) >> 10, 2), m->ram[i].size >> 10, 2);
	for (unsigned int i = 0; i < m->stacks; i++)
		at = put(at, m->stack[i] - ((base + m->linear) & m->mask), 4);
	snprintf(text, sizeof(text), "%s", m->keys + 1);
	for (char *p = text; *p != '\0'; p++)
		*p = *p == ' ' ? '\n' : *p;
	at = put(at, strlen(text), 2);
	memcpy(at, text, strlen(text));
	at += strlen(text);
	for (unsigned int i = 0; i < m->rams; i++) {
		const uint8_t *memory = m->bytes + m->ram[i].offset;

		for (size_t k = 0; k < m->ram[i].size; k++) {
			size_t left = (size_t)m->ram[i].size - k;
			size_t n = memory[k] == 0 ? 0 : run_of(memory + k, left < RUN ? left : RUN);

			if (n == 0)
				continue;
			if ((size_t)(at - seed) + n + 5 > room)
				words_wrong("too much for a seed", NULL);
			at = put(put(at, m->ram[i].paddr - base + k, 4), n - 1, 1);
			memcpy(at, memory + k, n);
			at += n;
			k += n - 1;
		}
	}
	return (size_t)(at - seed);
}
