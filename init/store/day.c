/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many dumps with memory there were on one day, on boards whose clock may start anew at the
 * same date each time. So days are counted by a clock that never goes back: the time of a crash is
 * believed only where it leaves room for the time that its kernel ran after the crash before, else
 * that time is added to the clock of that crash. Each status carries it on.
 */
#include "store/retention.h"

#include "store/layout.h"

/* Which day that is. Of a name before 1970, which somebody else made, it is none that there is. */
static uint64_t day_of(int64_t seconds)
{
	return (uint64_t)seconds / 86400;
}

static bool is_newer(const char *name, const struct retention_last *than)
{
	return than->name[0] == '\0' || layout_older(than->name, name);
}

/*
 * Nothing tells when a capture was interrupted but its name: one that is not later than a dump
 * before it has a clock that had started anew.
 */
static bool was_that_day(const struct retention *r, const char *name, int64_t clock)
{
	int64_t seconds = layout_seconds(name);

	return day_of(seconds) == day_of(clock) ||
	       (r->last.name[0] != '\0' && is_newer(name, &r->last) && seconds <= r->last.clock);
}

unsigned int retention_of_day(const struct retention *r, uint64_t uptime, int64_t *clock)
{
	int64_t crash = layout_seconds(r->store->wish);
	int64_t before = r->last.clock;
	unsigned int n = 1;

	*clock = crash;
	if (r->last.name[0] != '\0' && uptime > 0 && crash < before + (int64_t)uptime)
		*clock = before + (int64_t)uptime;
	else if (r->last.name[0] != '\0' && uptime == 0 && crash <= before)
		return 1; /* a dump too many rather than one too few */
	if (r->last_memory.name[0] != '\0' && day_of(r->last_memory.clock) == day_of(*clock))
		n += r->last_memory.of_day;
	for (unsigned int i = 0; i < r->interrupted.count; i++) {
		const char *name = r->interrupted.entry[i].name;

		n += is_newer(name, &r->last_memory) && was_that_day(r, name, *clock);
	}
	return n;
}
