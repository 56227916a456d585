/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a run when it does not go as it should: reboot(2) fails or hangs, sysrq does nothing,
 * PID 1 itself gets a fatal signal, there is no child to be had, the configuration hangs.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/reboot.h>

enum { PATIENCE_S = 400 };

static bool keeps_the_promises(const struct pid1_plan *plan)
{
	return CHECK_STR(pid1_one(plan, NULL).why, "");
}

/* By itself: by reboot(2), or by an exit that panics the kernel. */
static bool pid1_ended(unsigned int n)
{
	return CHECK(pid1_last(n)->by_pid1 || pid1_last(n)->panicked);
}

static int when_reboot_fails(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.reboot = ORDER_FAILS;
	good = keeps_the_promises(&plan);
	good &= CHECK_EQ(pid1_last(0)->sysrq, 'b') && CHECK_EQ(pid1_last(0)->command, RB_AUTOBOOT);
	plan.no_vmcore = 1;
	good &= keeps_the_promises(&plan);
	good &= CHECK_EQ(pid1_last(0)->sysrq, 'o') && CHECK_EQ(pid1_last(0)->command, RB_POWER_OFF);
	return !good;
}

/* The first child that PID 1 waits for is the one that reads the configuration. */
static int when_pid1_is_hit(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT};
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		struct pid1_plan plan = pid1_quiet();

		plan.fatal = fatal[i];
		plan.no_vmcore = 1; /* there is nothing that it could have saved */
		good &= keeps_the_promises(&plan);
		good &= pid1_ended(0);
	}
	return !good;
}

static int when_nothing_forks(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.faults = 1;
	plan.fault[0] =
		(struct pid1_fault){.call = CALL_FORK, .nth = 1, .on = true, .value = EAGAIN};
	good = keeps_the_promises(&plan);
	good &= pid1_last(0)->sysrqs > 0 || pid1_ended(0);
	return !good;
}

enum slow {
	REBOOT_HANGS,
	SYSRQ_IGNORED,
	SYSRQ_FAILS,
	CONFIG_HANGS,
	CONFIG_STUCK,
	NOTHING_OPENS,
	SLOWS
};

/* At the same time, since they do nothing but wait for the patience of PID 1 to end. */
static int when_it_takes_long(void)
{
	struct pid1_plan plans[SLOWS];
	struct pid1_verdict v[SLOWS];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < SLOWS; i++)
		plans[i] = pid1_quiet();
	plans[REBOOT_HANGS].reboot = ORDER_HANGS;
	plans[SYSRQ_IGNORED].reboot = ORDER_FAILS;
	plans[SYSRQ_IGNORED].sysrq = ORDER_IGNORED;
	plans[SYSRQ_FAILS].reboot = ORDER_HANGS;
	plans[SYSRQ_FAILS].sysrq = ORDER_FAILS;
	for (unsigned int i = CONFIG_HANGS; i <= CONFIG_STUCK; i++) {
		plans[i].faults = 1;
		plans[i].hangs_early = true;
		plans[i].path = 0; /* where the dump goes by default */
		plans[i].fault[0] = (struct pid1_fault){.call = CALL_READ, .nth = 1};
	}
	plans[NOTHING_OPENS].reboot = ORDER_FAILS; /* nor is there sysrq, nor panic= */
	plans[NOTHING_OPENS].faults = 1;
	plans[NOTHING_OPENS].fault[0] =
		(struct pid1_fault){.call = CALL_OPEN, .nth = 2, .on = true, .value = EIO};
	plans[CONFIG_HANGS].fault[0].kind = STRIKE_HANG;
	plans[CONFIG_STUCK].fault[0].kind = STRIKE_STUCK;
	pid1_several(plans, SLOWS, PATIENCE_S, v);
	for (unsigned int i = 0; i < SLOWS; i++)
		good &= CHECK_STR(v[i].why, "") &&
			CHECK_EQ(v[i].left, i == NOTHING_OPENS ? LEFT_NOTHING : LEFT_COMPLETE);
	good &= CHECK_EQ(pid1_last(REBOOT_HANGS)->sysrq, 'b');
	good &= pid1_ended(SYSRQ_IGNORED) && pid1_ended(SYSRQ_FAILS);
	good &= CHECK(pid1_last(SYSRQ_IGNORED)->sysrqs > 1);
	good &= CHECK(pid1_last(NOTHING_OPENS)->by_pid1);
	good &= CHECK_EQ(pid1_last(CONFIG_HANGS)->plan.fault[0].struck, 1);
	return !good;
}

