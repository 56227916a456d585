/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/day: which dump of its day one is, whatever the clock of the board does.
 */
#include "store/retention.h"

#include "store/store.h"
#include "tests/dump_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct store store;
static struct retention retention;

/* Looks at what is there, BEFORE attempts of this run having failed. Returns what was swept. */
static int survey(unsigned int before)
{
	int r;

	retention.store = &store;
	retention.earlier_attempts = before;
	r = retention_survey(&retention);
	return r < 0 ? r : (int)retention.swept;
}

/* A dump of number N and the day DAY of 2026, or of another YEAR, the N_TH of it. */
static void make_nth(unsigned int n, const char *date, const char *of_day)
{
	char name[64];
	char text[96];

	snprintf(name, sizeof(name), "%04u-%sT101112Z", n, date);
	if (of_day == NULL) {
		dump_scene_put(name, "vmcore-dmesg.txt", "log\n");
		return;
	}
	dump_scene_put(name, "vmcore", "core");
	snprintf(text, sizeof(text), "result=complete\nkernel=x\nof_day=%s\nversion=1\n", of_day);
	dump_scene_put(name, "status", text);
}

/* Which of the day a dump at TIME is, its kernel having run for UPTIME; BEFORE attempts failed. */
static unsigned int of_day_after(int64_t time, uint64_t uptime, unsigned int before)
{
	int64_t clock;
	unsigned int n;

	dump_scene_begin(&store, time);
	REQUIRE(survey(before) >= 0);
	n = retention_of_day(&retention, uptime, &clock);
	CHECK_EQ(unlinkat(store.path_fd, store.name, AT_REMOVEDIR), 0);
	store_end(&store);
	return n;
}

static unsigned int of_day(int64_t time, unsigned int before)
{
	return of_day_after(time, 10, before);
}

enum { TODAY = 1767225600 /* 20260101 */, DAY = 86400 };

TEST("of the day: the first, one more than the newest, and the first again the next day")
{
	CHECK_EQ(of_day(TODAY, 0), 1);
	make_nth(1, "20260101", "19");
	CHECK_EQ(of_day(TODAY + DAY - 1, 0), 20);
	CHECK_EQ(of_day(TODAY + DAY, 0), 1);
	make_nth(2, "20251231", "7");
	CHECK_EQ(of_day(TODAY, 0), 1);
}

TEST("of the day: interrupted captures of the day count, logs and the attempts of this run do not")
{
	make_nth(1, "20260101", NULL);
	make_nth(2, "20260101", "3");
	make_nth(3, "20260101", NULL);
	make_nth(4, "20251231", NULL);
	dump_scene_make(5, "log-only");
	dump_scene_make(6, NULL);
	CHECK_EQ(of_day(TODAY, 0), 6);
	CHECK_EQ(of_day(TODAY, 1), 5);
	CHECK_EQ(of_day(TODAY + 1, 1), 6);
}

TEST("of the day: a clock that starts in 1970 begins anew with what ran for a day")
{
	make_nth(1, "19700101", "12");
	CHECK_EQ(of_day(100, 0), 13);
	make_nth(2, "19700102", "1");
	CHECK_EQ(of_day_after(DAY + 100, DAY + 100, 0), 1);
	CHECK_EQ(of_day(100, 0), 2);
}

TEST("of the day: it is found wherever it stands in the status")
{
	dump_scene_make(1, "complete");
	dump_scene_put(dump_scene_name(1), "status", "of_day=6\nkernel=x\nresult=complete\n");
	CHECK_EQ(of_day(TODAY, 0), 7);
	dump_scene_put(dump_scene_name(1), "status", "one_of_day=9\nresult=complete\nof_day=8\n");
	CHECK_EQ(of_day(TODAY, 0), 9);
}

TEST("of the day: a number that makes no sense is none, a huge one has an end")
{
	make_nth(1, "20260101", "-5");
	CHECK_EQ(of_day(TODAY, 0), 1);
	make_nth(2, "20260101", "4294967295000000000000000");
	CHECK(of_day(TODAY, 0) > 9999);
}

/* A dump of number N at TIME on 1 January 2026, whose status says more than its name. */
static void make_told(unsigned int n, const char *time, const char *status)
{
	char name[64];

	snprintf(name, sizeof(name), "%04u-20260101T%sZ", n, time);
	dump_scene_put(name, "vmcore-dmesg.txt", "log\n");
	if (strstr(status, "complete") != NULL)
		dump_scene_put(name, "vmcore", "core");
	dump_scene_put(name, "status", status);
}

