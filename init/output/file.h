/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes at given offsets of a file: past the page cache where O_DIRECT works, and with little
 * of the page cache where it does not.
 */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILE_BLOCK = 4096 /* alignment of O_DIRECT: address, offset and length */ };

struct remote;

struct file {
	int fd;		       /* the caller's */
	bool direct;	       /* O_DIRECT is in force */
	struct remote *remote; /* the caller's: what takes the bytes in place of FD; or NULL */
	volatile uint32_t *progress;
	volatile uint32_t *reading; /* 0 while a call waits for the file, else 1; or NULL */
	uint64_t settling;	    /* without O_DIRECT: the run whose pages are dropped next */
	size_t settling_size;
};

/* Begins to write FD, with O_DIRECT if that is wanted and can be had. PROGRESS may be NULL. */
void file_begin(struct file *f, int fd, bool direct, volatile uint32_t *progress);

/*
 * Writes all SIZE bytes at OFFSET, and counts up *PROGRESS after each write. Returns 0 or -errno.
 */
int file_write(struct file *f, const uint8_t *data, size_t size, uint64_t offset);

/* Notes in *READING that a call waits for the file, or no longer. */
void file_waits(const struct file *f, bool waits);

/* Counts up *PROGRESS: something was written by other means. */
void file_moved(const struct file *f);

/*
 * After file_write of the same run: starts its writeback, waits for that of
 * the run before it and drops that from the page cache (sync_file_range(2), posix_fadvise(2)),
 * so that two runs are in it at most. Nothing to do with O_DIRECT. Returns 0 or -errno.
 */
int file_sync_range(struct file *f, uint64_t offset, size_t size);

#endif
