/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read, pread and write until all is done: calls that are interrupted, or that do a part of it,
 * are no news to anybody.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads up to SIZE bytes from where FD stands. Returns how many there are. Fewer with errno 0: the
 * file ends there; fewer with another errno: a read failed.
 */
size_t io_read(int fd, void *into, size_t size);

/* The same at the offset AT; where FD stands does not change. */
size_t io_read_at(int fd, void *into, size_t size, uint64_t at);

/* Writes all SIZE bytes. Returns 0 or -errno; -ENOSPC when FD takes no more without saying why. */
int io_write(int fd, const void *data, size_t size);

#endif
