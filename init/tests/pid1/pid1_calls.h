/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside a run: the calls that the plan makes fail, and what the others did.
 */
#ifndef TESTS_PID1_PID1_CALLS_H
#define TESTS_PID1_PID1_CALLS_H

#include "tests/pid1/pid1_run.h"

#include <stdbool.h>
#include <stddef.h>

/* The run that this process belongs to; NULL in the harness, where all calls are as ever. */
extern struct pid1_run *pid1_now;

/* STRIKE_TIMER, for this child, and its timer. */
extern struct pid1_fault *pid1_aimed;
void pid1_arm(struct pid1_fault *f);

/* Writes down a broken promise. */
void pid1_break(struct pid1_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* pid1_wrap.c: does a fault strike this call? Those that end the process do so in here. */
struct pid1_fault *pid1_strikes(enum pid1_call call);
bool pid1_fails(enum pid1_call call); /* for calls that only fail; sets errno */

/* pid1_machine.c: what a call of this process does to the counters of its disk in /sys. */
void pid1_disk_works(bool gets_on);

/* pid1_model.c: what was made durable, by inode. */
void pid1_mark(int fd, bool unsafe);
bool pid1_is_unsafe(const struct pid1_run *run, const char *path);
void pid1_named(int dir_fd, const char *from, const char *to);
void pid1_synced(int fd);
void pid1_ring_write(int fd, const void *data, size_t size);

/* pid1_owners.c: does chattr +i keep NAME in that directory from being removed or renamed? */
bool pid1_is_immutable(int dir_fd, const char *name);

/* pid1_machine.c: are reboot(2) and all else that could touch this machine wrapped? */
bool pid1_is_safe(void);
void pid1_leave_worker(void);

/* Collects what the harness itself writes to standard output and standard error; NULL: ends. */
void pid1_collect(char *text, size_t size);

#endif
