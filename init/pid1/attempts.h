/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attempts of a run: for each target in order the dump as configured, then a filtered one,
 * then the log alone, each in a worker of its own, until one succeeds; where none does, the log to
 * root=, if that is none of them; and at last a report of why.
 */
#ifndef PID1_ATTEMPTS_H
#define PID1_ATTEMPTS_H

#include "worker/attempt.h"

/* Three kinds of dumps for each target; the log to root=. */
enum { ATTEMPTS_MAX = 3 * CONFIG_TARGETS + 1 };

/*
 * Fills LIST with the attempts that CONFIG asks for, in the order in which they are to be made.
 * Returns how many there are. They refer to the targets in CONFIG. Public for the tests.
 */
unsigned int attempts_plan(const struct config *config, struct attempt list[ATTEMPTS_MAX]);

/*
 * Makes attempts until one succeeds, until none is left, or until DEADLINE_MS (on clock_ms). Each
 * has a share of the time, which leaves some to those that follow.
 * Returns true when something was saved; each failure is logged, and was left on the first target
 * that took it. SHARED has to be in memory that is
 * shared with children (mmap(2), MAP_SHARED).
 */
bool attempts_run(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms);

/* Where there is no image of the crashed kernel: leaves a report of that on the first target that
 * takes it. */
void attempts_report(const struct config *config, struct worker_shared *shared,
		     uint64_t deadline_ms);

#endif
