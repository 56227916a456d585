/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a dump, in the order that promises something whatever comes after: the log, the
 * memory, the status. What does not fit is followed by less at once, in the same directory.
 */
#include "worker/save.h"

#include "base/log.h"
#include "disk/mount.h"
#include "output/crc.h"
#include "store/layout.h"
#include "store/status.h"
#include "worker/capture.h"
#include "worker/save_error.h"
#include "worker/save_log.h"
#include "worker/save_parts.h"
#include "worker/save_records.h"
#include "worker/space.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { REWRITES = 2 };

static const struct config_target *target_of(const struct save *s)
{
	return s->worker->attempt->target;
}

/* True when a text lacked space and an old dump was removed for it: it is worth a retry. */
static bool made_room_after(struct save *s, int error)
{
	return save_error_end(error) == WORKER_NO_SPACE && space_evict_for_text(&s->space);
}

static int make_dump(struct save *s)
{
	int error;

	do
		error = store_make(&s->store, s->status->crash_time);
	while (made_room_after(s, error));
	if (error != 0)
		(void)store_end(&s->store); /* the first error is the one to tell */
	return error;
}

/* Where dumps stand on the target; elsewhere than in a filesystem nobody asks. */
static const char *place_of(const struct save *s)
{
	return s->ring != NULL || s->stream != NULL ? "" : target_of(s)->path;
}

