/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When an old dump is removed for a new one. What may be removed, and the removal itself, are in
 * store/retention.c. A file whose size is not known beforehand is held back by RLIMIT_FSIZE
 * (setrlimit(2)): a write beyond it fails with EFBIG.
 */
#include "worker/space.h"

#include "base/log.h"
#include "config/config.h"
#include "store/retention.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Direct writes are whole blocks of this many bytes: a limit between two would cut one short. */
enum { LIMIT_BLOCK = 4096 };

static bool remove_oldest(struct space *s, enum retention_kind kind, unsigned int keep,
			  const char *why)
{
	char name[STORE_NAME];
	int r;

	if (s->removals >= RETENTION_REMOVALS)
		return false;
	s->removals++;
	r = retention_remove(s->store, kind, keep, name);
	*s->progress = *s->progress + 1;
	if (r > 0)
		log_line("removed %s: %s", name, why);
	else if (r < 0)
		log_line("cannot remove an old dump: %s", strerror(-r));
	return r > 0;
}

void space_prepare(struct space *s)
{
	int r = retention_sweep(s->store);

	if (r > 0)
		log_line("removed what interrupted captures had left");
	else if (r < 0)
		log_line("cannot look for what interrupted captures left: %s", strerror(-r));
	while (remove_oldest(s, RETENTION_LOG, RETENTION_LOGS - 1, "older than 100 logs"))
		; /* RETENTION_REMOVALS at most */
}

static bool evict(struct space *s, enum retention_kind kind)
{
	return remove_oldest(s, kind, 0, "room for the new one");
}

bool space_evict_for_text(struct space *s, bool has_memory)
{
	return (has_memory && evict(s, RETENTION_MEMORY)) || evict(s, RETENTION_LOG);
}

bool space_evict_for_memory(struct space *s)
{
	return !s->cannot_fit && evict(s, RETENTION_MEMORY);
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

/* Nothing is removed where the removal of everything that may go would not be enough. */
static bool more_room(struct capture_output *out, uint64_t needed)
{
	struct space *s = out->more_room_arg;
	uint64_t before, after, limit;

	s->cannot_fit = needed > out->limit || needed - out->room > retention_removable(s->store);
	store_room(s->store, s->config->free, &before, &limit);
	if (!space_evict_for_memory(s))
		return false;
	store_room(s->store, s->config->free, &after, &limit);
	out->room += after > before ? after - before : 0;
	if (s->size_limited)
		limit_to(out);
	return true;
}

struct capture_output space_begin_memory(struct space *s, bool limit_size)
{
	struct capture_output out = {.more_room = more_room, .more_room_arg = s};

	store_room(s->store, s->config->free, &out.room, &out.limit);
	s->cannot_fit = false;
	s->size_limited = limit_size;
	if (limit_size) {
		signal(SIGXFSZ, SIG_IGN); /* a valid signal: cannot fail */
		limit_to(&out);
	}
	return out;
}

void space_end_memory(struct space *s, int error)
{
	if (s->size_limited)
		limit_files(UINT64_MAX);
	s->size_limited = false;
	if (error == 0)
		s->cannot_fit = false; /* whatever was expected before */
	else if (error == -EFBIG)
		s->cannot_fit = true;
}

void space_remove_earlier_attempts(struct space *s)
{
	if (retention_supersede(s->store, s->earlier_attempts) > 0)
		log_line("removed what earlier attempts had left of it");
}

void space_remove_beyond_keep(struct space *s)
{
	while (remove_oldest(s, RETENTION_MEMORY, s->config->keep - 1,
			     "as many as keep says are newer"))
		; /* RETENTION_REMOVALS at most */
}
