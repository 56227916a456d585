/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The segments of a core, held against each other. Who is first in the file is believed.
 */
#include "vmcore/elfcore_rows.h"

#include "vmcore/rows.h"

#include <stdlib.h>
#include <string.h>

void elfcore_clear(struct elfcore *core, int fd)
{
	void *more = core->more;

	memset(core, 0, offsetof(struct elfcore, notes));
	core->more = more;
	core->fd = fd;
	core->segment = core->few;
	notes_open(&core->notes, fd);
}

struct elfcore_segment *elfcore_add(struct elfcore *core)
{
	if (core->segments == ELFCORE_SEGMENTS)
		return NULL;
	if (core->segments == ELFCORE_FEW && core->segment == core->few) {
		void *more = rows_more(&core->more, ELFCORE_SEGMENTS * sizeof(core->few[0]),
				       core->few, sizeof(core->few));

		if (more == NULL)
			return NULL;
		core->segment = more;
	}
	return &core->segment[core->segments++];
}

/* Sane before unsound; the former by offset; then by program header: one order for any input. */
static int by_offset(const void *left, const void *right)
{
	const struct elfcore_segment *a = left;
	const struct elfcore_segment *b = right;

	if ((a->fault != 0) != (b->fault != 0))
		return a->fault != 0 ? 1 : -1;
	if (a->fault == 0 && a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* The kernel lists segments in order, and then there is nothing to do. */
static void sort_segments(struct elfcore *core)
{
	for (unsigned int i = 1; i < core->segments; i++) {
		if (by_offset(&core->segment[i - 1], &core->segment[i]) > 0) {
			qsort(core->segment, core->segments, sizeof(core->segment[0]), by_offset);
			return;
		}
	}
}

static void find_overlaps(struct elfcore *core)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < core->segments; i++) {
		struct elfcore_segment *s = &core->segment[i];

		if (s->fault != ELFCORE_SANE)
			continue;
		if (s->offset < end)
			s->fault = ELFCORE_OVERLAPS;
		else
			end = s->offset + s->size;
	}
}

void elfcore_settle(struct elfcore *core)
{
	sort_segments(core);
	find_overlaps(core);
	sort_segments(core);
	core->faults = 0;
	for (unsigned int i = 0; i < core->segments; i++)
		core->faults += core->segment[i].fault != ELFCORE_SANE;
	core->data_start = core->headers_size;
	for (unsigned int i = 0; i < core->notes.ranges; i++)
		core->data_start = core->notes.range[i].offset + core->notes.range[i].size;
	if (core->segments > core->faults)
		core->data_start = core->segment[0].offset;
	core->ascending = true;
	for (unsigned int i = 1; i < core->segments - core->faults; i++)
		core->ascending &= core->segment[i - 1].paddr + core->segment[i - 1].size <=
				   core->segment[i].paddr;
}

/* Of many segments not all are looked through for each page. */
static const struct elfcore_segment *search(const struct elfcore *core, uint64_t pa)
{
	unsigned int low = 0;
	unsigned int high = core->segments - core->faults;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (core->segment[middle].paddr + core->segment[middle].size > pa)
			high = middle;
		else
			low = middle + 1;
	}
	return low < core->segments - core->faults ? &core->segment[low] : NULL;
}

const struct elfcore_segment *elfcore_from(const struct elfcore *core, uint64_t pa)
{
	const struct elfcore_segment *next = NULL;

	if (core->ascending)
		return search(core, pa);
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		if (pa >= s->paddr && pa - s->paddr < s->size)
			return s;
		if (s->paddr > pa && (next == NULL || s->paddr < next->paddr))
			next = s;
	}
	return next;
}

const struct elfcore_segment *elfcore_at(const struct elfcore *core, uint64_t pa)
{
	const struct elfcore_segment *s = elfcore_from(core, pa);

	return s != NULL && s->paddr <= pa ? s : NULL;
}

const char *elfcore_fault_text(enum elfcore_fault fault)
{
	static const char *const texts[] = {
		[ELFCORE_SANE] = "is sane",
		[ELFCORE_WRAPS] = "wraps around the end of the address space",
		[ELFCORE_ADDRESS] = "lies beyond the physical addresses of this machine",
		[ELFCORE_FILE] = "lies beyond the end of the file",
		[ELFCORE_HEADER] = "lies inside the headers",
		[ELFCORE_OVERLAPS] = "overlaps another segment",
		[ELFCORE_CUT] = "the file ends before them",
		[ELFCORE_UNREAD] = "they cannot be read",
		[ELFCORE_COUNT] = "notes or memory stand in their place, so their count is wrong",
		[ELFCORE_TOO_MANY] = "there is no memory for a list of so many",
	};

	return fault < sizeof(texts) / sizeof(texts[0]) ? texts[fault] : "is unknown";
}
