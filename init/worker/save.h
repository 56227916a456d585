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
struct ring;
struct status;
struct stream;

struct save {
	/* The caller's, who sets them and nothing else. */
	const struct worker *worker;
	const struct mount *mount; /* mounted, writable */
	struct ring *ring;	   /* in its place, for a target without a filesystem; or NULL */
	struct stream *stream;	   /* the same, for one that is another machine */
	struct capture *capture;   /* open */
	const char *records;	   /* the directory that has those of pstore; or NULL */
	void (*show_records)(const char *records); /* mounts it there */
	int (*open_mtdoops)(uint32_t *record);	   /* as mtdoops_open, or NULL */
	struct status *status;			   /* the one that CAPTURE fills in */

	struct store store;
	struct space space;
	enum attempt_kind kind; /* what is being saved now: what was asked for, or less */
	bool log_saved;		/* the log is durable, under its name */
	bool log_waits;		/* it had no room, and gets some if the memory does */
	unsigned int rewrites;	/* how often the memory was begun anew because it had no room */
};

/*
 * Saves what the attempt asks for, or less of it where it does not fit. Returns how the attempt
 * ended; each failure is logged. Everything that it opened is closed then, and what it saved is
 * durable; a dump without its status is one that is not complete.
 */
enum worker_end save_dump(struct save *s);

/*
 * Saves what kdump-init said so far, and a status that says that nothing was saved of the crashed
 * kernel. s->capture is not used. Returns as save_dump.
 */
enum worker_end save_report(struct save *s);

#endif
