/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard: a small process that holds the watchdog, so that PID 1 calls no driver. It pets the
 * watchdog only when the worker or PID 1 itself has made progress. There is one; without it (none
 * was wanted, or there was no memory for it) all calls but guard_start do nothing.
 */
#ifndef PID1_GUARD_H
#define PID1_GUARD_H

#include "config/config.h"

/*
 * Starts the guard for the watchdog that CONFIG names. When the guard dies, a later child_run
 * starts it again. PROGRESS is the worker's count, in shared memory. The device may appear at any
 * later time. CONFIG and PROGRESS have to stay where they are.
 */
void guard_start(const struct config *config, const volatile uint32_t *progress);

/* PID 1 itself has made progress. */
void guard_step(void);

/*
 * While ON, waiting for a child counts as progress: the watchdog is petted as long as PID 1 lives.
 * For a shell, which shows no progress of its own.
 */
void guard_pet_while_waiting(bool on);

/*
 * Logs what has become of the watchdog since it was logged last. It may be called in PID 1 and in a
 * worker: by whichever of them writes the log at the time.
 */
void guard_tell(void);

/*
 * The milliseconds without progress after which PID 1 has to give up a child to be quicker than the
 * watchdog, for child_limits: 0 while the watchdog leaves time enough, or there is none. It may
 * change at any time. NULL without a guard.
 */
const volatile uint32_t *guard_cap_ms(void);

/* The end of the run has begun: the watchdog is petted once more, then left to itself, armed. */
void guard_end(void);

#endif
