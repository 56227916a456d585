/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log on its way to a file, no larger and no longer than it may be, with an eye on why the
 * kernel died. Of the log it holds PIECE bytes in memory, however large it is.
 */
#include "worker/capture.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "output/crc.h"
#include "output/remote.h"
#include "output/seal.h"
#include "vmcore/dmesg.h"
#include "vmcore/panic_line.h"
#include "vmcore/vmcore.h"
#include "worker/capture_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The clock is looked at every so many records. */
enum { PIECE = 8192, RECORDS_A_LOOK = 32 };

#define NS	      UINT64_C(1000000000)
#define UPTIME_MAX_NS (NS * 86400 * 365 * 10) /* ten years; what is more makes no sense */

struct log_writer {
	struct capture *capture;
	struct dmesg dmesg;
	struct panic_line died;
	int fd;
	struct remote *remote;
	uint64_t most; /* bytes that the file may have; UINT64_MAX: it ends itself */
	int error;     /* the -errno of a write that failed, or 0 */
	uint64_t count_until, write_until; /* on clock_ms */
	unsigned int asked;
	bool late; /* at the last look */
	size_t used;
	uint8_t piece[PIECE]; /* what is not written yet, up to USED */
};

static struct log_writer writer;
static struct seal_stream stream; /* of a log that is sealed */

static void moved(struct log_writer *w)
{
	*w->capture->progress = *w->capture->progress + 1;
}

/* Writes what the file is. */
static int put(void *arg, const uint8_t *data, size_t size)
{
	struct log_writer *w = arg;
	struct status *s = w->capture->status;

	capture_reads(w->capture, false); /* what waits now waits for the target */
	if (s->log_bytes + size > w->most)
		w->error = -ENOSPC;
	else if (w->remote != NULL)
		w->error = w->remote->put(w->remote, data, size, s->log_bytes);
	else
		w->error = io_write(w->fd, data, size);
	if (w->error == -ENOSPC && s->log_bytes + size <= w->most && w->most != UINT64_MAX)
		w->error = -EIO; /* a device that is full though its ring is not */
	capture_reads(w->capture, true);
	if (w->error != 0)
		return w->error;
	s->log_crc32 = crc_update(s->log_crc32, data, size);
	s->log_bytes += size;
	moved(w);
	return 0;
}

static int flush(struct log_writer *w)
{
	int r = SEALED_ONLY(w->capture->seal) != NULL ? seal_write(&stream, w->piece, w->used)
						      : put(w, w->piece, w->used);

	w->used = 0;
	return r;
}

static int take_text(void *arg, const char *text, size_t size)
{
	struct log_writer *w = arg;
	int r = 0;

	while (size > 0 && r == 0) {
		size_t n = size < PIECE - w->used ? size : PIECE - w->used;

		memcpy(w->piece + w->used, text, n);
		w->used += n;
		text += n;
		size -= n;
		if (w->used == PIECE)
			r = flush(w);
	}
	return r;
}

static void take_message(void *arg, const char *text, size_t size, bool continues)
{
	struct log_writer *w = arg;

	panic_line_take(&w->died, text, size, continues);
}

/* Half of the time is for counting, so that the rest is enough to come to the newest lines. */
static bool is_late(void *arg)
{
	struct log_writer *w = arg;

	if (w->asked++ % RECORDS_A_LOOK == 0) {
		moved(w);
		w->late = clock_ms() >= (w->dmesg.counting ? w->count_until : w->write_until);
	}
	return w->late;
}

const char *capture_reason(int error)
{
	switch (error) {
	case -ENOKEY:
		return "VMCOREINFO does not tell where to look";
	case -ENOTSUP:
		return "this machine is not known";
	case -EBADMSG:
		return "what is there makes no sense";
	case -ENXIO:
		return "the addresses lead nowhere";
	default:
		return strerror(-error);
	}
}

