/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker that shows no progress is not yet one that hangs: the kernel may be replaying a journal
 * for it. While the counters of its disk move, or its own where that is flash, it is left alone,
 * and the watchdog is petted; that they may move for ever is bounded by the attempt's share of the
 * time. A stall is blamed on the disk only when the worker was waiting for that, and not for the
 * crashed kernel's memory.
 */
#include "pid1/try.h"

#include "base/clock.h"
#include "base/log.h"
#include "disk/activity.h"
#include "disk/hung.h"
#include "disk/mount.h"
#include "pid1/child.h"
#include "pid1/guard.h"

#include <signal.h>
#include <string.h>

/* What is tried later has these kept for it, if that is not more than half of all: at least the
 * first, at most the second for each target. */
enum { UNMOUNT_MS = 20000, RESERVE_LEAST_MS = 10000, RESERVE_MOST_MS = 120000 };

/*
 * The disks that hung. Each worker gets a copy; of what it writes there only the disk that it used
 * last is taken over, by hung_add.
 */
static struct hung hung;

/* What the counters of the worker's disk were. */
static struct activity activity;

/*
 * What ended a worker by being read, a set of enum worker_reads, and would end the next one: from
 * then on the memory is saved without it. Where nothing but the log is left to save that is read
 * all the same.
 */
static unsigned int bad;
static unsigned int repeated; /* attempts that were made once more for that */

static const char *const kinds[] = {
	[ATTEMPT_FULL] = "the dump",
	[ATTEMPT_FILTERED] = "a filtered dump",
	[ATTEMPT_LOG] = "the log alone",
	[ATTEMPT_REPORT] = "a report of what failed",
};

/* What is kept of LEFT milliseconds; after the log there is but a report. */
static uint32_t reserve(uint32_t left, enum attempt_kind kind, unsigned int later)
{
	uint32_t most = RESERVE_MOST_MS * (later + 1);
	uint32_t part = later == 0 ? left / 4 : left / 2;

	if (kind >= ATTEMPT_LOG && later == 0)
		return left / 8;
	if (part < RESERVE_LEAST_MS)
		part = RESERVE_LEAST_MS;
	if (part > left / 2)
		part = left / 2;
	return part < most ? part : most;
}

/* When an attempt that begins now has to end. A run takes no longer than a day, in 32 bits. */
static uint64_t share_end(uint64_t deadline_ms, enum attempt_kind kind, unsigned int later)
{
	uint64_t now = clock_ms();
	uint32_t left = deadline_ms > now ? (uint32_t)(deadline_ms - now) : 0;

	return deadline_ms - reserve(left, kind, later);
}

/* The seconds without progress that end an attempt. */
static unsigned int stall_s(const struct config *c)
{
	const volatile uint32_t *cap = guard_cap_ms();
	uint32_t ms = c->stall * 1000;

	return (cap != NULL && *cap > 0 && *cap < ms ? *cap : ms) / 1000;
}

static void tell_end(const struct attempt *a, struct child_result r, const struct config *c)
{
	static const char *const ends[] = {
		[CHILD_EXITED] = "it failed, with code ",
		[CHILD_SIGNALED] = "the worker was killed by signal ",
		[CHILD_STALLED] = "no progress for ",
		[CHILD_LATE] = "its share of the time is over: timeout = ",
	};
	unsigned int number = (unsigned int)r.code;
	const char *more = "";

	if (r.end == CHILD_FORK) {
		log_line("attempt %u: cannot start a worker: %s", a->number, strerror(r.code));
		return;
	}
	if (r.end == CHILD_SIGNALED && r.code == SIGKILL)
		more = " (out of memory?)";
	if (r.end == CHILD_STALLED) {
		number = stall_s(c);
		more = " s, given up";
	}
	if (r.end == CHILD_LATE)
		number = c->timeout;
	log_line("attempt %u (%s): %s%u%s", a->number, a->target->name, ends[r.end], number, more);
}

/* For child_limits. ARG is the struct worker_shared. */
static bool disk_works(void *arg)
{
	const struct worker_shared *shared = arg;
	char disk[HUNG_NAME];

	memcpy(disk, shared->hung.touching, sizeof(disk));
	disk[HUNG_NAME - 1] = '\0'; /* by a process that may have gone wrong */
	if (shared->in_image != 0 ||
	    !(shared->flash != 0 ? activity_of_process(&activity, shared->flash)
				 : activity_moved(&activity, disk)))
		return false;
	guard_step();
	return true;
}

static int unmount(void *unused)
{
	(void)unused;
	mount_abandon();
	return 0;
}

/* What a dead worker left mounted is unmounted, by a child that may hang on it. */
static void clean_up(const struct try *t)
{
	struct child_limits limits = {
		.deadline_ms = share_end(t->deadline_ms, ATTEMPT_FULL, 0),
		.stall_ms = UNMOUNT_MS,
		.cap_ms = guard_cap_ms(),
		.works = disk_works,
		.works_arg = t->shared,
	};

	t->shared->in_image = t->shared->flash = 0;
	guard_step();
	(void)child_run(unmount, NULL, &limits); /* if it cannot be done, it cannot */
	guard_step();
}

