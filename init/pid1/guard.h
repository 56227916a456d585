/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard: a small process that holds the watchdog, so that PID 1 calls no driver. It pets only
 * when something moved: the worker, or PID 1 itself.
 */
#ifndef PID1_GUARD_H
#define PID1_GUARD_H

#include "config/config.h"

/*
 * Starts the guard for the watchdog that CONFIG names, and starts it again when it dies; that
 * happens in child_run. PROGRESS is the worker's count, in shared memory. The device may come up
 * at any later time. No guard where none is wanted or the memory for it cannot be had: then the
 * other calls do nothing.
 */
void guard_start(const struct config *config, const volatile uint32_t *progress);

/* PID 1 has got one step further. */
void guard_step(void);

/*
 * While ON, waiting for a child counts as progress: the watchdog is petted as long as PID 1 lives.
 * For a shell, which shows no progress of its own.
 */
void guard_pet_while_waiting(bool on);

/* Logs what has become of the watchdog, once. For whoever writes the log just then. */
void guard_tell(void);

/*
 * The milliseconds without progress after which PID 1 has to give up to be quicker than the
 * watchdog: 0 while it does not matter. NULL without a guard.
 */
const volatile uint32_t *guard_cap_ms(void);

/* The end of the run has begun: the watchdog is petted once more, then left to itself, armed. */
void guard_end(void);

#endif