/* Memory of the crashed kernel, read for its log, kills who reads it: each time. */
static int when_the_log_kills(void)
{
	struct pid1_plan plan = pid1_quiet();
	struct pid1_verdict v;
	bool good;

	pid1_images();
	plan.log_kills = SIGBUS;
	v = pid1_one(&plan, NULL);
	good = CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE) && CHECK(v.saved);
	good &= CHECK_EQ(pid1_last(0)->workers, 2);
	plan.format = 2; /* nothing but the log is wanted, on two disks */
	plan.targets = 2;
	v = pid1_one(&plan, NULL);
	good &= CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_REPORT) && CHECK(!v.saved);
	good &= CHECK_EQ(pid1_last(0)->workers, 3);
	return !good;
}

enum late { IN_LOG, IN_MEMORY, IN_UMOUNT, STUCK, LATES };

/*
 * The time for the run ends while a worker hangs that nobody has given up yet: before the log has
 * its name, before the memory has (that is the second rename), when all is saved.
 */
static int when_the_time_is_up(void)
{
	static const struct pid1_fault hangs[LATES] = {
		[IN_LOG] = {.call = CALL_RENAMEAT, .nth = 1, .kind = STRIKE_HANG},
		[IN_MEMORY] = {.call = CALL_RENAMEAT, .nth = 2, .kind = STRIKE_HANG},
		[IN_UMOUNT] = {.call = CALL_UMOUNT, .nth = 1, .kind = STRIKE_HANG},
		[STUCK] = {.call = CALL_RENAMEAT, .nth = 2, .kind = STRIKE_STUCK},
	};
	static const enum pid1_left least[LATES] = {LEFT_NOTHING, LEFT_LOG, LEFT_COMPLETE,
						    LEFT_LOG};
	struct pid1_plan plans[LATES];
	struct pid1_verdict v[LATES];
	unsigned int pace;
	bool good = true;

	pid1_images();
	pace = pid1_pace();
	for (unsigned int i = 0; i < LATES; i++) {
		plans[i] = pid1_quiet();
		plans[i].timeout = PID1_TIMEOUT_S * pace;
		plans[i].faults = 1;
		plans[i].fault[0] = hangs[i];
	}
	pid1_several(plans, LATES, PATIENCE_S * pace, v);
	for (unsigned int i = 0; i < LATES; i++) {
		good &= CHECK_STR(v[i].why, "") && CHECK(v[i].left >= least[i]);
		good &= CHECK_EQ(pid1_last(i)->plan.fault[0].struck, 1);
		good &= CHECK(!v[i].saved || v[i].left >= LEFT_LOG_ONLY);
	}
	return !good;
}

/*
 * Dumps whose size is not known beforehand, on a disk that earlier dumps fill to three quarters:
 * those may go for one that is whole then, and not in vain.
 */
static int when_there_is_no_room(void)
{
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < PID1_IMAGES * 4; i++) {
		struct pid1_plan plan = pid1_quiet();
		struct pid1_verdict v;

		plan.image = i / 4;
		plan.disk[0] = DISK_TINY;
		plan.earlier = 3;
		plan.earlier_kib = 150;
		plan.format = 1;
		plan.level = i % 2;
		plan.codec = i / 2 % 2; /* none: incompressible, whatever it is */
		v = pid1_one(&plan, NULL);
		good &= CHECK_STR(v.why, "") && CHECK(v.left >= LEFT_LOG_ONLY || i / 4 > 2);
	}
	return !good;
}

/* Whatever the kernel sends the child that reads it; without it root= is the only target. */
static int when_the_configuration_is_shot(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGKILL};
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		struct pid1_plan plan = pid1_quiet();
		struct pid1_verdict v;

		plan.root_apart = true;
		plan.disk[1] = DISK_FOREIGN;
		plan.faults = 1;
		plan.fault[0] =
			(struct pid1_fault){.kind = STRIKE_TIMER, .nth = 1, .value = fatal[i]};
		v = pid1_one(&plan, NULL);
		good &= CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE);
		good &= CHECK_EQ(pid1_last(0)->plan.fault[0].struck, 1);
	}
	return !good;
}

TEST("where there is no room for what nobody knows the size of, no dump is removed in vain")
{
	pid1_test(when_there_is_no_room);
}

TEST("when the time for the run is up, the log and the dump of before are there, and it ends")
{
	pid1_test(when_the_time_is_up);
}

TEST("when reboot(2) fails, sysrq is tried, with the letter of what was configured")
{
	pid1_test(when_reboot_fails);
}

TEST("when reboot(2) hangs, sysrq does nothing, or the configuration hangs, it ends all the same")
{
	pid1_test(when_it_takes_long);
}

TEST("a fatal signal in PID 1 reboots the machine")
{
	pid1_test(when_pid1_is_hit);
}

TEST("when no child can be made the machine ends all the same")
{
	pid1_test(when_nothing_forks);
}

TEST("a log that kills who reads it does not cost the memory")
{
	pid1_test(when_the_log_kills);
}

TEST("a configuration whose reader is killed is read once more, whatever killed it")
{
	pid1_test(when_the_configuration_is_shot);
}
