/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stretch in which too little was written counts when the whole says the same, or the stretch
 * before it did.
 */
#include "worker/pace.h"

enum {
	STRETCHES = 16,
	LEAST_MS = 1000,
	MOST_MS = 20000,
	UNIT = 10 /* KiB: no product overflows */
};

void pace_start(struct pace *p, uint64_t now_ms, uint64_t deadline_ms)
{
	*p = (struct pace){.deadline_ms = deadline_ms, .begun_ms = now_ms, .from_ms = now_ms};
}

static uint64_t stretch_ms(const struct pace *p)
{
	uint64_t all = p->deadline_ms > p->begun_ms ? p->deadline_ms - p->begun_ms : 0;
	uint64_t ms = all / STRETCHES;

	if (ms < LEAST_MS)
		return LEAST_MS;
	return ms < MOST_MS ? ms : MOST_MS;
}

/* DONE took MS; does LEFT take more than TIME? */
static bool takes_more(uint64_t left, uint64_t done, uint64_t ms, uint64_t time)
{
	return (left >> UNIT) * ms > (done >> UNIT) * time;
}

bool pace_too_slow(struct pace *p, uint64_t now_ms, uint64_t done, uint64_t left)
{
	uint64_t time = p->deadline_ms > now_ms ? p->deadline_ms - now_ms : 0;
	uint64_t moved = done - p->from_done;
	uint64_t ms = now_ms - p->from_ms;
	bool late;
	bool sure;

	if (p->deadline_ms == 0 || left == 0 || (time > 0 && ms < stretch_ms(p)))
		return false;
	if (time > 0 && moved >> UNIT == 0) { /* nothing but zeros were met: no measure */
		p->from_ms = now_ms;
		return false;
	}
	p->rate = ms == 0 ? 0 : moved * 1000 / ms;
	late = takes_more(left, moved, ms, time);
	sure = p->doubted || time == 0 ||
	       takes_more(left, done - p->begun_done, now_ms - p->begun_ms, time);
	p->doubted = late;
	p->from_ms = now_ms;
	p->from_done = done;
	return late && sure;
}

void pace_skip(struct pace *p, uint64_t now_ms, uint64_t done)
{
	p->begun_ms = p->from_ms = now_ms;
	p->begun_done = p->from_done = done;
}

uint64_t pace_seconds(const struct pace *p, uint64_t left)
{
	return left / (p->rate > 0 ? p->rate : 1);
}
