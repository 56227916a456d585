/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read, pread and write until all is done: calls that are interrupted, or that do a part of it,
 * are no news to anybody. And of files: an open that touches nothing else, and the
 * room that one takes.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * Reads up to SIZE bytes from where FD stands. Returns how many there are. Fewer with errno 0: the
 * file ends there; fewer with another errno: a read failed.
 */
size_t io_read(int fd, void *into, size_t size);

/* The same at the offset AT; where FD stands does not change. */
size_t io_read_at(int fd, void *into, size_t size, uint64_t at);

/* Writes all SIZE bytes. Returns 0 or -errno; -ENOSPC when FD takes no more without saying why. */
int io_write(int fd, const void *data, size_t size);

/* What a system call has returned, or -errno when that is negative. */
int io_result(long returned);

/*
 * Opens NAME in the directory AT to be read. Nothing but a regular file is opened: no device is
 * touched, no FIFO waited for, no link followed. Returns a descriptor; -EINVAL for what is there
 * and is no such file; or -errno.
 */
int io_open_regular(int at, const char *name);

/* Bytes that a file takes on its filesystem: st_blocks counts units of 512 (stat(2)). */
static inline uint64_t io_allocated(const struct stat *st)
{
	return (uint64_t)st->st_blocks * 512;
}

#endif
