/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/retention: which dumps go, in which order, and what is never touched.
 */
#include "store/retention.h"

#include "store/dumps.h"
#include "store/store.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store store;

/* Files of dump N, whose time is behind it: "0001-20260101T000000Z". */
static void put(const char *name, const char *file, const char *text)
{
	char path[96];

	if (access(name, F_OK) != 0)
		REQUIRE(mkdir(name, 0700) == 0);
	snprintf(path, sizeof(path), "%s/%s", name, file);
	scratch_write_file(path, text, strlen(text));
}

static const char *name_of(unsigned int n)
{
	static char name[STORE_NAME];

	snprintf(name, sizeof(name), "%04u-20260101T000000Z", n);
	return name;
}

/* A dump of number N: "complete", "partial", "log-only", or NULL for one without a status. */
static void make_dump(unsigned int n, const char *result)
{
	char text[96];

	put(name_of(n), "vmcore-dmesg.txt", "log\n");
	if (result == NULL)
		return;
	if (strcmp(result, "log-only") != 0)
		put(name_of(n), "vmcore", "core");
	snprintf(text, sizeof(text), "result=%s\nkernel=x\n", result);
	put(name_of(n), "status", text);
}

static bool is_there(unsigned int n)
{
	return access(name_of(n), F_OK) == 0;
}

/* Begins the dump after those that are there, of a crash at TIME. */
static void begin_at(int64_t time)
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(root >= 0);
	REQUIRE(store_open(&store, root, "/") == 0);
	REQUIRE(store_make(&store, time) == 0);
	close(root);
}

static void begin(void)
{
	begin_at(1767225600);
}

static void complete(const char *result)
{
	char text[64];

	if (strcmp(result, "log-only") != 0)
		REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
	snprintf(text, sizeof(text), "result=%s\n", result);
	REQUIRE(store_text(&store, "status", text, strlen(text)) == 0);
}

/* As many as go while more than KEEP are beside the new one; a negative number for an error. */
static int trim(enum retention_kind kind, unsigned int keep)
{
	char name[STORE_NAME];
	int gone = 0;
	int r;

	while ((r = retention_remove(&store, kind, keep, name)) == 1)
		gone++;
	return r < 0 ? r : gone;
}

TEST("retention: the oldest go until as many are left as are to be kept")
{
	for (unsigned int n = 1; n <= 6; n++)
		make_dump(n, "complete");
	begin();
	complete("complete");
	CHECK_EQ(trim(RETENTION_MEMORY, 2), 4);
	for (unsigned int n = 1; n <= 7; n++)
		CHECK_EQ(is_there(n), n >= 5);
	CHECK_EQ(trim(RETENTION_MEMORY, 2), 0);
	store_end(&store);
}

TEST("retention: the newest complete dump stays while the new one is not complete")
{
	make_dump(1, "complete");
	make_dump(2, "complete");
	make_dump(3, "partial");
	make_dump(4, "log-only");
	put(name_of(5), "vmcore", "core");
	begin();
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 3);
	CHECK(is_there(2) && is_there(4));
	complete("partial");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK(is_there(2) && is_there(6));
	store_end(&store);
}

TEST("retention: a log alone never takes the place of memory")
{
	make_dump(1, "partial");
	begin();
	complete("log-only");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK(is_there(1) && is_there(2));
	store_end(&store);
}

TEST("retention: once the new dump is complete, the one before it may go")
{
	make_dump(1, "complete");
	begin();
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	complete("complete");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK(!is_there(1) && is_there(2));
	store_end(&store);
}

TEST("retention: the oldest goes first, by number, and by time where numbers are the same")
{
	static const char *const order[] = {"0002-20260101T000000Z", "10000-20250101T000000Z",
					    "10000-20260101T000000Z", "10000-20260101T000001Z"};
	char name[STORE_NAME];

	for (unsigned int i = 0; i < 4; i++)
		put(order[i], "vmcore", "core");
	begin();
	for (unsigned int i = 0; i < 3; i++) {
		CHECK_EQ(retention_remove(&store, RETENTION_MEMORY, 0, name), 1);
		CHECK_STR(name, order[i]);
		CHECK(access(order[i], F_OK) != 0);
	}
	CHECK_EQ(retention_remove(&store, RETENTION_MEMORY, 0, name), 0);
	CHECK(access(order[3], F_OK) == 0);
	store_end(&store);
}

