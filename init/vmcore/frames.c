/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page frames out of segments. kexec-tools and the kernel add a segment for the kernel's text
 * on arm64 and x86_64, so the same memory can be in a core twice.
 */
#include "vmcore/frames.h"

#include "vmcore/elfcore.h"
#include "vmcore/rows.h"

#include <stdlib.h>
#include <string.h>

static int by_first(const void *left, const void *right)
{
	const struct frame_range *a = left;
	const struct frame_range *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* Most cores list their memory in order, and then there is nothing to do. */
static void sort(struct frames *f)
{
	for (unsigned int i = 1; i < f->ranges; i++) {
		if (f->range[i - 1].first > f->range[i].first) {
			qsort(f->range, f->ranges, sizeof(f->range[0]), by_first);
			return;
		}
	}
}

/* Joins what touches or overlaps. */
static void join(struct frames *f)
{
	unsigned int kept = 0;

	for (unsigned int i = 1; i < f->ranges; i++) {
		struct frame_range *last = &f->range[kept];

		if (f->range[i].first > last->end)
			f->range[++kept] = f->range[i];
		else if (f->range[i].end > last->end)
			last->end = f->range[i].end;
	}
	if (f->ranges > 0)
		f->ranges = kept + 1;
}

/* Appends the range; one that goes on where the last one ended lengthens that. */
static bool append(struct frames *f, struct frame_range range)
{
	if (f->ranges > 0 && f->range[f->ranges - 1].end == range.first) {
		f->range[f->ranges - 1].end = range.end;
		return true;
	}
	if (f->ranges == FRAMES_FEW && f->range == f->few) {
		void *more = rows_more(&f->more, ELFCORE_SEGMENTS * sizeof(range), f->few,
				       sizeof(f->few));

		if (more == NULL)
			return false;
		f->range = more;
	}
	f->range[f->ranges++] = range;
	return true;
}

bool frames_open(struct frames *f, const struct elfcore *core, unsigned int shift)
{
	uint64_t page = UINT64_C(1) << shift;
	bool all = true;

	f->shift = shift;
	f->range = f->few;
	f->ranges = 0;
	f->count = 0;
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		all &= append(f, (struct frame_range){s->paddr >> shift,
						      (s->paddr + s->size + (page - 1)) >> shift});
	}
	sort(f);
	join(f);
	for (unsigned int i = 0; i < f->ranges; i++)
		f->count += f->range[i].end - f->range[i].first;
	f->first = f->ranges > 0 ? f->range[0].first : 0;
	f->end = f->ranges > 0 ? f->range[f->ranges - 1].end : 0;
	return all;
}

/* The first range that ends beyond FRAME. */
static unsigned int first_beyond(const struct frames *f, uint64_t frame)
{
	unsigned int low = 0;
	unsigned int high = f->ranges;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (f->range[middle].end > frame)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Sets the bits from AT up to END, whole bytes at once where it can. */
static void set_bits(uint8_t *bitmap, size_t at, size_t end)
{
	for (; at < end && at % 8 != 0; at++)
		bitmap[at / 8] |= (uint8_t)(1u << at % 8);
	memset(bitmap + at / 8, 0xff, (end - at) / 8);
	at += (end - at) / 8 * 8;
	for (; at < end; at++)
		bitmap[at / 8] |= (uint8_t)(1u << at % 8);
}

void frames_mark(const struct frames *f, uint64_t first, uint64_t count, uint8_t *bitmap)
{
	memset(bitmap, 0, (size_t)(count / 8));
	for (unsigned int i = first_beyond(f, first);
	     i < f->ranges && f->range[i].first < first + count; i++) {
		const struct frame_range *r = &f->range[i];
		uint64_t from = r->first > first ? r->first : first;
		uint64_t to = r->end < first + count ? r->end : first + count;

		if (from < to)
			set_bits(bitmap, (size_t)(from - first), (size_t)(to - first));
	}
}
