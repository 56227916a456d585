/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF core out of one that is none: ties vmcore/ to output/elf_maker. What that counted goes
 * into the status.
 */
#include "base/log.h"
#include "output/elf_maker.h"
#include "vmcore/vmcore.h"
#include "worker/capture.h"
#include "worker/capture_memory.h"
#include "worker/capture_parts.h"

static struct elf_maker maker;

static void on_made(void *arg, const struct elf_maker *m)
{
	capture_memory_moved(arg, m->done, m->size);
}

int capture_elf_made(struct capture_memory *m)
{
	struct capture *c = m->capture;
	int finish_error;
	int error;

	elf_maker_plan(&maker, c->image);
	maker.progress = on_made;
	maker.progress_arg = m;
	error = capture_memory_start(m, maker.size);
	if (error != 0)
		return error;
	error = elf_maker_run(&maker, c->window, &m->sink);
	finish_error = sink_finish(&m->sink);
	c->status->dump_bytes = maker.size;
	c->status->memory_bytes = c->image->frames.count << c->image->frames.shift;
	c->status->pages_unreadable = maker.damaged;
	if (maker.missing > 0)
		log_line("%llu pages were left out of the source, and are zero",
			 (unsigned long long)maker.missing);
	return error != 0 ? error : finish_error;
}
