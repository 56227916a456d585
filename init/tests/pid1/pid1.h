/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole binary as PID 1 of a machine that is made of plain files: a namespace with a root of
 * its own, disks that are small tmpfs, and calls that fail, hang or kill when the plan says so
 * (-Wl,--wrap). What the run did is written down in memory that the harness shares with it. The
 * machine underneath is out of reach: reboot(2) and the pseudo files are never passed on.
 */
#ifndef TESTS_PID1_PID1_H
#define TESTS_PID1_PID1_H

#include "tests/pid1/pid1_run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* pid1_draw.c */
struct pid1_plan pid1_draw(uint64_t seed);
/* One good disk with an earlier dump, an image with a log, nothing in the way. */
struct pid1_plan pid1_quiet(void);
void pid1_describe(const struct pid1_run *run, char *text, size_t size);

/* pid1_judge.c */
enum pid1_end { END_ORDERED, END_CUT, END_DIED, END_HUNG };
enum pid1_left {
	LEFT_NOTHING,
	LEFT_REPORT, /* what was said, and a status that says that nothing was saved */
	LEFT_LOG,
	LEFT_LOG_ONLY,
	LEFT_PARTIAL,
	LEFT_COMPLETE,
	LEFT_KINDS
};

struct pid1_verdict {
	enum pid1_left left;
	bool saved;    /* PID 1 believed so */
	char why[400]; /* the promise that was broken, "" for none */
};

void pid1_judge(struct pid1_run *run, const char *dir, enum pid1_end end,
		struct pid1_verdict *verdict);

/*
 * pid1.c: builds, starts, waits and judges one run of that plan. TAMPER sees DIR in between. Where
 * reboot(2) is to hang, the run is given less time than PID 1 gives it.
 */
struct pid1_verdict pid1_one(const struct pid1_plan *plan, void (*tamper)(const char *dir));

/* The same of COUNT plans at once, each with PATIENCE_S seconds. */
void pid1_several(const struct pid1_plan *plans, unsigned int count, unsigned int patience_s,
		  struct pid1_verdict *verdicts);

/*
 * What seconds in a plan, and those of patience, are to be multiplied by here and now: 1 where a
 * quiet run takes a moment, as it should, and more where the host has much else to do.
 */
unsigned int pid1_pace(void);

/* Run N of those that were judged last. */
const struct pid1_run *pid1_last(unsigned int n);

/* Calls INSIDE in the world as a test; skips it where there can be none. */
void pid1_test(int (*inside)(void));

#endif
