/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/store: names, numbers and modes; links are not followed. Failures are in faults.c.
 */
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

static int begin_at(int root, const char *path, int64_t time)
{
	int r = store_open(&store, root, path);

	if (r != 0)
		return r;
	r = store_make(&store, time);
	if (r != 0)
		store_end(&store);
	return r;
}

static int begin(const char *path, int64_t time)
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	REQUIRE(root >= 0);
	r = begin_at(root, path, time);
	close(root);
	return r;
}

static unsigned int mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? (unsigned int)st.st_mode : 0;
}

/* Begins and ends a dump; its name must be WANT. */
static void check_name(const char *path, int64_t time, const char *want)
{
	CHECK_EQ(begin(path, time), 0);
	CHECK_STR(store.name, want);
	CHECK_EQ(store_end(&store), 0);
}

TEST("a dump is a numbered directory named after the time of the crash")
{
	check_name("/var/crash", 0, "0001-19700101T000000Z");
	check_name("/var/crash", 1700000000, "0002-20231114T221320Z");
	check_name("/var/crash", 951782399, "0003-20000228T235959Z");
	CHECK_EQ(mode_of("var/crash/0002-20231114T221320Z"), S_IFDIR | 0700);
}

TEST("files have mode 0600 and directories 0700, whatever is missing is made")
{
	int fd;

	umask(0);
	REQUIRE(begin("/a//b/c/", 0) == 0);
	CHECK_EQ(mode_of("a"), S_IFDIR | 0700);
	CHECK_EQ(mode_of("a/b/c"), S_IFDIR | 0700);
	CHECK_EQ(mode_of("a/b/c/0001-19700101T000000Z"), S_IFDIR | 0700);
	CHECK_EQ(store_text(&store, "status", "x", 1), 0);
	CHECK_EQ(mode_of("a/b/c/0001-19700101T000000Z/status"), S_IFREG | 0600);
	fd = store_create(&store, "vmcore");
	CHECK(fd >= 0);
	CHECK_EQ(mode_of("a/b/c/0001-19700101T000000Z/vmcore-incomplete"), S_IFREG | 0600);
	CHECK_EQ(mode_of("a/b/c/0001-19700101T000000Z/vmcore"), 0);
	CHECK_EQ(store_commit(&store, "vmcore", fd), 0);
	CHECK_EQ(mode_of("a/b/c/0001-19700101T000000Z/vmcore"), S_IFREG | 0600);
	CHECK_EQ(mode_of("a/b/c/0001-19700101T000000Z/vmcore-incomplete"), 0);
	CHECK_EQ(store_end(&store), 0);
	CHECK_EQ(store.dump_fd, -1);
}

TEST("the number is one more than the highest, and other names do not count")
{
	REQUIRE(mkdir("d", 0755) == 0);
	REQUIRE(mkdir("d/0007-20200101T000000Z", 0755) == 0);
	REQUIRE(mkdir("d/123-x", 0755) == 0 && mkdir("d/00099", 0755) == 0);
	REQUIRE(mkdir("d/0050x-y", 0755) == 0 && mkdir("d/123456789-y", 0755) == 0);
	REQUIRE(mkdir("d/lost+found", 0755) == 0);
	check_name("/d", 0, "0008-19700101T000000Z");
	REQUIRE(mkdir("d/9999-old", 0755) == 0);
	check_name("/d", 0, "10000-19700101T000000Z");
	check_name("/d", 0, "10001-19700101T000000Z");
}

TEST("where the numbers end, the times tell dumps apart, and none is lost")
{
	REQUIRE(mkdir("d", 0755) == 0);
	REQUIRE(mkdir("d/99999998-20200101T000000Z", 0755) == 0);
	check_name("/d", 0, "99999999-19700101T000000Z");
	check_name("/d", 5, "99999999-19700101T000005Z");
	check_name("/d", 5, "99999999-19700101T000006Z");
	check_name("/d", 4, "99999999-19700101T000004Z");
	check_name("/d", 4, "99999999-19700101T000007Z");
}

TEST("what cannot be made leaves nothing open, and can be tried again")
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[64];

	REQUIRE(root >= 0 && mkdir("d", 0755) == 0);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "d/99999999-19700101T0000%02dZ", i % 60);
		if (i >= 60)
			snprintf(name, sizeof(name), "d/99999999-19700101T0001%02dZ", i - 60);
		REQUIRE(mkdir(name, 0755) == 0);
	}
	REQUIRE(store_open(&store, root, "/d") == 0);
	CHECK_EQ(store_make(&store, 0), -EEXIST);
	CHECK_EQ(store.dump_fd, -1);
	CHECK_STR(store.name, "");
	CHECK_EQ(store_make(&store, 100), 0);
	CHECK_STR(store.name, "99999999-19700101T000140Z");
	store_end(&store);
	close(root);
}

TEST("the room leaves what is to stay free, and can be nothing but not less")
{
	uint64_t all, limit, most, none;

	REQUIRE(begin("/d", 0) == 0);
	store_room(&store, 0, &all, &limit);
	CHECK_EQ(limit, UINT64_MAX);
	REQUIRE(all > 0);
	store_room(&store, all / 2, &most,
		   &limit); /* others may remove a file meanwhile, not half */
	CHECK(most < all - all / 4);
	store_room(&store, UINT64_MAX, &none, &limit);
	CHECK_EQ(none, 0);
	store_end(&store);
}

