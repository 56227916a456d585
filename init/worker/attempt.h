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

enum attempt_kind { ATTEMPT_FULL, ATTEMPT_FILTERED, ATTEMPT_LOG };

/* Exit codes of a worker. */
enum worker_end {
	WORKER_DONE = 0,
	WORKER_FAILED = 10, /* our fault, or the memory image's: a cheaper attempt may do */
	WORKER_NO_SPACE,    /* it does not fit: a smaller dump may */
	WORKER_TARGET,	    /* the device or the filesystem: another target may do */
};

struct attempt {
	enum attempt_kind kind;
	const struct config_target *target;
	unsigned int number; /* from 1 */
};

/* Shared memory between PID 1 and its worker. PID 1 believes none of it blindly. */
struct worker_shared {
	volatile uint32_t progress; /* counts anything that is not waiting in vain */
	volatile uint32_t saved;    /* the dump is complete and durable, whatever comes after */
	volatile uint32_t in_log;   /* the crashed kernel's log is being read */
	volatile uint32_t skip_log; /* PID 1 says so: reading it ended a worker */
	struct hung hung;	    /* PID 1 has a list of its own, and copies it here */
};

struct worker {
	const struct config *config;
	const struct attempt *attempt;
	struct worker_shared *shared;
	void (*tell)(void); /* logs what PID 1 has to say, which is silent while its worker lives */
};

/* From *KIND to the next cheaper one that CONFIG allows; false when there is none. */
bool attempt_cheaper(const struct config *config, enum attempt_kind *kind);

/* The job for child_run; ARG is a struct worker. Returns enum worker_end. */
int worker_run(void *arg);

#endif
