/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forks a child, watches it, kills it. SIGCHLD is blocked in PID 1; sigtimedwait(2) waits for it,
 * and its timeout is what makes the watch look at the clock and at the progress.
 */
#include "pid1/child.h"

#include "base/clock.h"
#include "board/pseudofs.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The pauses between forks that fail get longer: 0.6 s in all. */
enum { POLL_MS = 250, REAP_MS = 2000, FORK_MS = 20, FORK_MOST_MS = 320 };

static void (*on_poll)(pid_t ended);

void child_on_poll(void (*hook)(pid_t ended))
{
	on_poll = hook;
}

/* The child stands where any program stands: default signals, none blocked, OOM may take it. */
static void become_child(void)
{
	sigset_t none;

	for (int i = 1; i <= SIGSYS; i++) /* the last one that is not of real time */
		signal(i, SIG_DFL);	  /* fails for SIGKILL and SIGSTOP, which are so anyway */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)pseudofs_write("/proc/self/oom_score_adj", "1000"); /* before /proc: no matter */
}

static void wait_for_signal(int ms)
{
	struct timespec timeout = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (on_poll != NULL)
		on_poll(0);
	(void)sigtimedwait(&child, NULL, &timeout); /* however it ends, the caller looks again */
}

/* Reaps every child that has ended; true when PID is among them. */
static bool reap(pid_t pid, int *status)
{
	bool found = false;
	int any;
	pid_t got;

	while ((got = waitpid(-1, &any, WNOHANG)) > 0) {
		if (got == pid) {
			*status = any;
			found = true;
		} else if (on_poll != NULL) {
			on_poll(got);
		}
	}
	return found;
}

static struct child_result result_of(int status)
{
	if (WIFSIGNALED(status))
		return (struct child_result){CHILD_SIGNALED, WTERMSIG(status)};
	return (struct child_result){CHILD_EXITED, WEXITSTATUS(status)};
}

static struct child_result end_child(pid_t pid, enum child_end why)
{
	uint64_t until = clock_ms() + REAP_MS;
	int status;

	kill(pid, SIGKILL); /* our own child, not reaped yet: cannot fail */
	while (!reap(pid, &status) && clock_ms() < until)
		wait_for_signal(POLL_MS);
	return (struct child_result){why, 0};
}

static uint32_t stall_limit(const struct child_limits *limits)
{
	uint32_t cap = limits->cap_ms == NULL ? 0 : *limits->cap_ms;

	return cap > 0 && cap < limits->stall_ms ? cap : limits->stall_ms;
}

static bool has_moved(const struct child_limits *limits, uint32_t *seen)
{
	uint32_t before = *seen;

	if (limits->progress != NULL)
		*seen = *limits->progress;
	return *seen != before || (limits->works != NULL && limits->works(limits->works_arg));
}

static struct child_result watch(pid_t pid, const struct child_limits *limits)
{
	uint32_t seen = limits->progress == NULL ? 0 : *limits->progress;
	uint64_t moved = clock_ms();
	int status;

	while (!reap(pid, &status)) {
		uint64_t now = clock_ms();

		if (has_moved(limits, &seen))
			moved = now;
		if (now >= limits->deadline_ms)
			return end_child(pid, CHILD_LATE);
		if (limits->stall_ms > 0 && now - moved >= stall_limit(limits))
			return end_child(pid, CHILD_STALLED);
		wait_for_signal(POLL_MS);
	}
	return result_of(status);
}

void *child_memory(size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* Memory that is short for a fork may be there a moment later. */
pid_t child_start(int (*job)(void *arg), void *arg)
{
	pid_t pid = fork();

	for (int ms = FORK_MS; pid < 0 && ms <= FORK_MOST_MS; ms *= 2) {
		clock_pause(ms);
		pid = fork();
	}
	if (pid == 0) {
		become_child();
		_exit(job(arg));
	}
	return pid;
}

struct child_result child_run(int (*job)(void *arg), void *arg, const struct child_limits *limits)
{
	pid_t pid = child_start(job, arg);

	if (pid < 0)
		return (struct child_result){CHILD_FORK, errno};
	return watch(pid, limits);
}
