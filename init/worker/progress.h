/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Progress for people: a line with percent, MiB, MiB/s and the time left, which is renewed a few
 * times a second on a screen, and printed anew for every tenth on a serial line. Nothing depends
 * on it.
 */
#ifndef WORKER_PROGRESS_H
#define WORKER_PROGRESS_H

#include <stdint.h>

struct progress {
	uint64_t started_ms, shown_ms; /* on clock_ms; the latter is of the last line */
	unsigned int tenth;	       /* the last one printed on serial consoles */
};

/* Begins to count the time. */
void progress_start(struct progress *p);

/* Shows that DONE of TOTAL bytes are through. It may be called for every few pages. */
void progress_show(struct progress *p, uint64_t done, uint64_t total);

#endif
