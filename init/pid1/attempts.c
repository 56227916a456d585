/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which attempt follows which. A cheaper one on the same target follows when the failure was ours
 * or of the memory image; the next target follows when the device or its filesystem failed, or has
 * no room even for the log. A target that failed in writing is come back to with less, and one that
 * took too long with the log, once all others were tried. Where no target took anything, root= is
 * tried with the log, once; and where nothing could be saved at all, a report of that is.
 */
#include "pid1/attempts.h"

#include "base/clock.h"
#include "base/log.h"
#include "pid1/try.h"

/* What is known of a target; and of root=, which is none. */
enum standing { STANDS_OPEN, STANDS_FAILED, STANDS_FULL, STANDS_OUT, STANDS_LAST };

struct run {
	struct try try;
	struct attempt list[ATTEMPTS_MAX];
	unsigned int count;
	unsigned int made; /* attempts so far */
	enum standing standing[CONFIG_ROOT + 1];
	unsigned int
		from[CONFIG_ROOT + 1]; /* the rows of LIST before that are not tried any more */
};

static bool has_root(const struct config *config)
{
	return config->target[CONFIG_ROOT].name[0] != '\0';
}

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
	if (has_root(config) && (config->dmesg != 0 || config->format == FORMAT_NONE)) {
		list[n] = (struct attempt){ATTEMPT_LOG, &config->target[CONFIG_ROOT], n + 1};
		n++;
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

/* All of root=. */
static bool try_root(struct run *r)
{
	if (r->count == 0 || target_of(r, r->count - 1) != CONFIG_ROOT || !in_time(r))
		return false;
	log_line("no target took anything: the log goes to root= (log_to_root = yes)");
	return try_all(r, STANDS_LAST);
}

static bool report_to(struct run *r, unsigned int target)
{
	struct attempt a = {ATTEMPT_REPORT, &r->try.config->target[target], r->made + 1};

	if (r->standing[target] == STANDS_OUT || !in_time(r))
		return false;
	r->made++;
	return try_attempt(&r->try, &a, later(r, target, STANDS_OPEN)) == TRY_SAVED;
}

/* The first target that takes it gets a report, or else root=. */
static void report(struct run *r)
{
	const struct config *config = r->try.config;

	for (unsigned int i = 0; i < config->targets; i++) {
		if (report_to(r, i))
			return;
	}
	if (has_root(config))
		(void)report_to(r, CONFIG_ROOT); /* it is the last */
}

static struct run run;

static void begin(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms)
{
	run = (struct run){.try = {config, shared, deadline_ms}};
	run.count = attempts_plan(config, run.list);
	run.standing[CONFIG_ROOT] = STANDS_LAST;
}

bool attempts_run(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms)
{
	begin(config, shared, deadline_ms);
	if (try_all(&run, STANDS_OPEN) || try_all(&run, STANDS_FAILED) || try_root(&run))
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
