/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/retention: which dumps go, in which order, and what is never touched.
 */
#include "store/retention.h"

#include "store/dumps.h"
#include "store/store.h"
#include "tests/dump_scene.h"
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
static struct retention retention;

static bool is_there(unsigned int n)
{
	return access(dump_scene_name(n), F_OK) == 0;
}

static void begin(void)
{
	dump_scene_begin(&store, 1767225600);
}

static void complete(const char *result)
{
	char text[64];

	if (strcmp(result, "log-only") != 0)
		REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
	snprintf(text, sizeof(text), "result=%s\n", result);
	REQUIRE(store_text(&store, "status", text, strlen(text)) == 0);
}

/* Looks at what is there, BEFORE attempts of this run having failed. Returns what was swept. */
static int survey(unsigned int before)
{
	int r;

	retention.store = &store;
	retention.earlier_attempts = before;
	r = retention_survey(&retention);
	return r < 0 ? r : (int)retention.swept;
}

static int sweep(void)
{
	return survey(0);
}

/* As many as go while more than KEEP are beside the new one; a negative number for an error. */
static int trim(enum retention_kind kind, unsigned int keep)
{
	char name[STORE_NAME];
	int gone = 0;
	int r = survey(0) < 0 ? -EIO : 0;

	while (r == 0 && (r = retention_remove(&retention, kind, keep, name)) == 1) {
		gone++;
		r = 0;
	}
	return r < 0 ? r : gone;
}

static uint64_t removable(void)
{
	return survey(0) < 0 ? UINT64_MAX : retention_removable(&retention);
}

static unsigned int supersede(unsigned int before)
{
	REQUIRE(survey(before) >= 0);
	return retention_supersede(&retention);
}

TEST("retention: the oldest go until as many are left as are to be kept")
{
	for (unsigned int n = 1; n <= 6; n++)
		dump_scene_make(n, "complete");
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
	dump_scene_make(1, "complete");
	dump_scene_make(2, "complete");
	dump_scene_make(3, "partial");
	dump_scene_make(4, "log-only");
	dump_scene_put(dump_scene_name(5), "vmcore", "core");
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
	dump_scene_make(1, "partial");
	begin();
	complete("log-only");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK(is_there(1) && is_there(2));
	store_end(&store);
}

TEST("retention: once the new dump is complete, the one before it may go")
{
	dump_scene_make(1, "complete");
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
		dump_scene_put(order[i], "vmcore", "core");
	begin();
	CHECK_EQ(survey(0), 0);
	for (unsigned int i = 0; i < 3; i++) {
		CHECK_EQ(retention_remove(&retention, RETENTION_MEMORY, 0, name), 1);
		CHECK_STR(name, order[i]);
		CHECK(access(order[i], F_OK) != 0);
	}
	CHECK_EQ(retention_remove(&retention, RETENTION_MEMORY, 0, name), 0);
	CHECK(access(order[3], F_OK) == 0);
	store_end(&store);
}

TEST("retention: logs are counted and go by themselves")
{
	for (unsigned int n = 1; n <= 120; n++)
		dump_scene_make(n, n % 10 == 0 ? "complete" : n % 3 == 0 ? NULL : "log-only");
	begin();
	CHECK_EQ(trim(RETENTION_LOG, RETENTION_LOGS - 1), 9);
	CHECK(!is_there(9) && is_there(10) && is_there(11));
	CHECK_EQ(trim(RETENTION_LOG, 0), 98);
	CHECK(is_there(119) && is_there(110));
	store_end(&store);
}

/* What a capture leaves that could save nothing of the kernel that crashed. */
static void make_report(unsigned int n)
{
	dump_scene_put(dump_scene_name(n), "capture.log", "no /proc/vmcore\n");
	dump_scene_put(dump_scene_name(n), "status", "result=failed\n");
}

TEST("retention: reports are counted and go by themselves, and no log goes for them")
{
	for (unsigned int n = 1; n <= 50; n++)
		make_report(n);
	for (unsigned int n = 51; n <= 60; n++)
		dump_scene_make(n, "log-only");
	begin();
	CHECK_EQ(trim(RETENTION_LOG, RETENTION_LOGS - 1), 0);
	CHECK_EQ(trim(RETENTION_REPORT, RETENTION_REPORTS - 1), 31);
	CHECK(!is_there(31) && is_there(32) && is_there(51));
	CHECK_EQ(retention.count[RETENTION_LOG], 10);
	CHECK_EQ(trim(RETENTION_REPORT, 0), 19);
	CHECK(is_there(51) && is_there(60));
	store_end(&store);
}

