/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target/retention: which dumps go, in which order, and what is never touched.
 */
#include "target/retention.h"
#include "target/store.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store store;

/* A dump of number N: "complete", "partial", "log-only", or NULL for one without a status. */
static void make_dump(unsigned int n, const char *result)
{
	char path[96];
	char text[96];

	snprintf(path, sizeof(path), "%04u-20260101T000000Z", n);
	REQUIRE(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "%04u-20260101T000000Z/vmcore-dmesg.txt", n);
	test_write_file(path, "log\n", 4);
	if (result == NULL)
		return;
	snprintf(path, sizeof(path), "%04u-20260101T000000Z/vmcore", n);
	test_write_file(path, "core", 4);
	snprintf(path, sizeof(path), "%04u-20260101T000000Z/status", n);
	snprintf(text, sizeof(text), "result=%s\nkernel=x\n", result);
	test_write_file(path, text, strlen(text));
}

static bool is_there(unsigned int n)
{
	char path[64];

	snprintf(path, sizeof(path), "%04u-20260101T000000Z", n);
	return access(path, F_OK) == 0;
}

/* Begins the dump after those that are there. */
static void begin(void)
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(root >= 0);
	REQUIRE(store_begin(&store, root, "/", 1767225600) == 0);
	close(root);
}

static void complete(const char *result)
{
	char text[64];

	snprintf(text, sizeof(text), "result=%s\n", result);
	REQUIRE(store_text(&store, "status", text, strlen(text)) == 0);
}

TEST("retention: the oldest go until as many are left as are to be kept")
{
	for (unsigned int n = 1; n <= 6; n++)
		make_dump(n, "complete");
	begin();
	complete("complete");
	CHECK_EQ(retention_trim(&store, 3), 4);
	for (unsigned int n = 1; n <= 7; n++)
		CHECK_EQ(is_there(n), n >= 5);
	CHECK_EQ(retention_trim(&store, 3), 0);
	store_end(&store);
}

TEST("retention: the newest whole dump stays while the new one is not whole, whatever keep says")
{
	make_dump(1, "complete");
	make_dump(2, "partial");
	make_dump(3, "log-only");
	make_dump(4, NULL);
	begin();
	CHECK_EQ(retention_trim(&store, 1), 3);
	CHECK(is_there(2) && !is_there(1) && !is_there(3) && !is_there(4));
	complete("log-only");
	CHECK_EQ(retention_trim(&store, 1), 0);
	CHECK(is_there(2) && is_there(5));
	store_end(&store);
}

TEST("retention: once the new dump is whole, the one before it may go")
{
	make_dump(1, "complete");
	begin();
	CHECK_EQ(retention_remove_oldest(&store), 0);
	complete("complete");
	CHECK_EQ(retention_trim(&store, 1), 1);
	CHECK(!is_there(1) && is_there(2));
	store_end(&store);
}

TEST("retention: to make room the oldest goes first, one at a time, and never the last whole one")
{
	make_dump(1, "complete");
	make_dump(2, "complete");
	make_dump(10, "complete");
	make_dump(9, "log-only");
	begin();
	CHECK_EQ(retention_remove_oldest(&store), 1);
	CHECK(!is_there(1) && is_there(2));
	CHECK_EQ(retention_remove_oldest(&store), 1);
	CHECK(!is_there(2) && is_there(9));
	CHECK_EQ(retention_remove_oldest(&store), 1);
	CHECK_EQ(retention_remove_oldest(&store), 0);
	CHECK(is_there(10) && is_there(11));
	store_end(&store);
}

TEST("retention: what interrupted captures left goes, whole logs stay")
{
	make_dump(1, NULL);
	test_write_file("0001-20260101T000000Z/vmcore-incomplete", "half", 4);
	REQUIRE(mkdir("0002-20260101T000000Z", 0700) == 0);
	test_write_file("0002-20260101T000000Z/vmcore-dmesg.txt-incomplete", "h", 1);
	REQUIRE(mkdir("0003-20260101T000000Z", 0700) == 0);
	begin();
	CHECK_EQ(retention_sweep(&store), 4);
	CHECK(is_there(1) && !is_there(2) && !is_there(3) && is_there(4));
	CHECK(access("0001-20260101T000000Z/vmcore-dmesg.txt", F_OK) == 0);
	CHECK(access("0001-20260101T000000Z/vmcore-incomplete", F_OK) != 0);
	CHECK_EQ(retention_sweep(&store), 0);
	store_end(&store);
}

TEST("retention: the dump being made is left alone, incomplete as it is")
{
	int fd;

	begin();
	fd = store_create(&store, "vmcore");
	REQUIRE(fd >= 0);
	CHECK_EQ(retention_sweep(&store), 0);
	CHECK_EQ(retention_remove_oldest(&store), 0);
	CHECK_EQ(store_commit(&store, "vmcore", fd), 0);
	store_end(&store);
}

TEST("retention: names that are not those of a dump are never touched")
{
	static const char *const names[] = {
		"0001-20260101T000000Z.bak", "0001-20260101", "1-20260101T000000Z",
		"0001-2026010AT000000Z",     "lost+found",    "0001-20260101T000000z"};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		REQUIRE(mkdir(names[i], 0700) == 0);
	}
	test_write_file("0007-20260101T000000Z", "a file", 6);
	begin();
	complete("complete");
	CHECK_EQ(retention_sweep(&store), 0);
	CHECK_EQ(retention_trim(&store, 1), 0);
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(access(names[i], F_OK) == 0);
	CHECK(access("0007-20260101T000000Z", F_OK) == 0);
	store_end(&store);
}

TEST("retention: links are not followed, and what is not ours in a dump is not removed")
{
	REQUIRE(mkdir("elsewhere", 0700) == 0);
	test_write_file("elsewhere/status", "result=complete\n", 16);
	REQUIRE(symlink("elsewhere", "0001-20260101T000000Z") == 0);
	make_dump(2, "log-only");
	test_write_file("0002-20260101T000000Z/notes-of-the-owner", "x", 1);
	begin();
	complete("complete");
	CHECK_EQ(retention_trim(&store, 1), -ENOTEMPTY);
	CHECK(access("elsewhere/status", F_OK) == 0);
	CHECK(access("0002-20260101T000000Z/notes-of-the-owner", F_OK) == 0);
	CHECK(access("0002-20260101T000000Z/status", F_OK) != 0);
	store_end(&store);
}
