/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both formats share on their way to the file, with buffers that are reserved here.
 */
#include "worker/capture_memory.h"

#include "base/clock.h"
#include "base/log.h"
#include "vmcore/window.h"
#include "worker/capture.h"
#include "worker/capture_output.h"
#include "worker/capture_parts.h"

#include <errno.h>

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static struct capture_memory memory;
static struct sink_sealed sealed;

struct capture_memory *capture_memory_begin(struct capture *c, struct capture_output *out)
{
	memory.capture = c;
	memory.output = out;
	progress_start(&memory.progress);
	capture_reads(c, true);
	return &memory;
}

int capture_memory_start(struct capture_memory *m, uint64_t expected_size)
{
	const struct sink_options options = {
		.direct = m->output->direct,
		.sparse = m->output->sparse,
		.expected_size = expected_size,
		.progress = m->capture->progress,
		.reading = m->capture->reading,
		.ring = m->output->ring,
		.remote = m->output->remote,
		.room = m->output->ring != NULL ? &m->output->room : NULL,
		.sealed = SEALED_ONLY(m->capture->seal) != NULL ? &sealed : NULL,
	};

	if (options.sealed != NULL)
		options.sealed->keys = m->capture->seal;
	pace_start(&m->pace, clock_ms(), m->output->deadline_ms);
	m->cpu_ms = clock_cpu_ms();
	m->capture->window->unreadable = 0; /* what was looked at before does not count */
	return sink_start(&m->sink, m->output->fd, &options, reserve);
}

void capture_memory_moved(struct capture_memory *m, uint64_t done, uint64_t total)
{
	*m->capture->progress = *m->capture->progress + 1;
	progress_show(&m->progress, done, total);
}

uint64_t capture_memory_size(const struct capture_memory *m, uint64_t size)
{
	return seal_size(m->capture->seal, size);
}

bool capture_memory_holes(const struct capture_memory *m)
{
	return m->output->sparse && SEALED_ONLY(m->capture->seal) == NULL;
}

/* Old dumps are removed for it, which waits for the target. */
bool capture_memory_more_room(struct capture_memory *m, uint64_t needed)
{
	struct capture_output *out = m->output;
	bool more;

	if (needed <= out->room || out->more_room == NULL)
		return false;
	capture_reads(m->capture, false);
	more = out->more_room(out, needed);
	capture_reads(m->capture, true);
	return more;
}

int capture_memory_ensure_room(struct capture_memory *m, uint64_t size, uint64_t needed)
{
	struct capture_output *out = m->output;

	out->needed = needed;
	if (size > out->limit)
		return -EFBIG;
	while (capture_memory_more_room(m, needed))
		; /* it removes something each time */
	if (needed <= out->room)
		return 0;
	log_line("%u MiB do not fit: %u MiB are free", (unsigned int)(needed >> 20),
		 (unsigned int)(out->room >> 20));
	return -ENOSPC;
}

void capture_memory_give_up(struct capture_memory *m, uint64_t left)
{
	uint64_t now = clock_ms();
	uint64_t time = m->pace.deadline_ms > now ? m->pace.deadline_ms - now : 0;

	log_line("too slow: %u KiB/s; the %u MiB to come would take %u s, and %u s are left",
		 (unsigned int)(m->pace.rate >> 10), (unsigned int)(left >> 20),
		 (unsigned int)pace_seconds(&m->pace, left), (unsigned int)(time / 1000));
	sink_fail(&m->sink, -ETIME);
}

int capture_memory_end(struct capture_memory *m, int error)
{
	capture_reads(m->capture, false);
	return error;
}