static int open_store(struct save *s)
{
	int root, error;

	if (s->ring != NULL) {
		store_open_ring(&s->store, s->ring);
		return 0;
	}
	if (s->stream != NULL) {
		store_open_stream(&s->store, s->stream);
		return 0;
	}
	root = open(s->mount->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = root < 0 ? -errno : store_open(&s->store, root, target_of(s)->path);
	if (root >= 0)
		close(root); /* read only */
	return error;
}

static enum worker_end begin_dump(struct save *s)
{
	int error = open_store(s);

	s->store.progress = &s->worker->shared->progress;
	if (error == 0)
		error = make_dump(s);
	if (error != 0) {
		log_line("cannot make a directory for the dump in %s: %s", place_of(s),
			 strerror(-error));
		return save_error_of_directory(error);
	}
	log_line("dump %s/%s", place_of(s), s->store.name);
	return WORKER_DONE;
}

/* A log without room, or that cannot be read, does not hold up the memory; a bad target does. */
static enum worker_end save_log(struct save *s)
{
	int error = save_log_file(s);

	s->log_saved = error == 0;
	s->log_waits = save_error_end(error) == WORKER_NO_SPACE && s->kind != ATTEMPT_LOG;
	if (error == 0 || (error == -ENODATA && s->kind != ATTEMPT_LOG))
		return WORKER_DONE;
	log_line("cannot save the log: %s", save_error_text(error));
	return s->log_waits ? WORKER_DONE : save_error_end(error);
}

static int save_text(struct save *s, const char *file, const char *text, size_t size)
{
	int error;

	do
		error = store_text(&s->store, file, text, size);
	while (made_room_after(s, error));
	return error;
}

static enum worker_end commit(struct save *s)
{
	const struct config_target *t = target_of(s);
	static char text[STATUS_BYTES];
	const char *log;
	size_t log_size;
	int error;

	log_line("writing " LAYOUT_CAPTURE_LOG " and " LAYOUT_STATUS);
	log_size = log_text(&log);
	error = save_text(s, LAYOUT_CAPTURE_LOG, log, log_size);
	if (error != 0) { /* the status matters more, and one of an earlier try may be there */
		log_line("cannot save " LAYOUT_CAPTURE_LOG ": %s", save_error_text(error));
	} else {
		s->status->capture_log_bytes = log_size;
		s->status->capture_log_crc32 = crc_update(0, (const uint8_t *)log, log_size);
	}
	error = save_text(s, LAYOUT_STATUS, text, status_format(s->status, text, sizeof(text)));
	if (error != 0) {
		log_line("cannot finish the dump: %s", save_error_text(error));
		return save_error_end(error);
	}
	s->worker->shared->saved = !s->status->failed;
	log_line("%s: %s/%s on %s",
		 s->status->failed     ? "left a report"
		 : s->status->log_only ? "saved the log"
				       : "complete",
		 place_of(s), s->store.name, t->name);
	return WORKER_DONE;
}

/* One kind of dump, the log being saved already: the memory, if it is wanted, and the status. */
static enum worker_end save_kind(struct save *s)
{
	bool memory = s->kind != ATTEMPT_LOG;
	enum worker_end end = WORKER_DONE;

	status_forget_memory(s->status);
	s->status->log_only = !memory;
	if (memory)
		end = save_memory(s);
	if (end == WORKER_DONE && s->log_waits && memory)
		end = save_log(s); /* the room that was made may do */
	if (end != WORKER_DONE)
		return end;
	end = commit(s);
	if (end == WORKER_NO_SPACE && memory)
		(void)store_remove(&s->store,
				   save_name(s, LAYOUT_IS_MEMORY)); /* something smaller may fit */
	return end;
}

/* Once more, when an old dump could go that was not expected to have to. */
static bool try_again(struct save *s)
{
	return s->kind != ATTEMPT_LOG && s->rewrites++ < REWRITES &&
	       space_evict_for_memory(&s->space);
}

/* Less in the same directory, of what the configuration allows; false when there is no less. */
static bool fall_back(struct save *s)
{
	static const char *const less[] = {
		[ATTEMPT_FILTERED] = "a filtered dump instead",
		[ATTEMPT_LOG] = "the log alone, then",
	};

	if (!save_cheaper(s, &s->kind))
		return false;
	log_line("%s", less[s->kind]);
	return true;
}

/* The log, where it is wanted or nothing else is, and not saved yet. */
static enum worker_end save_log_if_due(struct save *s)
{
	if (s->log_saved || (s->kind != ATTEMPT_LOG && s->worker->config->dmesg == 0))
		return WORKER_DONE;
	if ((s->worker->shared->skip & READS_LOG) == 0)
		return save_log(s);
	if (s->kind != ATTEMPT_LOG)
		return WORKER_DONE;
	log_line("reading it has ended a worker: left to the last attempt");
	return WORKER_FAILED;
}

/* However many old dumps there are, the log is durable before any of them is looked at. */
static enum worker_end save_all(struct save *s)
{
	enum worker_end end = save_log_if_due(s);

	if (end != WORKER_DONE)
		return end;
	s->space.retention.test = s->status->test; /* its log may have said that it is none */
	space_survey(&s->space); /* an interrupted capture may have filled the disk */
	if (s->space.retention.swept > 0 && !save_log_again(s))
		end = save_log_if_due(s);
	if (space_day_is_full(&s->space, s->status, s->kind != ATTEMPT_LOG)) {
		s->kind = ATTEMPT_LOG;
		end = save_log_if_due(s);
	}
	s->worker->shared->loop = space_is_loop(&s->space, s->status);
	if (end != WORKER_DONE)
		return end;
	save_records(s);
	s->worker->tell(); /* of a watchdog that came late, while capture.log can still have it */
	do
		end = save_kind(s);
	while ((end == WORKER_NO_SPACE && (try_again(s) || fall_back(s) || save_log_less(s))) ||
	       (end == WORKER_SLOW && fall_back(s)));
	if (end == WORKER_DONE && s->log_saved && s->status->log != STATUS_LOG_TRUNCATED)
		space_remove_earlier_attempts(&s->space);
	if (end == WORKER_DONE)
		space_remove_beyond_keep(&s->space, s->kind != ATTEMPT_LOG);
	return end;
}

/* What both kinds of saving begin and end with. */
static enum worker_end save_by(struct save *s, enum worker_end (*save)(struct save *s))
{
	enum worker_end end;
	int error;

	s->space = (struct space){
		.store = &s->store,
		.config = s->worker->config,
		.progress = &s->worker->shared->progress,
		.retention = {.earlier_attempts =
				      s->worker->attempt->number - 1 + s->worker->shared->repeated,
			      .test = s->worker->config->test != 0},
	};
	end = begin_dump(s);
	if (end == WORKER_DONE)
		end = save(s);
	if (end != WORKER_DONE)
		store_drop(&s->store);
	error = store_end(&s->store);
	if (error != 0 && end == WORKER_DONE)
		log_line("closing the dump failed, after it was made durable: %s",
			 strerror(-error));
	return end;
}

enum worker_end save_dump(struct save *s)
{
	s->kind = s->worker->attempt->kind;
	return save_by(s, save_all);
}

/* A machine that comes back without anything to save, again and again, does not fill its disk. */
static enum worker_end commit_report(struct save *s)
{
	enum worker_end end = commit(s);

	if (end == WORKER_DONE)
		space_remove_reports(&s->space);
	return end;
}

enum worker_end save_report(struct save *s)
{
	s->kind = ATTEMPT_LOG; /* it takes no more room than that may */
	s->status->failed = s->status->log_only = true;
	status_forget_memory(s->status);
	return save_by(s, commit_report);
}
