/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pace: when a dump is given up as too slow, and when not, over targets that are described by
 * stretches of constant speed.
 */
#include "tests/test.h"
#include "worker/pace.h"

#include <stddef.h>

enum { STEP_MS = 100, MIB = 1 << 20 };

/* Until that second the target takes so many KiB a second. */
struct speed {
	unsigned int until_s, kib_s;
};

/* The millisecond at which SIZE MiB are given up, with S seconds for them; 0: they never are. */
static uint64_t given_up(const struct speed *speed, unsigned int s, unsigned int size)
{
	uint64_t total = (uint64_t)size * MIB;
	uint64_t done = 0;
	struct pace p;

	pace_start(&p, 5000, 5000 + s * 1000ULL);
	for (uint64_t ms = STEP_MS; ms < s * 1000ULL && done < total; ms += STEP_MS) {
		while (speed->until_s * 1000ULL < ms)
			speed++;
		done += speed->kib_s * 1024ULL * STEP_MS / 1000;
		if (pace_too_slow(&p, 5000 + ms, done, done < total ? total - done : 0))
			return ms;
	}
	return 0;
}

TEST("what is written in time is never given up")
{
	const struct speed steady[] = {{10000, 10240}, {0, 0}};

	CHECK_EQ(given_up(steady, 10, 90), 0);
	CHECK_EQ(given_up(steady, 100, 900), 0);
	CHECK_EQ(given_up(steady, 1800, 17000), 0);
}

TEST("a target that is too slow is known by the first stretch")
{
	const struct speed steady[] = {{10000, 1024}, {0, 0}};
	uint64_t ms = given_up(steady, 10, 100);

	CHECK(ms > 0 && ms <= 1500);
	ms = given_up(steady, 100, 1000);
	CHECK(ms > 0 && ms <= 8000);
	ms = given_up(steady, 1800, 4000);
	CHECK(ms > 0 && ms <= 25000);
}

TEST("a first burst into a cache does not hide how slow the rest is")
{
	const struct speed burst[] = {{1, 204800}, {10000, 5120}, {0, 0}};
	uint64_t ms = given_up(burst, 100, 1000);

	CHECK(ms > 1000 && ms <= 20000);
}

TEST("a card that rests for a moment is waited for")
{
	const struct speed rest[] = {{40, 20480}, {45, 64}, {10000, 20480}, {0, 0}};

	CHECK_EQ(given_up(rest, 100, 1000), 0);
}

TEST("one that becomes slow in the middle is given up while there is time for less")
{
	const struct speed half[] = {{40, 15360}, {10000, 1024}, {0, 0}};
	uint64_t ms = given_up(half, 100, 1000);

	CHECK(ms > 40000 && ms <= 60000);
}

TEST("stretches without a byte to write, in which zeros were read, say nothing")
{
	struct pace p;

	pace_start(&p, 0, 20000);
	for (uint64_t ms = 100; ms < 10000; ms += 100)
		CHECK(!pace_too_slow(&p, ms, 0, 500ULL * MIB));
	pace_start(&p, 0, 0); /* and without a deadline nothing is too slow */
	CHECK(!pace_too_slow(&p, 1000000, 1, UINT64_MAX / 2));
}

TEST("what is left at the deadline is given up, and nothing else is")
{
	struct pace p;

	pace_start(&p, 0, 20000);
	CHECK(!pace_too_slow(&p, 20000, 8ULL * MIB, 0));
	CHECK(pace_too_slow(&p, 20000, 8ULL * MIB, MIB));
	pace_start(&p, 0, 1); /* the sizes of the largest machines overflow nothing */
	CHECK(pace_too_slow(&p, 1ULL << 25, 1ULL << 44, 1ULL << 44));
}

TEST("the seconds that are left are those of the last stretch")
{
	struct pace p;

	pace_start(&p, 0, 20000);
	CHECK(!pace_too_slow(&p, 2000, 8ULL * MIB, 8ULL * MIB));
	CHECK_EQ(p.rate, 4 * MIB);
	CHECK_EQ(pace_seconds(&p, 40ULL * MIB), 10);
	pace_skip(&p, 9000, 8ULL * MIB);
	CHECK(!pace_too_slow(&p, 10300, 16ULL * MIB, 8ULL * MIB));
}
