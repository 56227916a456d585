/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the data. How many pages are kept is known before, so the table of their
 * descriptors has its size and the data behind it its place; the table is filled in, some
 * blocks at a time, while the data flows. Of a file that is sealed the table begins and ends with a
 * chunk; the blocks of the sub header are as many as it takes for that.
 */
#include "output/kdump_writer.h"

#include "base/bytes.h"
#include "output/sink.h"
#include "output/zero.h"
#include "vmcore/filter.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <string.h>

enum { PROGRESS_PAGES = 256 };

static uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) & -to; /* TO is a power of two */
}

int kdump_writer_plan(struct kdump_writer *w, struct vmcore *core, struct filter *filter,
		      uint32_t codec)
{
	uint32_t grain = SINK_GRAIN(w->sealed);

	if (core->frames.count == 0)
		return -ENODATA;
	w->core = core;
	w->filter = filter;
	w->block = UINT64_C(1) << core->frames.shift;
	w->max_mapnr = kdump_header_frames(w, filter->end - filter->base);
	w->size = w->done = w->zero_pages = w->lost = w->descs = 0;
	w->sub_blocks = (round_up(kdump_header_size(w) + core->elf.notes.size, w->block) >>
			 core->frames.shift) -
			1;
	w->bitmap_bytes = round_up((w->max_mapnr + 7) / 8, w->block);
	w->descs_at = (1 + w->sub_blocks) * w->block + 2 * w->bitmap_bytes;
	if (grain > SINK_BLOCK) { /* else it is a multiple, as a block of the file is */
		uint64_t up = round_up(w->descs_at, grain);

		w->sub_blocks += (up - w->descs_at) >> core->frames.shift;
		w->descs_at = up;
	}
	w->data_at = round_up(w->descs_at + filter->kept * KDUMP_DESC, grain);
	w->size_limit = w->data_at + (filter->kept + 1) * w->block;
	return compress_start(&w->compress, codec, (size_t)w->block);
}

/* SIZE bytes of a bitmap; most of one may be nothing but zeros. */
static int write_piece(struct sink *sink, const uint8_t *data, size_t size)
{
	return zero_is(data, size) ? sink_zeros(sink, size) : sink_write(sink, data, size);
}

/* The first bitmap: the frames that there were. */
static int write_frames(struct kdump_writer *w)
{
	int r = 0;

	for (uint64_t at = 0; at < w->bitmap_bytes && r == 0; at += sizeof(w->piece)) {
		frames_mark(&w->core->frames, w->filter->base + at * 8, sizeof(w->piece) * 8,
			    w->piece);
		r = write_piece(w->sink, w->piece, sizeof(w->piece));
	}
	return r;
}

/* The second bitmap: the frames that are kept. It may go on where there are no more frames. */
static int write_kept(struct kdump_writer *w)
{
	uint64_t chunks = filter_chunks(w->filter);
	uint64_t at = 0;
	int r = 0;

	for (; at < w->bitmap_bytes && at / FILTER_BYTES < chunks && r == 0;
	     at += KDUMP_BITMAP_PIECE) {
		const uint8_t *chunk = filter_chunk(w->filter, at / FILTER_BYTES);

		if (chunk == NULL)
			return -ENODATA;
		r = write_piece(w->sink, chunk + at % FILTER_BYTES, KDUMP_BITMAP_PIECE);
	}
	return r == 0 ? sink_zeros(w->sink, w->bitmap_bytes - at) : r;
}

/* Writes the descriptors so far; what is beyond the last of them is zero. */
static int write_table(struct kdump_writer *w)
{
	size_t used = (size_t)w->descs * KDUMP_DESC;
	size_t size = (size_t)round_up(used, SINK_GRAIN(w->sealed));

	memset(w->table + used, 0, size - used);
	w->descs = 0;
	return sink_fill(w->sink, w->table, size);
}

/* One page more is through. What PROGRESS returns but 0 ends the file. */
static int count_page(struct kdump_writer *w)
{
	w->done++;
	if (w->done % PROGRESS_PAGES != 0 || w->progress == NULL)
		return 0;
	return w->progress(w->progress_arg, w);
}

/* A page as it goes into the file. */
struct packed {
	const uint8_t *data;
	size_t size; /* 0: it is all zeros, or cannot be read */
	unsigned int flags;
};

