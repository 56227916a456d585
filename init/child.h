/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job in a forked child, watched by PID 1: whatever may block on a device, parse the old
 * kernel's memory or simply be wrong runs here.
 */
#ifndef KDUMP_CHILD_H
#define KDUMP_CHILD_H

#include <stdint.h>

enum child_end {
	CHILD_EXITED,	/* code: its exit code */
	CHILD_SIGNALED, /* code: the signal */
	CHILD_STALLED,	/* no progress for the time allowed */
	CHILD_LATE,	/* the deadline passed */
	CHILD_FORK,	/* could not be started; code: errno */
};

struct child_limits {
	const volatile uint32_t *progress; /* any change is progress; NULL: none is seen */
	uint32_t stall_ms;		   /* without progress; 0: no limit */
	uint64_t deadline_ms;		   /* on child_clock_ms */
};

struct child_result {
	enum child_end end;
	int code;
};

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t child_clock_ms(void);

/*
 * Runs JOB(ARG) in a child and waits. The child's exit code is what JOB returns. A child that
 * stalls or is late is killed; one that cannot be killed (it hangs in the kernel) is left
 * behind. Blocks no longer than the limits and two seconds.
 */
struct child_result child_run(int (*job)(void *arg), void *arg, const struct child_limits *limits);

#endif