TEST("retention: logs are counted and go by themselves")
{
	for (unsigned int n = 1; n <= 120; n++)
		make_dump(n, n % 10 == 0 ? "complete" : n % 3 == 0 ? NULL : "log-only");
	begin();
	CHECK_EQ(trim(RETENTION_LOG, RETENTION_LOGS - 1), 9);
	CHECK(!is_there(9) && is_there(10) && is_there(11));
	CHECK_EQ(trim(RETENTION_LOG, 0), 98);
	CHECK(is_there(119) && is_there(110));
	store_end(&store);
}

TEST("retention: what could go is counted in bytes, without the dump that stays")
{
	make_dump(1, "complete");
	make_dump(2, "complete");
	make_dump(3, "log-only");
	begin();
	CHECK_EQ(retention_removable(&store), 4096);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK_EQ(retention_removable(&store), 0);
	complete("complete");
	CHECK_EQ(retention_removable(&store), 4096);
	store_end(&store);
}

TEST("retention: what interrupted captures left goes, whole logs stay")
{
	make_dump(1, NULL);
	put(name_of(1), "vmcore-incomplete", "half");
	put(name_of(2), "vmcore-dmesg.txt-incomplete", "h");
	REQUIRE(mkdir(name_of(3), 0700) == 0);
	begin();
	CHECK_EQ(retention_sweep(&store), 4);
	CHECK(is_there(1) && !is_there(2) && !is_there(3) && is_there(4));
	CHECK(access("0001-20260101T000000Z/vmcore-dmesg.txt", F_OK) == 0);
	CHECK(access("0001-20260101T000000Z/vmcore-incomplete", F_OK) != 0);
	CHECK_EQ(retention_sweep(&store), 0);
	store_end(&store);
}

TEST("retention: remains can be swept before the new directory is made")
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	put(name_of(1), "vmcore-incomplete", "half");
	make_dump(2, "log-only");
	REQUIRE(root >= 0 && store_open(&store, root, "/") == 0);
	CHECK_EQ(retention_sweep(&store), 2);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	CHECK(!is_there(1) && is_there(2));
	CHECK_EQ(store_make(&store, 1767225600), 0);
	CHECK(is_there(3));
	store_end(&store);
	close(root);
}

