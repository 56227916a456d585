/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens in a run, drawn from its seed; the same seed draws the same.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char *const call_names[] = {
	[CALL_WRITE] = "write",		[CALL_READ] = "read",
	[CALL_PWRITE] = "pwrite",	[CALL_PREAD] = "pread",
	[CALL_OPEN] = "open",		[CALL_OPENAT] = "openat",
	[CALL_CLOSE] = "close",		[CALL_FSYNC] = "fsync",
	[CALL_FTRUNCATE] = "ftruncate", [CALL_FCNTL] = "fcntl",
	[CALL_RENAMEAT] = "renameat",	[CALL_MKDIRAT] = "mkdirat",
	[CALL_UNLINKAT] = "unlinkat",	[CALL_MKDIR] = "mkdir",
	[CALL_MOUNT] = "mount",		[CALL_UMOUNT] = "umount2",
	[CALL_MMAP] = "mmap",		[CALL_FORK] = "fork",
	[CALL_STATFS] = "statfs",	[CALL_SYNC_RANGE] = "sync_file_range",
	[CALL_GETDENTS] = "getdents",	[CALL_ASYNC] = "async",
	[CALL_EVENTS] = "io_getevents", [CALL_ANY] = "any call",
};

/* How many of these a run makes, about. */
static const unsigned int usual[] = {
	[CALL_WRITE] = 30,    [CALL_READ] = 7,	  [CALL_PWRITE] = 4,   [CALL_PREAD] = 60,
	[CALL_OPEN] = 16,     [CALL_OPENAT] = 11, [CALL_CLOSE] = 24,   [CALL_FSYNC] = 9,
	[CALL_FTRUNCATE] = 2, [CALL_FCNTL] = 1,	  [CALL_RENAMEAT] = 4, [CALL_MKDIRAT] = 1,
	[CALL_UNLINKAT] = 5,  [CALL_MKDIR] = 4,	  [CALL_MOUNT] = 4,    [CALL_UMOUNT] = 1,
	[CALL_MMAP] = 4,      [CALL_FORK] = 4,	  [CALL_STATFS] = 2,   [CALL_SYNC_RANGE] = 5,
	[CALL_GETDENTS] = 6,  [CALL_ASYNC] = 2,	  [CALL_EVENTS] = 4,   [CALL_ANY] = 190,
};

static const int errors[] = {EIO, EIO, ENOSPC, EROFS, ENOMEM, EINTR, EAGAIN};
static const int deaths[] = {SIGSEGV, SIGBUS, SIGKILL};

/* splitmix64, Steele, Lea and Flood 2014: near seeds draw unlike numbers. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned int below(uint64_t *state, unsigned int limit)
{
	return (unsigned int)(next(state) >> 16) % limit;
}

static bool chance(uint64_t *state, unsigned int percent)
{
	return below(state, 100) < percent;
}

/* Only what such a call may really tell: EINTR of those that wait, EROFS of those that change. */
static int error_of(uint64_t *state, enum pid1_call call)
{
	int error = errors[below(state, sizeof(errors) / sizeof(errors[0]))];
	bool waits = call == CALL_WRITE || call == CALL_READ || call == CALL_PWRITE ||
		     call == CALL_PREAD || call == CALL_OPEN;

	if ((error == EINTR && !waits) || (error == EAGAIN && call != CALL_FORK))
		error = EIO;
	if (call == CALL_FORK || call == CALL_ASYNC)
		error = EAGAIN;
	return call == CALL_MMAP ? ENOMEM : error;
}

static void draw_fault(uint64_t *state, struct pid1_fault *f)
{
	f->call = below(state, CALL_ANY);
	f->nth = 1 + below(state, usual[f->call] * 5 / 4 + 1);
	f->kind = STRIKE_ERROR;
	f->value = error_of(state, f->call);
	f->on = chance(state, 20) && f->value != EINTR; /* no kernel interrupts for ever */
	if ((f->call <= CALL_PREAD || f->call == CALL_EVENTS) && chance(state, 30))
		f->kind = STRIKE_SHORT;
}

