/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/loop: how many crashes there were within a time, whatever the clock of the board does and
 * whichever dumps are still there.
 */
#include "store/loop.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TODAY = 1767225600 /* 20260101T000000Z */, MOST = 5, WITHIN = 600 };

static struct store store;
static struct retention retention;
static char told[STATUS_LOOP_BYTES];
static int64_t clock_now;

/* A dump called NAME, with that status or none. */
static void put(const char *name, const char *status)
{
	char path[96];

	REQUIRE(mkdir(name, 0700) == 0);
	snprintf(path, sizeof(path), "%s/vmcore-dmesg.txt", name);
	scratch_write_file(path, "log", 3);
	if (status == NULL)
		return;
	snprintf(path, sizeof(path), "%s/status", name);
	scratch_write_file(path, status, strlen(status));
}

/* Begins a dump of a crash at TIME after UPTIME, and counts; the dump is open then. */
static unsigned int begin(int64_t time, uint64_t uptime, unsigned int most, bool test)
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(root >= 0);
	REQUIRE(store_open(&store, root, "/") == 0);
	REQUIRE(store_make(&store, time) == 0);
	close(root);
	retention.store = &store;
	retention.test = test;
	REQUIRE(retention_survey(&retention) == 0);
	(void)retention_of_day(&retention, uptime, &clock_now); /* the clock is what counts */
	return loop_count(&retention, clock_now, most, WITHIN, told);
}

static unsigned int count(int64_t time, uint64_t uptime)
{
	unsigned int n = begin(time, uptime, MOST, false);

	CHECK_EQ(unlinkat(store.path_fd, store.name, AT_REMOVEDIR), 0);
	store_end(&store);
	return n;
}

/* A whole capture; then the one before it is removed, as for keep = 1. */
static unsigned int crash(int64_t time, uint64_t uptime, bool test)
{
	static char before[STORE_NAME];
	unsigned int n = begin(time, uptime, MOST, test);
	char text[512];

	snprintf(text, sizeof(text), "result=log-only\nclock=%lld\ntest=%s\nloop=%s\n",
		 (long long)clock_now, test ? "yes" : "no", told[0] == '\0' ? "none" : told);
	REQUIRE(store_text(&store, "vmcore-dmesg.txt", "log", 3) == 0);
	REQUIRE(store_text(&store, "status", text, strlen(text)) == 0);
	if (before[0] != '\0')
		scratch_remove(before);
	snprintf(before, sizeof(before), "%s", store.name);
	store_end(&store);
	return n;
}

TEST("loop: crashes within the time count, though only the newest dump is kept")
{
	for (unsigned int i = 1; i <= 9; i++)
		CHECK_EQ(crash(TODAY + i * 60, 50, false), i < MOST ? i : MOST);
	CHECK_STR(told, "1767225900 1767225960 1767226020 1767226080 1767226140");
	CHECK_EQ(crash(TODAY + 540 + 480, 480, false), 3); /* 120 seconds old are the others */
	CHECK_EQ(crash(TODAY + 540 + 480 + 600, 600, false), 1);
}

TEST("loop: a crash just as old as the time does not count any more")
{
	CHECK_EQ(crash(TODAY, 50, false), 1);
	CHECK_EQ(count(TODAY + WITHIN - 1, 50), 2);
	CHECK_EQ(count(TODAY + WITHIN, 50), 1);
}

TEST("loop: a clock that starts at the same date each time is counted by what the kernels ran")
{
	for (unsigned int i = 1; i <= 4; i++)
		CHECK_EQ(crash(60, 60, false), i);
	CHECK_STR(told, "60 120 180 240");
	CHECK_EQ(crash(3600, 3600, false), 1);
	CHECK_EQ(crash(TODAY, 10, false), 1); /* the clock is set now, and then not */
	CHECK_EQ(crash(60, 60, false), 2);
}

TEST("loop: without an uptime a clock that does not go forward begins anew")
{
	CHECK_EQ(crash(TODAY, 0, false), 1);
	CHECK_EQ(crash(TODAY + 60, 0, false), 2);
	CHECK_EQ(crash(60, 0, false), 1);
}

TEST("loop: a test does not count, and does not make the others forgotten")
{
	CHECK_EQ(crash(TODAY, 50, false), 1);
	CHECK_EQ(crash(TODAY + 60, 50, true), 1);
	CHECK_STR(told, "1767225600");
	CHECK_EQ(crash(TODAY + 120, 50, false), 2);
	CHECK_STR(told, "1767225600 1767225720");
}

TEST("loop: interrupted captures count once, as early as can be")
{
	CHECK_EQ(crash(TODAY, 50, false), 1);
	put("0002-20260101T000100Z", NULL);
	put("0003-19700101T000000Z", NULL); /* its clock had started anew */
	CHECK_EQ(count(TODAY + 120, 50), 4);
	CHECK_STR(told, "1767225600 1767225660 1767225600 1767225720");
	CHECK_EQ(crash(TODAY + 120, 50, false), 4);
	CHECK_EQ(count(TODAY + 180, 50), 5); /* they stand in the status now */
	CHECK_EQ(count(TODAY + 1000, 50), 1);
}

TEST("loop: of a report, of a dump of an older version, and of nonsense nothing is counted")
{
	CHECK_EQ(count(TODAY, 50), 1);
	put("0001-20260101T000000Z", "result=failed\nclock=0\nloop=none\n");
	CHECK_EQ(count(TODAY + 60, 50), 1);
	put("0002-20260101T000000Z", "result=log-only\nclock=1767225600\n");
	CHECK_EQ(count(TODAY + 60, 50), 1);
	put("0003-20260101T000000Z",
	    "result=log-only\nclock=1767225600\nloop=-1767225600x99999999999999999999,,17\n");
	CHECK_EQ(count(TODAY + 60, 50), 2);
	CHECK_STR(told, "1767225600 1767225660");
}

TEST("loop: as many as a status holds are counted, and none where there is no brake")
{
	char text[512] = "result=log-only\nclock=253402300000\nloop=";

	for (unsigned int i = 0; i < 30; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%lld ",
			 253402300000 + (long long)i);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "\n");
	put("0001-20260101T000000Z", text);
	CHECK_EQ(begin(253402300100, 50, STATUS_LOOP, false), STATUS_LOOP);
	CHECK_EQ(strlen(told), STATUS_LOOP_BYTES - 1);
	CHECK_EQ(loop_count(&retention, clock_now, 0, WITHIN, told), 0);
	CHECK_STR(told, "");
	CHECK_EQ(loop_count(&retention, clock_now, 4000, WITHIN, told), STATUS_LOOP);
}
