/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a virtual address to bytes: by the maps that were proved, and by the tables.
 */
#include "vmcore/translate.h"

#include "base/bytes.h"
#include "vmcore/elfcore.h"
#include "vmcore/physmem.h"
#include "vmcore/translate_walk.h"

#include <errno.h>

/*
 * Is there memory at PA? Shortens *LEFT to what its segment has, and the rest of its last page:
 * that is in the file as well (fs/proc/vmcore.c).
 */
static bool is_memory(const struct translate *t, uint64_t pa, uint64_t *left)
{
	const struct elfcore_segment *s = elfcore_at(t->memory->core, pa);
	uint64_t end;

	if (s == NULL)
		return false;
	end = (s->paddr + s->size + t->page - 1) & -t->page;
	if (*left > end - pa)
		*left = end - pa;
	return true;
}

static int by_map(const struct translate *t, unsigned int map, uint64_t va, uint64_t *pa,
		  uint64_t *left)
{
	const struct translate_map *m = &t->map[map];

	if (va < m->start || va > m->end)
		return -ENXIO;
	*pa = va + m->add;
	*left = m->end - va + 1;
	return is_memory(t, *pa, left) ? 0 : -ENXIO;
}

static int by_tables(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left)
{
	int r = translate_walk(t, va, pa, left);

	return r == 0 && !is_memory(t, *pa, left) ? -ENXIO : r;
}

/*
 * An address near an image of which it is not known where it ends: stacks and modules may stand
 * behind it. So the tables are asked first, the map where they cannot tell.
 */
static int by_image(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left)
{
	uint64_t page_left = t->page - (va & (t->page - 1));
	int r = translate_walk(t, va, pa, left);

	if (r == 0)
		return is_memory(t, *pa, left) ? 0 : -ENXIO;
	r = by_map(t, 0, va, pa, left);
	if (r == 0 && *left > page_left)
		*left = page_left;
	return r;
}

int translate_physical(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left)
{
	va |= t->tag;
	if (t->image_is_guessed && t->walk.trusted && va >= t->map[0].start && va <= t->map[0].end)
		return by_image(t, va, pa, left);
	for (unsigned int i = 0; i < t->maps; i++) {
		if (by_map(t, i, va, pa, left) == 0)
			return 0;
	}
	return by_tables(t, va, pa, left);
}

int translate_read(struct translate *t, uint64_t va, void *out, size_t size)
{
	uint8_t *to = out;

	while (size > 0) {
		uint64_t pa;
		uint64_t left;
		int r = translate_physical(t, va, &pa, &left);
		size_t n = r == 0 && left < size ? (size_t)left : size;

		r = r == 0 ? physmem_read(t->memory, pa, to, n) : r;
		if (r != 0)
			return r;
		to += n;
		va += n;
		size -= n;
	}
	return 0;
}

int translate_number(struct translate *t, uint64_t va, unsigned int size, uint64_t *value)
{
	uint8_t raw[sizeof(*value)];
	int r = size <= sizeof(raw) ? translate_read(t, va, raw, size) : -EINVAL;

	*value = r == 0 ? bytes_get(raw, size) : 0;
	return r;
}

int translate_word(struct translate *t, uint64_t va, uint64_t *value)
{
	return translate_number(t, va, t->word, value);
}
