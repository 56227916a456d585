/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left on the target when the memory could not be saved there: less of it, the log, and
 * where there is nothing to save a report of why. No disk that still takes writes stays without a
 * status.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

enum { PATIENCE_S = 200 };

static struct pid1_plan plan_of(enum pid1_call call, unsigned int nth, bool on)
{
	struct pid1_plan plan = pid1_quiet();

	plan.faults = 1;
	plan.fault[0] = (struct pid1_fault){.call = call, .nth = nth, .on = on, .value = EIO};
	return plan;
}

/* The disk fails; one that is absent, or that is no target at all, comes before or after it. */
static int when_the_disk_fails(void)
{
	static const struct {
		enum pid1_call call;
		unsigned int nth;
		bool on;
		enum pid1_disk other;
		bool first;
		enum pid1_left left;
	} cases[] = {
		{CALL_PWRITE, 1, false, DISK_GOOD, false, LEFT_COMPLETE},
		{CALL_PWRITE, 1, true, DISK_GOOD, false, LEFT_LOG_ONLY},
		{CALL_PWRITE, 1, false, DISK_ABSENT, false, LEFT_COMPLETE},
		{CALL_PWRITE, 1, true, DISK_FOREIGN, true, LEFT_LOG_ONLY},
		{CALL_FSYNC, 2, false, DISK_GOOD, false, LEFT_COMPLETE}, /* the log's */
		{CALL_FSYNC, 4, false, DISK_GOOD, false, LEFT_COMPLETE}, /* the memory's */
		{CALL_FSYNC, 6, false, DISK_GOOD, false, LEFT_COMPLETE}, /* what was said */
		{CALL_FSYNC, 8, false, DISK_GOOD, false, LEFT_COMPLETE}, /* the status' */
		{CALL_MKDIRAT, 1, false, DISK_GOOD, false, LEFT_COMPLETE},
		{CALL_PWRITE, 1, true, DISK_READ_ONLY, false, LEFT_LOG_ONLY},
	};
	struct pid1_plan plans[sizeof(cases) / sizeof(cases[0])];
	struct pid1_verdict v[sizeof(cases) / sizeof(cases[0])];
	const unsigned int count = sizeof(cases) / sizeof(cases[0]);
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < count; i++) {
		plans[i] = plan_of(cases[i].call, cases[i].nth, cases[i].on);
		if (cases[i].other == DISK_GOOD)
			continue;
		plans[i].targets = 2;
		plans[i].disk[cases[i].first ? 0 : 1] = cases[i].other;
	}
	pid1_several(plans, count, PATIENCE_S, v);
	for (unsigned int i = 0; i < count; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].left, cases[i].left);
		good &= CHECK(v[i].saved) && CHECK(pid1_last(i)->plan.fault[0].struck > 0);
	}
	return !good;
}

/* Two good disks: the next one gets all of it, before there is less on the first. */
static int when_another_is_good(void)
{
	struct pid1_plan plan = plan_of(CALL_PWRITE, 1, false);
	struct pid1_verdict v;
	bool good;

	pid1_images();
	plan.targets = 2;
	v = pid1_one(&plan, NULL);
	good = CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE);
	good &= CHECK_EQ(pid1_last(0)->workers, 2);
	return !good;
}

static int when_there_is_nothing_to_save(void)
{
	enum { NO_VMCORE, ON_THE_SECOND, BAD_HEADERS, LOG_KILLS, ABSENT, CASES };
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++) {
		plans[i] = pid1_quiet();
		plans[i].no_vmcore = i == NO_VMCORE || i == ON_THE_SECOND || i == ABSENT;
	}
	plans[ON_THE_SECOND].targets = 2;
	plans[ON_THE_SECOND].disk[0] = DISK_FOREIGN;
	plans[BAD_HEADERS].bad_headers = true;
	plans[LOG_KILLS].format = 2;
	plans[LOG_KILLS].log_kills = 7;
	plans[ABSENT].disk[0] = DISK_ABSENT;
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK(!v[i].saved);
		good &= CHECK_EQ(v[i].left, i == ABSENT ? LEFT_NOTHING : LEFT_REPORT);
	}
	return !good;
}

/* Each write takes SECONDS of the twenty that there are, or of more on a slow host; the disk works
 * on it. */
static int when_the_disk_is_slow(void)
{
	static const struct {
		int seconds;
		unsigned int targets;
		enum pid1_left left;
	} cases[] = {
		{8, 1, LEFT_LOG_ONLY},	 /* the worker sees that it will not do */
		{100, 1, LEFT_LOG_ONLY}, /* PID 1 does */
		{100, 2, LEFT_COMPLETE}, /* the second write is elsewhere, and quick */
	};
	struct pid1_plan plans[sizeof(cases) / sizeof(cases[0])];
	struct pid1_verdict v[sizeof(cases) / sizeof(cases[0])];
	const unsigned int count = sizeof(cases) / sizeof(cases[0]);
	unsigned int pace;
	bool good = true;

	pid1_images();
	pace = pid1_pace();
	for (unsigned int i = 0; i < count; i++) {
		plans[i] = plan_of(CALL_PWRITE, 1, cases[i].targets == 1);
		plans[i].fault[0].kind = STRIKE_BUSY;
		plans[i].fault[0].value = cases[i].seconds * (int)pace;
		plans[i].targets = cases[i].targets;
		plans[i].timeout = 20 * pace;
	}
	pid1_several(plans, count, 60 * pace, v);
	for (unsigned int i = 0; i < count; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK(v[i].saved);
		good &= CHECK_EQ(v[i].left, cases[i].left);
	}
	return !good;
}