TEST("retention: the dump being made is left alone, incomplete as it is")
{
	int fd;

	begin();
	fd = store_create(&store, "vmcore");
	REQUIRE(fd >= 0);
	CHECK_EQ(retention_sweep(&store), 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	CHECK_EQ(store_commit(&store, "vmcore", fd), 0);
	store_end(&store);
}

TEST("retention: names that are not those of a dump are never touched")
{
	static const char *const names[] = {"0001-20260101T000000Z.bak",
					    "0001-20260101",
					    "1-20260101T000000Z",
					    "0001-2026010AT000000Z",
					    "lost+found",
					    "0001-20260101T000000z",
					    "0000-20260101T000000Z",
					    "123456789-20260101T000000Z"};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put(names[i], "vmcore", "core");
		put(names[i], "vmcore-incomplete", "core");
	}
	scratch_write_file("0007-20260101T000000Z", "a file", 6);
	begin();
	complete("complete");
	CHECK_EQ(retention_sweep(&store), 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK_EQ(scratch_count_entries(names[i]), 2);
	CHECK(access("0007-20260101T000000Z", F_OK) == 0);
	store_end(&store);
}

TEST("retention: links are not followed, neither to a dump nor to its files")
{
	put("elsewhere", "status", "result=complete\n");
	put("elsewhere", "vmcore", "core");
	put("elsewhere", "vmcore-incomplete", "core");
	REQUIRE(symlink("elsewhere", "0001-20260101T000000Z") == 0);
	make_dump(2, "log-only");
	make_dump(3, "complete");
	REQUIRE(unlink("0003-20260101T000000Z/status") == 0);
	REQUIRE(symlink("../elsewhere/status", "0003-20260101T000000Z/status") == 0);
	REQUIRE(symlink("../elsewhere/vmcore", "0002-20260101T000000Z/vmcore") == 0);
	make_dump(4, "complete");
	begin();
	CHECK_EQ(retention_sweep(&store), 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK(!is_there(3) && is_there(4));
	complete("complete");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK_EQ(trim(RETENTION_LOG, 0), 1);
	CHECK(!is_there(2) && !is_there(4));
	CHECK_EQ(scratch_count_entries("elsewhere"), 3);
	store_end(&store);
}

TEST("retention: what is not ours in a dump stays, and does not hold up the others")
{
	make_dump(1, "complete");
	put(name_of(1), "notes-of-the-owner", "x");
	make_dump(2, "complete");
	REQUIRE(unlink("0002-20260101T000000Z/status") == 0);
	REQUIRE(mkdir("0002-20260101T000000Z/status", 0700) == 0);
	REQUIRE(mkdir(name_of(3), 0700) == 0 && mkdir("0003-20260101T000000Z/vmcore", 0700) == 0);
	make_dump(4, "complete");
	begin();
	complete("complete");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 3);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	CHECK_EQ(scratch_count_entries("0001-20260101T000000Z"), 1);
	CHECK_EQ(scratch_count_entries("0002-20260101T000000Z"), 1);
	CHECK_EQ(scratch_count_entries("0003-20260101T000000Z"), 1);
	CHECK(!is_there(4) && is_there(5));
	CHECK_EQ(retention_removable(&store), 0);
	store_end(&store);
}

TEST("retention: a status that waits for a writer, or is endless, does not hang it")
{
	char *text = malloc(1 << 20);

	REQUIRE(text != NULL);
	memset(text, 'x', 1 << 20);
	memcpy(text, "result=complete\n", 16);
	put(name_of(1), "vmcore", "core");
	REQUIRE(mkfifo("0001-20260101T000000Z/status", 0600) == 0);
	put(name_of(2), "vmcore", "core");
	scratch_write_file("0002-20260101T000000Z/status", text, 1 << 20);
	free(text);
	begin();
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK(!is_there(1) && is_there(2));
	CHECK_EQ(retention_of_day(&store, 0), 1);
	store_end(&store);
}

TEST("retention: a status whose lines have another order, or keys of a newer version, still counts")
{
	static const char *const texts[] = {
		"kernel=x\nof_day=1\nresult=complete\n",
		"schema=2\nresult=complete\nkernel=x\n",
		"what is no key at all\nresult=complete\n",
	};

	for (unsigned int i = 0; i < 3; i++) {
		make_dump(2 * i + 1, "complete");
		put(name_of(2 * i + 1), "status", texts[i]);
		make_dump(2 * i + 2, "partial");
		begin();
		CHECK_EQ(trim(RETENTION_MEMORY, 0), i == 0 ? 1 : 2);
		CHECK(is_there(2 * i + 1) && !is_there(2 * i + 2));
		CHECK_EQ(unlinkat(store.path_fd, store.name, AT_REMOVEDIR), 0);
		store_end(&store);
	}
}

TEST("retention: a result that is cut short, or only looks like one, does not make a dump complete")
{
	static const char *const texts[] = {
		"result=complete",     "kernel=x\nresult=complete",
		"result=completely\n", "result=\n",
		"a_result=complete\n", "result complete\n",
		" result=complete\n",  "result=partial\nresult=complete\n",
	};

	make_dump(1, "complete");
	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		make_dump(2, "complete");
		put(name_of(2), "status", texts[i]);
		begin();
		test_note("%s", texts[i]);
		CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
		CHECK(is_there(1) && !is_there(2));
		CHECK_EQ(unlinkat(store.path_fd, store.name, AT_REMOVEDIR), 0);
		store_end(&store);
	}
}