static void draw_death(uint64_t *state, struct pid1_fault *f)
{
	f->value = deaths[below(state, sizeof(deaths) / sizeof(deaths[0]))];
	if (chance(state, 40)) {
		f->kind = STRIKE_TIMER;
		f->nth = 1 + below(state, 5);
		f->delay_us = (long)below(state, 1U << (4 + below(state, 13)));
		return;
	}
	f->kind = STRIKE_SIGNAL;
	f->call = chance(state, 70) ? CALL_ANY : below(state, CALL_ANY);
	f->nth = 1 + below(state, usual[f->call] * 5 / 4 + 1);
}

/* Few, since each costs the time after which it is given up. */
static void draw_hang(uint64_t *state, struct pid1_fault *f)
{
	f->kind = chance(state, 30) ? STRIKE_STUCK : STRIKE_HANG;
	f->call = CALL_ANY;
	f->nth = 1 + below(state, 200);
}

static void draw_faults(uint64_t *state, struct pid1_plan *plan)
{
	unsigned int what = below(state, 100);

	plan->faults = 1;
	if (what < 14) {
		plan->faults = 0;
	} else if (what < 28) {
		plan->cut = 1 + below(state, 250);
		plan->faults = below(state, 2);
		draw_fault(state, &plan->fault[0]);
	} else if (what < 46) {
		draw_death(state, &plan->fault[0]);
	} else if (what < 50) {
		draw_hang(state, &plan->fault[0]);
	} else {
		plan->faults = 1 + below(state, 5) % PID1_FAULTS;
		for (unsigned int i = 0; i < plan->faults; i++)
			draw_fault(state, &plan->fault[i]);
	}
	if (what >= 90)
		draw_death(state, &plan->fault[0]);
}

/* The time for the run ends before a worker that hangs is given up for that. */
static void draw_timeout(uint64_t *state, struct pid1_plan *plan)
{
	if (!chance(state, 2))
		return;
	plan->timeout = PID1_TIMEOUT_S;
	plan->stall = 600;
	plan->faults = 1;
	draw_hang(state, &plan->fault[0]);
}

static void draw_owners(uint64_t *state, struct pid1_plan *plan)
{
	if (chance(state, 12))
		plan->stranger = STRANGER_OWNER + below(state, 2);
	if (chance(state, 12))
		plan->protect = PROTECT_DIRECTORY + below(state, 2);
}

/* A disk on which earlier dumps are in the way of one whose size nobody knows beforehand. */
static void draw_room(uint64_t *state, struct pid1_plan *plan)
{
	plan->earlier_kib = chance(state, 40) ? 150 : 16;
	if (plan->disk[0] != DISK_TINY || !chance(state, 50))
		return;
	plan->format = 1;
	plan->level = below(state, 2);
}

static enum pid1_disk draw_disk(uint64_t *state)
{
	if (chance(state, 70))
		return chance(state, 12) ? DISK_RAW : DISK_GOOD;
	return chance(state, 30) ? DISK_TINY
				 : (enum pid1_disk)(DISK_TINY + below(state, DISKS_OF_A_KIND - 1));
}

/* root= beside the targets, which may all be such that nothing can be saved there. */
static void draw_root(uint64_t *state, struct pid1_plan *plan)
{
	plan->root_apart = chance(state, 40);
	plan->no_log_to_root = chance(state, 20);
	if (!plan->root_apart)
		return;
	plan->disk[plan->targets] = chance(state, 75) ? DISK_GOOD : DISK_TINY + below(state, 4);
	if (!chance(state, 40))
		return;
	for (unsigned int i = 0; i < plan->targets; i++)
		plan->disk[i] = DISK_ABSENT + below(state, 3);
}

/* The earlier dumps are of no loop: only with one crash is it one, or not at all. */
static void draw_loop(uint64_t *state, struct pid1_plan *plan)
{
	static const char *const endings[] = {"halt", "reboot 1", "halt"};

	if (!chance(state, 30))
		return;
	plan->loop = 1 + below(state, 3);
	plan->on_loop = endings[below(state, 3)];
}

struct pid1_plan pid1_draw(uint64_t seed)
{
	uint64_t state = seed;
	struct pid1_plan plan = {.seed = seed, .stall = 600, .timeout = 900};

