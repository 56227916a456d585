/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A moving view of the memory of the crashed kernel, through mmap where that works and through
 * pread where it does not. A page that cannot be read is seen as zeros, and counted.
 */
#ifndef VMCORE_WINDOW_H
#define VMCORE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WINDOW_BYTES = 4 * 1024 * 1024, /* one mapping; larger ones gain nothing (measured) */
	WINDOW_READ_BYTES = 64 * 1024,	/* one pread, where there is no mmap */
	WINDOW_EXCLUDED = 32,
};

struct window_range {
	uint64_t from, to; /* offsets in the file; TO is the first one beyond */
};

struct window {
	int fd;
	bool mapped;	  /* mmap is used; falls to false once, for good */
	bool viewing_map; /* the present view is a mapping, not scratch */
	uint64_t file_size;
	unsigned int excluded;
	struct window_range exclude[WINDOW_EXCLUDED];
	uint64_t offset; /* of the view in the file */
	size_t size;	 /* bytes of the view, 0: none */
	uint8_t *view;
	uint8_t *scratch;		    /* WINDOW_READ_BYTES, the caller's */
	volatile uint64_t unreadable;	    /* pages seen as zeros instead */
	volatile uint64_t first_unreadable; /* offset of the first of them */
};

/*
 * Prepares a view of FD, a file of FILE_SIZE bytes. SCRATCH holds WINDOW_READ_BYTES, is aligned
 * to 8 bytes for the sake of zero_is(), and stays the caller's. Installs a SIGBUS handler; one
 * window at a time.
 */
void window_open(struct window *w, int fd, uint64_t file_size, uint8_t *scratch);

/*
 * Keeps the bytes FROM up to TO from ever being mapped; they are read instead. Where too many
 * ranges are named nothing is mapped any more.
 */
void window_exclude(struct window *w, uint64_t from, uint64_t to);

/*
 * Shows the bytes from OFFSET on: returns them and sets *SIZE to how many there are, at least
 * one and at most WANT. The view lasts until the next call. NULL beyond the end of the file.
 */
const uint8_t *window_at(struct window *w, uint64_t offset, size_t want, size_t *size);

/* Gives the mapping back. The descriptor stays open. */
void window_close(struct window *w);

#endif
