/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pread that fails where a test says so, as long as that test lasts. It stands in for libc's in
 * a program that is linked with --wrap=pread, and does what that does until told otherwise.
 */
#ifndef TESTS_PREAD_H
#define TESTS_PREAD_H

#include <stddef.h>
#include <sys/types.h>

/* How many of the next calls a signal interrupts; and the most that one of them returns. */
extern unsigned int pread_interrupts;
extern size_t pread_most;

extern unsigned long pread_calls; /* so far */

/* What touches the bytes from FROM up to TO fails with EFAULT. */
void pread_fails(off_t from, off_t to);

#endif
