/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which attempt follows which. A cheaper one on the same target follows when the failure was
 * ours, of the memory image or of space; the next target follows when the device or its
 * filesystem failed, or has no room even for the log.
 */
#include "pid1/attempts.h"

#include "base/clock.h"
#include "base/log.h"
#include "disk/hung.h"
#include "disk/mount.h"
#include "pid1/child.h"
#include "pid1/guard.h"

#include <signal.h>
#include <string.h>

enum { UNMOUNT_MS = 20000 };

/*
 * The disks that hung. Each worker gets a copy; of what it writes there only the disk that it used
 * last is taken over, by hung_add.
 */
static struct hung hung;

/*
 * Reading the log ended a worker, and would end the next one: from then on the memory is saved
 * without it. Where nothing else is left to save it is read all the same.
 */
static bool log_is_bad;

/* What follows an attempt. */
enum verdict { SAVED, TRY_AGAIN, TRY_CHEAPER, TRY_NEXT_TARGET };

static const char *const kinds[] = {
	[ATTEMPT_FULL] = "the dump",
	[ATTEMPT_FILTERED] = "a filtered dump",
	[ATTEMPT_LOG] = "the log alone",
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

/* The seconds without progress that end an attempt. */
static unsigned int stall_s(const struct config *c)
{
	const volatile uint32_t *cap = guard_cap_ms();
	uint32_t ms = c->stall * 1000;

	return (cap != NULL && *cap > 0 && *cap < ms ? *cap : ms) / 1000;
}

static void tell_end(const struct attempt *a, struct child_result r, const struct config *c)
{
	switch (r.end) {
	case CHILD_EXITED:
		log_line("attempt %u (%s) failed", a->number, a->target->name);
		break;
	case CHILD_SIGNALED:
		log_line("attempt %u (%s): the worker was killed by signal %d%s", a->number,
			 a->target->name, r.code, r.code == SIGKILL ? " (out of memory?)" : "");
		break;
	case CHILD_STALLED:
		log_line("attempt %u (%s): no progress for %u s, given up", a->number,
			 a->target->name, stall_s(c));
		break;
	case CHILD_LATE:
		log_line("attempt %u (%s): the time allowed for the run is over", a->number,
			 a->target->name);
		break;
	case CHILD_FORK:
		log_line("attempt %u: cannot start a worker: %s", a->number, strerror(r.code));
		break;
	}
}

static int unmount(void *unused)
{
	(void)unused;
	mount_abandon();
	return 0;
}

/* What a dead worker left mounted is unmounted, by a child that may hang on it. */
static void clean_up(uint64_t deadline_ms)
{
	struct child_limits limits = {
		.deadline_ms = deadline_ms,
		.stall_ms = UNMOUNT_MS,
		.cap_ms = guard_cap_ms(),
	};

	guard_step();
	(void)child_run(unmount, NULL, &limits); /* if it cannot be done, it cannot */
	guard_step();
}

/* The disk that a stalled worker was using is left alone by those that follow. */
static void note_hung(const struct worker_shared *shared)
{
	const char *disk;

	memcpy(hung.touching, shared->hung.touching, sizeof(hung.touching));
	disk = hung_add(&hung);
	hung.touching[0] = '\0'; /* the next attempt touches something else, or nothing */
	if (disk != NULL)
		log_line("disk %s hangs: it is left alone from here on", disk);
}

static bool died_reading_log(const struct worker_shared *shared, struct child_result r)
{
	bool crashed = r.end == CHILD_SIGNALED && r.code != SIGKILL;

	return shared->in_log != 0 && (crashed || r.end == CHILD_STALLED);
}

static enum verdict run_one(const struct attempt *a, const struct config *config,
			    struct worker_shared *shared, uint64_t deadline_ms)
{
	struct worker worker = {
		.config = config,
		.attempt = a,
		.shared = shared,
		.tell = guard_tell,
	};
	struct child_limits limits = {
		.progress = &shared->progress,
		.stall_ms = config->stall * 1000,
		.deadline_ms = deadline_ms,
		.cap_ms = guard_cap_ms(),
	};
	struct child_result r;

	shared->saved = 0;
	shared->in_log = 0;
	shared->skip_log = log_is_bad && a->kind != ATTEMPT_LOG;
	shared->hung = hung;
	guard_step();
	guard_tell();
	log_line("attempt %u: %s to %s", a->number, kinds[a->kind], a->target->name);
	r = child_run(worker_run, &worker, &limits);
	if (r.end == CHILD_EXITED && r.code == WORKER_DONE)
		return SAVED;
	tell_end(a, r, config);
	if (a->kind != ATTEMPT_LOG && died_reading_log(shared, r)) {
		log_is_bad = true;
		log_line("it was reading the log: once more, without the log");
		clean_up(deadline_ms);
		return TRY_AGAIN;
	}
	if (r.end == CHILD_STALLED)
		note_hung(shared);
	clean_up(deadline_ms);
	if (shared->saved != 0) {
		log_line("the dump was complete before that");
		return SAVED;
	}
	/* what does not fit has been followed by less in the worker */
	if (r.end == CHILD_STALLED ||
	    (r.end == CHILD_EXITED && (r.code == WORKER_TARGET || r.code == WORKER_NO_SPACE)))
		return TRY_NEXT_TARGET;
	return TRY_CHEAPER;
}

bool attempts_run(const struct config *config, struct worker_shared *shared, uint64_t deadline_ms)
{
	struct attempt list[ATTEMPTS_MAX];
	unsigned int count = attempts_plan(config, list);
	const struct config_target *failed_target = NULL;

	for (unsigned int i = 0; i < count && clock_ms() < deadline_ms; i++) {
		enum verdict verdict = TRY_AGAIN;

		if (list[i].target == failed_target)
			continue;
		for (int n = 0; n < 2 && verdict == TRY_AGAIN; n++)
			verdict = run_one(&list[i], config, shared, deadline_ms);
		if (verdict == SAVED)
			return true;
		if (verdict == TRY_NEXT_TARGET)
			failed_target = list[i].target;
	}
	return false;
}
