/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running kernel was built with, where somebody kept it: in /boot, as distributions do, or
 * in /proc. And files that are read line by line for it, packed by gzip or not.
 */
#ifndef CLI_KERNEL_CONFIG_H
#define CLI_KERNEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

enum { KERNEL_CONFIG_VALUE = 64, KERNEL_RELEASE = 96 };

/* What uname -r prints; "" when /proc does not tell. */
void kernel_release(char release[KERNEL_RELEASE]);

/*
 * The value of CONFIG_NAME: "y", "m", a text or number without its quotes, "n" when it is not set.
 * Returns false, with VALUE "", when the kernel's configuration cannot be read.
 */
bool kernel_config(const char *name, char value[KERNEL_CONFIG_VALUE]);

/*
 * Calls TAKE with each line of the file PATH, without its newline and cut at some hundred bytes,
 * until that returns true. Returns 1 when it did, 0 at the end, or -errno.
 */
int kernel_file_lines(const char *path, bool (*take)(const char *line, void *arg), void *arg);

#endif
