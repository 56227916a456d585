/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AIO by its system calls (io_submit(2), linux/aio_abi.h), since musl has no wrappers. A run that
 * did not arrive whole, whatever the reason, is written again by file_write, which knows what
 * to do about each error; so there is one place that judges errors.
 */
#include "output/writer.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/aio_abi.h>

enum { EVENTS = 16 };

/*
 * Without a time-out the two forms of timespec do not matter, but a kernel of 32 bits that was
 * built without CONFIG_COMPAT_32BIT_TIME has the newer call alone.
 */
static long ask_for_events(const struct writer *w, long min, struct io_event *events)
{
	long n = syscall(SYS_io_getevents, w->context, min, (long)EVENTS, events, NULL);

#ifdef SYS_io_pgetevents_time64
	if (n < 0 && errno == ENOSYS)
		n = syscall(SYS_io_pgetevents_time64, w->context, min, (long)EVENTS, events, NULL,
			    NULL);
#endif
	return n;
}

/* Waits for at least MIN events. */
static long get_events(const struct writer *w, long min, struct io_event *events)
{
	long n;

	file_waits(&w->file, true);
	do
		n = ask_for_events(w, min, events);
	while (n < 0 && errno == EINTR);
	file_waits(&w->file, false);
	return n;
}

void writer_begin(struct writer *w, int fd, bool direct, volatile uint32_t *progress)
{
	struct io_event none[EVENTS];
	aio_context_t context = 0;

	file_begin(&w->file, fd, direct, progress);
	w->error = 0;
	w->context = 0;
	if (!w->file.direct || syscall(SYS_io_setup, SINK_BUFFERS * SINK_RUNS, &context) != 0)
		return;
	w->context = context;
	if (get_events(w, 0, none) < 0) { /* what cannot be waited for is not sent off */
		(void)syscall(SYS_io_destroy, context); /* valid: cannot fail */
		w->context = 0;
	}
}

static void fail(struct writer *w, int error)
{
	if (w->error == 0)
		w->error = error;
}

static void write_run(struct writer *w, const struct sink_buffer *b, const struct sink_run *run)
{
	int r = file_write(&w->file, b->data + run->start, run->size, run->offset);

	if (r == 0)
		r = file_sync_range(&w->file, run->offset, run->size);
	fail(w, r);
}

static struct iocb request(const struct writer *w, unsigned int index, unsigned int run)
{
	const struct sink_buffer *b = &w->buffer[index];

	return (struct iocb){
		.aio_data = index * SINK_RUNS + run,
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)w->file.fd,
		.aio_buf = (uintptr_t)(b->data + b->run[run].start),
		.aio_nbytes = b->run[run].size,
		.aio_offset = (int64_t)b->run[run].offset,
	};
}

/* Submits the runs of the buffer. Returns how many of them are on their way. */
static unsigned int submit(struct writer *w, unsigned int index)
{
	struct sink_buffer *b = &w->buffer[index];
	struct iocb requests[SINK_RUNS];
	struct iocb *list[SINK_RUNS];
	long n;

	for (unsigned int i = 0; i < b->runs; i++) {
		requests[i] = request(w, index, i);
		list[i] = &requests[i];
	}
	while (b->in_flight < b->runs) {
		file_waits(&w->file, true);
		n = syscall(SYS_io_submit, w->context, (long)(b->runs - b->in_flight),
			    list + b->in_flight);
		file_waits(&w->file, false);
		if (n <= 0)
			break;
		b->in_flight += (unsigned int)n;
	}
	return b->in_flight;
}

void writer_put(struct writer *w, unsigned int index)
{
	const struct sink_buffer *b = &w->buffer[index];
	unsigned int sent = 0;

	if (w->error != 0)
		return;
	if (w->context != 0 && w->file.direct)
		sent = submit(w, index);
	for (unsigned int i = sent; i < b->runs && w->error == 0; i++)
		write_run(w, b, &b->run[i]);
}

static void arrived(struct writer *w, const struct io_event *e)
{
	struct sink_buffer *b = &w->buffer[e->data / SINK_RUNS];
	const struct sink_run *run = &b->run[e->data % SINK_RUNS];

	b->in_flight--;
	if (e->res == (int64_t)run->size)
		file_moved(&w->file);
	else if (w->error == 0)
		write_run(w, b, run);
}

/* Ends AIO, which waits for all that is on its way. */
static void end_aio(struct writer *w)
{
	file_waits(&w->file, true);
	if (w->context != 0)
		(void)syscall(SYS_io_destroy, w->context); /* valid: cannot fail */
	file_waits(&w->file, false);
	w->context = 0;
}

/* Waits for events; whatever never came is an error. */
static void wait_for_events(struct writer *w)
{
	struct io_event events[EVENTS];
	long n = get_events(w, 1, events);

	for (long i = 0; i < n; i++)
		arrived(w, &events[i]);
	if (n > 0)
		return;
	fail(w, n < 0 ? -errno : -EIO);
	end_aio(w);
	for (unsigned int i = 0; i < SINK_BUFFERS; i++)
		w->buffer[i].in_flight = 0;
}

int writer_take(struct writer *w, unsigned int index)
{
	struct sink_buffer *b = &w->buffer[index];

	while (b->in_flight > 0)
		wait_for_events(w);
	b->used = 0;
	b->runs = 0;
	return w->error;
}

int writer_end(struct writer *w)
{
	for (unsigned int i = 0; i < SINK_BUFFERS; i++)
		(void)writer_take(w, i); /* the first error is told below */
	end_aio(w);
	return w->error;
}
