/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runs: PID1_RUNS of them (1000), drawn from PID1_SEED and the numbers after it, several at a
 * time since most of them wait now and then. What was drawn and what came of it is printed as
 * comments, so that a check that cannot fail would be seen. Tests of the judge: pid1_lies.c.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/pid1/pid1_tally.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SLOTS = 12,
	RUNS = 1000,
	PATIENCE_S = 200,
	IMPATIENCE_S = 3,
	ALARM_S = 3600,
	TOLD = 10,
	QUICK_US = 2000000
};

struct slot {
	struct pid1_run *run;	    /* shared with all processes of the run */
	pid_t pid;		    /* of PID 1, 0: the slot is free */
	uint64_t started, patience; /* microseconds */
	char dir[16];
};

static struct {
	unsigned int left[LEFT_KINDS];
	unsigned int runs, clean, struck, cut, hung, killed, corrupt, sysrq, again, bad;
	uint64_t slowest; /* microseconds */
} sum;

static struct slot slots[SLOTS];
static int tap = -1; /* the stream that the verdicts of tests go to */

__attribute__((constructor)) static void keep_stream(void)
{
	tap = dup(STDOUT_FILENO);
}

static uint64_t now_us(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void begin(struct slot *s, const struct pid1_plan *plan, unsigned int patience_s)
{
	if (s->run == NULL) {
		s->run = mmap(NULL, sizeof(*s->run), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		REQUIRE(s->run != MAP_FAILED);
		snprintf(s->dir, sizeof(s->dir), "run%u", (unsigned int)(s - slots));
	}
	memset(s->run, 0, sizeof(*s->run));
	s->run->plan = *plan;
	pid1_build(plan, s->dir);
	pid1_owners(s->run, s->dir);
	s->started = now_us();
	s->patience = (uint64_t)patience_s * 1000000;
	s->pid = pid1_start(s->run, s->dir);
}

/* True when the run is over, and gone. */
static bool is_over(struct slot *s, enum pid1_end *end)
{
	uint64_t passed = now_us() - s->started;
	bool done = s->run->done;
	int status;

	if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
		s->run->panicked = WIFEXITED(status) && pid1_panic_reboots(s->dir);
		if (!s->run->panicked)
			test_note("PID 1 ended with status %#x", (unsigned int)status);
		*end = s->run->panicked ? END_ORDERED : END_DIED;
		return true;
	}
	if (s->run->dark) /* whatever a process does that makes no more calls */
		*end = END_CUT;
	else if (done)
		*end = END_ORDERED;
	else if (passed >= s->patience)
		*end = END_HUNG;
	else
		return false;
	kill(s->pid, SIGKILL);
	REQUIRE(waitpid(s->pid, &status, 0) == s->pid); /* takes all of the namespace with it */
	return true;
}

static void count(const struct pid1_run *run, const struct pid1_verdict *v, enum pid1_end end)
{
	unsigned int struck = 0;

	for (unsigned int i = 0; i < run->plan.faults; i++) {
		const struct pid1_fault *f = &run->plan.fault[i];
		bool kills = f->kind == STRIKE_SIGNAL || f->kind == STRIKE_TIMER;

		struck += f->struck > 0;
		sum.killed += f->struck > 0 && kills;
		sum.hung += f->struck > 0 && f->kind >= STRIKE_HANG;
	}
	sum.runs++;
	sum.struck += struck;
	sum.clean += struck == 0 && end == END_ORDERED;
	sum.cut += end == END_CUT;
	sum.corrupt += run->plan.corruption != CORRUPT_NOT;
	sum.sysrq += run->sysrqs > 0;
	sum.again += run->workers > 1;
	sum.left[v->left]++;
}

static void show_console(const char *dir)
{
	char path[64];
	size_t size;
	char *text;

	snprintf(path, sizeof(path), "%s/dev/console", dir);
	text = (char *)scratch_read_file(path, &size);
	test_note("%s", text);
	free(text);
}

static void finish_slot(struct slot *s, enum pid1_end end, struct pid1_verdict *v)
{
	uint64_t took = now_us() - s->started;

	pid1_judge(s->run, s->dir, end, v);
	count(s->run, v, end);
	if (took > sum.slowest)
		sum.slowest = took;
	s->pid = 0;
}

static void tell(const struct slot *s, const struct pid1_verdict *v)
{
	char text[1024];

	pid1_describe(s->run, text, sizeof(text));
	test_note("PID1_SEED=%llu PID1_RUNS=1: %s\n%s", (unsigned long long)s->run->plan.seed,
		  v->why, text);
	show_console(s->dir);
}

static struct slot *free_slot(void)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		if (slots[i].pid == 0)
			return &slots[i];
	}
	return NULL;
}

