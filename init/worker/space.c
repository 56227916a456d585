/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy; store/retention.c is the hand. The size of a file that is not known beforehand is
 * held by RLIMIT_FSIZE (setrlimit(2)): a write beyond it fails with EFBIG.
 */
#include "worker/space.h"

#include "base/log.h"
#include "store/retention.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GRID = 4096 /* a limit off it would tear direct writes */ };

static unsigned int attempts_before(const struct save *s)
{
	return s->worker->attempt->number - 1;
}

static void moved(const struct save *s)
{
	s->worker->shared->progress = s->worker->shared->progress + 1;
}

static bool remove_one(struct save *s, enum retention_kind kind, unsigned int keep, const char *why)
{
	char name[STORE_NAME];
	int r;

	if (s->removals >= RETENTION_REMOVALS)
		return false;
	s->removals++;
	r = retention_remove(&s->store, kind, keep, name);
	moved(s);
	if (r > 0)
		log_line("removed %s: %s", name, why);
	else if (r < 0)
		log_line("cannot remove an old dump: %s", strerror(-r));
	return r > 0;
}

void space_prepare(struct save *s)
{
	int r = retention_sweep(&s->store);

	if (r > 0)
		log_line("removed what interrupted captures had left");
	else if (r < 0)
		log_line("cannot look for what interrupted captures left: %s", strerror(-r));
	while (remove_one(s, RETENTION_LOG, RETENTION_LOGS - 1, "older than 100 logs"))
		; /* RETENTION_REMOVALS at most */
}

bool space_yield(struct save *s, bool small)
{
	static const char why[] = "room for the new one";

	if (s->hopeless)
		return false;
	if (s->kind != ATTEMPT_LOG && remove_one(s, RETENTION_MEMORY, 0, why))
		return true;
	return small && remove_one(s, RETENTION_LOG, 0, why);
}

/* prlimit(2) itself: libc's setrlimit stops all threads for it, and brings the code to do so. */
static void limit_files(uint64_t bytes)
{
	const uint64_t limit[2] = {bytes, UINT64_MAX}; /* soft and hard; all ones: none */

	(void)syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, limit,
		      NULL); /* without it the free bytes may be taken */
}

void space_unlimited(void)
{
	limit_files(UINT64_MAX);
}

static uint64_t room_now(const struct save *s)
{
	uint64_t room, limit;

	store_room(&s->store, s->worker->config->free, &room, &limit);
	return room;
}

static void limit_to(const struct capture_output *out)
{
	uint64_t most = out->room < out->limit ? out->room : out->limit;

	limit_files(most / GRID * GRID);
}

/* None goes where all that may go would not be enough. */
static bool more_room(struct capture_output *out, uint64_t needed)
{
	struct save *s = out->more_room_arg;
	uint64_t before, after;

	s->hopeless = needed > out->limit || needed - out->room > retention_removable(&s->store);
	before = room_now(s);
	if (!space_yield(s, false))
		return false;
	after = room_now(s);
	out->room += after > before ? after - before : 0;
	if (s->limited)
		limit_to(out);
	return true;
}

void space_for_memory(struct save *s, struct capture_output *out, bool keep_within)
{
	store_room(&s->store, s->worker->config->free, &out->room, &out->limit);
	out->more_room = more_room;
	out->more_room_arg = s;
	s->limited = keep_within;
	if (!keep_within)
		return;
	signal(SIGXFSZ, SIG_IGN); /* a valid signal: cannot fail */
	limit_to(out);
}

void space_settle(struct save *s)
{
	bool memory = s->kind != ATTEMPT_LOG;

	if (s->log_saved && retention_supersede(&s->store, attempts_before(s)) > 0)
		log_line("removed what earlier attempts had left of it");
	while (memory && remove_one(s, RETENTION_MEMORY, s->worker->config->keep - 1,
				    "as many as keep says are newer"))
		; /* RETENTION_REMOVALS at most */
}
