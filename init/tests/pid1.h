/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole binary as PID 1 of a machine that is made of plain files: a namespace with a root of
 * its own, disks that are small tmpfs, and calls that fail, hang or kill when the plan says so
 * (-Wl,--wrap). What the run did is written down in memory that the harness shares with it. The
 * machine underneath is out of reach: reboot(2) and the pseudo files are never passed on.
 */
#ifndef TESTS_PID1_H
#define TESTS_PID1_H

#include "tests/pid1_run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The run that this process belongs to; NULL in the harness, where all calls are as ever. */
extern struct pid1_run *pid1_now;

/* STRIKE_TIMER, for this child, and its timer. */
extern struct pid1_fault *pid1_aimed;
void pid1_arm(struct pid1_fault *f);

/* Writes down a broken promise. */
void pid1_break(struct pid1_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* pid1_wrap.c: does a fault strike this call? Those that end the process do so in here. */
struct pid1_fault *pid1_strikes(enum pid1_call call);
bool pid1_fails(enum pid1_call call); /* for calls that only fail; sets errno */

/* pid1_model.c: what was made durable, by inode. */
void pid1_mark(int fd, bool unsafe);
bool pid1_is_unsafe(const struct pid1_run *run, const char *path);
void pid1_named(int dir_fd, const char *from, const char *to);
void pid1_synced(int fd);

/* pid1_machine.c: are reboot(2) and all else that could touch this machine wrapped? */
bool pid1_is_safe(void);
void pid1_leave_worker(void);

/* Collects what the harness itself writes to standard output and standard error; NULL: ends. */
void pid1_collect(char *text, size_t size);

/* pid1_draw.c */
struct pid1_plan pid1_draw(uint64_t seed);
/* One good disk with an earlier dump, an image with a log, nothing in the way. */
struct pid1_plan pid1_quiet(void);
void pid1_describe(const struct pid1_run *run, char *text, size_t size);

/* pid1_scene.c: images, and the root directory DIR of a run. */
enum { PID1_IMAGES = 6 };

struct pid1_image {
	const char *name;
	uint8_t *bytes;
	size_t size, data_start;
	const char *log; /* what is printed of it, NULL: nothing can be */
};

extern struct pid1_image pid1_image[PID1_IMAGES];
extern const char *const pid1_paths[];
void pid1_images(void);

/* A path; one that does not fit ends the test. */
void pid1_path(char path[PID1_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));

void pid1_build(const struct pid1_plan *plan, const char *dir);
void pid1_clear(const char *dir);
/* Has PID 1 seen to it that the kernel reboots after a panic, as the one of its exit? */
bool pid1_panic_reboots(const char *dir);
/* The name of earlier dump N. */
void pid1_earlier(unsigned int n, char *name, size_t size);

/* pid1_world.c: runs INSIDE in namespaces of our own. Returns what that does, -1 without any. */
int pid1_world(int (*inside)(void));
/* Starts the product as PID 1 in DIR. Returns its process. */
pid_t pid1_start(struct pid1_run *run, const char *dir);

/* pid1_judge.c */
enum pid1_end { END_ORDERED, END_CUT, END_DIED, END_HUNG };
enum pid1_left { LEFT_NOTHING, LEFT_LOG, LEFT_LOG_ONLY, LEFT_PARTIAL, LEFT_COMPLETE, LEFT_KINDS };

struct pid1_verdict {
	enum pid1_left left;
	bool saved;    /* PID 1 believed so */
	char why[400]; /* the promise that was broken, "" for none */
};

void pid1_judge(struct pid1_run *run, const char *dir, enum pid1_end end,
		struct pid1_verdict *verdict);

/*
 * pid1.c: builds, starts, waits and judges one run of that plan. TAMPER sees DIR in between. Where
 * reboot(2) is to hang, the run is given less time than PID 1 gives it.
 */
struct pid1_verdict pid1_one(const struct pid1_plan *plan, void (*tamper)(const char *dir));

/* The same of COUNT plans at once, each with PATIENCE_S seconds. */
void pid1_several(const struct pid1_plan *plans, unsigned int count, unsigned int patience_s,
		  struct pid1_verdict *verdicts);

/* Run N of those that were judged last. */
const struct pid1_run *pid1_last(unsigned int n);

/* Calls INSIDE in the world as a test; skips it where there can be none. */
void pid1_test(int (*inside)(void));

#endif
