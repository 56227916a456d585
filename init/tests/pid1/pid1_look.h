/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run that is being judged: what pid1_judge.c finds on its disks, and pid1_belief.c compares with
 * what PID 1 believed.
 */
#ifndef TESTS_PID1_PID1_LOOK_H
#define TESTS_PID1_PID1_LOOK_H

#include "tests/pid1/pid1.h"

/* What is being judged. */
struct look {
	struct pid1_run *run;
	struct pid1_verdict *verdict;
	unsigned int struck; /* faults that struck */
	enum pid1_left here; /* the best of the path that is being looked at */
	bool durable;	     /* one of the dumps with a status is, with its directories */
};

/* Notes a promise that was broken; the first one stays. */
void blame(struct look *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Did a fault of that call strike PID 1 itself? */
bool struck_pid1(const struct look *l, enum pid1_call call);

/* Was nothing in the way but what was there, full disks for example? */
bool was_undisturbed(const struct look *l);

/* One dump: its names, its bytes, its status. One of before is only verified. */
void check_dump(struct look *l, const char *dump);
void check_verified(struct look *l, const char *dump);
bool is_earlier(const struct look *l, const char *name);

/* pid1_ring.c: the same of all that is on the device of disk N. */
void check_ring(struct look *l, const char *dir, unsigned int n);

/* What PID 1 believed, by the order that it gave, and whether it could have saved more. */
void check_belief(struct look *l);

#endif
