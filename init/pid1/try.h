/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt, in a worker that PID 1 watches: how long it may take, what counts as progress, and
 * what its end says of what to try next.
 */
#ifndef PID1_TRY_H
#define PID1_TRY_H

#include "worker/attempt.h"

enum try_end {
	TRY_SAVED,
	TRY_CHEAPER,	/* this program or the image failed: the target takes less, maybe */
	TRY_COME_BACK,	/* the target failed in writing: less, once all others were tried */
	TRY_LATE,	/* it took too long: the log, once all others were tried */
	TRY_FULL,	/* less was tried in vain, for want of room */
	TRY_LEFT_ALONE, /* the target hangs, or cannot be had */
};

struct
try {
	const struct config *config;
	struct worker_shared *shared; /* memory shared with children */
	uint64_t deadline_ms;	      /* of the run, on clock_ms */
};

/*
 * Makes the attempt A, once more without the log where that ended the worker. LATER targets are to
 * be tried after it: what they need of the time that is left is kept for them. What failed is
 * logged.
 */
enum try_end try_attempt(const struct try *t, const struct attempt *a, unsigned int later);

#endif