TEST("many dumps are all counted")
{
	char name[64];

	REQUIRE(mkdir("d", 0755) == 0);
	for (int i = 1; i <= 300; i++) {
		snprintf(name, sizeof(name), "d/%04d-20200101T000000Z-with-a-tail", (i * 13) % 301);
		REQUIRE(mkdir(name, 0755) == 0);
	}
	check_name("/d", 0, "0301-19700101T000000Z");
}

TEST("a time that is not known is that of this machine, a year that cannot be is no error")
{
	struct stat st;

	CHECK_EQ(begin("/d", -1), 0);
	CHECK(strncmp(store.name, "0001-20", 7) == 0 || strncmp(store.name, "0001-1970", 9) == 0);
	store_end(&store);
	check_name("/d", 253402300799, "0002-99991231T235959Z");
	for (int i = 0; i < 3; i++) {
		const int64_t huge[] = {253402300800, INT64_C(1) << 56, INT64_MAX};

		CHECK_EQ(begin("/d", huge[i]), 0);
		CHECK(strlen(store.name) == 21 && store.name[20] == 'Z');
		CHECK_HAS(store.name, "-19700101T");
		CHECK_EQ(fstat(store.dump_fd, &st), 0);
		store_end(&store);
	}
}

TEST("a symbolic link in the path is not followed, wherever it leads")
{
	unsigned int before;

	REQUIRE(mkdir("real", 0755) == 0 && mkdir("in", 0755) == 0);
	REQUIRE(symlink("real", "link") == 0 && symlink("/tmp", "in/link") == 0);
	REQUIRE(symlink("nowhere", "in/dangling") == 0);
	before = scratch_count_entries("/proc/self/fd");
	CHECK(begin("/link", 0) < 0);
	CHECK(begin("/link/sub", 0) < 0);
	CHECK(begin("/in/link", 0) < 0);
	CHECK(begin("/in/dangling", 0) < 0);
	CHECK_EQ(scratch_count_entries("real"), 0);
	CHECK_EQ(scratch_count_entries("/proc/self/fd"), before);
}

TEST("a link that waits under the incomplete name is not written through")
{
	char name[96];

	scratch_write_file("victim", "precious", 8);
	REQUIRE(begin("/d", 0) == 0);
	snprintf(name, sizeof(name), "d/%s/status-incomplete", store.name);
	REQUIRE(symlink("../../victim", name) == 0);
	CHECK_EQ(store_text(&store, "status", "bad", 3), -EEXIST);
	store_end(&store);
	snprintf(name, sizeof(name), "d/%s/status", store.name);
	CHECK_EQ(mode_of(name), 0);
	CHECK_EQ(mode_of("victim"), S_IFREG | 0644);
}

TEST("a file in place of a directory is an error and stays as it was")
{
	uint8_t *text;
	size_t size;

	scratch_write_file("var", "x", 1);
	CHECK_EQ(begin("/var/crash", 0), -ENOTDIR);
	CHECK_EQ(begin("/var", 0), -ENOTDIR);
	text = scratch_read_file("var", &size);
	CHECK_STR((char *)text, "x");
	free(text);
}

TEST("the root itself may be the path")
{
	check_name("/", 0, "0001-19700101T000000Z");
	CHECK_EQ(mode_of("0001-19700101T000000Z"), S_IFDIR | 0700);
}

TEST("a name in the path that is too long is refused")
{
	char path[400] = "/d/";
	unsigned int before = scratch_count_entries("/proc/self/fd");

	memset(path + 3, 'n', 300);
	CHECK_EQ(begin(path, 0), -ENAMETOOLONG);
	CHECK_EQ(scratch_count_entries("/proc/self/fd"), before);
}

TEST("texts are what was given, and a second one of the same name is refused")
{
	char name[96];
	uint8_t *text;
	size_t size;

	REQUIRE(begin("/d", 0) == 0);
	CHECK_EQ(store_text(&store, "status", "result=complete\n", 16), 0);
	CHECK_EQ(store_text(&store, "empty", "", 0), 0);
	snprintf(name, sizeof(name), "d/%s/status", store.name);
	text = scratch_read_file(name, &size);
	CHECK_EQ(size, 16);
	CHECK_STR((char *)text, "result=complete\n");
	free(text);
	CHECK_EQ(store_create(&store, "x/y"), -ENOENT);
	store_end(&store);
}

TEST("a directory that may not be written is an error that says so, and leaves nothing open")
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned int before = scratch_count_entries("/proc/self/fd");
	bool is_root = geteuid() == 0;

	REQUIRE(root >= 0 && fchmod(root, 0555) == 0);
	REQUIRE(!is_root || seteuid(65534) == 0);
	CHECK_EQ(begin_at(root, "/d", 0), -EACCES);
	CHECK_EQ(begin_at(root, "/", 0), -EACCES);
	REQUIRE(!is_root || seteuid(0) == 0);
	CHECK_EQ(scratch_count_entries("/proc/self/fd"), before);
	close(root);
}
