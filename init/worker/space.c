/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When an old dump is removed for a new one. What may be removed, and the removal itself, are in
 * store/retention.c. A file whose size is not known beforehand is held back by RLIMIT_FSIZE
 * (setrlimit(2)): a write beyond it fails with EFBIG.
 */
#include "worker/space.h"

#include "base/io.h"
#include "base/log.h"
#include "config/config.h"
#include "store/loop.h"
#include "store/status.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	LIMIT_BLOCK = 4096, /* direct writes are whole blocks: a limit between two would cut one */
	TEXTS = 128 * 1024, /* the log and the other texts, and blocks of the filesystem's own */
	OVERHEAD = 256,	    /* more of those, one byte for so many of the memory */
};

_Static_assert((int)CONFIG_LOOP_MAX <= (int)STATUS_LOOP, "a status has the clocks of a whole loop");

/* Tells what was removed, R being how that ended. True when it was. */
static bool tell_removed(struct space *s, int r, const char *name, const char *why)
{
	*s->progress = *s->progress + 1;
	if (r > 0)
		log_line("removed %s: %s", name, why);
	else if (r < 0)
		log_line("cannot remove an old dump: %s", strerror(-r));
	return r > 0;
}

static bool remove_oldest(struct space *s, enum retention_kind kind, unsigned int keep,
			  const char *why)
{
	char name[STORE_NAME];
	int r;

	if (s->removals >= RETENTION_REMOVALS)
		return false;
	r = retention_remove(&s->retention, kind, keep, name);
	s->removals += r != 0;
	return tell_removed(s, r, name, why);
}

static bool evict(struct space *s, bool memory)
{
	char name[STORE_NAME];

	if (s->removals >= RETENTION_REMOVALS)
		return false;
	s->removals++;
	return tell_removed(s, retention_evict(&s->retention, memory, name), name,
			    "room for the new one");
}

void space_survey(struct space *s)
{
	struct retention *r = &s->retention;
	int error;

	if (s->surveyed)
		return;
	s->surveyed = true;
	r->store = s->store;
	error = retention_survey(r);
	if (r->swept > 0)
		log_line("removed what interrupted captures had left, or a test");
	if (error != 0)
		log_line("cannot look at the old dumps: %s; none is removed", strerror(-error));
	if (r->foreign > 0)
		log_line("%s and %u more are left alone: others made them, or may write them",
			 r->foreign_name, r->foreign - 1);
}

bool space_evict_for_text(struct space *s)
{
	bool first = !s->surveyed;

	space_survey(s);
	return (first && s->retention.swept > 0) || evict(s, false) ||
	       remove_oldest(s, RETENTION_REPORT, 0, "room for the new one") ||
	       remove_oldest(s, RETENTION_LOG, 0, "room for the new one");
}

bool space_evict_for_memory(struct space *s)
{
	return s->may_retry && evict(s, true);
}

/* A machine that crashes again and again does not wear its card out. */
bool space_day_is_full(const struct space *s, struct status *status, bool memory)
{
	unsigned int most = s->config->max_per_day;
	unsigned int n = retention_of_day(&s->retention, status->uptime, &status->clock);

	if (s->retention.test)
		return false;
	status->of_day = n;
	if (!memory || most == 0 || n <= most)
		return false;
	log_line("%u dumps with memory of this day are enough (max_per_day = %u): the log alone",
		 n - 1, most);
	return true;
}

bool space_is_loop(const struct space *s, struct status *status)
{
	const struct config_loop *loop = &s->config->loop;
	unsigned int n =
		loop_count(&s->retention, status->clock, loop->crashes, loop->within, status->loop);

	if (n == 0 || n < loop->crashes || s->retention.test)
		return false;
	log_line("%u crashes within %u s are a loop (loop_crashes = %u): on_loop follows", n,
		 (unsigned int)loop->within, (unsigned int)loop->crashes);
	return true;
}

/* Would NEEDED bytes fit into ROOM if all went that may go? */
static bool can_fit(uint64_t needed, uint64_t room, uint64_t removable)
{
	uint64_t more = needed > room ? needed - room : 0;

	return more + needed / OVERHEAD + TEXTS <= removable;
}

/* prlimit(2) itself: libc's setrlimit stops all threads for it, and brings the code to do so. */
static void limit_files(uint64_t bytes)
{
	const uint64_t limit[2] = {bytes, UINT64_MAX}; /* soft and hard; all ones: none */

	(void)syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, limit,
		      NULL); /* without it the free bytes may be taken */
}

static void limit_to(const struct capture_output *out)
{
	uint64_t most = out->room < out->limit ? out->room : out->limit;

	limit_files(most / LIMIT_BLOCK * LIMIT_BLOCK);
}

static bool more_room(struct capture_output *out, uint64_t needed)
{
	struct space *s = out->more_room_arg;
	uint64_t before, after, limit;

	if (needed > out->limit || !can_fit(needed, out->room, out->removable))
		return false;
	store_room(s->store, s->config->free, &before, &limit);
	if (!evict(s, true))
		return false;
	store_room(s->store, s->config->free, &after, &limit);
	out->room += after > before ? after - before : 0;
	out->removable = retention_removable(&s->retention);
	if (s->size_limited)
		limit_to(out);
	return true;
}

struct capture_output space_begin_memory(struct space *s, bool limit_size)
{
	struct capture_output out = {.more_room = more_room, .more_room_arg = s};

	store_room(s->store, s->config->free, &out.room, &out.limit);
	out.removable = retention_removable(&s->retention);
	s->may_retry = false;
	s->size_limited = limit_size && s->store->ring == NULL; /* the sink sees to it there */
	if (s->size_limited) {
		signal(SIGXFSZ, SIG_IGN); /* a valid signal: cannot fail */
		limit_to(&out);
	}
	return out;
}

/* What was written when there was no room any more is the room that there was; but in a ring. */
void space_end_memory(struct space *s, const struct capture_output *out, int error)
{
	struct stat st;
	uint64_t written = 0;

	if (s->size_limited)
		limit_files(UINT64_MAX);
	s->size_limited = false;
	if (error != 0 && out->fd >= 0 && fstat(out->fd, &st) == 0)
		written = io_allocated(&st);
	s->may_retry = s->store->ring == NULL && error != 0 && error != -EFBIG && out->needed > 0 &&
		       can_fit(out->needed, written, retention_removable(&s->retention));
}

void space_remove_earlier_attempts(struct space *s)
{
	if (retention_supersede(&s->retention) > 0)
		log_line("removed what earlier attempts had left of it");
}

void space_remove_reports(struct space *s)
{
	s->retention.only_reports = !s->surveyed;
	space_survey(s);
	while (remove_oldest(s, RETENTION_REPORT, RETENTION_REPORTS - 1, "older than 20 reports"))
		; /* RETENTION_REMOVALS at most */
}

void space_remove_beyond_keep(struct space *s, bool has_memory)
{
	while (has_memory && remove_oldest(s, RETENTION_MEMORY, s->config->keep - 1,
					   "as many as keep says are newer"))
		; /* RETENTION_REMOVALS at most */
	while (remove_oldest(s, RETENTION_LOG, RETENTION_LOGS - 1, "older than 100 logs"))
		; /* RETENTION_REMOVALS at most */
	space_remove_reports(s);
}
