/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over all struct pages before anything is written, to count and to judge. A machine
 * of one chunk, which is every small one, needs no second pass: the bitmap is still there.
 */
#include "vmcore/filter.h"

#include "vmcore/vmcore.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

uint64_t filter_chunks(const struct filter *f)
{
	return f->end > f->base ? (f->end - f->base - 1) / FILTER_FRAMES + 1 : 0;
}

/* Most of a bitmap is of frames that a small machine has not. SIZE is a multiple of a word's. */
static unsigned int count_bits(const uint8_t *bitmap, size_t size)
{
	unsigned int n = 0;

	for (size_t i = 0; i < size; i += sizeof(uint32_t)) {
		uint32_t word;

		memcpy(&word, __builtin_assume_aligned(bitmap + i, sizeof(word)), sizeof(word));
		if (word != 0)
			n += (unsigned int)__builtin_popcount(word);
	}
	return n;
}

static void need(struct filter *f, uint64_t va)
{
	uint64_t pa;
	uint64_t left;

	if (f->needed < FILTER_NEEDED &&
	    translate_physical(&f->core->translate, va, &pa, &left) == 0)
		f->need[f->needed++] = pa >> f->core->frames.shift;
}

/* Frames that no kernel can have free or lent to a process when it crashes. */
static void find_needed(struct filter *f)
{
	static const char *const symbols[] = {"SYMBOL(init_uts_ns)", "SYMBOL(swapper_pg_dir)",
					      "SYMBOL(prb)", "SYMBOL(log_buf)", "SYMBOL(_stext)"};
	struct note note = {0};
	uint64_t va;

	f->needed = 0;
	for (unsigned int i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if (vmcoreinfo_number(&f->core->info, symbols[i], 16, &va))
			need(f, va);
	}
	while (f->needed < FILTER_NEEDED && vmcore_next_stack(f->core, &note, &va))
		need(f, va);
}

const uint8_t *filter_chunk(struct filter *f, uint64_t index)
{
	uint64_t first = f->base + index * FILTER_FRAMES;

	if (first == f->chunk)
		return f->bitmap;
	f->chunk = UINT64_MAX;
	if (vmcore_mark(f->core, first, FILTER_FRAMES, f->bitmap) != 0)
		return NULL;
	if (index == 0)
		pages_rewind(&f->pages);
	if ((f->level & ~(unsigned int)LEVEL_ZERO) != 0)
		pages_exclude(&f->pages, first, FILTER_FRAMES, f->bitmap);
	f->chunk = first;
	return f->bitmap;
}

/* Counts what is kept. Returns how many frames of those that were in use are not. */
static unsigned int count_chunk(struct filter *f, const uint8_t *bitmap)
{
	unsigned int lost = 0;

	f->kept += count_bits(bitmap, FILTER_BYTES);
	for (unsigned int i = 0; i < f->needed; i++) {
		uint64_t bit = f->need[i] - f->chunk;

		if (bit >= FILTER_FRAMES || (bitmap[bit / 8] >> bit % 8 & 1) != 0)
			continue;
		lost++;
		if (f->level <= LEVEL_ZERO) /* it was never there */
			f->need[i] = UINT64_MAX;
	}
	return lost;
}

/* One pass over everything. Returns 0, or -ENODATA when the file cannot be read. */
static int survey(struct filter *f)
{
	uint64_t chunks = filter_chunks(f);

	f->kept = 0;
	f->chunk = UINT64_MAX;
	for (uint64_t i = 0; i < chunks; i++) {
		const uint8_t *bitmap = filter_chunk(f, i);

		if (bitmap == NULL)
			return -ENODATA;
		if (f->progress != NULL)
			*f->progress = *f->progress + 1;
		if (count_chunk(f, bitmap) > 0 && f->level > LEVEL_ZERO)
			f->doubt = FILTER_NEEDED_LEFT_OUT;
	}
	if (f->kept == 0 && f->level > LEVEL_ZERO && f->present > 0)
		f->doubt = FILTER_ALL_LEFT_OUT;
	if (f->level > LEVEL_ZERO && f->pages.nonsense > f->present / FILTER_TRUST)
		f->doubt = FILTER_NONSENSE;
	return 0;
}

int filter_open(struct filter *f, struct vmcore *core, struct window *window, unsigned int level,
		uint64_t base, volatile uint32_t *progress)
{
	int r;

	f->core = core;
	f->progress = progress;
	f->base = base;
	f->end = core->frames.end;
	f->level = level & LEVEL_ZERO;
	f->doubt = FILTER_SURE;
	f->error = core->translate_error;
	f->needed = 0;
	if (filter_chunks(f) > FILTER_CHUNKS)
		return -E2BIG;
	if (f->error == 0)
		find_needed(f);
	r = survey(f); /* what is there before anything is left out */
	f->present = f->kept;
	if (r != 0 || level <= LEVEL_ZERO)
		return r;
	f->error = pages_open(&f->pages, core, window, level);
	if (f->error != 0) {
		f->doubt = FILTER_NO_STRUCT_PAGES;
		f->level = LEVEL_ZERO;
		return 0;
	}
	f->level = level;
	r = survey(f);
	if (r != 0 || f->doubt == FILTER_SURE)
		return r;
	f->level = LEVEL_ZERO;
	return survey(f);
}