/* A dump of number N and the day DAY of 2026, or of another YEAR, the N_TH of it. */
static void make_nth(unsigned int n, const char *date, const char *of_day)
{
	char name[64];
	char text[96];

	snprintf(name, sizeof(name), "%04u-%sT101112Z", n, date);
	if (of_day == NULL) {
		put(name, "vmcore-dmesg.txt", "log\n");
		return;
	}
	put(name, "vmcore", "core");
	snprintf(text, sizeof(text), "result=complete\nkernel=x\nof_day=%s\nversion=1\n", of_day);
	put(name, "status", text);
}

/* Which of the day a dump at TIME is, BEFORE attempts having failed. */
static unsigned int of_day(int64_t time, unsigned int before)
{
	unsigned int n;

	begin_at(time);
	n = retention_of_day(&store, before);
	CHECK_EQ(unlinkat(store.path_fd, store.name, AT_REMOVEDIR), 0);
	store_end(&store);
	return n;
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
	make_dump(5, "log-only");
	make_dump(6, NULL);
	CHECK_EQ(of_day(TODAY, 0), 6);
	CHECK_EQ(of_day(TODAY, 1), 5);
	CHECK_EQ(of_day(TODAY + 1, 1), 6);
}

TEST("of the day: a clock that starts in 1970 begins anew with what ran for a day")
{
	make_nth(1, "19700101", "12");
	CHECK_EQ(of_day(100, 0), 13);
	make_nth(2, "19700102", "1");
	CHECK_EQ(of_day(DAY + 100, 0), 1);
	CHECK_EQ(of_day(100, 0), 1);
}

TEST("of the day: it is found wherever it stands in the status")
{
	make_dump(1, "complete");
	put(name_of(1), "status", "of_day=6\nkernel=x\nresult=complete\n");
	CHECK_EQ(of_day(TODAY, 0), 7);
	put(name_of(1), "status", "one_of_day=9\nresult=complete\nof_day=8\n");
	CHECK_EQ(of_day(TODAY, 0), 9);
}

TEST("of the day: a number that makes no sense is none, a huge one has an end")
{
	make_nth(1, "20260101", "-5");
	CHECK_EQ(of_day(TODAY, 0), 1);
	make_nth(2, "20260101", "4294967295000000000000000");
	CHECK(of_day(TODAY, 0) > 9999);
}

TEST("attempts: what those before left of the same crash goes once the new dump has it")
{
	make_dump(1, NULL);
	make_dump(2, NULL);
	make_dump(3, NULL);
	make_nth(4, "20260101", NULL);
	make_dump(5, "log-only");
	put(name_of(6), "vmcore", "core");
	begin();
	complete("log-only");
	CHECK_EQ(retention_supersede(&store, 5), 2);
	CHECK(is_there(1) && !is_there(2) && !is_there(3) && is_there(5) && is_there(6));
	REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
	CHECK_EQ(retention_supersede(&store, 5), 1);
	CHECK(is_there(1) && is_there(5) && !is_there(6) && is_there(7));
	CHECK(access("0004-20260101T101112Z", F_OK) == 0);
	store_end(&store);
}

TEST("more dumps than are looked at: none is removed in the dark")
{
	char name[STORE_NAME];

	for (unsigned int n = 1; n <= DUMPS_MAX; n++)
		REQUIRE(mkdir(name_of(n), 0700) == 0);
	make_dump(20000, "complete");
	make_dump(20001, "complete");
	begin();
	CHECK_EQ(retention_remove(&store, RETENTION_MEMORY, 0, name), -E2BIG);
	CHECK_EQ(retention_removable(&store), 0);
	CHECK_EQ(retention_of_day(&store, 0), 1);
	CHECK(retention_sweep(&store) < 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK(!is_there(20000) && is_there(20001));
	store_end(&store);
}
