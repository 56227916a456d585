/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk for all tables: each level takes its bits of the address as an index, and an entry
 * names the next table or ends the walk; what an entry says is the machine's (translate_*.c).
 * Tables name each other by physical address. They are not trusted: no walk takes more reads than
 * there are levels.
 */
#include "vmcore/translate_walk.h"

#include "base/bytes.h"
#include "vmcore/physmem.h"
#include "vmcore/translate.h"

#include <errno.h>

enum { BLOCK_SHIFT_MAX = 30 /* Linux maps nothing in larger blocks than 1 GiB */ };

enum translate_step translate_take_address(const struct translate_walk *w, unsigned int level,
					   uint64_t e, enum translate_step step, uint64_t *at)
{
	*at = (e & w->address) | (e & w->high) << w->up;
	if (step != STEP_LEAF)
		return step;
	*at &= -(UINT64_C(1) << w->shift[level]);
	return w->shift[level] <= BLOCK_SHIFT_MAX ? STEP_LEAF : STEP_INVALID;
}

enum translate_step translate_take_long(const struct translate_walk *w, unsigned int level,
					uint64_t e, uint64_t va, uint64_t *at)
{
	enum { BLOCK = 1, TABLE = 3, PAGE = 3 };
	bool lowest = level + 1 == w->levels;
	enum translate_step step = STEP_INVALID;

	(void)va; /* no entry stands for more than its own block */
	if (lowest && (e & 3) == PAGE)
		step = STEP_LEAF;
	else if (!lowest && (e & 3) == BLOCK)
		step = STEP_LEAF;
	else if (!lowest && (e & 3) == TABLE)
		step = STEP_TABLE;
	return translate_take_address(w, level, e, step, at);
}

/* Finds the entry that ends the walk, and keeps what that says. */
static int find_leaf(struct translate *t, uint64_t va)
{
	const struct translate_walk *w = &t->walk;
	enum translate_step step = STEP_TABLE;
	uint64_t at = w->root;

	for (unsigned int level = 0; level < w->levels && step == STEP_TABLE; level++) {
		uint64_t size = UINT64_C(1) << w->shift[level];
		uint64_t index = va >> w->shift[level] & ((UINT64_C(1) << w->bits[level]) - 1);
		uint8_t raw[8];
		int r = physmem_read(t->memory, at + index * w->entry, raw, w->entry);

		if (r != 0)
			return r;
		step = w->take(w, level, bytes_get(raw, w->entry), va, &at);
		if (step == STEP_LEAF) {
			t->block = va & -size;
			t->block_size = size;
			t->block_at = at;
		}
	}
	return step == STEP_LEAF ? 0 : -ENXIO;
}

int translate_walk(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left)
{
	int r = 0;

	if (t->walk.levels == 0 || va < t->walk.first || va > t->walk.last)
		return -ENXIO;
	if (va - t->block >= t->block_size)
		r = find_leaf(t, va);
	if (r != 0)
		return r;
	*pa = t->block_at + (va - t->block);
	*left = t->block_size - (va - t->block);
	return 0;
}

void translate_walk_levels(struct translate_walk *w, unsigned int page_shift, unsigned int bits)
{
	unsigned int each = page_shift - 3;

	w->entry = 8;
	w->levels = (bits - page_shift + each - 1) / each;
	for (unsigned int i = 0; i < w->levels; i++) {
		w->shift[i] = page_shift + each * (w->levels - 1 - i);
		w->bits[i] = each;
	}
	w->bits[0] = bits - w->shift[0];
}