	plan.image = chance(&state, 60) ? below(&state, 3) : below(&state, PID1_IMAGES);
	plan.format = chance(&state, 8) ? 2 : below(&state, 2);
	plan.level = chance(&state, 50) ? 31 : below(&state, 32);
	plan.codec = below(&state, 4);
	plan.targets = 1 + below(&state, 4) % PID1_TARGETS;
	plan.path = below(&state, 4);
	plan.earlier = below(&state, PID1_EARLIER + 1);
	plan.keep = 1 + below(&state, 5);
	plan.no_vmcore = chance(&state, 1);
	plan.by_label = chance(&state, 40);
	plan.dmesg = chance(&state, 85);
	plan.iomem = chance(&state, 50);
	plan.direct = chance(&state, 50);
	plan.remains = chance(&state, 30);
	for (unsigned int i = 0; i < plan.targets; i++) {
		plan.disk[i] = draw_disk(&state);
		if (plan.path == 3 && plan.disk[i] >= DISK_LINK)
			plan.disk[i] = DISK_GOOD; /* the path is the disk itself */
	}
	if (chance(&state, 20))
		plan.corruption = CORRUPT_MEMORY + below(&state, 2);
	draw_faults(&state, &plan);
	for (unsigned int i = 0; i < plan.faults; i++) {
		if (plan.fault[i].kind >= STRIKE_HANG)
			plan.stall = 5; /* the least that can be configured */
	}
	plan.reboot = chance(&state, 3) ? ORDER_FAILS : ORDER_WORKS;
	draw_timeout(&state, &plan);
	draw_owners(&state, &plan);
	draw_room(&state, &plan);
	draw_root(&state, &plan);
	draw_loop(&state, &plan);
	plan.records = chance(&state, 30);
	return plan;
}

struct pid1_plan pid1_quiet(void)
{
	return (struct pid1_plan){
		.seed = 2,
		.level = 31,
		.codec = 1,
		.targets = 1,
		.path = 1,
		.earlier = 1,
		.earlier_kib = 16,
		.keep = 5,
		.stall = 600,
		.timeout = 900,
		.dmesg = true,
	};
}

static const char *describe_fault(const struct pid1_fault *f, char *text, size_t size)
{
	static const char *const kinds[] = {"fails",	  "is short",	"dies of", "shot after us",
					    "takes long", "never ends", "is stuck"};

	snprintf(text, size, "; %s %u %s %ld%s, %u times%s",
		 f->kind == STRIKE_TIMER ? "child" : call_names[f->call], f->nth, kinds[f->kind],
		 f->kind == STRIKE_TIMER ? f->delay_us : f->value, f->on ? " from there on" : "",
		 f->struck, f->in_pid1 ? ", in PID 1" : "");
	return text;
}

void pid1_describe(const struct pid1_run *run, char *text, size_t size)
{
	static const char *const disks[] = {"good",	 "tiny", "absent",  "foreign",
					    "read-only", "link", "blocked", "raw"};
	static const char *const strangers[] = {"", " and somebody's", " and one open to all"};
	static const char *const protects[] = {"", " +i directory", " +i file"};
	const struct pid1_plan *p = &run->plan;
	char one[128];
	size_t n = (size_t)snprintf(
		text, size,
		"image %u (%s), corruption %d, format %u level %u codec %u dmesg %d path %s "
		"earlier %u of %u KiB%s%s keep %u timeout %u%s%s%s, disks:",
		p->image, pid1_image[p->image].name, (int)p->corruption, p->format, p->level,
		p->codec, p->dmesg, pid1_paths[p->path], p->earlier, p->earlier_kib,
		strangers[p->stranger], protects[p->protect], p->keep, p->timeout,
		p->remains ? " remains" : "", p->direct ? " direct" : "",
		p->no_vmcore ? " no vmcore" : (p->records ? " records" : ""));

	for (unsigned int i = 0; i < pid1_disks(p) && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, " %s%s", i == p->targets ? "root= " : "",
				      disks[p->disk[i]]);
	if (p->loop > 0 && n < size)
		n += (size_t)snprintf(text + n, size - n, " loop %u, %s", p->loop, p->on_loop);
	if (p->no_log_to_root && n < size)
		n += (size_t)snprintf(text + n, size - n, " log_to_root = no");
	for (unsigned int i = 0; i < p->faults && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s",
				      describe_fault(&p->fault[i], one, sizeof(one)));
	if (p->cut > 0 && n < size)
		snprintf(text + n, size - n, "; power cut at call %u", p->cut);
}
