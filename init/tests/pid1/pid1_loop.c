/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A crash too many: how the machine ends then, and when it does not. The crash itself is the only
 * one of its loop, since the dumps of before are of other days.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/test.h"

#include <errno.h>
#include <sys/reboot.h>

/* What PID 1 still has to do without a wait is worth less than so many pets, however long it takes;
 * a wait brings four in a second, or fewer on a host with much else to do. */
enum { PATIENCE_S = 200, FEW_PETS = 6 };

static struct pid1_plan plan_of(unsigned int crashes, const char *on_loop)
{
	struct pid1_plan plan = pid1_quiet();

	plan.loop = crashes;
	plan.on_loop = on_loop;
	plan.watchdog = true;
	return plan;
}

/* Once the last worker has done what it had to. */
static unsigned int pets_at_the_end(unsigned int n)
{
	return pid1_last(n)->pets - pid1_last(n)->pets_till_worker;
}

static int when_it_crashes_too_often(void)
{
	enum { HALTS, POWERS_OFF, WAITS, TWO, NOTHING_SAVED, WORKER_DIES, ROOT, NO_FORK, CASES };
	static const int commands[CASES] = {
		[HALTS] = (int)RB_HALT_SYSTEM,	[POWERS_OFF] = RB_POWER_OFF,
		[WAITS] = RB_AUTOBOOT,		[TWO] = RB_AUTOBOOT,
		[NOTHING_SAVED] = RB_POWER_OFF, [WORKER_DIES] = (int)RB_HALT_SYSTEM,
		[ROOT] = (int)RB_HALT_SYSTEM,	[NO_FORK] = 0 /* sysrq */,
	};
	struct pid1_plan plans[CASES];
	struct pid1_verdict v[CASES];
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < CASES; i++)
		plans[i] = plan_of(i == TWO ? 2 : 1, "halt");
	plans[POWERS_OFF].on_loop = "poweroff";
	plans[WAITS].on_loop = plans[NO_FORK].on_loop = "reboot 8";
	plans[NOTHING_SAVED].disk[0] = DISK_FOREIGN;
	plans[WORKER_DIES].faults = 1; /* after all was saved */
	plans[WORKER_DIES].fault[0] = (struct pid1_fault){
		.call = CALL_UMOUNT, .nth = 1, .kind = STRIKE_SIGNAL, .value = 11};
	plans[ROOT].root_apart = true;
	plans[ROOT].disk[0] = DISK_FOREIGN;
	plans[NO_FORK].faults = 1; /* the configuration, the guard, the worker; then the wait */
	plans[NO_FORK].fault[0] =
		(struct pid1_fault){.call = CALL_FORK, .nth = 4, .on = true, .value = EAGAIN};
	pid1_several(plans, CASES, PATIENCE_S, v);
	for (unsigned int i = 0; i < CASES; i++) {
		if (i != POWERS_OFF) /* which the judge takes for a failure */
			good &= CHECK_STR(v[i].why, "");
		good &= CHECK_EQ(pid1_last(i)->command, commands[i]);
	}
	good &= CHECK_EQ(pid1_last(NO_FORK)->sysrq, 'b');
	good &= CHECK(pets_at_the_end(WAITS) > FEW_PETS);
	good &= CHECK(pets_at_the_end(TWO) < FEW_PETS);
	return !good;
}

TEST("a crash too many ends as on_loop says, after a wait in which the watchdog is petted")
{
	pid1_test(when_it_crashes_too_often);
}
