/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file being written in order: one buffer fills while the other is on its way to the disk,
 * the page cache stays bounded, runs of zeros can become holes, and the CRC-32 of the whole is
 * known at the end. Durability is the caller's: fsync after sink_finish.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SINK_BLOCK = 4096, /* alignment of O_DIRECT: address, offset and length */
	SINK_BUFFERS = 2,
	SINK_BUFFER_BYTES = 512 * 1024,
	SINK_RUNS = 64,		      /* pieces of the file that one buffer may hold */
	SINK_STACK_BYTES = 64 * 1024, /* of the thread that writes */
	SINK_RESERVE = SINK_BUFFERS * SINK_BUFFER_BYTES + SINK_STACK_BYTES,
};

struct sink_run {
	uint64_t offset; /* in the file */
	uint32_t start;	 /* in the buffer */
	uint32_t size;
};

struct sink_buffer {
	uint8_t *data;
	uint32_t used;
	unsigned int runs; /* a buffer handed over without any ends the writer */
	struct sink_run run[SINK_RUNS];
};

struct sink_options {
	bool direct;		     /* try O_DIRECT */
	bool sparse;		     /* the filesystem keeps holes */
	uint64_t expected_size;	     /* of the finished file, in bytes; 0: not known */
	volatile uint32_t *progress; /* counted up after each write, or NULL */
};

struct sink {
	int fd;
	struct sink_options options;
	bool direct; /* O_DIRECT is in force; the writer's, once it runs */
	uint64_t position;
	uint64_t written; /* bytes handed to write(2), holes and padding excluded */
	uint32_t crc32;
	unsigned int filling; /* the buffer being filled; the others may be in flight */
	struct sink_buffer buffer[SINK_BUFFERS];
	pthread_t writer;
	sem_t full, empty;	  /* buffers to write, buffers to fill */
	struct sink_run settling; /* buffered mode: the run whose pages are dropped next */
	_Atomic int error;	  /* of the writer, the first one, -errno */
};

/*
 * Begins to write FD, an empty regular file opened for writing. RESERVE is SINK_RESERVE bytes
 * aligned to SINK_BLOCK and stays in use until sink_finish. Returns 0 or -errno; after an
 * error there is nothing to finish. With sparse and expected_size the file is extended at
 * once, which keeps each write from being an extending one (ext4 makes those synchronous).
 */
int sink_start(struct sink *s, int fd, const struct sink_options *options, uint8_t *reserve);

/* Appends SIZE bytes. Returns 0 or the first -errno of any write so far. */
int sink_write(struct sink *s, const uint8_t *data, size_t size);

/* Appends SIZE zero bytes, as a hole where that is possible. As sink_write. */
int sink_zeros(struct sink *s, uint64_t size);

/*
 * Writes what is left, ends the writer and sets the exact length of the file. Must be called
 * once after sink_start, also after an error. Returns 0 or the first -errno.
 */
int sink_finish(struct sink *s);

#endif
