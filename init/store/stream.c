/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sending side. Data are sent without waiting; whoever takes them says at once when there is no
 * room, and each step that gives or takes a name waits for its answer. That the other side is gone
 * is the socket's to find out (net/connect.h), that it does nothing PID 1's.
 */
#include "store/stream.h"

#include "base/bytes.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

enum { ANSWERS = 16 /* to files that were refused, before the one that is waited for */ };

/* Which call finds out that the other side is gone makes no difference. */
static int fail(struct stream *s, int error)
{
	if (s->error == 0)
		s->error = error == -EPIPE ? -ECONNRESET : error;
	return s->error;
}

static int send_all(struct stream *s, const uint8_t *data, size_t size, int flags)
{
	while (size > 0) {
		ssize_t n = send(s->fd, data, size, MSG_NOSIGNAL | flags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(s, n < 0 ? -errno : -EPIPE);
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int send_frame(struct stream *s, struct stream_frame f, const void *data)
{
	uint8_t head[STREAM_HEAD];
	int r = s->error;

	f.sequence = s->sequence++;
	stream_pack(head, &f, data);
	if (r == 0)
		r = send_all(s, head, sizeof(head), f.size > 0 ? MSG_MORE : 0);
	return r != 0 ? r : send_all(s, data, f.size, 0);
}

static int error_of(unsigned int answer)
{
	static const uint8_t errors[STREAM_ANSWERS] = {
		[STREAM_NO_SPACE] = ENOSPC,
		[STREAM_FAILED] = EIO,
	};

	if (answer == STREAM_REFUSED || answer >= STREAM_ANSWERS)
		return -EPROTO;
	return -(int)errors[answer];
}

/* Takes one answer, to the frame *SEQUENCE. */
static int take_answer(struct stream *s, uint32_t *sequence)
{
	uint8_t head[STREAM_HEAD];
	struct stream_frame f;
	size_t n = io_read(s->fd, head, sizeof(head));

	if (n < sizeof(head))
		return fail(s, errno != 0 ? -errno : -ECONNRESET);
	if (!stream_unpack(head, &f) || f.kind != STREAM_ANSWER || f.size != 0 ||
	    !stream_is_whole(head, &f, NULL))
		return fail(s, -EBADMSG);
	*sequence = f.sequence;
	s->room = f.at;
	s->number = f.extra;
	if (s->refused == 0)
		s->refused = error_of(f.file);
	return 0;
}

/* Sends F and waits until it is done, or refused. */
static int ask(struct stream *s, struct stream_frame f)
{
	uint32_t mine = s->sequence;
	uint32_t answered;
	int r = send_frame(s, f, NULL);

	for (unsigned int i = 0; i < ANSWERS && r == 0; i++) {
		r = take_answer(s, &answered);
		if (r == 0 && answered == mine)
			return s->refused;
	}
	return fail(s, r != 0 ? r : -EBADMSG);
}

static bool has_answer(const struct stream *s)
{
	char c;

	return recv(s->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static int put(struct remote *r, const void *data, size_t size, uint64_t at)
{
	struct stream *s = (void *)r; /* its first member */
	const uint8_t *from = data;
	uint32_t unused;
	int error = 0;

	while (size > 0 && error == 0) {
		uint32_t n = size < STREAM_PIECE ? (uint32_t)size : STREAM_PIECE;

		if (has_answer(s)) /* nobody asked: it takes no more */
			error = take_answer(s, &unused);
		if (error == 0)
			error = s->refused;
		if (error == 0)
			error = send_frame(
				s, (struct stream_frame){STREAM_PUT, s->file, 0, at, 0, n}, from);
		from += n;
		at += n;
		size -= n;
	}
	if (error == 0 && at > s->end)
		s->end = at;
	return error;
}

void stream_begin(struct stream *s, int fd)
{
	*s = (struct stream){.remote = {put}, .fd = fd};
}

int stream_make(struct stream *s, int64_t time)
{
	return ask(s, (struct stream_frame){
			      .kind = STREAM_MAKE, .file = STREAM_VERSION, .at = (uint64_t)time});
}

int stream_create(struct stream *s, unsigned int file)
{
	s->file = (uint8_t)file;
	s->end = 0;
	s->refused = 0;
	return io_result(fcntl(s->fd, F_DUPFD_CLOEXEC, 0));
}

int stream_commit(struct stream *s, unsigned int file, uint64_t size)
{
	return ask(s,
		   (struct stream_frame){.kind = STREAM_COMMIT, .file = (uint8_t)file, .at = size});
}

int stream_drop(struct stream *s, unsigned int file)
{
	int r;

	s->refused = 0;
	r = ask(s, (struct stream_frame){.kind = STREAM_DROP, .file = (uint8_t)file});
	s->refused = 0;
	return r;
}