/* A board crashes after UPTIME, its clock having started at the same time; until it is limited. */
static unsigned int crashes_in_a_row(uint64_t uptime, unsigned int crashes, unsigned int most)
{
	unsigned int memory = 0;

	for (unsigned int i = 0; i < crashes; i++) {
		char text[128], name[STORE_NAME];
		int64_t clock;
		unsigned int n;

		dump_scene_begin(&store, TODAY + (int64_t)uptime);
		REQUIRE(survey(0) >= 0);
		n = retention_of_day(&retention, uptime, &clock);
		snprintf(text, sizeof(text), "result=%s\nclock=%lld\nof_day=%u\n",
			 n <= most ? "complete" : "log-only", (long long)clock, n <= most ? n : 0);
		if (n <= most)
			REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
		REQUIRE(store_text(&store, "vmcore-dmesg.txt", "log", 3) == 0);
		REQUIRE(store_text(&store, "status", text, strlen(text)) == 0);
		memory += n <= most;
		(void)survey(0);
		(void)retention_remove(&retention, RETENTION_MEMORY, 1, name);
		store_end(&store);
	}
	return memory;
}

TEST("of the day: a clock that always starts at the same date is no limit for life")
{
	CHECK_EQ(crashes_in_a_row(60, 100, 20), 20); /* 100 minutes: a loop */
	scratch_shell("rm -rf 0*");
	CHECK_EQ(crashes_in_a_row(3600, 100, 20), 4 * 20 + 5); /* four days, and five hours */
	scratch_shell("rm -rf 0*");
	CHECK_EQ(crashes_in_a_row(20 * 3600, 100, 20), 100);
	scratch_shell("rm -rf 0*");
	CHECK_EQ(crashes_in_a_row(30 * 86400, 30, 1), 30);
}

TEST("of the day: a clock is believed where it leaves room for the time that the kernel ran")
{
	make_told(1, "100000", "result=complete\ncrash_time=1767261600\nof_day=20\n");
	CHECK_EQ(of_day_after(TODAY + 10 * 3600 + 90, 60, 0), 21);
	CHECK_EQ(of_day_after(TODAY + DAY + 60, 60, 0), 1);
	CHECK_EQ(of_day_after(TODAY + 3600, 3600, 0), 21);
	CHECK_EQ(of_day_after(TODAY + 3600, 15 * 3600, 0), 1);
	CHECK_EQ(of_day_after(100, 100, 0), 21);
	CHECK_EQ(of_day_after(TODAY + 10 * 3600 + 1, 0, 0), 21);
	CHECK_EQ(of_day_after(TODAY + 10 * 3600, 0, 0), 1);
	CHECK_EQ(of_day_after(100, 0, 0), 1);
}

TEST("of the day: a loop that crashes before and after the clock is set is a loop")
{
	make_told(1, "100000", "result=complete\nclock=1767261600\nof_day=4\n");
	dump_scene_put("0002-19700101T000010Z", "vmcore", "core");
	dump_scene_put("0002-19700101T000010Z", "status",
		       "result=complete\nclock=1767261610\nof_day=5\n");
	CHECK_EQ(of_day_after(TODAY + 10 * 3600 + 90, 60, 0), 6);
}

TEST("of the day: logs alone carry the clock on, interrupted captures without one count")
{
	make_told(1, "100000", "result=complete\nclock=1767261600\nof_day=20\n");
	make_told(2, "000010", "result=log-only\nclock=1767311990\nof_day=0\n");
	CHECK_EQ(of_day_after(TODAY + 5, 5, 0), 21);
	CHECK_EQ(of_day_after(TODAY + 20, 20, 0), 1);
	dump_scene_put("0003-20260101T000005Z", "vmcore-dmesg.txt", "log");
	CHECK_EQ(of_day_after(TODAY + 5, 5, 0), 22);
	CHECK_EQ(of_day_after(TODAY + 20, 20, 0), 2);
}

TEST("of the day: a test does not count, and carries the clock on")
{
	make_told(1, "100000", "result=complete\nclock=1767261600\nof_day=20\n");
	make_told(2, "000010", "result=complete\nclock=1767311990\nof_day=7\ntest=yes\n");
	CHECK_EQ(of_day_after(TODAY + 5, 5, 0), 21);
	make_told(2, "000010", "result=complete\nclock=1767311990\nof_day=7\ntest=yes\n");
	CHECK_EQ(of_day_after(TODAY + 20, 20, 0), 1);
}

TEST("of the day: a report, which knows of no time, does not start the clock anew")
{
	make_told(1, "100000", "result=complete\nclock=1767261600\nof_day=20\n");
	make_told(2, "100500", "result=failed\ncrash_time=-1\nuptime=0\nclock=0\nof_day=0\n");
	CHECK_EQ(of_day_after(100, 60, 0), 21);
	dump_scene_put(dump_scene_name(3), "vmcore-dmesg.txt", "log");
	dump_scene_put(dump_scene_name(3), "status", "result=later-word\nclock=1767311990\n");
	CHECK_EQ(of_day_after(100, 20, 0), 1);
}
