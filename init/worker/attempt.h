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
	volatile uint32_t mounted;  /* 1 once the target is */
	/* 1 while the crashed kernel's memory is read, and not waited for the target; its log. */
	volatile uint32_t in_image, in_log;
	/* Set to 1 by PID 1 when reading the log ended a worker before: this one leaves it out. */
	volatile uint32_t skip_log;
	/* The device of each target, once it was found: root= is not tried where it is one. */
	volatile uint64_t device[CONFIG_TARGETS];
	/* The disks that hung: a copy of PID 1's list, and the disk that the worker uses now. */
	struct hung hung;
};

/* All that a worker is given. It belongs to PID 1; the worker has a copy, by fork(2). */
struct worker {
	const struct config *config;
	const struct attempt *attempt;
	struct worker_shared *shared;
	uint64_t deadline_ms; /* when PID 1 ends the attempt, on clock_ms; 0: never */
	/* Logs what PID 1 has to report; PID 1 itself does not log while its worker lives. */
	void (*tell)(void);
};

/* Changes *KIND to the next cheaper one that CONFIG allows; false, and no change: there is none. */
bool attempt_cheaper(const struct config *config, enum attempt_kind *kind);

/* The flag of the codec that packs a kdump file of an attempt of KIND. */
uint32_t attempt_codec(const struct config *config, enum attempt_kind kind);

/*
 * Makes one attempt, in the process that calls it: PID 1 has child_run call it in a child. ARG is a
 * struct worker. Returns an enum worker_end; what failed was logged.
 */
int worker_run(void *arg);

#endif
