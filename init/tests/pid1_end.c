/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a run when it does not go as it should: reboot(2) fails or hangs, sysrq does nothing,
 * PID 1 itself gets a fatal signal, there is no child to be had.
 */
#include "tests/pid1.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/reboot.h>

static int when_reboot_fails(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.reboot = ORDER_FAILS;
	good = CHECK_STR(pid1_one(&plan, 200, NULL).why, "");
	good &= CHECK_EQ(pid1_last()->sysrq, 'b') && CHECK_EQ(pid1_last()->command, RB_AUTOBOOT);
	plan.no_vmcore = 1;
	good &= CHECK_STR(pid1_one(&plan, 200, NULL).why, "");
	good &= CHECK_EQ(pid1_last()->sysrq, 'o') && CHECK_EQ(pid1_last()->command, RB_POWER_OFF);
	return !good;
}

static int when_reboot_hangs(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.reboot = ORDER_HANGS;
	good = CHECK_STR(pid1_one(&plan, 200, NULL).why, "");
	good &= CHECK_EQ(pid1_last()->reboots, 1) && CHECK_EQ(pid1_last()->sysrq, 'b');
	return !good;
}

static int when_sysrq_is_ignored(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.reboot = ORDER_FAILS;
	plan.sysrq = ORDER_IGNORED;
	good = CHECK_STR(pid1_one(&plan, 400, NULL).why, "");
	good &= CHECK(pid1_last()->sysrqs > 1) && CHECK(pid1_last()->by_pid1);
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
		good &= CHECK_STR(pid1_one(&plan, 200, NULL).why, "");
		good &= CHECK_EQ(pid1_last()->command, RB_AUTOBOOT) && CHECK(pid1_last()->by_pid1);
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
	good = CHECK_STR(pid1_one(&plan, 200, NULL).why, "");
	good &= CHECK(pid1_last()->sysrqs > 0 || pid1_last()->by_pid1);
	return !good;
}

TEST("when reboot(2) fails, sysrq is tried, with the letter of what was configured")
{
	pid1_test(when_reboot_fails);
}

TEST("when reboot(2) hangs, sysrq is tried")
{
	pid1_test(when_reboot_hangs);
}

TEST("when sysrq does nothing, PID 1 calls reboot(2) itself in the end")
{
	pid1_test(when_sysrq_is_ignored);
}

TEST("a fatal signal in PID 1 reboots the machine")
{
	pid1_test(when_pid1_is_hit);
}

TEST("when no child can be made the machine ends all the same")
{
	pid1_test(when_nothing_forks);
}
