/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one attempt stores on a target that is mounted: the log, the memory, the status; and the
 * room for it.
 */
#ifndef WORKER_SAVE_H
#define WORKER_SAVE_H

#include "store/store.h"
#include "worker/attempt.h"
#include "worker/space.h"

#include <stdbool.h>

struct capture;
struct mount;
struct status;

/* All but STORE and what follows is the caller's. */
struct save {
	const struct worker *worker;
	const struct mount *mount;
	struct capture *capture;
	struct status *status;
	struct store store;
	enum attempt_kind kind; /* what is being saved now: as asked for, or less */
	bool log_saved;
	struct space space;
	unsigned int rewrites; /* of memory that had no room after all */
};

/*
 * Saves what the attempt asks for, or less of it where it does not fit. Returns how the attempt
 * ended; each failure is logged.
 */
enum worker_end save_dump(struct save *s);

#endif
