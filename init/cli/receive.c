/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames in, files out. One piece is held in memory, each file is written in the order in which the
 * sender has it, and only to names that are made here.
 */
#include "cli/receive.h"

#include "base/io.h"
#include "store/layout.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (UINT64_C(1) << 44) /* bytes of a file: 16 TiB */

static uint8_t piece[STREAM_PIECE];

static unsigned int answer_of(int error)
{
	switch (error) {
	case 0:
		return STREAM_DONE;
	case -ENOSPC:
	case -EDQUOT:
	case -EFBIG:
		return STREAM_NO_SPACE;
	case -EPROTO:
		return STREAM_REFUSED;
	default:
		return STREAM_FAILED;
	}
}

/* Tells the sender how that ended. Returns 0 where it may go on, or why not. */
static int answer(const struct receive *r, int error)
{
	uint8_t head[STREAM_HEAD];
	struct stream_frame f = {
		.kind = STREAM_ANSWER,
		.file = (uint8_t)answer_of(error),
		.sequence = r->sequence,
		.extra = r->store->number,
	};
	uint64_t limit;
	int e;

	store_room(r->store, r->free, &f.at, &limit);
	stream_pack(head, &f, NULL);
	e = io_write(r->out, head, sizeof(head));
	return f.file == STREAM_REFUSED ? error : e;
}

static bool is_made(const struct receive *r)
{
	return r->store->name[0] != '\0';
}

static int make(struct receive *r, const struct stream_frame *f)
{
	int error;

	if (is_made(r) || f->file != STREAM_VERSION)
		return answer(r, -EPROTO);
	error = store_make(r->store, (int64_t)f->at);
	if (error == 0 && r->moved != NULL)
		r->moved(r);	/* before the sender hears of it, and relies on it */
	(void)answer(r, error); /* without a directory there is nothing to go on with */
	return error;
}

/* From here on no more of the file is taken. */
static int refuse(struct receive *r, int error)
{
	r->refused = error;
	return answer(r, error);
}

/* Makes the file of F the one that is written. Returns 0, or -EPROTO where another one is. */
static int turn_to(struct receive *r, const struct stream_frame *f)
{
	int fd;

	if (r->writes)
		return r->index == f->file ? 0 : -EPROTO;
	r->index = f->file;
	r->end = 0;
	fd = store_create(r->store, layout_files[f->file]);
	r->refused = fd < 0 ? fd : 0;
	r->writes = fd >= 0;
	if (fd >= 0)
		file_begin(&r->file, fd, false, NULL);
	return 0;
}

static int write_piece(struct receive *r, const struct stream_frame *f)
{
	uint64_t room, limit;
	int e;

	store_room(r->store, r->free, &room, &limit);
	if (f->size > room || f->at + f->size > limit)
		return -ENOSPC;
	e = file_write(&r->file, piece, f->size, f->at);
	if (e == 0)
		e = file_sync_range(&r->file, f->at, f->size);
	if (e == 0 && f->at + f->size > r->end)
		r->end = f->at + f->size;
	return e;
}

/* What is refused is told once, and its rest passed over: the sender may not have heard of it. */
static int put(struct receive *r, const struct stream_frame *f)
{
	bool told = r->refused != 0 && r->index == f->file;
	int e = told ? 0 : turn_to(r, f);

	if (e != 0 || f->at > FILE_MAX - f->size)
		return answer(r, -EPROTO);
	r->bytes += f->size;
	if (told)
		return 0;
	e = r->refused != 0 ? r->refused : write_piece(r, f);
	return e != 0 ? refuse(r, e) : 0;
}

/* As store_commit: what has no room goes, what failed stays, and its name says so. */
static void give_up(const struct receive *r, int error)
{
	if (answer_of(error) == STREAM_NO_SPACE)
		(void)store_discard(r->store, layout_files[r->index], r->file.fd);
	else
		close(r->file.fd);
}

static int commit(struct receive *r, const struct stream_frame *f)
{
	int e = r->refused != 0 && r->index == f->file ? 0 : turn_to(r, f);

	if (e != 0 || f->at > FILE_MAX || (r->refused == 0 && f->at < r->end))
		return answer(r, -EPROTO);
	e = r->refused;
	if (e == 0 && ftruncate(r->file.fd, (off_t)f->at) != 0)
		e = -errno;
	if (e == 0)
		e = store_commit(r->store, layout_files[f->file], r->file.fd);
	else if (r->writes)
		give_up(r, e);
	r->writes = false;
	r->refused = 0;
	if (e == 0)
		r->files |= UINT32_C(1) << f->file;
	r->complete = e == 0 && f->file == LAYOUT_IS_STATUS;
	return answer(r, e);
}

/* What is being written, or else what was committed before. */
static int drop(struct receive *r, const struct stream_frame *f)
{
	const char *name = layout_files[f->file];
	int e;

	if (r->writes && r->index != f->file)
		return answer(r, -EPROTO);
	if (r->writes) {
		e = store_discard(r->store, name, r->file.fd);
	} else {
		e = store_remove(r->store, name);
		r->files &= ~(UINT32_C(1) << f->file | UINT32_C(1) << LAYOUT_IS_STATUS);
	}
	r->writes = false;
	r->refused = 0;
	return answer(r, e == -ENOENT ? 0 : e);
}

/* Nothing follows a status: the dump has been told to be complete. */
static int take(struct receive *r, const struct stream_frame *f)
{
	if (f->kind == STREAM_MAKE)
		return make(r, f);
	if (!is_made(r) || r->complete || f->file >= LAYOUT_FILES)
		return answer(r, -EPROTO);
	switch (f->kind) {
	case STREAM_PUT:
		return put(r, f);
	case STREAM_COMMIT:
		return commit(r, f);
	case STREAM_DROP:
		return drop(r, f);
	default:
		return answer(r, -EPROTO);
	}
}

/* Reads SIZE bytes. Returns 0; 1 where the connection had ended before the first; or -errno. */
static int read_all(const struct receive *r, void *into, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(r->in, (uint8_t *)into + n, size - n);

		if (got == 0)
			return n == 0 ? 1 : -ECONNRESET;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno != EAGAIN)
			return -errno;
		n += got > 0 ? (size_t)got : 0;
		if (n < size && (r->waits == NULL ? got < 0 : !r->waits(r, got > 0)))
			return -EAGAIN;
	}
	return 0;
}

/* Returns 0, 1 at the end, or -errno. */
static int next_frame(const struct receive *r, struct stream_frame *f)
{
	uint8_t head[STREAM_HEAD];
	int e = read_all(r, head, sizeof(head));

	if (e != 0)
		return e;
	if (!stream_unpack(head, f) || (f->size > 0 && f->kind != STREAM_PUT))
		return -EBADMSG;
	e = f->size > 0 ? read_all(r, piece, f->size) : 0;
	if (e == 0 && (!stream_is_whole(head, f, piece) || f->sequence != r->sequence))
		e = -EBADMSG;
	return e > 0 ? -ECONNRESET : e;
}

int receive_dump(struct receive *r)
{
	struct stream_frame f;
	int e = 0;

	while (e == 0) {
		e = next_frame(r, &f);
		if (e == 0)
			e = take(r, &f);
		r->sequence++;
		if (r->moved != NULL)
			r->moved(r);
	}
	if (r->writes)
		close(r->file.fd); /* what there is, is called incomplete */
	r->writes = false;
	r->ended = e > 0;
	return r->ended ? 0 : e;
}
