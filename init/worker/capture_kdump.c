/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory as a kdump-compressed file: ties vmcore/filter to output/kdump_writer. What they
 * counted goes into the status.
 */
#include "worker/capture.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "output/kdump_writer.h"
#include "vmcore/filter.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker/capture_memory.h"
#include "worker/capture_output.h"
#include "worker/capture_parts.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	AHEAD_PAGES = 512, /* more than are written before the size is looked at again */
	CODEC_COST = 4	   /* zlib takes so many times as long as lzo */
};

static struct filter filter;
static struct kdump_writer kdump;
static uint64_t measured_until; /* on clock_ms; 0: whenever */

/* Of the pages, as they are packed. */
static uint64_t bytes_done(const struct capture_memory *m, const struct kdump_writer *w)
{
	uint64_t at = m->sink.position;

	return at > w->data_at ? at - w->data_at : 0;
}

/*
 * What the file comes to at least: the first pages, the kernel's own, compress worse than others,
 * so that the rest may well take no more than a quarter of their size; and where zero pages are
 * all that is known, the rest may be nothing but those.
 */
static uint64_t least_size(const struct capture_memory *m, const struct kdump_writer *w)
{
	uint64_t data = bytes_done(m, w);
	uint64_t page = w->done > 0 ? data / w->done : 0;

	if (w->filter->level <= LEVEL_ZERO)
		page = 0;
	else if (w->compress.codec->flag != CODEC_NONE && page > w->block / 4)
		page = w->block / 4;
	return w->data_at + data + (w->filter->kept - w->done) * page;
}

/*
 * More room is made before it is needed, and only where it is proved to be enough: by what is
 * written and the pages to come, none of them packed. Returns 0, or -EAGAIN where only the true
 * size could tell. Without more room the file goes on, and ends where its room does.
 */
static int request_room(struct capture_memory *m, const struct kdump_writer *w)
{
	struct capture_output *out = m->output;
	uint64_t at = m->sink.position;
	uint64_t used = at > w->data_at ? at : w->data_at + w->block;
	uint64_t soon = capture_memory_size(m, used + AHEAD_PAGES * w->block);
	uint64_t most = capture_memory_size(m, used + (w->filter->kept - w->done) * w->block);

	out->needed = most < out->needed ? most : out->needed;
	soon = soon < out->needed ? soon : out->needed;
	while (soon > out->room && capture_memory_more_room(m, out->needed))
		; /* it removes something each time */
	return soon > out->room && out->removable > 0 ? -EAGAIN : 0;
}

/*
 * Is it given up for a codec that takes several times as long? That saves time only where it is
 * spent on waiting for a slow target; else it is given up where it cannot be done at all.
 */
static bool goes_on(const struct capture_memory *m, const struct kdump_writer *w, uint64_t now)
{
	uint64_t ms = now - m->pace.begun_ms;
	uint64_t end = m->output->deadline_ms;
	uint64_t time = end > now ? end - now : 0;
	uint64_t done = bytes_done(m, w);
	uint64_t left = least_size(m, w) - w->data_at - done;

	return m->output->repacks && (clock_cpu_ms() - m->cpu_ms) * CODEC_COST > ms &&
	       (left >> 10) * ms <= (done >> 10) * time;
}

static int on_pages(void *arg, const struct kdump_writer *w)
{
	struct capture_memory *m = arg;
	uint64_t done = w->done * w->block;
	uint64_t left = w->filter->kept * w->block - done;
	uint64_t now = clock_ms();

	capture_memory_moved(m, done, done + left);
	if (m->output->last) { /* bytes of the file, and the fewest that there can be */
		done = bytes_done(m, w);
		left = least_size(m, w) - w->data_at - done;
	}
	if (!pace_too_slow(&m->pace, now, done, left) || goes_on(m, w, now))
		return request_room(m, w);
	capture_memory_give_up(m, left);
	return -ETIME;
}

static int on_measured(void *arg, const struct kdump_writer *w)
{
	capture_memory_moved(arg, w->done * w->block, w->filter->kept * w->block);
	if (measured_until == 0 || clock_ms() < measured_until)
		return 0;
	log_line("too slow: the time for a second look at all of it does not suffice");
	return -ETIME;
}

