/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PID 1 believed of a run, by the order with which it ended the machine, against what is on
 * the disks; and whether as much was saved as what was in the way allowed.
 */
#include "tests/pid1/pid1_look.h"
#include "tests/pid1/pid1_scene.h"

#include <errno.h>
#include <string.h>
#include <sys/reboot.h>

bool struck_pid1(const struct look *l, enum pid1_call call)
{
	for (unsigned int i = 0; i < l->run->plan.faults; i++) {
		if (l->run->plan.fault[i].in_pid1 && l->run->plan.fault[i].call == call)
			return true;
	}
	return false;
}

/* Where PID 1 cannot read the command line it does not know how to tell what it believes. */
static bool is_mute(const struct look *l)
{
	const struct pid1_run *run = l->run;

	return run->plan.fatal != 0 || struck_pid1(l, CALL_OPEN) || struck_pid1(l, CALL_READ) ||
	       (run->panicked && run->reboots == 0 && run->sysrqs == 0);
}

/* A host that is busy may take all the time that such a run has, with nothing in the way. */
static bool is_hurried(const struct pid1_plan *p)
{
	return p->timeout <= PID1_TIMEOUT_S;
}

bool was_undisturbed(const struct look *l)
{
	const struct pid1_plan *p = &l->run->plan;

	return l->struck == 0 && p->cut == 0 && p->corruption == CORRUPT_NOT && p->log_kills == 0 &&
	       !is_hurried(p);
}

/* Has a disk that takes everything; *FIRST: the first one that takes anything is such. */
static bool has_good_disk(const struct pid1_plan *p, bool *first)
{
	unsigned int good = 0;

	*first = false;
	for (unsigned int i = 0; i < p->targets; i++) {
		if (pid1_is_good(p->disk[i]) && good++ == 0)
			*first = true;
		if (p->disk[i] == DISK_TINY && good == 0)
			good = 100;
	}
	return good % 100 > 0;
}

/*
 * A target where a call failed like that once takes less at the next try: not one that can be
 * written to nowhere, nor one that has no room before any memory is written.
 */
static bool takes_less(const struct pid1_fault *f)
{
	bool memory = f->call == CALL_PWRITE || f->call == CALL_FTRUNCATE;

	if (f->value == ENOSPC)
		return memory;
	return f->value != EROFS && (memory || f->call == CALL_FSYNC || f->call == CALL_RENAMEAT ||
				     f->call == CALL_MKDIRAT);
}

/*
 * One fault, and not in PID 1: another attempt, or another disk, must have made up for it. The only
 * disk gets less at the next try, if there is less than what was asked for: memory that is filtered
 * or packed, or the log of an image that has one. Where nothing but the log was asked for, it is
 * tried once more after an I/O error.
 */
static bool can_recover(const struct look *l)
{
	const struct pid1_plan *p = &l->run->plan;
	bool filtered = p->format == 0 || p->level != 31 || p->codec == 0 || p->codec == 2;
	bool log = pid1_image[p->image].log != NULL && p->corruption == CORRUPT_NOT;
	unsigned int good = 0;

	for (unsigned int i = 0; i < p->targets; i++)
		good += pid1_is_good(p->disk[i]);
	for (unsigned int i = 0; i < p->faults; i++) {
		const struct pid1_fault *f = &p->fault[i];

		if (f->struck == 0)
			continue;
		if (f->struck > 1 || f->in_pid1 || l->struck > 1)
			return false;
		if (good >= 2)
			return true;
		/* the disk is not to blame for a worker that was shot */
		if (f->kind == STRIKE_SIGNAL || f->kind == STRIKE_TIMER)
			return good == 1 && p->format != 2 && filtered;
		return good == 1 && p->targets == 1 && f->kind == STRIKE_ERROR && takes_less(f) &&
		       (p->format == 2 ? f->value == EIO : filtered || log);
	}
	return false;
}