/* The descriptor of a page whose data begin at OFFSET. */
static int add_desc(struct kdump_writer *w, const struct packed *p, uint64_t offset)
{
	uint8_t *desc = w->table + w->descs * KDUMP_DESC;
	int r;

	bytes_put(desc, 8, offset);
	bytes_put(desc + KDUMP_DESC_SIZE, 4, p->size);
	bytes_put(desc + KDUMP_DESC_FLAGS, 4, p->flags);
	bytes_put(desc + KDUMP_DESC_FLAGS + 4, 8, 0); /* page_flags: nobody reads it */
	w->descs++;
	r = count_page(w);
	return r == 0 && w->descs == KDUMP_DESCS ? write_table(w) : r;
}

static int pack_page(struct kdump_writer *w, struct packed *p, uint64_t pfn)
{
	size_t block = (size_t)w->block;
	const uint8_t *page;
	int r;

	*p = (struct packed){.flags = CODEC_NONE};
	if (w->done == w->filter->kept)
		return -ENODATA; /* its descriptor would be in the data */
	r = vmcore_page(w->core, w->window, pfn, &page);
	if (r == -ENOTSUP)
		return r;
	if (r != 0) {
		w->lost++;
		return 0;
	}
	if (zero_is(page, block)) {
		w->zero_pages++;
		return 0;
	}
	p->size = compress_page(&w->compress, page, w->packed);
	p->data = p->size == 0 ? page : w->packed;
	if (p->size == 0)
		p->size = block;
	else
		p->flags = w->compress.codec->flag;
	return 0;
}

typedef int take_page(struct kdump_writer *w, uint64_t pfn);

/* Writes the page, unless it is zero: those share the one at the beginning of the data. */
static int write_page(struct kdump_writer *w, uint64_t pfn)
{
	uint64_t at = w->sink->position;
	struct packed p;
	int r = pack_page(w, &p, pfn);

	if (r == 0 && p.size == 0) {
		p.size = (size_t)w->block;
		at = w->data_at;
	} else if (r == 0) {
		r = sink_write(w->sink, p.data, p.size);
	}
	return r == 0 ? add_desc(w, &p, at) : r;
}

/* What write_page would write. */
static int measure_page(struct kdump_writer *w, uint64_t pfn)
{
	struct packed p;
	int r = pack_page(w, &p, pfn);

	w->size += p.size;
	return r != 0 ? r : count_page(w);
}

static int each_of_chunk(struct kdump_writer *w, uint64_t index, take_page *take)
{
	const uint8_t *chunk = filter_chunk(w->filter, index);
	uint64_t first = w->filter->base + index * FILTER_FRAMES;
	int r = 0;

	if (chunk == NULL)
		return -ENODATA;
	for (size_t i = 0; i < FILTER_BYTES && r == 0; i++) {
		for (unsigned int bit = 0; chunk[i] >> bit != 0 && r == 0; bit++) {
			if ((chunk[i] >> bit & 1) != 0)
				r = take(w, first + i * 8 + bit);
		}
	}
	return r;
}

/* Takes each page that is kept. */
static int each_page(struct kdump_writer *w, take_page *take)
{
	uint64_t chunks = filter_chunks(w->filter);
	int r = 0;

	for (uint64_t i = 0; i < chunks && r == 0; i++)
		r = each_of_chunk(w, i, take);
	return r;
}

int kdump_writer_measure(struct kdump_writer *w, struct window *window)
{
	w->window = window;
	w->size = w->data_at + w->block;
	return each_page(w, measure_page);
}

int kdump_writer_run(struct kdump_writer *w, struct window *window, struct sink *sink)
{
	int r = kdump_header_write(w, sink);

	w->window = window;
	w->sink = sink;
	if (r == 0)
		r = write_frames(w);
	if (r == 0)
		r = write_kept(w);
	sink_gap(sink, w->data_at - w->descs_at);
	if (r == 0)
		r = sink_zeros(sink, w->block); /* the page that zero pages share */
	if (r == 0)
		r = each_page(w, write_page);
	if (r == 0 && w->descs > 0)
		r = write_table(w);
	if (r == 0 && w->done != w->filter->kept)
		r = -ENODATA;
	w->size = sink->position;
	return r;
}
