/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a dump: in which format, until when, and what becomes of a file that was not
 * finished.
 */
#include "worker/save_parts.h"

#include "base/clock.h"
#include "base/log.h"
#include "codec/codec.h"
#include "disk/mount.h"
#include "store/layout.h"
#include "store/ring.h"
#include "store/stream.h"
#include "worker/capture.h"
#include "worker/save.h"
#include "worker/save_error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What is kept of the time for the status and the unmount: an eighth, FINISH_MS at most. */
enum { FINISH_MS = 10000, LEAST_MS = 2000 };

static bool saves_as_kdump(const struct save *s)
{
	return s->kind == ATTEMPT_FILTERED || s->worker->config->format == FORMAT_KDUMP;
}

/* The memory as the configuration has it, or less of it. */
static int write_memory(struct save *s, struct capture_output *out)
{
	const struct config *c = s->worker->config;
	bool filtered = s->kind == ATTEMPT_FILTERED;

	if (!saves_as_kdump(s))
		return capture_elf(s->capture, out);
	return capture_kdump(s->capture, out, filtered ? CONFIG_LEVEL_MAX : c->level,
			     attempt_codec(c, s->kind));
}

const char *save_name(const struct save *s, enum layout_file file)
{
	return layout_files[layout_sealed(file, s->status->sealed)];
}

bool save_cheaper(const struct save *s, enum attempt_kind *kind)
{
	return attempt_cheaper(s->worker->config, kind) && (*kind != ATTEMPT_LOG || s->log_saved);
}

bool save_repacks(const struct save *s)
{
	enum attempt_kind kind = s->kind;

	return s->worker->config->level == CONFIG_LEVEL_MAX && saves_as_kdump(s) &&
	       attempt_cheaper(s->worker->config, &kind) && kind == ATTEMPT_FILTERED;
}

/* When the memory has to be written; whenever, where there is nothing less to change to. */
static void set_deadline(const struct save *s, struct capture_output *out)
{
	uint64_t now = clock_ms();
	uint64_t end = s->worker->deadline_ms;
	uint64_t finish = end > now ? (end - now) / 8 : 0;
	enum attempt_kind kind = s->kind;

	if (end == 0 || !save_cheaper(s, &kind))
		return;
	finish = finish < FINISH_MS ? finish : FINISH_MS;
	out->deadline_ms = end - finish;
	out->last = kind == ATTEMPT_LOG;
	out->repacks = save_repacks(s);
}

/* Where hardly anything is left of the time, a file would only have to be removed again. */
static bool is_too_late(const struct capture_output *out)
{
	uint64_t now = clock_ms();

	if (out->deadline_ms == 0 || now + LEAST_MS < out->deadline_ms)
		return false;
	log_line("too late: the attempt has %u s left",
		 (unsigned int)(out->deadline_ms > now ? (out->deadline_ms - now) / 1000 : 0));
	return true;
}

/* Is what there is of the memory to be removed, since something smaller takes its place? */
static bool gives_way(int error)
{
	enum worker_end end = save_error_end(error);

	return end == WORKER_NO_SPACE || end == WORKER_SLOW;
}

/* In a ring: where the file lies there, once it was created. */
static const struct sink_ring *ring_of(const struct save *s, struct sink_ring *place)
{
	if (s->ring == NULL)
		return NULL;
	*place = (struct sink_ring){
		.begin = RING_BEGIN,
		.end = ring_end(s->ring),
		.first = ring_offset(s->ring, &s->ring->own, LAYOUT_IS_MEMORY),
	};
	return place;
}

enum worker_end save_memory(struct save *s)
{
	struct capture_output out = space_begin_memory(&s->space, saves_as_kdump(s));
	const char *name = save_name(s, LAYOUT_IS_MEMORY);
	struct sink_ring place;
	int error;
	int fd;

	set_deadline(s, &out);
	fd = is_too_late(&out) ? -ETIME : store_create(&s->store, name);
	out.fd = fd;
	out.direct = s->mount->direct;
	out.sparse = s->mount->sparse;
	out.ring = ring_of(s, &place);
	out.remote = s->stream != NULL ? &s->stream->remote : NULL;
	error = fd < 0 ? fd : write_memory(s, &out);
	space_end_memory(&s->space, &out, error);
	s->store.memory_bytes = s->status->dump_bytes;
	if (error == 0)
		error = store_commit(&s->store, name, fd);
	else if (fd >= 0 && gives_way(error))
		(void)store_discard(&s->store, name, fd); /* room for something smaller */
	else if (fd >= 0)
		close(fd);		     /* the file stays incomplete, and its name says so */
	if (error != 0 && error != -ETIME) { /* that it is slow was told, in numbers */
		log_line("cannot save the memory: %s%s", save_error_text(error),
			 gives_way(error) || s->ring != NULL
				 ? ""
				 : "; what there is of it, ends in " LAYOUT_INCOMPLETE);
	}
	if (error != 0)
		return save_error_end(error);
	capture_account(s->capture);
	return WORKER_DONE;
}