/* Promise 3, where there was nothing, or only one thing, in the way. */
static void check_saved(struct look *l)
{
	const struct pid1_plan *p = &l->run->plan;
	const struct pid1_image *image = &pid1_image[p->image];
	bool log = image->log != NULL && p->corruption == CORRUPT_NOT;
	bool first;
	bool good = has_good_disk(p, &first);
	bool possible = good && !is_hurried(p) && p->corruption != CORRUPT_ANYTHING &&
			p->no_vmcore == 0 && !p->bad_headers && (p->format != 2 || log);

	if (possible && l->struck == 0 && p->log_kills == 0 && !l->verdict->saved)
		blame(l, "nothing was saved, and nothing had been in the way");
	if (possible && l->struck == 0 && first && p->format != 2 &&
	    l->verdict->left != LEFT_COMPLETE)
		blame(l, "nothing was in the way, and the dump is not complete");
	if (possible && can_recover(l) && !l->verdict->saved)
		blame(l, "nothing was saved because of one fault");
	if (good && l->struck == 0 && p->no_vmcore > 0 && p->fatal == 0 &&
	    l->verdict->left != LEFT_REPORT)
		blame(l, "there was no image, and nothing says so");
	if (l->run->logs > 0 && l->verdict->left < LEFT_LOG)
		blame(l, "the log was saved, and is gone");
}

/* Where no target can take anything, root= has the log: the only thing that was not in the way. */
static void check_log_on_root(struct look *l)
{
	const struct pid1_plan *p = &l->run->plan;
	bool log = pid1_image[p->image].log != NULL && (p->dmesg || p->format == 2);
	unsigned int usable = 0;

	for (unsigned int i = 0; i < p->targets; i++)
		usable += p->disk[i] < DISK_ABSENT || p->disk[i] == DISK_RAW;
	if (!p->root_apart || p->no_log_to_root || p->disk[p->targets] != DISK_GOOD || usable > 0 ||
	    !was_undisturbed(l) || p->fatal != 0)
		return;
	if (log && p->no_vmcore == 0 && !p->bad_headers && l->verdict->left != LEFT_LOG_ONLY)
		blame(l, "no target took anything, and root= has no log");
	if (l->verdict->left == LEFT_NOTHING)
		blame(l, "no target took anything, and root= has not even a report");
}

/*
 * The order to halt is on_loop's, for a crash too many that was saved. The dumps of before are of
 * no loop, so that one crash alone makes one, or there is none.
 */
static void check_loop(struct look *l)
{
	const struct pid1_plan *p = &l->run->plan;
	bool halts = l->run->reboots > 0 && l->run->command == (int)RB_HALT_SYSTEM;
	bool brake = p->loop == 1 && strcmp(p->on_loop, "halt") == 0;

	if (l->run->reboots == 0 || is_mute(l))
		return;
	if (halts && !brake && l->struck == 0)
		blame(l, "PID 1 halts the machine, and there was no loop");
	if (halts && p->loop == 0)
		blame(l, "PID 1 halts the machine, and there is no brake");
	if (!halts && brake && l->verdict->saved && l->struck == 0)
		blame(l, "it was a crash too many, and PID 1 does not halt the machine");
}

void check_belief(struct look *l)
{
	const struct pid1_run *run = l->run;
	bool told = run->reboots > 0 ? run->command != (int)RB_POWER_OFF : run->sysrq == 'b';

	l->verdict->saved = is_mute(l) ? l->verdict->left >= LEFT_LOG_ONLY : told;
	if (l->verdict->saved && l->verdict->left < LEFT_LOG_ONLY)
		blame(l, "PID 1 says it saved something, and nothing has a status");
	else if (l->verdict->saved && !l->durable && !is_mute(l))
		blame(l, "PID 1 says it saved something, and no dump is durable");
	check_saved(l);
	check_log_on_root(l);
	check_loop(l);
}
