/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a test: each runs in an empty directory of its own, in which it makes, reads and
 * counts what it needs.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs a command of the shell; false when it fails. Its output is shown on failure. */
bool scratch_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The whole file, one NUL behind it; free() it. The test stops when it cannot be read. */
uint8_t *scratch_read_file(const char *path, size_t *size);

void scratch_write_file(const char *path, const void *data, size_t size);

/* Removes a file, or a directory with all that is in it. */
void scratch_remove(const char *path);

/* Entries in a directory such as /proc/self/fd, "." and ".." left out. */
unsigned int scratch_count_entries(const char *path);

/* AIO contexts of this process: the kernel maps the ring of each into it. */
unsigned int scratch_count_aio(void);

#endif
