/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt to save one dump on one target, in a process of its own. What stands here is all that
 * PID 1 and its worker know of each other: PID 1 sees that it moves, that the dump is safe, and how
 * it ended.
 */
#ifndef WORKER_ATTEMPT_H
#define WORKER_ATTEMPT_H

#include "config/config.h"
#include "disk/hung.h"

#include <stdbool.h>
#include <stdint.h>

#ifndef VMCORE_PATH
#define VMCORE_PATH "/proc/vmcore"
#endif

/*
 * What an attempt is to save: the dump as it is configured, a filtered one, the log alone; or a
 * report, which is what kdump-init said so far, and does not look at the crashed kernel at all.
 */
enum attempt_kind { ATTEMPT_FULL, ATTEMPT_FILTERED, ATTEMPT_LOG, ATTEMPT_REPORT };

/* The exit codes of a worker; what PID 1 tries next depends on them. */
enum worker_end {
	WORKER_DONE = 0,
	WORKER_FAILED = 10, /* this program or the memory image is at fault: try a cheaper kind */
	WORKER_NO_SPACE,    /* not even the cheapest kind fits: try another target */
	WORKER_TARGET,	    /* the target cannot be had: try another one */
	WORKER_IO,	    /* it was had, and failed: try another one, come back with less */
	WORKER_SLOW, /* too slow for what was wanted; within a worker, which then saves less */
};

/* What a worker may die or hang of, besides the memory: bits of a set. */
enum worker_reads { READS_RECORDS = 1, READS_LOG = 2 };

struct attempt {
	enum attempt_kind kind;
	const struct config_target *target;
	unsigned int number; /* of this run, from 1 */
};

/* Memory that PID 1 and its worker share. PID 1 does nothing rash, whatever is written to it. */
struct worker_shared {
	volatile uint32_t progress; /* counted up as the worker gets further; else it stalls */
	volatile uint32_t saved;    /* 1 once the dump is durable, whatever comes then */
	volatile uint32_t loop;	    /* 1 where the dump is of a crash too many: on_loop */
	volatile uint32_t found, mounted; /* 1 once the target's device is; once that is */
	volatile uint32_t in_image; /* 1 while the worker waits for what it reads, not the target */
	volatile uint32_t flash;    /* its PID where the target is flash; else 0 */
	volatile uint32_t reads;    /* of enum worker_reads, while it is about that */
	volatile uint32_t skip;	    /* by PID 1: what is left out, since it ended a worker before */
	volatile uint32_t repeated; /* the same: attempts that were made once more for that */
	/* The device of each target, once it was found: root= is not tried where it is one. */
	volatile uint64_t device[CONFIG_TARGETS];
	struct hung hung; /* a copy of PID 1's list, and the disk that the worker uses now */
};

/* All that a worker is given. It belongs to PID 1; the worker has a copy, by fork(2). */
struct worker {
	const struct config *config;
	const struct attempt *attempt;
	struct worker_shared *shared;
	uint64_t deadline_ms; /* when PID 1 ends the attempt, on clock_ms; 0: never */
	void (*tell)(void);   /* logs what PID 1 has to report, who is silent then */
};

/* Changes *KIND to the next cheaper one that CONFIG allows; false, and no change: there is none. */
bool attempt_cheaper(const struct config *config, enum attempt_kind *kind);

/* The flag of the codec that packs a kdump file of an attempt of KIND. */
uint32_t attempt_codec(const struct config *config, enum attempt_kind kind);

/* Makes one attempt, which PID 1 has child_run call in a child. ARG is a struct worker. Returns an
 * enum worker_end; what failed was logged. */
int worker_run(void *arg);

#endif
