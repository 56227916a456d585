/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attempts of a run: for each target in order the dump as configured, then a filtered one,
 * then the log alone, each in a worker of its own, until one succeeds.
 */
#ifndef PID1_ATTEMPTS_H
#define PID1_ATTEMPTS_H

#include "worker/attempt.h"

/* Three kinds of dumps for each target. */
enum { ATTEMPTS_MAX = 3 * CONFIG_TARGETS };

/*
 * Fills LIST with the attempts that CONFIG asks for, in the order in which they are to be made.
 * Returns how many there are. They refer to the targets in CONFIG. Public for the tests.
 */
unsigned int attempts_plan(const struct config *config, struct attempt list[ATTEMPTS_MAX]);

/*
 * Makes attempts until one succeeds, until none is left, or until DEADLINE_MS (on clock_ms).
 * Returns true when something was saved; each failure is logged. SHARED has to be in memory that is
 * shared with children (mmap(2), MAP_SHARED).
 */
bool attempts_run(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms);

#endif
