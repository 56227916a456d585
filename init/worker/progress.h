/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that moves: percent, MiB, MiB/s and the time left, a few times a second on a screen
 * and every tenth on a serial line.
 */
#ifndef WORKER_PROGRESS_H
#define WORKER_PROGRESS_H

#include <stdint.h>

struct progress {
	uint64_t started_ms, shown_ms;
	unsigned int tenth; /* the last one told to serial consoles */
};

void progress_start(struct progress *p);

/* DONE of TOTAL bytes are through. Cheap enough to be called for every window. */
void progress_show(struct progress *p, uint64_t done, uint64_t total);

#endif
