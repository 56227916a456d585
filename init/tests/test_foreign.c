/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store and retention in a path that others may write: what they make has the name of a dump and is
 * none. Owners are a lie of fstat and fstatat, so that no root is needed.
 */
#include "store/retention.h"
#include "store/store.h"
#include "tests/dump_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int __wrap_fstat(int fd, struct stat *st);
int __real_fstat(int fd, struct stat *st);
int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags);
int __real_fstatat(int fd, const char *name, struct stat *st, int flags);

enum { OTHER = 4242 };

/* What has this in its path belongs to OTHER. */
static const char *others;
/* Everything belongs to OTHER, or has these modes: a filesystem without owners or modes. */
static bool all_others;
static unsigned int all_modes;

static void lie(int fd, const char *name, struct stat *st)
{
	char link[64], path[768] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, 400) < 0)
		return;
	strcat(strcat(path, "/"), name);
	if (all_others || (others != NULL && strstr(path, others) != NULL))
		st->st_uid = OTHER;
	st->st_mode |= all_modes;
}

int __wrap_fstat(int fd, struct stat *st)
{
	int r = __real_fstat(fd, st);

	if (r == 0)
		lie(fd, "", st);
	return r;
}

int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags)
{
	int r = __real_fstatat(fd, name, st, flags);

	if (r == 0)
		lie(fd, name, st);
	return r;
}

static struct store store;
static struct retention retention;

static void make_dump(const char *name)
{
	dump_scene_put(name, "vmcore-dmesg.txt", "log\n");
	dump_scene_put(name, "vmcore", "core");
	dump_scene_put(name, "status", "result=complete\nof_day=5\n");
}

/* Begins a dump, which shows how its files are, and looks at what there is. */
static void begin(void)
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(root >= 0 && store_open(&store, root, "/") == 0);
	close(root);
	REQUIRE(store_make(&store, 1767225600) == 0);
	REQUIRE(store_text(&store, "vmcore-dmesg.txt", "log\n", 4) == 0);
	retention = (struct retention){.store = &store};
	REQUIRE(retention_survey(&retention) == 0);
}

static int remove_all(void)
{
	char name[STORE_NAME];
	int gone = 0;

	while (retention_remove(&retention, RETENTION_MEMORY, 0, name) == 1)
		gone++;
	return gone;
}

static void complete(void)
{
	REQUIRE(store_text(&store, "vmcore", "core", 4) == 0);
	REQUIRE(store_text(&store, "status", "result=complete\n", 16) == 0);
}

#define FOREIGN "99999999-20990101T000000Z"

static const char *const real[] = {"0001-20260101T000000Z", "0002-20260101T000000Z"};

/* Two real ones and a foreign one, which must be as good as nothing. */
static void judge_foreign(void)
{
	int64_t clock;

	make_dump(real[0]);
	make_dump(real[1]);
	begin();
	CHECK_STR(store.name, "0003-20260101T000000Z");
	CHECK_EQ(scratch_count_entries("."), 4);
	CHECK_EQ(retention.foreign, 1);
	CHECK_STR(retention.foreign_name, FOREIGN);
	CHECK_EQ(retention.count[RETENTION_MEMORY], 2);
	CHECK_EQ(retention_of_day(&retention, 10, &clock), 6);
	CHECK_EQ(remove_all(), 1);
	CHECK(access(real[0], F_OK) != 0 && access(real[1], F_OK) == 0);
	complete();
	CHECK_EQ(remove_all(), 1);
	CHECK(access(FOREIGN, F_OK) == 0);
	store_end(&store);
}

TEST("foreign: what belongs to another does not count, nor go, nor set the numbers")
{
	others = FOREIGN;
	make_dump(FOREIGN);
	judge_foreign();
	CHECK(access(FOREIGN "/status", F_OK) == 0);
}

TEST("foreign: what the group or others may write does not count, nor go, nor set the numbers")
{
	static const mode_t modes[] = {0777, 0770, 0702, 01777};

	for (unsigned int i = 0; i < 4; i++) {
		make_dump(FOREIGN);
		dump_scene_put(FOREIGN, "vmcore-incomplete", "x");
		REQUIRE(chmod(FOREIGN, modes[i]) == 0);
		test_note("mode %o", (unsigned int)modes[i]);
		judge_foreign();
		CHECK_EQ(scratch_count_entries(FOREIGN), 4);
		scratch_remove(FOREIGN);
		scratch_remove(real[1]);
		scratch_remove("0003-20260101T000000Z");
	}
}

TEST("foreign: a status that others own or may write is none, and their memory is none of ours")
{
	make_dump(real[0]);
	make_dump(real[1]);
	REQUIRE(chmod("0002-20260101T000000Z/status", 0666) == 0);
	begin();
	CHECK_STR(retention.best, real[0]);
	CHECK_EQ(remove_all(), 0); /* a file of it is not ours */
	store_end(&store);
	REQUIRE(chmod("0002-20260101T000000Z/status", 0600) == 0);
	others = "0002-20260101T000000Z/vmcore";
	begin();
	CHECK_STR(retention.best, real[0]);
	CHECK_EQ(retention.count[RETENTION_MEMORY], 1);
	CHECK_EQ(remove_all(), 0);
	CHECK(access("0002-20260101T000000Z/vmcore", F_OK) == 0);
	store_end(&store);
}

TEST("foreign: where the filesystem has neither owners nor modes all dumps are ours")
{
	for (unsigned int i = 0; i < 3; i++) {
		all_others = i != 1;
		all_modes = i == 0 ? 0 : 0777;
		make_dump(real[0]);
		make_dump(real[1]);
		begin();
		CHECK_EQ(scratch_count_entries("."), 3);
		CHECK_STR(store.name, "0003-20260101T000000Z");
		CHECK_EQ(retention.foreign, 0);
		CHECK_STR(retention.best, real[1]);
		CHECK_EQ(remove_all(), 1);
		complete();
		CHECK_EQ(remove_all(), 1);
		store_end(&store);
		scratch_remove("0003-20260101T000000Z");
	}
}

TEST("foreign: names that others have taken do not keep a dump from being made")
{
	char name[64];

	make_dump(real[0]);
	for (unsigned int n = 2; n < 300; n++) {
		snprintf(name, sizeof(name), "%04u-20260101T000000Z", n);
		REQUIRE(mkdir(name, 0777) == 0 && chmod(name, 0777) == 0);
	}
	for (unsigned int s = 0; s < 60; s++) {
		snprintf(name, sizeof(name), "99999999-20260101T0000%02uZ", s);
		REQUIRE(mkdir(name, 0777) == 0 && chmod(name, 0777) == 0);
	}
	begin();
	CHECK_STR(store.name, "0300-20260101T000000Z");
	CHECK_EQ(retention.foreign, 298 + 60);
	store_end(&store);
}
