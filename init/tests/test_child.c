/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child: every end of a job is told as what it was, in bounded time, and leaves no zombie.
 */
#include "base/clock.h"
#include "pid1/child.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What ends in no time has SOON_MS, on a machine that has much else to do; what must not be waited
 * for would last for EVER_MS. */
enum { SOON_MS = 60000, EVER_MS = 120000 };

static volatile uint32_t *shared;

static void sleep_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

static int leave(void *arg)
{
	return *(int *)arg;
}

static int die(void *arg)
{
	signal(*(int *)arg, SIG_DFL);
	raise(*(int *)arg);
	return 0;
}

static int hang(void *arg)
{
	(void)arg;
	return pause();
}

enum { MOVE_MS = 50 };

/* Moves every MOVE_MS, *ARG times, then ends with 5. */
static int move(void *arg)
{
	for (int i = 0; i < *(int *)arg; i++) {
		*shared = *shared + 1;
		sleep_ms(MOVE_MS);
	}
	return 5;
}

/* Its child has ended, not reaped, when it ends itself. */
static int leave_orphan(void *arg)
{
	siginfo_t info;
	pid_t pid = fork();

	(void)arg;
	if (pid == 0)
		_exit(9);
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0 ? 3 : 4;
}

/* Ends with what is not as a fresh program would find it. */
static int look_around(void *arg)
{
	struct sigaction segv;
	sigset_t blocked;

	(void)arg;
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	sigaction(SIGSEGV, NULL, &segv);
	return sigismember(&blocked, SIGCHLD) + 2 * sigismember(&blocked, SIGTERM) +
	       4 * (segv.sa_handler != SIG_DFL);
}

/* As PID 1 has it: SIGCHLD blocked. Checks how JOB ends, and that it does soon. */
static void check(int (*job)(void *), int arg, struct child_limits limits, enum child_end end,
		  int code)
{
	struct child_result got;
	uint64_t start = clock_ms();
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	limits.deadline_ms += start;
	got = child_run(job, &arg, &limits);
	CHECK_EQ(got.end, end);
	CHECK_EQ(got.code, code);
	CHECK(clock_ms() - start <= SOON_MS);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
}

static void map_shared(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(map != MAP_FAILED);
	shared = map;
}

static const struct child_limits patient = {.deadline_ms = EVER_MS};

TEST("an exit code is told, and at once")
{
	check(leave, 0, patient, CHILD_EXITED, 0);
	check(leave, 10, patient, CHILD_EXITED, 10);
	check(leave, 255, patient, CHILD_EXITED, 255);
}

TEST("a signal is told")
{
	check(die, SIGSEGV, patient, CHILD_SIGNALED, SIGSEGV);
	check(die, SIGKILL, patient, CHILD_SIGNALED, SIGKILL);
	check(die, SIGABRT, patient, CHILD_SIGNALED, SIGABRT);
}

TEST("a job that does not move is killed as stalled")
{
	map_shared();
	check(hang, 0, (struct child_limits){shared, 400, EVER_MS, NULL, NULL, NULL}, CHILD_STALLED,
	      0);
	check(hang, 0, (struct child_limits){NULL, 400, EVER_MS, NULL, NULL, NULL}, CHILD_STALLED,
	      0);
}

TEST("a shorter limit may come up while the job runs")
{
	map_shared();
	shared[1] = 400;
	check(hang, 0, (struct child_limits){shared, EVER_MS, 2 * EVER_MS, shared + 1, NULL, NULL},
	      CHILD_STALLED, 0);
	check(hang, 0, (struct child_limits){shared, 400, EVER_MS, shared + 2, NULL, NULL},
	      CHILD_STALLED, 0);
}

TEST("a job that is late is killed as late, whether it moves or not")
{
	map_shared();
	check(hang, 0, (struct child_limits){shared, 0, 400, NULL, NULL, NULL}, CHILD_LATE, 0);
	check(move, EVER_MS / MOVE_MS,
	      (struct child_limits){shared, EVER_MS, 400, NULL, NULL, NULL}, CHILD_LATE, 0);
	check(hang, 0, (struct child_limits){NULL, 0, 0, NULL, NULL, NULL}, CHILD_LATE, 0);
}

TEST("progress keeps a job alive for longer than it may stall")
{
	map_shared();
	*shared = UINT32_MAX - 5; /* and the counter may wrap */
	check(move, 9000 / MOVE_MS, (struct child_limits){shared, 8000, EVER_MS, NULL, NULL, NULL},
	      CHILD_EXITED, 5);
}

/* *ARG times. */
static bool works(void *arg)
{
	int *left = arg;

	return (*left)-- > 0;
}

TEST("a job that the kernel works on is not stalled, until it does not any more")
{
	int left = 8; /* looks, four in a second */
	struct child_limits limits = {
		.stall_ms = 600, .deadline_ms = EVER_MS, .works = works, .works_arg = &left};
	uint64_t start = clock_ms();

	check(hang, 0, limits, CHILD_STALLED, 0);
	CHECK(clock_ms() - start >= 1500);
	CHECK(left < 0);
	left = EVER_MS;
	limits.deadline_ms = 1000;
	check(hang, 0, limits, CHILD_LATE, 0);
}

TEST("children of a job that PID 1 inherits are reaped too")
{
	test_needs("subreaper");
	REQUIRE(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	check(leave_orphan, 0, patient, CHILD_EXITED, 3);
}

TEST("a job begins with default signals, none of them blocked")
{
	signal(SIGSEGV, SIG_IGN);
	check(look_around, 0, patient, CHILD_EXITED, 0);
}

/* In a process of its own, which gives up root for good: root may always fork. */
static void fork_in_vain(void)
{
	struct rlimit none = {0, 0};
	struct child_result got;
	int arg = 0;

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0) && errno != EINVAL)
		_exit(1); /* where there is no other user, root is none of the host's, and is
			     limited */
	if (setrlimit(RLIMIT_NPROC, &none) != 0)
		_exit(2);
	got = child_run(leave, &arg, &patient);
	_exit(got.end == CHILD_FORK && got.code == EAGAIN ? 0 : 3);
}

TEST("a fork that fails is told with its errno")
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		fork_in_vain();
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
}

TEST("the clock runs forward, in milliseconds")
{
	uint64_t before = clock_ms();
	uint64_t passed;

	sleep_ms(50);
	passed = clock_ms() - before;
	CHECK(passed >= 50 && passed < SOON_MS);
}
