/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page frames out of segments. kexec-tools and the kernel add a segment for the kernel's text
 * on arm64 and x86_64, so the same memory can be in a core twice.
 */
#include "vmcore/frames.h"

#include "vmcore/elfcore.h"

#include <stdbool.h>
#include <string.h>

/* Puts the range in its place, by its first frame. */
static void insert(struct frames *f, struct frame_range range)
{
	unsigned int at = f->ranges;

	if (f->ranges == FRAMES_RANGES || range.first >= range.end)
		return;
	for (; at > 0 && f->range[at - 1].first > range.first; at--)
		f->range[at] = f->range[at - 1];
	f->range[at] = range;
	f->ranges++;
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

void frames_open(struct frames *f, const struct elfcore *core, unsigned int shift)
{
	uint64_t page = UINT64_C(1) << shift;

	f->shift = shift;
	f->ranges = 0;
	f->count = 0;
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		insert(f, (struct frame_range){s->paddr >> shift,
					       (s->paddr + s->size + (page - 1)) >> shift});
	}
	join(f);
	for (unsigned int i = 0; i < f->ranges; i++)
		f->count += f->range[i].end - f->range[i].first;
	f->first = f->ranges > 0 ? f->range[0].first : 0;
	f->end = f->ranges > 0 ? f->range[f->ranges - 1].end : 0;
}

/* Sets COUNT bits from AT on, whole bytes at once where it can. */
static void set_bits(uint8_t *bitmap, uint64_t at, uint64_t count)
{
	uint64_t end = at + count;

	for (; at < end && at % 8 != 0; at++)
		bitmap[at / 8] |= (uint8_t)(1u << at % 8);
	if (end - at >= 8) {
		memset(bitmap + at / 8, 0xff, (size_t)((end - at) / 8));
		at += (end - at) / 8 * 8;
	}
	for (; at < end; at++)
		bitmap[at / 8] |= (uint8_t)(1u << at % 8);
}

void frames_mark(const struct frames *f, uint64_t first, uint64_t count, uint8_t *bitmap)
{
	memset(bitmap, 0, (size_t)(count / 8));
	for (unsigned int i = 0; i < f->ranges; i++) {
		const struct frame_range *r = &f->range[i];
		uint64_t from = r->first > first ? r->first : first;
		uint64_t to = r->end < first + count ? r->end : first + count;

		if (from < to)
			set_bits(bitmap, from - first, to - from);
	}
}
