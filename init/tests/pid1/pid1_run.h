/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written down while a run of PID 1 lasts, in memory that the harness shares with all
 * processes of the run.
 */
#ifndef TESTS_PID1_PID1_RUN_H
#define TESTS_PID1_PID1_RUN_H

#include "tests/durable.h"
#include "tests/pid1/pid1_plan.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { PID1_PIDS = 512, PID1_PATH = 512, PID1_OWNED = 12 };

/* What is known of a child of PID 1; bits. */
enum {
	CHILD_FORKED = 1,
	CHILD_KILLED = 2, /* by PID 1 */
	CHILD_ENDED = 4,
	CHILD_BURIED = 8,
	CHILD_VICTIM = 16, /* of a fault */
	CHILD_WORKER = 32, /* it has mounted something */
	CHILD_UNKILLABLE = 64,
};

struct pid1_run {
	struct pid1_plan plan;
	_Atomic bool dark;   /* there is no power any more */
	_Atomic bool done;   /* the order came that ends the machine */
	_Atomic int command; /* of reboot(2) */
	_Atomic int sysrq;   /* the first letter that was tried */
	_Atomic unsigned int reboots, sysrqs;
	bool panicked;	      /* PID 1 ended by exit, and that reboots */
	_Atomic bool by_pid1; /* the last reboot(2) was its own */
	_Atomic unsigned int calls, workers;
	_Atomic unsigned int pets;	       /* of the watchdog */
	_Atomic unsigned int pets_till_worker; /* those before a worker's last call */
	_Atomic uint64_t log_dir;
	_Atomic unsigned int logs; /* that were durable under their name */
	_Atomic uint8_t child[PID1_PIDS];
	struct durable durable;
	/* The ring whose header was written last, the files of that, and whether a status is
	 * durable. */
	_Atomic uint64_t ring;
	_Atomic uint32_t ring_files;
	_Atomic bool ring_saved;
	uint64_t strange[PID1_OWNED], immutable[PID1_OWNED]; /* inodes */
	_Atomic bool is_broken;
	char broken[160]; /* the first promise that was broken on the way */
};

#endif