TEST("retention: where only reports may go, nothing else is touched")
{
	make_report(1);
	dump_scene_put(dump_scene_name(2), "vmcore-incomplete", "half");
	dump_scene_make(3, "complete");
	dump_scene_put(dump_scene_name(3), "status", "result=complete\ntest=yes\n");
	dump_scene_make(4, "complete");
	dump_scene_make(5, "log-only");
	begin();
	retention.only_reports = true;
	CHECK_EQ(survey(0), 0);
	CHECK_EQ(trim(RETENTION_REPORT, 0), 1);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK(!is_there(1) && is_there(2) && is_there(3) && is_there(4) && is_there(5));
	CHECK_EQ(removable(), 0);
	store_end(&store);
}

TEST("retention: what could go is counted in bytes, without the dump that stays")
{
	dump_scene_make(1, "complete");
	dump_scene_make(2, "complete");
	dump_scene_make(3, "log-only");
	begin();
	CHECK_EQ(removable(), 4096);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK_EQ(removable(), 0);
	complete("complete");
	CHECK_EQ(removable(), 4096);
	store_end(&store);
}

TEST("retention: what interrupted captures left goes, whole logs stay")
{
	dump_scene_make(1, NULL);
	dump_scene_put(dump_scene_name(1), "vmcore-incomplete", "half");
	dump_scene_put(dump_scene_name(2), "vmcore-dmesg.txt-incomplete", "h");
	REQUIRE(mkdir(dump_scene_name(3), 0700) == 0);
	begin();
	CHECK_EQ(sweep(), 4);
	CHECK(is_there(1) && !is_there(2) && !is_there(3) && is_there(4));
	CHECK(access("0001-20260101T000000Z/vmcore-dmesg.txt", F_OK) == 0);
	CHECK(access("0001-20260101T000000Z/vmcore-incomplete", F_OK) != 0);
	CHECK_EQ(sweep(), 0);
	store_end(&store);
}

TEST("retention: remains can be swept before the new directory is made")
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dump_scene_put(dump_scene_name(1), "vmcore-incomplete", "half");
	dump_scene_make(2, "log-only");
	REQUIRE(root >= 0 && store_open(&store, root, "/") == 0);
	CHECK_EQ(sweep(), 2);
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
	CHECK_EQ(sweep(), 0);
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
		dump_scene_put(names[i], "vmcore", "core");
		dump_scene_put(names[i], "vmcore-incomplete", "core");
	}
	scratch_write_file("0007-20260101T000000Z", "a file", 6);
	begin();
	complete("complete");
	CHECK_EQ(sweep(), 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK_EQ(scratch_count_entries(names[i]), 2);
	CHECK(access("0007-20260101T000000Z", F_OK) == 0);
	store_end(&store);
}

TEST("retention: links are not followed, neither to a dump nor to its files")
{
	dump_scene_put("elsewhere", "status", "result=complete\n");
	dump_scene_put("elsewhere", "vmcore", "core");
	dump_scene_put("elsewhere", "vmcore-incomplete", "core");
	REQUIRE(symlink("elsewhere", "0001-20260101T000000Z") == 0);
	dump_scene_make(2, "log-only");
	dump_scene_make(3, "complete");
	REQUIRE(unlink("0003-20260101T000000Z/status") == 0);
	REQUIRE(symlink("../elsewhere/status", "0003-20260101T000000Z/status") == 0);
	REQUIRE(symlink("../elsewhere/vmcore", "0002-20260101T000000Z/vmcore") == 0);
	dump_scene_make(4, "complete");
	begin();
	CHECK_EQ(sweep(), 0);
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
	dump_scene_make(1, "complete");
	dump_scene_put(dump_scene_name(1), "notes-of-the-owner", "x");
	dump_scene_make(2, "complete");
	REQUIRE(unlink("0002-20260101T000000Z/status") == 0);
	REQUIRE(mkdir("0002-20260101T000000Z/status", 0700) == 0);
	REQUIRE(mkdir(dump_scene_name(3), 0700) == 0 &&
		mkdir("0003-20260101T000000Z/vmcore", 0700) == 0);
	dump_scene_make(4, "complete");
	begin();
	complete("complete");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 3);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	CHECK_EQ(scratch_count_entries("0001-20260101T000000Z"), 1);
	CHECK_EQ(scratch_count_entries("0002-20260101T000000Z"), 1);
	CHECK_EQ(scratch_count_entries("0003-20260101T000000Z"), 1);
	CHECK(!is_there(4) && is_there(5));
	CHECK_EQ(removable(), 0);
	store_end(&store);
}