/* What was written makes room for itself; that waits for the target. */
static int empty_file(const struct capture_memory *m)
{
	int error;

	if (m->output->ring != NULL)
		return 0; /* its room is what was given, whatever is in it */
	capture_reads(m->capture, false);
	error = ftruncate(m->output->fd, 0) == 0 ? 0 : -errno;
	capture_reads(m->capture, true);
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

static void count_kdump(const struct capture_memory *m)
{
	const struct capture *c = m->capture;
	const struct vmcore *v = c->image;
	struct status *s = c->status;

	s->format = "kdump";
	s->level = filter.level;
	s->compress = kdump.compress.codec->name;
	s->dump_bytes = m->sink.end;
	s->crc32 = m->sink.crc32;
	s->memory_bytes = v->frames.count << v->frames.shift;
	s->pages = filter.present;
	s->pages_excluded = filter.present - filter.kept;
	s->pages_unreadable = c->window->unreadable + kdump.lost;
	s->segments_left_out = v->elf.faults + v->elf.unlisted;
}

/* Finds out what to keep, and lays out the file. */
static int plan_kdump(struct capture *c, unsigned int level, uint32_t codec)
{
	const struct vmcore *v = c->image;
	int error = filter_open(&filter, c->image, c->window, level, vmcore_base(v), c->progress);

	if (error != 0)
		return error;
	log_filter();
	kdump.sealed = SEALED_ONLY(c->seal) != NULL;
	return kdump_writer_plan(&kdump, c->image, &filter, codec);
}

static int write_kdump(struct capture_memory *m)
{
	uint64_t most = capture_memory_size(m, kdump.size_limit);
	int finish_error;
	int error;

	m->sink.position = 0;
	kdump.progress = on_pages;
	kdump.progress_arg = m;
	error = request_room(m, &kdump);
	if (error == 0)
		error = capture_memory_start(m, most < m->output->room ? kdump.size_limit : 0);
	if (error != 0)
		return error;
	error = kdump_writer_run(&kdump, m->capture->window, &m->sink);
	finish_error = sink_finish(&m->sink);
	return error != 0 ? error : finish_error;
}

/*
 * As slow as writing: done where there is too little room, and old dumps that may go for it. None
 * goes where it took half of the time that is left, since writing will take as long at least.
 */
static int measure_kdump(struct capture_memory *m)
{
	struct vmcore *image = m->capture->image;
	uint32_t codec = kdump.compress.codec->flag;
	uint64_t now = clock_ms();
	uint64_t end = m->output->deadline_ms;
	int error = empty_file(m);

	measured_until = end > 0 ? now + (end > now ? (end - now) / 2 : 0) : 0;
	log_line("looking for room: %u MiB at most", (unsigned int)(m->output->needed >> 20));
	kdump.progress = on_measured;
	if (error == 0)
		error = kdump_writer_plan(&kdump, image, &filter, codec);
	if (error == 0)
		error = kdump_writer_measure(&kdump, m->capture->window);
	if (error == 0)
		error = on_measured(m, &kdump);
	if (error == 0)
		error = capture_memory_ensure_room(m, capture_memory_size(m, kdump.size),
						   capture_memory_size(m, kdump.size));
	return error == 0 ? kdump_writer_plan(&kdump, image, &filter, codec) : error;
}

/*
 * A filesystem may hold back what it counts as free: ext4 keeps its reserved clusters (up to 2 % of
 * it) from everybody, and statfs(2) tells of them in f_bfree (ext4_statfs() in fs/ext4/super.c).
 * What was written until then is the room that there was. True where old dumps may make more. Room
 * in a ring is what it is: a device that refuses to be written there has another reason.
 */
static bool learns_room(const struct capture_memory *m)
{
	struct capture_output *out = m->output;
	struct stat st;
	uint64_t written;

	if (out->ring != NULL || out->removable == 0 || fstat(out->fd, &st) != 0)
		return false;
	written = io_allocated(&st);
	out->room = written < out->room ? written : out->room;
	return true;
}

static int make_kdump(struct capture_memory *m, unsigned int level, uint32_t codec)
{
	int error;

	if (!compress_has(codec)) {
		log_line("compress = %s is not built in: %s", codec_of(codec)->name,
			 codec_of(CODEC_ZLIB)->name);
		codec = CODEC_ZLIB;
	}
	error = plan_kdump(m->capture, level, codec);
	m->output->needed = capture_memory_size(m, kdump.size_limit);
	if (error == 0)
		error = write_kdump(m);
	if ((error == -ENOSPC || error == -EDQUOT) && learns_room(m))
		error = -EAGAIN;
	if (error == -EAGAIN) {
		error = measure_kdump(m);
		error = error == 0 ? write_kdump(m) : error;
	}
	if (error == 0)
		count_kdump(m);
	return error;
}

int capture_kdump(struct capture *c, struct capture_output *out, unsigned int level, uint32_t codec)
{
	struct capture_memory *m = capture_memory_begin(c, out);

	return capture_memory_end(m, make_kdump(m, level, codec));
}
