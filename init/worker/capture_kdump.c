/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory as a kdump-compressed file: ties vmcore/filter to output/kdump_writer. What they
 * counted goes into the status.
 */
#include "worker/capture.h"

#include "base/clock.h"
#include "base/log.h"
#include "output/kdump_writer.h"
#include "vmcore/filter.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker/capture_memory.h"
#include "worker/capture_output.h"
#include "worker/capture_parts.h"

enum { AHEAD_PAGES = 512 /* more than are written before the size is looked at again */ };

static struct filter filter;
static struct kdump_writer kdump;

/*
 * What the file comes to at least: the first pages, the kernel's own, compress worse than others,
 * so that the rest may well take no more than a quarter of their size; and where zero pages are
 * all that is known, the rest may be nothing but those.
 */
static uint64_t least_size(const struct capture_memory *m, const struct kdump_writer *w)
{
	uint64_t at = m->sink.position;
	uint64_t data = at > w->data_at ? at - w->data_at : 0;
	uint64_t page = w->done > 0 ? data / w->done : 0;

	if (w->filter->level <= LEVEL_ZERO)
		page = 0;
	else if (w->compress.codec->flag != CODEC_NONE && page > w->block / 4)
		page = w->block / 4;
	return w->data_at + data + (w->filter->kept - w->done) * page;
}

/* More room is made before it is needed, and only where it can be enough. */
static void request_room(struct capture_memory *m, const struct kdump_writer *w)
{
	uint64_t soon = w->data_at + AHEAD_PAGES * w->block;
	uint64_t least = least_size(m, w);

	if (m->sink.position > w->data_at)
		soon += m->sink.position - w->data_at;
	soon = soon < w->size_limit ? soon : w->size_limit;
	while (soon > m->output->room && capture_memory_more_room(m, least > soon ? least : soon))
		; /* it removes something each time */
}

static void on_pages(void *arg, const struct kdump_writer *w)
{
	struct capture_memory *m = arg;
	uint64_t done = w->done * w->block;
	uint64_t left = w->filter->kept * w->block - done;

	capture_memory_moved(m, done, done + left);
	request_room(m, w);
	if (m->output->last) { /* bytes of the file, and the fewest that there can be */
		done = m->sink.position > w->data_at ? m->sink.position - w->data_at : 0;
		left = least_size(m, w) - w->data_at - done;
	}
	if (pace_too_slow(&m->pace, clock_ms(), done, left))
		capture_memory_give_up(m, left);
}

static void log_filter(void)
{
	const uint64_t *n = filter.pages.left_out;

	if (filter.doubt == FILTER_NO_STRUCT_PAGES)
		log_line("the kernel's struct pages cannot be reached (%s): only zero pages are "
			 "left out",
			 capture_reason(filter.error));
	else if (filter.doubt != FILTER_SURE)
		log_line("the kernel's struct pages make no sense: only zero pages are left out");
	else if (filter.level > LEVEL_ZERO)
		log_line("left out: %llu free pages, %llu of cache, %llu of processes, %llu others",
			 (unsigned long long)n[PAGE_FREE], (unsigned long long)n[PAGE_CACHE],
			 (unsigned long long)n[PAGE_USER],
			 (unsigned long long)(n[PAGE_POISONED] + n[PAGE_OFFLINE]));
	if (filter.doubt == FILTER_SURE && filter.pages.unknown > 0)
		log_line("%llu pages have no readable struct page: kept",
			 (unsigned long long)filter.pages.unknown);
}

static void count_kdump(const struct capture *c)
{
	const struct vmcore *v = c->image;
	struct status *s = c->status;

	s->format = "kdump";
	s->level = filter.level;
	s->compress = kdump.compress.codec->name;
	s->dump_bytes = kdump.size;
	s->memory_bytes = v->frames.count << v->frames.shift;
	s->pages = filter.present;
	s->pages_excluded = filter.present - filter.kept;
	s->pages_unreadable = c->window->unreadable + kdump.lost;
	s->segments_left_out = v->elf.faults + v->elf.unlisted;
	s->crc32 = kdump.crc32;
}

/* Finds out what to keep, and lays out the file. */
static int plan_kdump(struct capture *c, unsigned int level, uint32_t codec)
{
	const struct vmcore *v = c->image;
	int error = filter_open(&filter, c->image, c->window, level, vmcore_base(v), c->progress);

	if (error != 0)
		return error;
	log_filter();
	return kdump_writer_plan(&kdump, c->image, &filter, codec);
}

static int write_kdump(struct capture_memory *m, unsigned int level, uint32_t codec)
{
	int finish_error;
	int error;

	if (!compress_has(codec)) {
		log_line("compress = %s is not built in: %s", codec_of(codec)->name,
			 codec_of(CODEC_ZLIB)->name);
		codec = CODEC_ZLIB;
	}
	error = plan_kdump(m->capture, level, codec);
	if (error == 0) {
		m->sink.position = 0;
		request_room(m, &kdump);
		error = capture_memory_start(
			m, kdump.size_limit < m->output->room ? kdump.size_limit : 0);
	}
	if (error != 0)
		return error;
	kdump.progress = on_pages;
	kdump.progress_arg = m;
	error = kdump_writer_run(&kdump, m->capture->window, &m->sink);
	finish_error = sink_finish(&m->sink);
	error = error != 0 ? error : finish_error;
	if (error == 0)
		count_kdump(m->capture);
	return error;
}

int capture_kdump(struct capture *c, struct capture_output *out, unsigned int level, uint32_t codec)
{
	struct capture_memory *m = capture_memory_begin(c, out);

	return capture_memory_end(m, write_kdump(m, level, codec));
}
