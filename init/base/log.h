/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kdump-init says: one line to every console of the kernel, and the same line into a
 * buffer that PID 1 and its workers share, from which capture.log is made.
 *
 * Nothing here blocks for more than a second, and nothing here fails: a console that does not
 * take its text loses it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Maps the shared buffer. Called once, before the first fork. */
void log_open(void);

/* Opens every console the kernel prints to, so that the one with the screen is among them. */
void log_open_consoles(void);

/* One line, without its newline, to all consoles and the capture log. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Like log_line, but spares the terminals, where log_renew already shows the same. */
void log_line_serial(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Replaces the line shown last on terminals; serial consoles and the capture log skip it. */
void log_renew(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Waits until the consoles have sent what they hold. May block: for the child that reboots. */
void log_drain(void);

/* The capture log so far: *text points into the shared buffer; returns its length. */
size_t log_text(const char **text);

#endif
