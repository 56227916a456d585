/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies an ELF core. Runs of zero pages shorter than HOLE_PAGES are written as they are: a
 * hole costs a separate write on each side of it.
 */
#include "output/elf_writer.h"

#include "base/bytes.h"
#include "output/sink.h"
#include "output/zero.h"
#include "vmcore/elf_fields.h"
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

/* Where the last of the notes and sane segments ends. */
static uint64_t end_of_all(const struct elfcore *core)
{
	unsigned int sane = core->segments - core->faults;
	uint64_t end = core->data_start;

	if (sane > 0)
		end = segment_end(core, &core->segment[sane - 1]);
	for (unsigned int i = 0; i < core->notes.ranges; i++) {
		const struct notes_range *r = &core->notes.range[i];

		end = r->offset + r->size > end ? r->offset + r->size : end;
	}
	return end;
}

void elf_writer_plan(struct elf_writer *w, const struct elfcore *core)
{
	uint64_t end = all_of_it(core) ? core->file_size : end_of_all(core);

	w->done = 0;
	w->zero_pages = 0;
	w->pages = core->segments == core->faults
			   ? 0
			   : (end - page_down(core->data_start) + ELF_PAGE - 1) / ELF_PAGE;
	w->size = w->section = end;
	if (!all_of_it(core) && core->headers >= PN_XNUM)
		w->size += ELFCORE_HEADER_SIZE;
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

static int write_view(struct elf_writer *w, const uint8_t *data, size_t size)
{
	int r = 0;

	while (size > 0 && r == 0) {
		bool zero = false;
		size_t n = run_length(data, size, &zero);

		if (zero)
			w->zero_pages += n / ELF_PAGE;
		if (zero && n >= HOLE_PAGES * (size_t)ELF_PAGE)
			r = sink_zeros(w->sink, n);
		else
			r = sink_write(w->sink, data, n);
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

/* Bytes from where the file is up to TO, which stand at the same offsets of the core. */
static int copy_to(struct elf_writer *w, uint64_t to)
{
	uint64_t from = w->sink->position;
	int r = 0;

	while (from < to && r == 0) {
		uint64_t left = to - from;
		size_t want = left < PIECE ? (size_t)left : PIECE;
		size_t size = 0;
		const uint8_t *data = window_at(w->window, from, want, &size);

		if (data == NULL)
			return -ENODATA;
		r = write_view(w, data, size);
		from += size;
		w->done = from;
		if (w->progress != NULL)
			w->progress(w->progress_arg, w);
	}
	return r;
}

/* Bytes from FROM on, unless they are there already; zeros before them. */
static int copy_part(struct elf_writer *w, uint64_t from, uint64_t to)
{
	int r = 0;

	if (from > w->sink->position)
		r = sink_zeros(w->sink, from - w->sink->position);
	return r == 0 ? copy_to(w, to) : r;
}

static void strike(const struct phdr_layout *l, uint8_t *p)
{
	memset(p, 0, 4); /* p_type: PT_NULL */
	memset(p + l->filesz, 0, l->word);
	memset(p + l->memsz, 0, l->word);
}

/* The header of notes says as much as was taken of them. */
static void mend_notes(const struct elfcore *core, const struct phdr_layout *l, uint8_t *p)
{
	uint64_t at = bytes_get(p + l->offset, l->word);
	const struct notes_range *r = notes_at(&core->notes, at);

	if (r == NULL)
		strike(l, p);
	else if (bytes_get(p + l->filesz, l->word) > r->offset + r->size - at)
		bytes_put(p + l->filesz, l->word, r->offset + r->size - at);
}

/* The program headers. Where not all of the file is copied they claim no more than that. */
static int write_phdrs(const struct elf_writer *w)
{
	const struct elfcore *core = w->core;
	const struct phdr_layout *l = elf_phdr(core->is64);
	const struct elfcore_segment *bad = core->segment + (core->segments - core->faults);
	unsigned int left = core->faults;
	struct elf_headers h;
	int r = 0;

	elf_headers_open(&h, core);
	for (unsigned int i = 0; i < core->headers && r == 0; i++) {
		const uint8_t *p = elf_headers_at(&h, i);
		uint8_t copy[ELFCORE_HEADER_SIZE];

		if (p == NULL)
			return -ENODATA; /* it was there before */
		memcpy(copy, p, l->size);
		if (left > 0 && bad->index == i) {
			strike(l, copy);
			bad++;
			left--;
		} else if (!all_of_it(core) && bytes_get(copy, 4) == PT_NOTE) {
			mend_notes(core, l, copy);
		}
		r = sink_write(w->sink, copy, l->size);
	}
	return r;
}

/* A dump without its headers is none: they are not read like pages, which may be zeros instead. */
static int write_headers(struct elf_writer *w)
{
	const struct elfcore *core = w->core;
	uint8_t ehdr[ELFCORE_HEADER_SIZE];
	int r;

	memcpy(ehdr, core->ehdr, sizeof(ehdr));
	if (!all_of_it(core))
		elf_put_count(ehdr, core->is64, core->headers, w->section);
	r = sink_write(w->sink, ehdr, elf_ehdr_size(core->is64));
	if (r == 0)
		r = copy_to(w, core->table);
	return r == 0 ? write_phdrs(w) : r;
}

/* Notes that stand before the byte END of the file, from the range *NEXT on. */
static int write_notes(struct elf_writer *w, unsigned int *next, uint64_t end)
{
	const struct notes *n = &w->core->notes;
	int r = 0;

	for (; *next < n->ranges && n->range[*next].offset < end && r == 0; ++*next)
		r = copy_part(w, n->range[*next].offset,
			      n->range[*next].offset + n->range[*next].size);
	return r;
}

/* What counts the program headers, where the ELF header cannot. */
static int write_section(const struct elf_writer *w)
{
	uint8_t section[ELFCORE_HEADER_SIZE];

	if (w->section == w->size)
		return 0;
	elf_put_section(section, w->core->is64, w->core->headers);
	return sink_write(w->sink, section, sizeof(section));
}

int elf_writer_run(struct elf_writer *w, const struct elfcore *core, struct window *window,
		   struct sink *sink)
{
	unsigned int sane = core->segments - core->faults;
	unsigned int notes = 0;
	int r;

	w->core = core;
	w->window = window;
	w->sink = sink;
	r = write_headers(w);
	if (all_of_it(core))
		return r == 0 ? copy_to(w, w->size) : r;
	for (unsigned int i = 0; i < sane && r == 0; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		r = write_notes(w, &notes, s->offset);
		if (r == 0)
			r = copy_part(w, page_down(s->offset), segment_end(core, s));
	}
	if (r == 0)
		r = write_notes(w, &notes, UINT64_MAX);
	return r == 0 ? write_section(w) : r;
}