static bool look_at_all(void)
{
	bool any = false;

	for (unsigned int i = 0; i < SLOTS; i++) {
		struct slot *s = &slots[i];
		struct pid1_verdict v;
		enum pid1_end end;

		if (s->pid == 0)
			continue;
		any = true;
		if (!is_over(s, &end))
			continue;
		finish_slot(s, end, &v);
		pid1_tally_add(v.why);
		if (v.why[0] != '\0' && sum.bad++ < TOLD)
			tell(s, &v);
		pid1_clear(s->dir);
	}
	return any;
}

static void pause_a_moment(void)
{
	struct timespec moment = {.tv_nsec = 2000000};

	nanosleep(&moment, NULL);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void tell_sum(uint64_t seed, uint64_t us)
{
	dprintf(tap,
		"# pid1: seed %llu: %u runs in %.1f s, the longest %.1f s; left: %u complete, %u "
		"partial, %u log-only, %u a log, %u a report, %u nothing\n"
		"# pid1: %u faults struck (%u killed a child, %u hung a worker), %u runs had none; "
		"%u power cuts, %u corrupted images, %u runs tried more than once, %u used sysrq\n",
		(unsigned long long)seed, sum.runs, (double)us / 1e6, (double)sum.slowest / 1e6,
		sum.left[LEFT_COMPLETE], sum.left[LEFT_PARTIAL], sum.left[LEFT_LOG_ONLY],
		sum.left[LEFT_LOG], sum.left[LEFT_REPORT], sum.left[LEFT_NOTHING], sum.struck,
		sum.killed, sum.hung, sum.clean, sum.cut, sum.corrupt, sum.again, sum.sysrq);
}

/* Enough of everything that is drawn, or the promises were not tried. */
static bool is_enough(void)
{
	unsigned int some = sum.runs / 100;

	return sum.left[LEFT_COMPLETE] > some * 20 && sum.left[LEFT_LOG_ONLY] > some &&
	       sum.left[LEFT_LOG] > 0 && sum.left[LEFT_NOTHING] > some && sum.struck > some * 30 &&
	       sum.killed > some * 5 && sum.hung > some / 5 && sum.clean > some * 5 &&
	       sum.cut > some * 3 && sum.again > some * 5;
}

static int run_all(void)
{
	uint64_t seed = number_of("PID1_SEED", (uint64_t)time(NULL) * 1000003 % 1000000007);
	uint64_t runs = number_of("PID1_RUNS", RUNS);
	uint64_t start = now_us();
	uint64_t begun = 0;

	pid1_images();
	while (look_at_all() || begun < runs) {
		struct slot *s;

		while (begun < runs && (s = free_slot()) != NULL) {
			struct pid1_plan plan = pid1_draw(seed + begun++);

			begin(s, &plan, PATIENCE_S);
		}
		pause_a_moment();
	}
	tell_sum(seed, now_us() - start);
	CHECK(pid1_tally_write(seed, sum.runs, sum.slowest));
	if (runs >= RUNS && !CHECK(is_enough()))
		sum.bad++;
	return sum.bad > 0;
}

void pid1_several(const struct pid1_plan *plans, unsigned int count, unsigned int patience_s,
		  struct pid1_verdict *verdicts)
{
	unsigned int over = 0;
	enum pid1_end end;

	REQUIRE(count <= SLOTS);
	for (unsigned int i = 0; i < count; i++)
		begin(&slots[i], &plans[i], patience_s);
	for (unsigned int i = 0; over < count; i = (i + 1) % count) {
		struct slot *s = &slots[i];

		if (s->pid == 0 || !is_over(s, &end)) {
			pause_a_moment();
			continue;
		}
		finish_slot(s, end, &verdicts[i]);
		tell(s, &verdicts[i]);
		pid1_clear(s->dir);
		over++;
	}
}

struct pid1_verdict pid1_one(const struct pid1_plan *plan, void (*tamper)(const char *dir))
{
	struct slot *s = &slots[0];
	struct pid1_verdict v;
	enum pid1_end end;

	begin(s, plan, plan->reboot == ORDER_HANGS ? IMPATIENCE_S : PATIENCE_S);
	while (!is_over(s, &end))
		pause_a_moment();
	if (tamper != NULL)
		tamper(s->dir);
	finish_slot(s, end, &v);
	tell(s, &v);
	pid1_clear(s->dir);
	return v;
}

unsigned int pid1_pace(void)
{
	struct pid1_plan plan = pid1_quiet();
	uint64_t begun = now_us();

	(void)pid1_one(&plan, NULL); /* what becomes of it is for others to judge */
	return 1 + (unsigned int)((now_us() - begun) / QUICK_US);
}

const struct pid1_run *pid1_last(unsigned int n)
{
	return slots[n].run;
}

void pid1_test(int (*inside)(void))
{
	int r;

	alarm(ALARM_S); /* only a machine that hangs takes as long */
	r = pid1_world(inside);
	if (r == -1 && geteuid() != 0)
		dprintf(tap, "# pid1: NOT TESTED: this user may not make namespaces\n");
	else
		CHECK_EQ(r, 0);
}

TEST("randomized runs with faults, crashes, hangs and power cuts keep the promises")
{
	pid1_test(run_all);
}
