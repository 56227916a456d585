/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job in a forked child, watched by PID 1: whatever may block on a device, parse the old
 * kernel's memory or simply be wrong runs here.
 */
#ifndef PID1_CHILD_H
#define PID1_CHILD_H

#include <stdint.h>
#include <sys/types.h>

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
	uint64_t deadline_ms;		   /* on clock_ms */
	/* NULL, or a shorter limit than stall_ms that may come up meanwhile; 0: none has */
	const volatile uint32_t *cap_ms;
};

struct child_result {
	enum child_end end;
	int code;
};

/*
 * From here on child_run calls HOOK several times a second with 0, and once with each child that
 * ended besides the one it waits for. HOOK must not block. There is one hook; NULL takes it away.
 */
void child_on_poll(void (*hook)(pid_t ended));

/*
 * Starts JOB(ARG) in a child and does not wait. A later child_run reaps it and tells the hook.
 * Returns its PID, or -1 with errno when it cannot be forked.
 */
pid_t child_start(int (*job)(void *arg), void *arg);

/*
 * Runs JOB(ARG) in a child and waits. The child's exit code is what JOB returns. A child that
 * stalls or is late is killed; one that cannot be killed (it hangs in the kernel) is left
 * behind. A stall is judged by the lower of stall_ms and *cap_ms. Blocks no longer than the limits
 * and two seconds.
 */
struct child_result child_run(int (*job)(void *arg), void *arg, const struct child_limits *limits);

#endif
