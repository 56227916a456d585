/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ties vmcore/ to output/: the memory as ELF or kdump-compressed, with buffers that are reserved
 * here. What a writer counted goes into the status.
 */
#include "worker/capture.h"

#include "base/log.h"
#include "output/elf_maker.h"
#include "output/elf_writer.h"
#include "output/kdump_writer.h"
#include "output/sink.h"
#include "vmcore/filter.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker/capture_output.h"
#include "worker/capture_parts.h"
#include "worker/progress.h"

#include <errno.h>

enum { AHEAD_PAGES = 512 /* more than are written before the size is looked at again */ };

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static struct sink sink;
static struct elf_writer elf;
static struct elf_maker maker;
static struct filter filter;
static struct kdump_writer kdump;
static struct progress progress;

/* What on_pages() needs while the kdump-compressed file is written. */
struct kdump_run {
	struct capture *capture;
	struct capture_output *output;
};

static int start(struct capture *c, const struct capture_output *out, uint64_t expected_size)
{
	const struct sink_options options = {
		.direct = out->direct,
		.sparse = out->sparse,
		.expected_size = expected_size,
		.progress = c->progress,
	};

	c->window->unreadable = 0; /* what was looked at before does not count */
	return sink_start(&sink, out->fd, &options, reserve);
}

static void report_progress(struct capture *c, uint64_t done, uint64_t total)
{
	*c->progress = *c->progress + 1;
	progress_show(&progress, done, total);
}

static void on_window(void *arg, const struct elf_writer *w)
{
	report_progress(arg, w->done, w->size);
}

/*
 * What the file comes to at least: the first pages, the kernel's own, compress worse than others,
 * so that the rest may well take no more than a quarter of their size; and where zero pages are
 * all that is known, the rest may be nothing but those.
 */
static uint64_t least_size(const struct kdump_writer *w)
{
	uint64_t data = sink.position > w->data_at ? sink.position - w->data_at : 0;
	uint64_t page = w->done > 0 ? data / w->done : 0;

	if (w->filter->level <= LEVEL_ZERO)
		page = 0;
	else if (w->compress.codec->flag != CODEC_NONE && page > w->block / 4)
		page = w->block / 4;
	return w->data_at + data + (w->filter->kept - w->done) * page;
}

/* More room is made before it is needed, and only where it can be enough. */
static void request_room(struct capture_output *out, const struct kdump_writer *w)
{
	uint64_t soon = w->data_at + AHEAD_PAGES * w->block;
	uint64_t least = least_size(w);

	if (sink.position > w->data_at)
		soon += sink.position - w->data_at;
	soon = soon < w->size_limit ? soon : w->size_limit;
	while (soon > out->room && out->more_room != NULL &&
	       out->more_room(out, least > soon ? least : soon))
		; /* it removes something each time */
}

static void on_pages(void *arg, const struct kdump_writer *w)
{
	const struct kdump_run *run = arg;

	report_progress(run->capture, w->done * w->block, w->filter->kept * w->block);
	request_room(run->output, w);
}

static void on_made(void *arg, const struct elf_maker *m)
{
	report_progress(arg, m->done, m->size);
}

/* Can SIZE bytes fit, of which only NEEDED take room? */
static int ensure_room(struct capture_output *out, uint64_t size, uint64_t needed)
{
	if (size > out->limit)
		return -EFBIG;
	while (needed > out->room && out->more_room != NULL && out->more_room(out, needed))
		; /* it removes something each time */
	if (needed <= out->room)
		return 0;
	log_line("%u MiB do not fit: %u MiB are free", (unsigned int)(needed >> 20),
		 (unsigned int)(out->room >> 20));
	return -ENOSPC;
}

/*
 * Reading all of the memory once to count what is not zero takes a second; to find out by
 * writing takes as long as the card needs for all that fits.
 */
static int ensure_room_for_elf(struct capture *c, struct capture_output *out)
{
	uint64_t needed = elf.size;

	if (needed > out->room && out->sparse) {
		log_line("looking for room: %u MiB with zero pages, %u MiB free",
			 (unsigned int)(needed >> 20), (unsigned int)(out->room >> 20));
		needed = elf_writer_measure(&elf, &c->image->elf, c->window);
	}
	return ensure_room(out, elf.size, needed);
}

static void count_elf(struct capture *c)
{
	const struct elfcore *core = &c->image->elf;
	struct status *s = c->status;

	s->format = "elf";
	s->level = 0;
	s->compress = "none";
	s->dump_bytes = elf.size;
	s->memory_bytes = elf.pages * ELF_PAGE;
	s->pages = elf.pages;
	s->pages_excluded = 0;
	s->pages_unreadable = c->window->unreadable;
	s->segments_left_out = core->faults + core->unlisted;
	s->crc32 = sink.crc32;
	log_line("%u MiB of the memory are zero pages", (unsigned int)(elf.zero_pages >> 8));
}

/* A core that is no ELF file is made one, from its pages. */
static int make_elf(struct capture *c, const struct capture_output *out)
{
	int finish_error;
	int error = elf_maker_plan(&maker, c->image);

	maker.progress = on_made;
	maker.progress_arg = c;
	if (error == 0)
		error = start(c, out, maker.size);
	if (error != 0)
		return error;
	error = elf_maker_run(&maker, c->window, &sink);
	finish_error = sink_finish(&sink);
	c->status->dump_bytes = maker.size;
	c->status->memory_bytes = c->image->frames.count << c->image->frames.shift;
	c->status->pages_unreadable = maker.damaged;
	if (maker.missing > 0)
		log_line("%llu pages were left out of the source, and are zero",
			 (unsigned long long)maker.missing);
	return error != 0 ? error : finish_error;
}

int capture_elf(struct capture *c, struct capture_output *out)
{
	int finish_error;
	int error;

	progress_start(&progress);
	if (c->image->kdump != NULL)
		return make_elf(c, out);
	elf_writer_plan(&elf, &c->image->elf);
	elf.progress = on_window;
	elf.progress_arg = c;
	error = ensure_room_for_elf(c, out);
	if (error == 0)
		error = start(c, out, elf.size);
	if (error != 0)
		return error;
	error = elf_writer_run(&elf, &c->image->elf, c->window, &sink, c->image->head);
	finish_error = sink_finish(&sink);
	error = error != 0 ? error : finish_error;
	if (error == 0)
		count_elf(c);
	return error;
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

static void count_kdump(struct capture *c)
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

int capture_kdump(struct capture *c, struct capture_output *out, unsigned int level, uint32_t codec)
{
	struct kdump_run run = {.capture = c, .output = out};
	int finish_error;
	int error;

	progress_start(&progress);
	if (!compress_has(codec)) {
		log_line("compress = %s is not built in: %s", codec_of(codec)->name,
			 codec_of(CODEC_ZLIB)->name);
		codec = CODEC_ZLIB;
	}
	error = plan_kdump(c, level, codec);
	if (error == 0) {
		sink.position = 0;
		request_room(out, &kdump);
		error = start(c, out, kdump.size_limit < out->room ? kdump.size_limit : 0);
	}
	if (error != 0)
		return error;
	kdump.progress = on_pages;
	kdump.progress_arg = &run;
	error = kdump_writer_run(&kdump, c->window, &sink);
	finish_error = sink_finish(&sink);
	error = error != 0 ? error : finish_error;
	if (error == 0)
		count_kdump(c);
	return error;
}
