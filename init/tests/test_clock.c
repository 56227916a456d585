/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/clock: pauses are as long as they were told to be, and the date is the machine's.
 */
#include "base/clock.h"

#include "tests/test.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

TEST("a pause lasts at least as long as was said")
{
	uint64_t before = clock_ms();

	clock_pause(30);
	CHECK(clock_ms() - before >= 30);
}

static void on_signal(int signal_number)
{
	(void)signal_number;
}

TEST("a signal cuts a pause short")
{
	struct sigaction action = {.sa_handler = on_signal};
	uint64_t before = clock_ms();

	REQUIRE(sigaction(SIGALRM, &action, NULL) == 0);
	alarm(1);
	clock_pause(600000);
	CHECK(clock_ms() - before < 120000);
}

/* time(2) may be a tick of the kernel behind clock_gettime(2), and tell the second before. */
static int64_t now(void)
{
	struct timespec t = {0};

	REQUIRE(clock_gettime(CLOCK_REALTIME, &t) == 0);
	return t.tv_sec;
}

TEST("the date is that of the machine's clock")
{
	int64_t before = now();
	int64_t date = clock_date();

	CHECK(date >= before && date <= now());
}
