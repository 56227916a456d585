/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large the log may be is decided before it is written, by the room there is; where the disk
 * has less than it said, by what it took. So a log of any size, and one that a crash or an attacker
 * made larger than it ever was, leaves the disk and the time to what comes after it.
 */
#include "worker/save_log.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/layout.h"
#include "store/ring_write.h"
#include "store/stream.h"
#include "worker/capture.h"
#include "worker/save.h"
#include "worker/save_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A log of MOST bytes is a whole one: the largest buffer that a kernel is built with has 32 MiB
 * (LOG_BUF_SHIFT in init/Kconfig). One of LEAST bytes is a whole one of most machines: it may
 * take of the room that the key free keeps, and old logs go for it. SPARE is for the files after
 * it.
 */
enum {
	MOST = 32 * 1024 * 1024,
	LEAST = 256 * 1024,
	SPARE = 64 * 1024,
	BLOCK = 4096,
	TIME_SHARE = 8, /* of the time that the configuration gives the whole run */
};

static bool is_full(int error)
{
	return error == -ENOSPC || error == -EDQUOT || error == -EFBIG;
}

static uint64_t bytes_for(const struct save *s)
{
	uint64_t room, limit;

	if (s->ring != NULL) {
		room = ring_text_room(s->ring);
		return room < MOST ? room : MOST;
	}
	store_room(&s->store, s->worker->config->free, &room, &limit);
	room = room > SPARE ? room - SPARE : 0;
	if (room < LEAST)
		return LEAST;
	return room < MOST ? room : MOST;
}

/* Half of what the attempt has left at most: it is ended at its end, however far the log is. */
static uint64_t time_for(const struct save *s)
{
	uint64_t most = (uint64_t)s->worker->config->timeout * 1000 / TIME_SHARE;
	uint64_t end = s->worker->deadline_ms;
	uint64_t now = clock_ms();
	uint64_t half = end > now ? (end - now) / 2 : 0;

	return end > 0 && half < most ? half : most;
}

/* Sets *FITTED to the bytes that the file took before it failed. */
static int write_log(struct save *s, uint64_t bytes, uint64_t *fitted)
{
	const struct capture_bound most = {
		.bytes = bytes,
		.ms = time_for(s),
		.ends = s->ring != NULL,
		.remote = s->stream != NULL ? &s->stream->remote : NULL,
	};
	struct stat st = {0};
	const char *name = save_name(s, LAYOUT_IS_LOG);
	int fd = store_create(&s->store, name);
	int error = fd;

	if (fd >= 0) {
		s->worker->shared->reads = READS_LOG;
		error = capture_log(s->capture, fd, &most);
		s->worker->shared->reads = 0;
		(void)fstat(fd, &st); /* else nothing is known to fit */
	}
	*fitted = (uint64_t)st.st_size;
	if (error == 0)
		return store_commit(&s->store, name, fd);
	if (fd >= 0)
		(void)store_discard(&s->store, name, fd); /* if it stays, its name says so */
	return error;
}

/*
 * Of BYTES that had no room, or all of it: what to try next. A quarter, or two blocks, are left to
 * the files that follow and to what the filesystem needs besides.
 */
static uint64_t less_than(uint64_t bytes, uint64_t end)
{
	uint64_t rest = bytes / 4 > 2 * BLOCK ? bytes / 4 : 2 * BLOCK;

	return bytes > rest + end ? bytes - rest : end;
}

/* Writes less and less, down to END bytes, while what is written has no room. */
static int write_what_fits(struct save *s, uint64_t bytes, uint64_t end)
{
	uint64_t fitted;
	int error = write_log(s, bytes, &fitted);

	while (is_full(error) && bytes > end) {
		bytes = less_than(fitted < bytes ? fitted : bytes, end);
		error = write_log(s, bytes, &fitted);
	}
	return error;
}

int save_log_file(struct save *s)
{
	int error;

	do
		error = write_what_fits(s, bytes_for(s), LEAST);
	while (is_full(error) && space_evict_for_text(&s->space));
	if (is_full(error))
		error = write_what_fits(s, LEAST - BLOCK, BLOCK);
	if (error != 0)
		status_forget_log(s->status);
	return error;
}

bool save_log_again(struct save *s)
{
	const struct status before = *s->status;
	uint64_t bytes = bytes_for(s);
	uint64_t fitted;

	if (!s->log_saved || before.log != STATUS_LOG_TRUNCATED || bytes <= before.log_bytes)
		return true;
	log_line("there is more room: the log once more");
	if (write_log(s, bytes, &fitted) == 0)
		return true;
	*s->status = before;
	s->log_saved = s->ring == NULL &&
		       faccessat(s->store.dump_fd, save_name(s, LAYOUT_IS_LOG), F_OK, 0) == 0;
	if (!s->log_saved) /* its name was taken back, and what had it before is gone */
		status_forget_log(s->status);
	return s->log_saved;
}

bool save_log_less(struct save *s)
{
	uint64_t bytes = s->status->log_bytes;

	if (s->kind != ATTEMPT_LOG || !s->log_saved || bytes <= BLOCK)
		return false;
	log_line("less of the log, so that there is room for " LAYOUT_STATUS);
	s->log_saved = store_remove(&s->store, save_name(s, LAYOUT_IS_LOG)) == 0 &&
		       write_what_fits(s, less_than(bytes, BLOCK), BLOCK) == 0;
	return s->log_saved;
}
