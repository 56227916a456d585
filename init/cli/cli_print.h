/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line prints: without stdio, which is larger than all of the commands.
 */
#ifndef CLI_CLI_PRINT_H
#define CLI_CLI_PRINT_H

#include <stddef.h>

/* One line on standard error: a finding, a problem. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on standard output: an answer. */
void cli_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes of TEXT, which others wrote, what a terminal can only show: it would obey the rest. */
void cli_tame(char *text);

/* Collects text for standard output. Returns 0, or the first -errno of writing it. */
int cli_collect(const char *text, size_t size);

/* Writes what is left of that. Returns 0 or the first -errno. */
int cli_flush(void);

#endif
