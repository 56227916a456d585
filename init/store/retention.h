/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which dumps stay in a path, and which go: one pass finds out, however many there are. Only files
 * of a dump go, and only where a run like this made it. The best dump with memory (complete if
 * there is any, then the newest) never goes before the one being made is as good.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/dumps.h"
#include "store/status_text.h"

enum {
	RETENTION_REMOVALS = 64, /* of dumps in one run, so that it ends */
	RETENTION_KINDS = 4,	 /* of enum retention_kind */
	RETENTION_LOGS = 100,	 /* dumps without memory that stay */
	RETENTION_REPORTS = 20,	 /* of those with nothing of the kernel that crashed */
	RETENTION_LIST = 100,	 /* names of a kind that are remembered */
};

/* Dumps with memory; a log alone; neither; what this run's earlier attempts left, no status. */
enum retention_kind { RETENTION_MEMORY, RETENTION_LOG, RETENTION_REPORT, RETENTION_OWN };

/* The oldest of what may go, or the newest of what was interrupted. */
struct retention_list {
	unsigned int count;
	struct retention_entry {
		char name[STORE_NAME];
		uint64_t bytes; /* that its removal frees, of its memory alone */
	} entry[RETENTION_LIST];
};

/* The newest dump that has a status. */
struct retention_last {
	char name[STORE_NAME]; /* "": none */
	int64_t clock;	       /* of its status; in older versions its time */
	unsigned int of_day;
	char loop[STATUS_LOOP_BYTES]; /* of its status */
};

struct retention {
	const struct store *store;     /* the caller's, as the next one */
	unsigned int earlier_attempts; /* of this run; below ONLY_REPORTS is what a survey finds */
	bool test, only_reports;     /* the present one is a test: nothing goes; or reports alone */
	unsigned int swept, foreign; /* what is gone; directories that only look like dumps */
	char foreign_name[STORE_NAME]; /* of the first of those */
	unsigned int count[RETENTION_KINDS];
	struct retention_list may_go[RETENTION_KINDS], interrupted;
	char best[STORE_NAME], newest_log[STORE_NAME];
	enum dump_kind best_kind;
	struct retention_last last, last_memory;
};

/*
 * Looks at every dump but the one being made. Removes tests, and what interrupted captures (not
 * this run) left: *-incomplete, and what is empty then. Returns 0, or -errno: nothing more may go.
 */
int retention_survey(struct retention *r);

/*
 * Removes the oldest dump of KIND that can go and may, when there are more than KEEP beside the one
 * being made; NAME tells which. Returns 1; 0 when none goes; -errno.
 */
int retention_remove(struct retention *r, enum retention_kind kind, unsigned int keep,
		     char name[STORE_NAME]);

/* For room: first what this run left incomplete, then, for MEMORY, the oldest that has some. */
int retention_evict(struct retention *r, bool memory, char name[STORE_NAME]);
uint64_t retention_removable(const struct retention *r); /* bytes that it can free */

/*
 * Which dump with memory of its day the one being made is, from 1, its kernel having run for UPTIME
 * seconds (0: not known); interrupted ones count, but for this run's. Sets *CLOCK: see README.md.
 */
unsigned int retention_of_day(const struct retention *r, uint64_t uptime, int64_t *clock);

/* Removes what earlier attempts left; their memory only if the one being made has its own. */
unsigned int retention_supersede(struct retention *r);

#endif
