/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Will the memory be written in time? Judged by how fast it went of late and on the whole, so that
 * neither a first burst into some cache nor a card that takes a rest decides alone. Nothing here
 * looks at a clock.
 */
#ifndef WORKER_PACE_H
#define WORKER_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	uint64_t deadline_ms;	       /* 0: there is none */
	uint64_t begun_ms, begun_done; /* the whole */
	uint64_t from_ms, from_done;   /* the stretch that is being measured */
	bool doubted;		       /* the stretch before it was too slow */
	uint64_t rate;		       /* bytes in a second, in the last whole stretch */
};

/* Begins at NOW_MS; what is written has to be so at DEADLINE_MS, 0: whenever. */
void pace_start(struct pace *p, uint64_t now_ms, uint64_t deadline_ms);

/*
 * DONE bytes are written at NOW_MS, and LEFT are to come. True when they will not be there in time.
 * It may be asked as often as one likes; it answers once in a stretch of one to twenty seconds.
 */
bool pace_too_slow(struct pace *p, uint64_t now_ms, uint64_t done, uint64_t left);

/* The seconds that LEFT bytes take, as fast as it went in the last stretch. */
uint64_t pace_seconds(const struct pace *p, uint64_t left);

/* Since the last question there was something else to do: the measure begins anew. */
void pace_skip(struct pace *p, uint64_t now_ms, uint64_t done);

#endif