TEST("retention: a status that waits for a writer, or is endless, does not hang it")
{
	char *text = malloc(1 << 20);

	REQUIRE(text != NULL);
	memset(text, 'x', 1 << 20);
	memcpy(text, "result=complete\n", 16);
	dump_scene_put(dump_scene_name(1), "vmcore", "core");
	REQUIRE(mkfifo("0001-20260101T000000Z/status", 0600) == 0);
	dump_scene_put(dump_scene_name(2), "vmcore", "core");
	scratch_write_file("0002-20260101T000000Z/status", text, 1 << 20);
	free(text);
	begin();
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK(!is_there(1) && is_there(2));
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
		dump_scene_make(2 * i + 1, "complete");
		dump_scene_put(dump_scene_name(2 * i + 1), "status", texts[i]);
		dump_scene_make(2 * i + 2, "partial");
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

	dump_scene_make(1, "complete");
	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		dump_scene_make(2, "complete");
		dump_scene_put(dump_scene_name(2), "status", texts[i]);
		begin();
		test_note("%s", texts[i]);
		CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
		CHECK(is_there(1) && !is_there(2));
		CHECK_EQ(unlinkat(store.path_fd, store.name, AT_REMOVEDIR), 0);
		store_end(&store);
	}
}

/* What kdump-load --test left, complete and with its memory. */
static void make_test(unsigned int n)
{
	dump_scene_make(n, "complete");
	dump_scene_put(dump_scene_name(n), "status",
		       "result=complete\nkernel=x\nof_day=0\ntest=yes\n");
}

TEST("retention: a test goes before the next memory, and nothing is kept or removed for it")
{
	dump_scene_make(1, "partial");
	make_test(2);
	make_test(3);
	dump_scene_make(4, "log-only");
	dump_scene_put(dump_scene_name(4), "status", "result=log-only\ntest=yes\n");
	begin();
	CHECK_EQ(sweep(), 2);
	CHECK(is_there(1) && !is_there(2) && !is_there(3) && is_there(4));
	CHECK_EQ(retention.count[RETENTION_MEMORY], 1);
	CHECK_EQ(retention.count[RETENTION_LOG], 1);
	CHECK_STR(retention.best, dump_scene_name(1));
	store_end(&store);
}

TEST("retention: while the one being made is a test, no dump goes but tests")
{
	char name[STORE_NAME];

	for (unsigned int n = 1; n <= 3; n++)
		dump_scene_make(n, n == 3 ? "log-only" : "complete");
	make_test(4);
	begin();
	complete("complete");
	retention.test = true;
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0);
	CHECK_EQ(trim(RETENTION_LOG, 0), 0);
	CHECK_EQ(removable(), 0);
	CHECK_EQ(retention_evict(&retention, true, name), 0);
	for (unsigned int n = 1; n <= 5; n++)
		CHECK_EQ(is_there(n), n != 4);
	retention.test = false;
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 2);
	store_end(&store);
}

TEST("retention: a mark that is cut short makes no test, and another name of its memory stays")
{
	make_test(1);
	REQUIRE(link("0001-20260101T000000Z/vmcore", "second-name") == 0);
	dump_scene_make(2, "complete");
	dump_scene_put(dump_scene_name(2), "status", "result=complete\ntest=yes");
	dump_scene_make(3, "complete");
	dump_scene_put(dump_scene_name(3), "status", "result=complete\ntest=no\ntest=yes\n");
	begin();
	CHECK_EQ(sweep(), 1);
	CHECK(!is_there(1) && is_there(2) && is_there(3));
	CHECK(access("second-name", F_OK) == 0);
	CHECK_EQ(retention.count[RETENTION_MEMORY], 2);
	store_end(&store);
}

