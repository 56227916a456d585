/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job in a forked child, watched by PID 1: whatever may block on a device, parse the old
 * kernel's memory or simply be wrong runs here.
 */
#ifndef PID1_CHILD_H
#define PID1_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum child_end {
	CHILD_EXITED,	/* it ended by itself; the code is its exit code */
	CHILD_SIGNALED, /* a signal killed it; the code is that signal's number */
	CHILD_STALLED,	/* it was killed: it made no progress for the time allowed */
	CHILD_LATE,	/* it was killed: the deadline passed */
	CHILD_FORK,	/* it could not be started; the code is the errno of fork(2) */
};

struct child_limits {
	/* A number in shared memory, of which any change is progress. NULL: there is none to see.
	 */
	const volatile uint32_t *progress;
	/* The milliseconds without progress after which the child is killed. 0: no limit. */
	uint32_t stall_ms;
	/* When it is killed in any case, on clock_ms. */
	uint64_t deadline_ms;
	/* A number that takes the place of stall_ms while it is lower and not 0; it may change at
	 * any time. NULL: there is none. */
	const volatile uint32_t *cap_ms;
	/*
	 * Asked again and again while progress stands: does the kernel get on with what the child
	 * waits for? That is progress, too. It must not block. NULL: there is no knowing.
	 */
	bool (*works)(void *arg);
	void *works_arg;
};

struct child_result {
	enum child_end end;
	int code; /* 0 where enum child_end gives it no meaning */
};

/*
 * Returns SIZE bytes of memory, all zero, that this process shares with the children it starts from
 * here on; or NULL when there is no memory for that. It is never freed.
 */
void *child_memory(size_t size);

/*
 * From here on child_run calls HOOK several times a second with 0, and once with each child that
 * ended besides the one it waits for. HOOK must not block. There is one hook; NULL takes it away.
 */
void child_on_poll(void (*hook)(pid_t ended));

/*
 * Starts JOB(ARG) in a child and does not wait. A later child_run reaps it and tells the hook.
 * Returns its PID, or -1 with errno when it cannot be forked, not even after half a second.
 */
pid_t child_start(int (*job)(void *arg), void *arg);

/*
 * Runs JOB(ARG) in a child and waits for it, no longer than LIMITS allow and two seconds more. The
 * child's exit code is what JOB returns. A child that stalls or is late is killed; one that cannot
 * be killed, because it hangs in the kernel, is left behind. SIGCHLD has to be blocked.
 */
struct child_result child_run(int (*job)(void *arg), void *arg, const struct child_limits *limits);

#endif
