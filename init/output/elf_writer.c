/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies an ELF core. Runs of zero pages shorter than HOLE_PAGES are written as they are: a
 * hole costs a separate write on each side of it.
 */
#include "output/elf_writer.h"

#include "output/sink.h"
#include "output/zero.h"
#include "vmcore/elfcore.h"
#include "vmcore/window.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* The caller hears of each piece, also where the target takes seconds for one. */
enum { HOLE_PAGES = 8, PIECE = 512 * 1024 };

static uint64_t page_down(uint64_t offset)
{
	return offset & ~(uint64_t)(ELF_PAGE - 1);
}

/* The kernel pads each segment to whole pages, and what it pads with is readable. */
static uint64_t segment_end(const struct elfcore *core, const struct elfcore_segment *s)
{
	uint64_t end = page_down(s->offset + s->size + ELF_PAGE - 1);

	return end < core->file_size ? end : core->file_size;
}

/* Can the file be copied from its first to its last byte? */
static bool all_of_it(const struct elfcore *core)
{
	return core->faults == 0 && core->unlisted == 0 && core->file_size != UINT64_MAX;
}

void elf_writer_plan(struct elf_writer *w, const struct elfcore *core)
{
	unsigned int sane = core->segments - core->faults;

	w->done = 0;
	w->zero_pages = 0;
	w->size = core->data_start;
	if (sane > 0)
		w->size = segment_end(core, &core->segment[sane - 1]);
	if (all_of_it(core))
		w->size = core->file_size;
	w->pages =
		sane == 0 ? 0 : (w->size - page_down(core->data_start) + ELF_PAGE - 1) / ELF_PAGE;
}

/* Length of the run of pages at DATA that are all zero, or all not; the last may be short. */
static size_t run_length(const uint8_t *data, size_t size, bool *zero)
{
	size_t n = 0;

	while (n < size) {
		size_t step = size - n < ELF_PAGE ? size - n : ELF_PAGE;
		bool z = zero_is(data + n, step);

		if (n == 0)
			*zero = z;
		else if (z != *zero)
			break;
		n += step;
	}
	return n;
}

static int write_view(struct elf_writer *w, struct sink *sink, const uint8_t *data, size_t size)
{
	int r = 0;

	while (size > 0 && r == 0) {
		bool zero = false;
		size_t n = run_length(data, size, &zero);

		if (zero)
			w->zero_pages += n / ELF_PAGE;
		if (zero && n >= HOLE_PAGES * (size_t)ELF_PAGE)
			r = sink_zeros(sink, n);
		else
			r = sink_write(sink, data, n);
		data += n;
		size -= n;
	}
	return r;
}

/* Bytes of the view that write_view would not make holes of. */
static uint64_t measure_view(const uint8_t *data, size_t size)
{
	uint64_t needed = 0;

	while (size > 0) {
		bool zero = false;
		size_t n = run_length(data, size, &zero);

		if (!zero || n < HOLE_PAGES * (size_t)ELF_PAGE)
			needed += n;
		data += n;
		size -= n;
	}
	return needed;
}

uint64_t elf_writer_measure(struct elf_writer *w, const struct elfcore *core, struct window *window)
{
	uint64_t at = page_down(core->data_start);
	uint64_t needed = at;

	while (at < w->size) {
		size_t size = 0;
		const uint8_t *data = window_at(window, at, PIECE, &size);

		if (data == NULL)
			break;
		needed += measure_view(data, size);
		at += size;
		if (w->progress != NULL)
			w->progress(w->progress_arg, w);
	}
	return needed;
}

static int copy_range(struct elf_writer *w, struct window *window, struct sink *sink, uint64_t from,
		      uint64_t to)
{
	int r = 0;

	while (from < to && r == 0) {
		uint64_t left = to - from;
		size_t want = left < PIECE ? (size_t)left : PIECE;
		size_t size = 0;
		const uint8_t *data = window_at(window, from, want, &size);

		if (data == NULL)
			return -ENODATA;
		r = write_view(w, sink, data, size);
		from += size;
		w->done = from;
		if (w->progress != NULL)
			w->progress(w->progress_arg, w);
	}
	return r;
}

/* Everything before the first page of data: headers and notes, and their padding. */
static int copy_headers(struct elf_writer *w, const struct elfcore *core, struct window *window,
			struct sink *sink, uint8_t *head)
{
	bool no_data = core->segments == core->faults;
	uint64_t end = no_data ? core->data_start : page_down(core->data_start);
	int r;

	if (!all_of_it(core))
		elfcore_disown(core, head);
	r = sink_write(sink, head, (size_t)core->headers_size);
	if (r == 0 && end > core->headers_size)
		r = copy_range(w, window, sink, core->headers_size, end);
	return r;
}

int elf_writer_run(struct elf_writer *w, const struct elfcore *core, struct window *window,
		   struct sink *sink, uint8_t *head)
{
	unsigned int sane = core->segments - core->faults;
	int r = copy_headers(w, core, window, sink, head);

	if (all_of_it(core))
		return r == 0 ? copy_range(w, window, sink, sink->position, w->size) : r;
	for (unsigned int i = 0; i < sane && r == 0; i++) {
		const struct elfcore_segment *s = &core->segment[i];
		uint64_t from = page_down(s->offset);

		if (from > sink->position)
			r = sink_zeros(sink, from - sink->position);
		if (r == 0)
			r = copy_range(w, window, sink, sink->position, segment_end(core, s));
	}
	return r;
}
