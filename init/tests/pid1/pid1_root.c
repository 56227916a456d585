/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root= is none of the targets: what is saved there when no target took anything, and when it is
 * left alone.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_S = 200 };

/* One target, that cannot be had; root= is a good disk beside it. */
static struct pid1_plan plan_of(enum pid1_disk target)
{
	struct pid1_plan plan = pid1_quiet();

	plan.disk[0] = target;
	plan.root_apart = true;
	return plan;
}

static int when_no_target_takes_anything(void)
{
	enum { KINDS = 5, TWO = KINDS, NO_IMAGE, ROOT_TOO, NOT_WANTED, NO_DMESG, CASES };
	static const enum pid1_disk kinds[KINDS] = {DISK_ABSENT, DISK_FOREIGN, DISK_READ_ONLY,
						    DISK_LINK, DISK_BLOCKED};
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++)
		plans[i] = plan_of(i < KINDS ? kinds[i] : DISK_FOREIGN);
	plans[TWO].targets = 2;
	plans[TWO].disk[1] = DISK_READ_ONLY;
	plans[TWO].disk[2] = DISK_GOOD;
	plans[NO_IMAGE].no_vmcore = 1;
	plans[ROOT_TOO].disk[1] = DISK_FOREIGN;
	plans[NOT_WANTED].no_log_to_root = true;
	plans[NO_DMESG].dmesg = false;
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++)
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].saved, i <= TWO);
	for (unsigned int i = 0; i <= TWO; i++)
		good &= CHECK_EQ(v[i].left, LEFT_LOG_ONLY);
	good &= CHECK_EQ(v[NO_IMAGE].left, LEFT_REPORT) && CHECK_EQ(v[NO_DMESG].left, LEFT_REPORT);
	good &= CHECK_EQ(v[ROOT_TOO].left, LEFT_NOTHING);
	good &= CHECK_EQ(v[NOT_WANTED].left, LEFT_NOTHING);
	/* mounts, as many of each: nothing is tried twice */
	good &= CHECK_EQ(pid1_last(ROOT_TOO)->workers, 2 * pid1_last(NOT_WANTED)->workers);
	return !good;
}

static char status[4096];

static void read_status(const char *dir)
{
	char path[PID1_PATH];
	glob_t found = {0};
	size_t size;
	char *text;

	status[0] = '\0';
	pid1_path(path, "%s/disk2/var/crash/0002-*/status", dir);
	if (glob(path, 0, NULL, &found) == 0) {
		text = (char *)scratch_read_file(found.gl_pathv[0], &size);
		snprintf(status, sizeof(status), "%s", text);
		free(text);
	}
	globfree(&found);
}

static int when_it_is_asked_what_that_is(void)
{
	struct pid1_plan plan = plan_of(DISK_FOREIGN);
	bool good;

	pid1_images();
	good = CHECK_STR(pid1_one(&plan, read_status).why, "");
	good &= CHECK_HAS(status, "result=log-only\n");
	good &= CHECK_HAS(status, "\ninstead_of=/dev/vda1\n");
	return !good;
}

/* The target is named by its label, so that only the device shows that root= is the same. */
static int when_root_is_a_target(void)
{
	enum { ONLY_THAT, FOREIGN, HANGS, CASES };
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++) {
		plans[i] = pid1_quiet();
		plans[i].by_label = 1;
	}
	plans[ONLY_THAT].disk[0] = plans[FOREIGN].disk[0] = DISK_FOREIGN;
	plans[ONLY_THAT].no_log_to_root = true;
	plans[HANGS].stall = 5;
	plans[HANGS].hangs_early = true;
	plans[HANGS].faults = 1;
	plans[HANGS].fault[0] =
		(struct pid1_fault){.call = CALL_MOUNT, .nth = 1, .kind = STRIKE_HANG};
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].left, LEFT_NOTHING);
	}
	good &= CHECK_EQ(pid1_last(FOREIGN)->workers, pid1_last(ONLY_THAT)->workers);
	good &= CHECK_EQ(pid1_last(HANGS)->workers, 0); /* it hung in the first */
	return !good;
}

/* The target's disk hangs, which costs stall; root= is another one, and has the log in time. */
static int when_a_target_hangs(void)
{
	struct pid1_plan plan = plan_of(DISK_GOOD);
	struct pid1_verdict v;
	unsigned int pace;
	bool good;

	pid1_images();
	pace = pid1_pace();
	plan.stall = 5 * pace;
	plan.timeout = 20 * pace;
	plan.faults = 1;
	plan.fault[0] = (struct pid1_fault){.call = CALL_PWRITE, .nth = 1, .kind = STRIKE_STUCK};
	v = pid1_one(&plan, NULL);
	good = CHECK_STR(v.why, "") && CHECK(v.saved) && CHECK_EQ(v.left, LEFT_LOG_ONLY);
	good &= CHECK_EQ(pid1_last(0)->workers, 2);
	return !good;
}

/* PID 1 cannot read the command line, nor the configuration: it knows of no root=, either. */
static int when_there_is_no_target(void)
{
	struct pid1_plan plan = pid1_quiet();
	struct pid1_verdict v;

	pid1_images();
	plan.faults = 1;
	plan.fault[0] = (struct pid1_fault){.call = CALL_READ, .nth = 1, .on = true, .value = EIO};
	v = pid1_one(&plan, NULL);
	return !(CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_NOTHING));
}

TEST("without any target, and without root=, the machine ends all the same")
{
	pid1_test(when_there_is_no_target);
}

TEST("where no target takes anything the log is on root=, or else a report")
{
	pid1_test(when_no_target_takes_anything);
}

TEST("a log on root= says in its status which target it was meant for")
{
	pid1_test(when_it_is_asked_what_that_is);
}

TEST("root= that was a target is not tried again, and left alone where its disk hangs")
{
	pid1_test(when_root_is_a_target);
}

TEST("where the disk of the only target hangs the log is on root= before the time is over")
{
	pid1_test(when_a_target_hangs);
}
