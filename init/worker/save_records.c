/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records are read, and never removed: the kernel would take them out of their backend then
 * (fs/pstore/inode.c), and whoever collects them after the reboot is to find them all.
 */
#include "worker/save_records.h"

#include "base/dirlist.h"
#include "base/io.h"
#include "base/log.h"
#include "output/seal.h"
#include "store/layout.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
	RECORDS = 64,
	MOST = 1 << 20, /* bytes of all of them, about */
	SHARE = 64,	/* of the room at most */
	PIECE = 4096,
};

static int put(void *arg, const uint8_t *data, size_t size)
{
	return io_write(*(int *)arg, data, size);
}

/*
 * Copies all of it, sealed by KEYS unless that is NULL, and takes its size from LEFT, where it is
 * less. Returns 0 or -errno.
 */
static int copy(int from, int to, struct seal *keys, uint64_t *left)
{
	static struct seal_stream stream;
	static uint8_t piece[PIECE];
	int error = SEALED_ONLY(keys) != NULL ? seal_begin(&stream, keys, put, &to) : 0;
	size_t n = PIECE;

	while (n == PIECE && error == 0) {
		n = io_read(from, piece, PIECE);
		error = n < PIECE ? -errno : 0;
		if (error == 0 && n >= *left)
			error = -EFBIG;
		if (error == 0)
			error = SEALED_ONLY(keys) != NULL ? seal_write(&stream, piece, n)
							  : put(&to, piece, n);
		*left -= error == 0 ? n : 0;
	}
	return error == 0 && SEALED_ONLY(keys) != NULL ? seal_end(&stream) : error;
}

/* Where the directory could not be made, nothing can be created in it. Returns 0 or -errno. */
static int save_record(struct save *s, struct store *to, int from, const char *name, uint64_t *left)
{
	struct seal *keys = s->capture != NULL ? s->capture->seal : NULL;
	char called[LAYOUT_FILE_NAME];
	int in = io_open_regular(from, name);
	int fd, error;

	snprintf(called, sizeof(called), "%s%s", name,
		 SEALED_ONLY(keys) != NULL ? LAYOUT_SEALED : "");
	fd = in < 0 ? in : store_create(to, called);
	error = fd < 0 ? fd : copy(in, fd, keys, left);
	if (in >= 0)
		close(in); /* read only */
	if (error == 0)
		return store_commit(to, called, fd);
	if (fd >= 0)
		(void)store_discard(to, called, fd); /* ERROR is what to tell */
	return error;
}

/*
 * Tries those that are listed, and the directory is made for the first. Returns how many there
 * were; *SAVED is how many of them were saved.
 */
static unsigned int try_all(struct save *s, struct store *to, struct dirlist *list,
			    unsigned int *saved)
{
	unsigned int tried = 0;
	uint64_t left, limit;
	const char *name;

	store_room(&s->store, s->worker->config->free, &left, &limit);
	left = left / SHARE < MOST ? left / SHARE : MOST;
	while (tried < RECORDS && left > PIECE && (name = dirlist_next(list)) != NULL) {
		s->worker->shared->progress = s->worker->shared->progress + 1;
		if (to->dump_fd < 0)
			to->dump_fd = store_directory(s->store.dump_fd, LAYOUT_RECORDS);
		*saved += save_record(s, to, list->fd, name, &left) == 0;
		tried++;
	}
	return tried;
}

void save_records(struct save *s)
{
	static struct dirlist list;
	struct store to = s->store;
	unsigned int saved = 0, tried;

	if (s->records == NULL || s->ring != NULL || s->stream != NULL ||
	    s->worker->shared->skip_log != 0)
		return;
	s->worker->shared->in_log = 1; /* a backend that hangs is left alone the next time */
	s->show_records(s->records);
	to.dump_fd = -1;
	dirlist_open(&list, s->records);
	tried = try_all(s, &to, &list, &saved);
	dirlist_close(&list);
	if (to.dump_fd >= 0)
		close(to.dump_fd); /* each name was made durable */
	s->worker->shared->in_log = 0;
	if (tried > 0)
		log_line("saved %u of %u records of pstore", saved, tried);
}
