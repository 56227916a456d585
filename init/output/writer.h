/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers on their way to a file. Past the page cache they travel by kernel AIO, several at once,
 * so that the processor fills one while the card takes the others; otherwise, and where the
 * kernel has no AIO, each is written before the next is filled.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include "output/file.h"
#include "output/sink_buffer.h"

struct writer {
	struct file file;
	struct sink_buffer buffer[SINK_BUFFERS];
	int error;	       /* the first one, -errno */
	unsigned long context; /* of AIO (aio_context_t), 0: there is none */
};

/* Begins to write FD, as file_begin. The buffers are the caller's to set up before. */
void writer_begin(struct writer *w, int fd, bool direct, volatile uint32_t *progress);

/* Sends buffer INDEX off. It must stay as it is until writer_take. */
void writer_put(struct writer *w, unsigned int index);

/* Waits until buffer INDEX is written, and empties it. Returns the first error so far, or 0. */
int writer_take(struct writer *w, unsigned int index);

/* Waits for all buffers and frees what the kernel holds. Returns the first error, or 0. */
int writer_end(struct writer *w);

#endif