/*
 * Whichever CALL fails once with ERROR, one of two good disks has a dump. The configuration's
 * reading is among them, which alone leads to a disk: root= does not.
 */
static bool despite_one_failure(enum pid1_call call, int error, bool in_pid1)
{
	enum { NTH = 12 };
	struct pid1_plan plans[NTH];
	struct pid1_verdict v[NTH];
	unsigned int struck = 0;
	bool good = true;

	for (unsigned int i = 0; i < NTH; i++) {
		plans[i] = plan_of(call, i + 1, false);
		plans[i].fault[0].value = error;
		plans[i].targets = 2;
		plans[i].root_apart = true;
		plans[i].disk[2] = DISK_ABSENT;
	}
	pid1_several(plans, NTH, PATIENCE_S, v);
	for (unsigned int i = 0; i < NTH; i++) {
		const struct pid1_fault *f = &pid1_last(i)->plan.fault[0];

		struck += f->struck > 0;
		good &= CHECK_STR(v[i].why, "") && CHECK(v[i].saved || (f->in_pid1 && !in_pid1));
	}
	return good && CHECK(struck > 2);
}

static int when_a_read_fails_once(void)
{
	pid1_images();
	return !despite_one_failure(CALL_READ, EIO, false);
}

static int when_a_fork_fails_once(void)
{
	pid1_images();
	return !despite_one_failure(CALL_FORK, EAGAIN, true);
}

static bool is_full;

static void look_at_format(const char *dir)
{
	is_full = scratch_shell("grep -q '^format=elf$' %s/disk1/crash/0002-*/status", dir);
}

/* The third process is the first worker; the second one holds the watchdog. */
static int when_forks_fail_for_a_while(void)
{
	struct pid1_plan plan = plan_of(CALL_FORK, 3, false);
	struct pid1_verdict v;

	pid1_images();
	plan.fault[0].more = 2;
	plan.fault[0].value = ENOMEM;
	v = pid1_one(&plan, look_at_format);
	return !(CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE) && CHECK(is_full));
}

/*
 * The configuration, which says who opens the dumps, cannot be read, nor can it be at a second try;
 * or there is no process for it.
 */
static int when_nobody_knows_who_opens(void)
{
	enum { WITH_SEED, NO_FORK, WITHOUT, NO_FORK_EITHER, CASES, TRIES = 6 /* of pid1/child */ };
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++) {
		bool fork = i == NO_FORK || i == NO_FORK_EITHER;

		plans[i] = plan_of(fork ? CALL_FORK : CALL_READ, fork ? 1 : 5, false);
		plans[i].fault[0].more = fork ? TRIES - 1 : 1;
		plans[i].sealing = i < WITHOUT;
	}
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].saved, i >= WITHOUT);
		good &= CHECK_EQ(v[i].left, i < WITHOUT ? LEFT_REPORT : LEFT_COMPLETE);
		good &= CHECK(pid1_last(i)->plan.fault[0].struck > 1);
	}
	return !good;
}

static bool both_there;

static void look_for_records(const char *dir)
{
	both_there = scratch_shell(
		"cmp %s/sys/fs/pstore/dmesg-efi-1 %s/disk1/crash/0002-*/pstore/dmesg-efi-1 && "
		"cmp %s/sys/fs/pstore/console-ramoops-0 "
		"%s/disk1/crash/0002-*/pstore/console-ramoops-0",
		dir, dir, dir, dir);
}

static int when_there_are_records(void)
{
	struct pid1_plan plan = pid1_quiet();
	struct pid1_verdict v;

	pid1_images();
	plan.records = true;
	v = pid1_one(&plan, look_for_records);
	return !(CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE) && CHECK(both_there));
}

static bool told;

static void look_into_capture_log(const char *dir)
{
	told = scratch_shell("cd %s/disk1/crash/0002-* && grep -q 'attempt 1: the dump' capture.log"
			     " && grep -q 'conf:[0-9]*: what: ' capture.log",
			     dir);
}

/* More than capture.log has room for. */
static int when_nothing_in_the_configuration_is_right(void)
{
	struct pid1_plan plan = pid1_quiet();
	struct pid1_verdict v;

	pid1_images();
	plan.bad_lines = 2000;
	v = pid1_one(&plan, look_into_capture_log);
	return !(CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE) && CHECK(told));
}

TEST("however many lines of the configuration are bad, capture.log has what came after them")
{
	pid1_test(when_nothing_in_the_configuration_is_right);
}

TEST("records of pstore are in the dump, and where they were")
{
	pid1_test(when_there_are_records);
}

TEST("a disk too slow for the memory gets the log before the time is over")
{
	pid1_test(when_the_disk_is_slow);
}

TEST("after an I/O error there is less on the same disk, if no other one takes all of it")
{
	pid1_test(when_the_disk_fails);
}

TEST("a read that fails once costs no dump, not even where it is the configuration's")
{
	pid1_test(when_a_read_fails_once);
}

TEST("a child that cannot be started once costs no dump")
{
	pid1_test(when_a_fork_fails_once);
}

TEST("a worker for which there is no memory for a moment is waited for, and saves all of it")
{
	pid1_test(when_forks_fail_for_a_while);
}

TEST("without the configuration a dump that was to be sealed is not left unsealed")
{
	pid1_test(when_nobody_knows_who_opens);
}

TEST("after an I/O error the next disk comes first")
{
	pid1_test(when_another_is_good);
}

TEST("where there is nothing to save, what was said is left, and a status that says so")
{
	pid1_test(when_there_is_nothing_to_save);
}
