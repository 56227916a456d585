/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CLOCK_MONOTONIC (clock_gettime(2)), which never goes back and never fails. Pauses are those of
 * poll(2), whose time is a number of milliseconds on every kernel.
 */
#include "base/clock.h"

#include <poll.h>
#include <time.h>

static uint64_t ms_of(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now); /* cannot fail: the clock is compiled in */
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_ms(void)
{
	return ms_of(CLOCK_MONOTONIC);
}

uint64_t clock_cpu_ms(void)
{
	return ms_of(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t clock_date(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now); /* cannot fail either */
	return now.tv_sec;
}

void clock_pause(int ms)
{
	(void)poll(NULL, 0, ms); /* it ends by time, or by a signal */
}