/*
 * The disk that a stalled worker was using is left alone by those that follow. True where it may be
 * another one than the target's, which the worker was still looking for: by a tag, on all of them.
 */
static bool note_hung(const struct worker_shared *shared)
{
	const char *disk;

	memcpy(hung.touching, shared->hung.touching, sizeof(hung.touching));
	disk = hung_add(&hung);
	hung.touching[0] = '\0'; /* the next attempt touches something else, or nothing */
	if (disk != NULL)
		log_line("disk %s hangs: it is left alone from here on", disk);
	return disk != NULL && shared->found == 0;
}

/* What the kinds that are left can do without. */
static unsigned int dispensable(const struct attempt *a)
{
	return a->kind < ATTEMPT_LOG ? READS_RECORDS | READS_LOG : READS_RECORDS;
}

/* What ended the worker, of that which can be left out. */
static unsigned int died_reading(const struct worker_shared *shared, const struct attempt *a,
				 struct child_result r)
{
	bool crashed = r.end == CHILD_SIGNALED && r.code != SIGKILL;
	bool stalled = r.end == CHILD_STALLED && shared->in_image != 0;

	return crashed || stalled ? shared->reads & dispensable(a) & ~bad : 0;
}

static enum try_end end_by_code(int code)
{
	switch (code) {
	case WORKER_DONE:
		return TRY_SAVED;
	case WORKER_NO_SPACE:
		return TRY_FULL;
	case WORKER_TARGET:
		return TRY_LEFT_ALONE;
	case WORKER_IO:
		return TRY_COME_BACK;
	default:
		return TRY_CHEAPER;
	}
}

/* What the worker was doing tells whose fault it is that it did not end by itself. */
static enum try_end judge(const struct worker_shared *shared, struct child_result r)
{
	switch (r.end) {
	case CHILD_EXITED:
		return end_by_code(r.code);
	case CHILD_STALLED:
		return shared->in_image != 0 ? TRY_CHEAPER : TRY_LEFT_ALONE;
	case CHILD_LATE:
		return shared->mounted != 0 ? TRY_LATE : TRY_LEFT_ALONE;
	case CHILD_SIGNALED:
	case CHILD_FORK:
		break;
	}
	return TRY_CHEAPER;
}

static struct child_result run_worker(const struct try *t, const struct attempt *a,
				      unsigned int later)
{
	struct worker_shared *shared = t->shared;
	struct worker worker = {
		.config = t->config,
		.attempt = a,
		.shared = shared,
		.deadline_ms = share_end(t->deadline_ms, a->kind, later),
		.tell = guard_tell,
	};
	struct child_limits limits = {
		.progress = &shared->progress,
		.stall_ms = t->config->stall * 1000,
		.deadline_ms = worker.deadline_ms,
		.cap_ms = guard_cap_ms(),
		.works = disk_works,
		.works_arg = shared,
	};

	shared->saved = shared->found = shared->mounted = shared->loop = 0;
	shared->in_image = shared->reads = shared->flash = 0;
	shared->skip = bad & dispensable(a);
	shared->repeated = repeated;
	shared->hung = hung;
	activity.seen = 0;
	guard_step();
	guard_tell();
	log_line("attempt %u: %s to %s", a->number, kinds[a->kind], a->target->name);
	return child_run(worker_run, &worker, &limits);
}

/* One worker. *AGAIN: it ended because of what the next one leaves out. */
static enum try_end try_once(const struct try *t, const struct attempt *a, unsigned int later,
			     bool *again)
{
	struct child_result r = run_worker(t, a, later);
	enum try_end end = judge(t->shared, r);
	unsigned int died;

	*again = false;
	if (end == TRY_SAVED)
		return end;
	tell_end(a, r, t->config);
	died = died_reading(t->shared, a, r);
	if (died != 0) {
		*again = true;
		bad |= died;
		repeated++;
		log_line("it was reading %s: once more, without",
			 (died & READS_LOG) != 0 ? "the log" : "records of pstore or mtdoops");
	} else if (r.end == CHILD_STALLED && end == TRY_LEFT_ALONE) {
		*again = note_hung(t->shared);
	} else if (r.end == CHILD_STALLED) {
		log_line("it was reading the crashed kernel: the disk is not to blame");
	}
	clean_up(t);
	if (t->shared->saved == 0 || *again)
		return end;
	log_line("the dump was complete before that");
	return TRY_SAVED;
}

enum try_end try_attempt(const struct try *t, const struct attempt *a, unsigned int later)
{
	enum try_end end;
	bool again;

	do
		end = try_once(t, a, later, &again);
	while (again); /* no thing ends it twice, and no disk */
	return end;
}
