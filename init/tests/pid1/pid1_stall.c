/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that take longer than `stall`, each for its own reason: the kernel works on it, which the
 * counters of the disk show; the disk is dead, whose counters stand; the memory of the crashed
 * kernel cannot be read. Only a disk that is dead may be taken for one.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>

/* The least that can be configured as stall, more than that, and what nobody waits for. */
enum { STALL_S = 5, LONG_S = 9, EVER_S = 300, PATIENCE_S = 200 };

static unsigned int pace = 1; /* of this host: all that is told in seconds goes by it */

static struct pid1_plan plan_of(enum pid1_call call, unsigned int nth, enum pid1_kind kind,
				int value)
{
	struct pid1_plan plan = pid1_quiet();

	plan.stall = STALL_S * pace;
	plan.remains = true;
	plan.faults = 1;
	plan.fault[0] = (struct pid1_fault){.call = call, .nth = nth, .kind = kind, .value = value};
	return plan;
}

static const struct {
	enum pid1_call call;
	unsigned int nth;
} slow_calls[] = {
	{CALL_MOUNT, 1},    /* a journal is replayed */
	{CALL_FSYNC, 1},    /* of a directory that was made */
	{CALL_FSYNC, 2},    /* of the log */
	{CALL_FSYNC, 4},    /* of the memory */
	{CALL_UNLINKAT, 1}, /* of what an interrupted capture left */
	{CALL_PWRITE, 1},   {CALL_UMOUNT, 1},
};

enum { SLOW_CALLS = sizeof(slow_calls) / sizeof(slow_calls[0]) };

static int when_the_disk_works(void)
{
	struct pid1_plan plans[SLOW_CALLS];
	struct pid1_verdict v[SLOW_CALLS];
	bool good = true;

	pid1_images();
	pace = pid1_pace();
	for (unsigned int i = 0; i < SLOW_CALLS; i++) {
		plans[i] = plan_of(slow_calls[i].call, slow_calls[i].nth, STRIKE_BUSY,
				   LONG_S * (int)pace);
		plans[i].watchdog = true;
	}
	pid1_several(plans, SLOW_CALLS, PATIENCE_S * pace, v);
	for (unsigned int i = 0; i < SLOW_CALLS; i++) {
		const struct pid1_run *run = pid1_last(i);

		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].left, LEFT_COMPLETE);
		good &= CHECK(v[i].saved) && CHECK_EQ(run->workers, 1);
		good &= CHECK_EQ(run->plan.fault[0].struck, 1);
		good &= CHECK(run->pets > LONG_S); /* a look each quarter of a second */
	}
	return !good;
}

/* A filesystem that is so broken that its mount loops: the disk works for ever. */
static int when_the_disk_works_for_ever(void)
{
	struct pid1_plan plans[3];
	struct pid1_verdict v[3];
	bool good = true;

	pid1_images();
	pace = pid1_pace();
	for (unsigned int i = 0; i < 3; i++) {
		plans[i] = plan_of(i == 2 ? CALL_FSYNC : CALL_MOUNT, i == 2 ? 4 : 1, STRIKE_BUSY,
				   EVER_S * (int)pace);
		plans[i].targets = i == 1 ? 2 : 1;
		plans[i].timeout = 40 * pace;
	}
	pid1_several(plans, 3, PATIENCE_S * pace, v);
	for (unsigned int i = 0; i < 3; i++)
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].saved, i > 0);
	good &= CHECK_EQ(v[1].left, LEFT_COMPLETE);
	return !good;
}

/* Its mount may read all of it, which no counter of a disk tells; or it is dead. */
static int when_flash_is_slow(void)
{
	struct pid1_plan plans[2];
	struct pid1_verdict v[2];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < 2; i++) {
		plans[i] = plan_of(CALL_MOUNT, 1, i == 0 ? STRIKE_BUSY : STRIKE_HANG, LONG_S);
		plans[i].hangs_early = true;
		plans[i].flash = true;
		plans[i].watchdog = true;
		plans[i].targets = 2;
	}
	pid1_several(plans, 2, PATIENCE_S, v);
	for (unsigned int i = 0; i < 2; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK(v[i].saved);
		good &= CHECK_EQ(v[i].left, LEFT_COMPLETE);
		good &= CHECK_EQ(pid1_last(i)->plan.fault[0].struck, 1);
		good &= CHECK_EQ(pid1_last(i)->workers, 1);
	}
	good &= CHECK(pid1_last(0)->pets > LONG_S); /* the second one was another target */
	return !good;
}

static int when_the_disk_is_dead(void)
{
	struct pid1_plan plans[4];
	struct pid1_verdict v[4];
	bool good = true;

	pid1_images();
	pace = pid1_pace();
	plans[0] = plan_of(CALL_FSYNC, 4, STRIKE_HANG, 0);
	plans[1] = plan_of(CALL_PWRITE, 1, STRIKE_STUCK, 0);
	plans[2] = plan_of(CALL_MOUNT, 1, STRIKE_HANG, 0);
	plans[2].hangs_early = true;
	plans[3] = plan_of(CALL_FSYNC, 2, STRIKE_HANG, 0); /* the log's: it is not to blame */
	plans[2].targets = 2;
	pid1_several(plans, 4, PATIENCE_S * pace, v);
	for (unsigned int i = 0; i < 4; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].saved, i == 2);
		good &= CHECK_EQ(pid1_last(i)->workers, 1);
		good &= CHECK_EQ(pid1_last(i)->plan.fault[0].struck, 1);
	}
	return !good;
}