static void begin(struct log_writer *w, struct capture *c, int fd, const struct capture_bound *most)
{
	uint64_t now = clock_ms();
	uint64_t room = seal_content(c->seal, most->bytes);

	w->capture = c;
	w->fd = fd;
	w->remote = most->remote;
	w->most = most->ends ? most->bytes : UINT64_MAX;
	w->error = 0;
	w->asked = 0;
	w->used = 0;
	w->count_until = now + most->ms / 2;
	w->write_until = now + most->ms;
	w->dmesg = (struct dmesg){
		.emit = take_text,
		.message = take_message,
		.late = is_late,
		.arg = w,
		.room = room > DMESG_ROOM_MIN ? room : DMESG_ROOM_MIN,
	};
	panic_line_begin(&w->died);
	status_forget_log(c->status);
	if (SEALED_ONLY(c->seal) != NULL)
		w->error = seal_begin(&stream, c->seal, put, w);
}

static void end(struct log_writer *w)
{
	if (w->error == 0)
		(void)flush(w); /* its error is kept, as that of the other */
	if (w->error == 0 && SEALED_ONLY(w->capture->seal) != NULL)
		(void)seal_end(&stream);
}

/* In a log of its own, which is in the clear, as the status is. */
static void tell_panic(const struct log_writer *w)
{
	const struct status *s = w->capture->status;

	if (SEALED_ONLY(w->capture->seal) != NULL && s->hides_panic)
		return;
	if (s->panic[0] != '\0')
		log_line("why it died: %s", s->panic);
	if (panic_line_before(&w->died)[0] != '\0')
		log_line("why it died: before that, %s", panic_line_before(&w->died));
}

/* Says what became of the log; ERROR is what ended it early, or 0. */
static void account(const struct log_writer *w, int error)
{
	const struct dmesg *d = &w->dmesg;
	struct status *s = w->capture->status;

	if (error != 0)
		log_line("the log cannot be read: %s", capture_reason(error));
	if (d->torn > 0)
		log_line("%u records of the log were torn and are left out", d->torn);
	if (d->left_out > 0)
		log_line("about %llu records of the log are left out: no %s for them",
			 (unsigned long long)d->left_out,
			 d->hurried || d->stopped ? "time" : "room");
	if (d->left_out > 0)
		s->log = STATUS_LOG_TRUNCATED;
	else
		s->log = d->torn > 0 || error != 0 ? STATUS_LOG_TORN : STATUS_LOG_WHOLE;
}

/*
 * The kernel that kdump-load --test has loaded is there for any crash that comes before its own,
 * which sysrq makes. Where the whole log has another cause that one is none of a test.
 */
static void judge_test(const struct log_writer *w)
{
	struct status *s = w->capture->status;

	if (!s->test || s->log != STATUS_LOG_WHOLE || w->died.by_sysrq || s->panic[0] == '\0')
		return;
	log_line("this crash is not the one that kdump-load --test makes: it counts as any other");
	s->test = false;
}

int capture_log(struct capture *c, int fd, const struct capture_bound *most)
{
	struct log_writer *w = &writer;
	struct vmcore *v = c->image;
	int error = v->translate_error;

	begin(w, c, fd, most);
	capture_reads(c, true);
	if (error == 0 && w->error == 0)
		error = dmesg_write(&w->dmesg, &v->translate, &v->info);
	end(w);
	capture_reads(c, false);
	snprintf(c->status->panic, sizeof(c->status->panic), "%s", panic_line_text(&w->died));
	if (w->error != 0)
		return w->error;
	account(w, error);
	judge_test(w);
	if (w->dmesg.records == 0 && w->dmesg.left_out == 0)
		return -ENODATA;
	if (w->dmesg.last_ns < UPTIME_MAX_NS)
		c->status->uptime = w->dmesg.last_ns / NS + 1;
	log_line("the log: %u lines", w->dmesg.records);
	tell_panic(w);
	return 0;
}
