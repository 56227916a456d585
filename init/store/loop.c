/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each status has the clocks of the last crashes, since the dumps themselves may be gone: keep, and
 * room for newer ones, take them. The clock is the one of day.c, which goes forward on boards whose
 * own starts anew. Interrupted captures have no status: they count by what their names say, as far
 * as that can be true.
 */
#include "store/loop.h"

#include "store/layout.h"

#include <stdio.h>
#include <string.h>

struct loop {
	int64_t at[STATUS_LOOP];
	unsigned int count, most;
	int64_t since, now;
};

/* What is not of the time that counts is left out; of too many the oldest one falls out. */
static void add(struct loop *l, int64_t clock)
{
	if (clock <= l->since || clock > l->now)
		return;
	if (l->count == l->most)
		memmove(l->at, l->at + 1, --l->count * sizeof(l->at[0]));
	l->at[l->count++] = clock;
}

/* Numbers with anything between them; what is too large is of no time that counts. */
static void add_told(struct loop *l, const char *text)
{
	while (*text != '\0') {
		uint64_t clock = 0;

		if (*text < '0' || *text > '9') {
			text++;
			continue;
		}
		for (; *text >= '0' && *text <= '9'; text++) {
			if (clock < INT64_MAX / 100)
				clock = clock * 10 + (uint64_t)(*text - '0');
		}
		add(l, (int64_t)clock);
	}
}

/* Neither before the last one that is known of, nor later than now. */
static void add_interrupted(struct loop *l, const struct retention *r, const char *name)
{
	int64_t clock = layout_seconds(name);

	if (r->last.name[0] != '\0' && !layout_older(r->last.name, name))
		return; /* it was told */
	if (r->last.name[0] != '\0' && clock < r->last.clock)
		clock = r->last.clock;
	add(l, clock < l->now ? clock : l->now);
}

unsigned int loop_count(const struct retention *r, int64_t clock, unsigned int most,
			uint32_t within, char text[STATUS_LOOP_BYTES])
{
	struct loop l = {.most = most < STATUS_LOOP ? most : STATUS_LOOP,
			 .since = clock - within,
			 .now = clock};
	int used = 0;

	text[0] = '\0';
	if (most == 0)
		return 0;
	add_told(&l, r->last.loop);
	for (unsigned int i = r->interrupted.count; i-- > 0;)
		add_interrupted(&l, r, r->interrupted.entry[i].name);
	if (!r->test)
		add(&l, clock);
	for (unsigned int i = 0; i < l.count && used < STATUS_LOOP_BYTES; i++)
		used += snprintf(text + used, (size_t)(STATUS_LOOP_BYTES - used), "%s%lld",
				 i == 0 ? "" : " ", (long long)l.at[i]);
	return l.count;
}
