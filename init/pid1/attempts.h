/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attempts of a run: for each target in order the dump as configured, then a filtered one,
 * then the log alone, each in a worker of its own, until one succeeds.
 */
#ifndef PID1_ATTEMPTS_H
#define PID1_ATTEMPTS_H

#include "worker/attempt.h"

enum { ATTEMPTS_MAX = 3 * CONFIG_TARGETS };

/* Lists the attempts that CONFIG asks for. Returns how many there are. */
unsigned int attempts_plan(const struct config *config, struct attempt list[ATTEMPTS_MAX]);

/*
 * Runs them until one succeeds, until none is left, or until DEADLINE_MS (on clock_ms).
 * Returns true when something was saved. SHARED is in memory shared with children.
 */
bool attempts_run(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms);

#endif
