/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which attempt follows which. A cheaper one on the same target follows when the failure was ours
 * or of the memory image; the next target follows when the device or its filesystem failed, or has
 * no room even for the log. A target that failed in writing is come back to with less, and one that
 * took too long with the log, once all others were tried. Where nothing could be saved at all, a
 * report of that is.
 */
#include "pid1/attempts.h"

#include "base/clock.h"
#include "base/log.h"
#include "pid1/try.h"

/* What is known of a target. */
enum standing { STANDS_OPEN, STANDS_FAILED, STANDS_FULL, STANDS_OUT };

struct run {
	struct try try;
	struct attempt list[ATTEMPTS_MAX];
	unsigned int count;
	unsigned int made; /* attempts so far */
	enum standing standing[CONFIG_TARGETS];
	unsigned int from[CONFIG_TARGETS]; /* the rows of LIST before that are not tried any more */
};

unsigned int attempts_plan(const struct config *config, struct attempt list[ATTEMPTS_MAX])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < config->targets; i++) {
		enum attempt_kind kind = config->format == FORMAT_NONE ? ATTEMPT_LOG : ATTEMPT_FULL;

		do {
			list[n] = (struct attempt){kind, &config->target[i], n + 1};
			n++;
		} while (attempt_cheaper(config, &kind));
	}
	return n;
}

static unsigned int target_of(const struct run *r, unsigned int row)
{
	return (unsigned int)(r->list[row].target - r->try.config->target);
}

static bool in_time(const struct run *r)
{
	return clock_ms() < r->try.deadline_ms;
}

/* The targets behind that of ROW that stand as STANDING says. */
static unsigned int later(const struct run *r, unsigned int target, enum standing standing)
{
	unsigned int n = 0;

	for (unsigned int i = target + 1; i < r->try.config->targets; i++)
		n += r->standing[i] == standing;
	return n;
}

static bool is_last(const struct run *r, unsigned int row)
{
	return row + 1 == r->count || target_of(r, row + 1) != target_of(r, row);
}

/* What is left of the kinds after ROW: the cheaper ones, and the cheapest once more. */
static unsigned int next_row(const struct run *r, unsigned int row, enum try_end end)
{
	if (end == TRY_COME_BACK)
		return is_last(r, row) ? row : row + 1;
	while (end == TRY_LATE && !is_last(r, row))
		row++;
	return row;
}

/* Tries ROW. True when something was saved. */
static bool try_row(struct run *r, unsigned int row)
{
	static const enum standing standings[] = {
		[TRY_COME_BACK] = STANDS_FAILED,
		[TRY_LATE] = STANDS_FAILED,
		[TRY_FULL] = STANDS_FULL,
		[TRY_LEFT_ALONE] = STANDS_OUT,
	};
	unsigned int target = target_of(r, row);
	enum try_end end;

	r->list[row].number = ++r->made;
	end = try_attempt(&r->try, &r->list[row], later(r, target, r->standing[target]));
	if (end == TRY_SAVED)
		return true;
	if (end > TRY_CHEAPER)
		r->standing[target] = standings[end];
	else if (is_last(r, row) && r->list[row].kind != ATTEMPT_LOG)
		r->standing[target] = STANDS_FAILED; /* there is no less: the same once more */
	r->from[target] = next_row(r, row, end);
	return false;
}

/* All rows of targets that stand so; of those that failed, the rows that are left. */
static bool try_all(struct run *r, enum standing standing)
{
	for (unsigned int row = 0; row < r->count && in_time(r); row++) {
		unsigned int target = target_of(r, row);

		if (r->standing[target] != standing || row < r->from[target])
			continue;
		if (try_row(r, row))
			return true;
	}
	return false;
}

/* The first target that takes it gets a report. */
static void report(struct run *r)
{
	const struct config *config = r->try.config;

	for (unsigned int i = 0; i < config->targets && in_time(r); i++) {
		struct attempt a = {ATTEMPT_REPORT, &config->target[i], ++r->made};

		if (r->standing[i] != STANDS_OUT &&
		    try_attempt(&r->try, &a, later(r, i, STANDS_OPEN)) == TRY_SAVED)
			return;
	}
}

static struct run run;

static void begin(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms)
{
	run = (struct run){.try = {config, shared, deadline_ms}};
	run.count = attempts_plan(config, run.list);
}

bool attempts_run(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms)
{
	begin(config, shared, deadline_ms);
	if (try_all(&run, STANDS_OPEN) || try_all(&run, STANDS_FAILED))
		return true;
	report(&run);
	return false;
}

void attempts_report(const struct config *config, struct worker_shared *shared,
		     uint64_t deadline_ms)
{
	begin(config, shared, deadline_ms);
	report(&run);
}