TEST("attempts: what those before left of the same crash goes once the new dump has it")
{
	dump_scene_make(1, NULL);
	dump_scene_make(2, NULL);
	dump_scene_make(3, NULL);
	dump_scene_put("0004-20260101T101112Z", "vmcore-dmesg.txt", "log\n");
	dump_scene_make(5, "log-only");
	dump_scene_put(dump_scene_name(6), "vmcore", "core");
	begin();
	complete("log-only");
	CHECK_EQ(supersede(5), 2);
	CHECK(is_there(1) && !is_there(2) && !is_there(3) && is_there(5) && is_there(6));
	REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
	CHECK_EQ(supersede(5), 1);
	CHECK(is_there(1) && is_there(5) && !is_there(6) && is_there(7));
	CHECK(access("0004-20260101T101112Z", F_OK) == 0);
	store_end(&store);
}

TEST("attempts: what this run left incomplete stays until there is as much, or no room")
{
	char name[STORE_NAME];

	dump_scene_make(1, NULL);
	dump_scene_put(dump_scene_name(1), "vmcore-incomplete", "another run's");
	dump_scene_make(2, NULL);
	dump_scene_put(dump_scene_name(2), "vmcore-incomplete", "half of it");
	begin();
	CHECK_EQ(survey(1), 1);
	CHECK(access("0001-20260101T000000Z/vmcore-incomplete", F_OK) != 0);
	CHECK(access("0002-20260101T000000Z/vmcore-incomplete", F_OK) == 0);
	complete("log-only");
	CHECK_EQ(supersede(1), 0);
	CHECK(access("0002-20260101T000000Z/vmcore-incomplete", F_OK) == 0);
	CHECK(retention_removable(&retention) >= 4096);
	CHECK_EQ(retention_evict(&retention, false, name), 1);
	CHECK_STR(name, dump_scene_name(2));
	CHECK(access("0002-20260101T000000Z/vmcore-incomplete", F_OK) != 0);
	CHECK(access("0002-20260101T000000Z/vmcore-dmesg.txt", F_OK) == 0);
	CHECK_EQ(retention_evict(&retention, false, name), 0);
	dump_scene_put(dump_scene_name(2), "vmcore-incomplete", "half of it");
	REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
	CHECK_EQ(supersede(1), 1);
	CHECK(is_there(1) && !is_there(2));
	store_end(&store);
}

TEST("on FAT a file that may share its clusters with an incomplete one is left to fsck")
{
	dump_scene_make(1, "complete");
	dump_scene_put(dump_scene_name(1), "vmcore-incomplete", "core");
	dump_scene_put(dump_scene_name(1), "capture.log-incomplete", "said");
	dump_scene_make(2, "complete");
	begin();
	store.fat = true;
	CHECK_EQ(sweep(), 1);
	CHECK(access("0001-20260101T000000Z/vmcore-incomplete", F_OK) == 0);
	complete("complete");
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK(is_there(1) && !is_there(2));
	store_end(&store);
}

TEST("many dumps: keep, the logs that stay and the day's limit hold for any number")
{
	char name[64];

	for (unsigned int n = 1; n <= 20000; n++) {
		snprintf(name, sizeof(name), "%04u-20260101T000000Z", n);
		REQUIRE(mkdir(name, 0700) == 0);
		if (n % 2 == 0)
			dump_scene_put(name, "vmcore-dmesg.txt", "");
	}
	dump_scene_make(20001, "complete");
	dump_scene_make(20002, "complete");
	dump_scene_make(20003, "complete");
	dump_scene_put(dump_scene_name(20003), "status", "result=complete\nof_day=7\n");
	dump_scene_begin(&store, 1767225600 + 40000);
	CHECK_EQ(survey(0), 10000);
	CHECK_EQ(retention.count[RETENTION_MEMORY], 3);
	CHECK_EQ(retention.count[RETENTION_LOG], 10000);
	CHECK_EQ(retention_of_day(&retention, 10, &(int64_t){0}), 8);
	complete("complete");
	CHECK_EQ(retention_remove(&retention, RETENTION_MEMORY, 2, name), 1);
	CHECK_STR(name, "20001-20260101T000000Z");
	CHECK_EQ(retention_remove(&retention, RETENTION_MEMORY, 2, name), 0);
	for (unsigned int n = 2; n <= 200; n += 2) {
		CHECK_EQ(retention_remove(&retention, RETENTION_LOG, RETENTION_LOGS - 1, name), 1);
		CHECK_STR(name, dump_scene_name(n));
	}
	CHECK_EQ(retention_remove(&retention, RETENTION_LOG, RETENTION_LOGS - 1, name), 0);
	store_end(&store);
}