/* pread 1 to 3 look at the disk. The first image has a log, the fourth nothing but memory. */
static int when_the_image_hangs(void)
{
	struct pid1_plan plans[5];
	struct pid1_verdict v[5];
	bool good = true;

	pid1_images();
	pace = pid1_pace();
	plans[0] = plan_of(CALL_PREAD, 1, STRIKE_HANG, 0);
	plans[1] = plan_of(CALL_PREAD, 1, STRIKE_STUCK, 0);
	plans[2] = plan_of(CALL_PREAD, 12, STRIKE_HANG, 0);
	plans[3] = plan_of(CALL_MMAP, 1, STRIKE_STUCK, 0);
	plans[4] = plan_of(CALL_MMAP, 1, STRIKE_HANG, 0);
	for (unsigned int i = 0; i < 5; i++) {
		plans[i].image = i < 3 ? 0 : 3;
		plans[i].iomem = true; /* without it nothing is mapped */
	}
	pid1_several(plans, 5, PATIENCE_S * pace, v);
	for (unsigned int i = 0; i < 5; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK_EQ(v[i].left, LEFT_COMPLETE);
		good &= CHECK(v[i].saved) && CHECK_EQ(pid1_last(i)->plan.fault[0].struck, 1);
	}
	return !good;
}

/*
 * The mount after that of the target, with which a worker begins to be one, is that of pstore,
 * where records are read. Those that kill or hold a worker cost themselves, and neither the log nor
 * the memory, nor the disk.
 */
static struct pid1_plan kills_by_records(void)
{
	return plan_of(CALL_MOUNT, 2, STRIKE_SIGNAL, SIGSEGV);
}

static int when_records_cannot_be_read(void)
{
	enum { HANGS, STUCK, KILLS, OF_A_LOG, CASES };
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++) {
		plans[i] = plan_of(CALL_MOUNT, 1, i == STUCK ? STRIKE_STUCK : STRIKE_HANG, 0);
		plans[i].records = true;
	}
	plans[KILLS].fault[0] = kills_by_records().fault[0];
	plans[OF_A_LOG].format = 2;
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK(v[i].saved);
		good &= CHECK_EQ(v[i].left, i == OF_A_LOG ? LEFT_LOG_ONLY : LEFT_COMPLETE);
		good &= CHECK_EQ(pid1_last(i)->workers, 2);
		good &= CHECK_EQ(pid1_last(i)->plan.fault[0].struck, 1);
	}
	return !good;
}

static bool in_one;

static void look_for_the_log(const char *dir)
{
	in_one = scratch_shell("cd %s/disk1/crash && d=$(ls -d 0* | tail -n 1) && "
			       "test $(ls | wc -l) = 2 && test -s $d/vmcore-dmesg.txt && "
			       "test -s $d/vmcore && test -s $d/status && test ! -e $d/pstore",
			       dir);
}

static int when_records_kill(void)
{
	struct pid1_plan plan = kills_by_records();
	struct pid1_verdict v;

	pid1_images();
	plan.records = true;
	plan.remains = false;
	v = pid1_one(&plan, look_for_the_log);
	return !(CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE) && CHECK(in_one));
}

/*
 * Each disk is read for its label, whichever is looked for: the one that hangs is left alone, and
 * what is on the other one is found.
 */
static int when_a_disk_hangs_that_is_looked_at(void)
{
	enum { CASES = 8 };
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++) {
		plans[i] = plan_of(CALL_PREAD, i + 1, STRIKE_HANG, 0);
		plans[i].hangs_early = true;
		plans[i].by_label = 1;
		plans[i].targets = 2;
	}
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK(v[i].saved);
		good &= CHECK_EQ(v[i].left, LEFT_COMPLETE);
		good &= CHECK_EQ(pid1_last(i)->plan.fault[0].struck, 1);
	}
	return !good;
}

TEST("a disk that hangs while targets are looked for costs none that is on another disk")
{
	pid1_test(when_a_disk_hangs_that_is_looked_at);
}

TEST("records that hang or kill who reads them cost nothing but themselves")
{
	pid1_test(when_records_cannot_be_read);
}

TEST("what records killed has the log and the memory in one dump")
{
	pid1_test(when_records_kill);
}

TEST("a call that the disk works on may take longer than stall, and the watchdog is petted")
{
	pid1_test(when_the_disk_works);
}

TEST("flash that takes longer than stall is waited for while its reader gets on, and no longer")
{
	pid1_test(when_flash_is_slow);
}

TEST("a disk that works for ever costs its attempt, and not the run")
{
	pid1_test(when_the_disk_works_for_ever);
}

TEST("a disk that is dead is left alone after stall, whatever it was doing")
{
	pid1_test(when_the_disk_is_dead);
}

TEST("memory whose reading hangs is not blamed on the disk: less is saved there")
{
	pid1_test(when_the_image_hangs);
}
