/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file being written in order: one buffer fills while others are on their way to the disk,
 * the page cache stays bounded, runs of zeros can become holes, and the CRC-32 of the whole is
 * known at the end. What goes in is the content; the file is that, or seals it. Durability is the
 * caller's: fsync after sink_finish.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "output/sink_buffer.h"
#include "output/sink_gap.h"
#include "output/writer.h"

/* A part of a device: from its byte FIRST on; at END it goes on at BEGIN. All on SINK_BLOCK's grid.
 */
struct sink_ring {
	uint64_t begin, end, first;
};

struct sink_options {
	bool direct;		     /* try O_DIRECT */
	bool sparse;		     /* the filesystem keeps holes */
	uint64_t expected_size;	     /* of the content in the end, in bytes; 0: not known */
	volatile uint32_t *progress; /* counted up after each write, or NULL */
	/* 0 while a call waits for the file, 1 again after it; or NULL */
	volatile uint32_t *reading;
	const struct sink_ring *ring; /* the caller's, until sink_finish; or NULL: a file */
	struct remote *remote;	      /* what takes the bytes in place of the file; or NULL */
	const uint64_t *room;	      /* in a ring: what may be written; it may grow meanwhile */
	struct sink_sealed *sealed;   /* NULL: the content is the file */
};

struct sink {
	struct sink_options options;
	uint64_t position;    /* of the content */
	uint64_t end;	      /* of the file */
	uint64_t written;     /* bytes handed to write(2), holes and padding excluded */
	uint32_t crc32;	      /* up to SUMMED, behind the gap; whole after sink_finish */
	uint32_t summed;      /* bytes of the buffer being filled that are in crc32 */
	unsigned int filling; /* the buffer being filled; the others may be in flight */
	struct sink_gap gap;
	struct writer writer; /* with the buffers, and the first error */
};

/*
 * Begins to write FD, opened for writing: an empty regular file, or what holds the ring, of which
 * nothing beyond the room is written (-EFBIG). RESERVE is SINK_RESERVE bytes
 * aligned to SINK_BLOCK and stays in use until sink_finish. Returns 0 or -errno; after an
 * error there is nothing to finish. With sparse and expected_size the file is extended at
 * once, which keeps each write from being an extending one (ext4 makes those synchronous).
 */
int sink_start(struct sink *s, int fd, const struct sink_options *options, uint8_t *reserve);

/* Appends SIZE bytes. Returns 0 or the first -errno of any write so far. */
int sink_write(struct sink *s, const uint8_t *data, size_t size);

/* Appends SIZE zero bytes, as a hole where that is possible. As sink_write. */
int sink_zeros(struct sink *s, uint64_t size);

/* From here on nothing is written any more, and all calls return ERROR, a -errno. */
void sink_fail(struct sink *s, int error);

/*
 * Writes what is left, waits for it and sets the exact length of a regular file. Must be called
 * once after sink_start, also after an error. Returns 0 or the first -errno.
 */
int sink_finish(struct sink *s);

#endif
