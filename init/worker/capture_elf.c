/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory as an ELF core: ties vmcore/ to output/elf_writer. What it counted goes into the
 * status.
 */
#include "worker/capture.h"

#include "base/clock.h"
#include "base/log.h"
#include "output/elf_writer.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker/capture_memory.h"
#include "worker/capture_output.h"
#include "worker/capture_parts.h"

#include <errno.h>

static struct elf_writer elf;
static uint64_t measured; /* bytes of the ELF file that are no holes; 0: not counted yet */

static void on_measured(void *arg, const struct elf_writer *w)
{
	const struct capture_memory *m = arg;

	(void)w;
	*m->capture->progress = *m->capture->progress + 1;
}

static uint64_t left_of(const struct capture_memory *m, const struct elf_writer *w)
{
	if (measured == 0)
		return w->size - w->done;
	return measured > m->sink.written ? measured - m->sink.written : 0;
}

static void on_piece(void *arg, const struct elf_writer *w);

/*
 * Zero pages take no time: before a dump is given up for a smaller one, those that are still to
 * come are counted, which takes a second. True when it will be there in time after all.
 */
static bool is_mostly_zero(struct capture_memory *m)
{
	const struct capture *c = m->capture;
	uint64_t unreadable = c->window->unreadable;
	uint64_t first = c->window->first_unreadable;
	uint64_t now;

	if (measured > 0 || !capture_memory_holes(m))
		return false;
	elf.progress = on_measured;
	measured = elf_writer_measure(&elf, &c->image->elf, c->window);
	elf.progress = on_piece;
	c->window->unreadable = unreadable; /* what is looked at twice counts once */
	c->window->first_unreadable = first;
	now = clock_ms();
	pace_skip(&m->pace, now, m->sink.written);
	return now + pace_seconds(&m->pace, left_of(m, &elf)) * 1000 <= m->pace.deadline_ms;
}

static void on_piece(void *arg, const struct elf_writer *w)
{
	struct capture_memory *m = arg;

	capture_memory_moved(m, w->done, w->size);
	if (pace_too_slow(&m->pace, clock_ms(), m->sink.written, left_of(m, w)) &&
	    !is_mostly_zero(m))
		capture_memory_give_up(m, left_of(m, w));
}

/*
 * Reading all of the memory once to count what is not zero takes a second; to find out by
 * writing takes as long as the card needs for all that fits.
 */
static int ensure_room_for_elf(struct capture_memory *m)
{
	const struct capture_output *out = m->output;
	uint64_t size = capture_memory_size(m, elf.size);

	if (size > out->room && capture_memory_holes(m)) {
		log_line("looking for room: %u MiB with zero pages, %u MiB free",
			 (unsigned int)(elf.size >> 20), (unsigned int)(out->room >> 20));
		measured = elf_writer_measure(&elf, &m->capture->image->elf, m->capture->window);
	}
	return capture_memory_ensure_room(m, size, measured > 0 ? measured : size);
}

static void count_elf(const struct capture_memory *m)
{
	struct capture *c = m->capture;
	const struct elfcore *core = &c->image->elf;
	struct status *s = c->status;

	s->format = "elf";
	s->level = 0;
	s->compress = "none";
	s->dump_bytes = m->sink.end;
	s->memory_bytes = elf.pages * ELF_PAGE;
	s->pages = elf.pages;
	s->pages_excluded = 0;
	s->pages_unreadable = c->window->unreadable;
	s->segments_left_out = core->faults + core->unlisted;
	s->crc32 = m->sink.crc32;
	log_line("%u MiB of the memory are zero pages", (unsigned int)(elf.zero_pages >> 8));
}

static int write_elf(struct capture_memory *m)
{
	struct vmcore *image = m->capture->image;
	int finish_error;
	int error;

	elf_writer_plan(&elf, &image->elf);
	elf.progress = on_measured; /* room is looked for first */
	elf.progress_arg = m;
	measured = 0;
	error = ensure_room_for_elf(m);
	if (error == 0)
		error = capture_memory_start(m, elf.size);
	if (error != 0)
		return error;
	elf.progress = on_piece;
	error = elf_writer_run(&elf, &image->elf, m->capture->window, &m->sink);
	finish_error = sink_finish(&m->sink);
	error = error != 0 ? error : finish_error;
	if (error == 0)
		count_elf(m);
	return error;
}

int capture_elf(struct capture *c, struct capture_output *out)
{
	struct capture_memory *m = capture_memory_begin(c, out);

	return capture_memory_end(m, c->image->kdump != NULL ? capture_elf_made(m) : write_elf(m));
}
