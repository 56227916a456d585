/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/save_log: on a disk with little room, and with none, what fits of the log is saved under
 * its final name, and its status says that it was truncated. The disks are a tmpfs of that size in
 * a namespace of the test's own.
 */
#include "worker/save_log.h"

#include "disk/mount.h"
#include "output/crc.h"
#include "tests/images/crashlog.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORDS = 1000, BLOCK = 4096 };

#define NEW "disk/crash/0001-20231114T221320Z/"

static struct config config = {.keep = 5, .dmesg = 1, .max_per_day = 20, .timeout = 800};
static char status[4096];

static void say_nothing(void)
{
}

/* A log of some 340 KiB. */
static struct crashlog *build_log(void)
{
	char *description = malloc(RECORDS * 400);
	int n = sprintf(description, "ring arm count_bits=10 text_bits=19\n");
	struct crashlog *c;

	for (unsigned int i = 0; i < RECORDS; i++)
		n += sprintf(description + n, "record %u.0 %0330u\n", i, i);
	c = crashlog_build(description);
	free(description);
	REQUIRE(strlen(c->expected) > 330 * 1024);
	return c;
}

static void map_to_root(const char *path, unsigned int id)
{
	char map[32];

	snprintf(map, sizeof(map), "0 %u 1\n", id);
	scratch_write_file(path, map, strlen(map));
}

/* Root in a namespace of its own is whoever started the tests; root needs none. */
static void become_root(void)
{
	unsigned int user = geteuid();
	unsigned int group = getegid();

	if (user == 0)
		return;
	REQUIRE(unshare(CLONE_NEWUSER) == 0);
	map_to_root("/proc/self/uid_map", user);
	scratch_write_file("/proc/self/setgroups", "deny", 4);
	map_to_root("/proc/self/gid_map", group);
}

/* A disk of that many blocks, of which the directories take none. */
static void mount_disk(unsigned int blocks)
{
	char options[64];

	snprintf(options, sizeof(options), "size=%u,mode=0700", blocks * BLOCK);
	if (mkdir("disk", 0700) == 0) { /* the first one of this test */
		become_root();
		REQUIRE(unshare(CLONE_NEWNS) == 0);
		REQUIRE(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	}
	REQUIRE(mount("tmpfs", "disk", "tmpfs", 0, options) == 0);
}

static unsigned int number = 1; /* of the attempt */

static enum worker_end save(const struct crashlog *c, enum attempt_kind kind)
{
	static const struct config_target target = {.name = "test", .path = "/crash"};
	const struct attempt attempt = {.kind = kind, .target = &target, .number = number};
	struct worker_shared shared = {0};
	const struct worker worker = {
		.config = &config, .attempt = &attempt, .shared = &shared, .tell = say_nothing};
	const struct mount mount = {.dir = "disk"};
	struct status s;
	struct capture capture = {.status = &s, .progress = &shared.progress};
	struct save save = {.worker = &worker, .mount = &mount, .capture = &capture, .status = &s};
	enum worker_end end;
	char *text;
	size_t size;

	scratch_write_file("core", c->core.bytes, c->core.size);
	status_init(&s);
	s.test = config.test != 0;
	REQUIRE(capture_open(&capture, "core") == 0);
	end = save_dump(&save);
	capture_close(&capture);
	status[0] = '\0';
	if (access(NEW "status", F_OK) != 0) /* the second dump there */
		(void)rename("disk/crash/0002-20231114T221320Z",
			     "disk/crash/0001-20231114T221320Z");
	if (access(NEW "status", F_OK) == 0) {
		text = (char *)scratch_read_file(NEW "status", &size);
		snprintf(status, sizeof(status), "%s", text);
		free(text);
	}
	return end;
}

/* The log that was saved ends as the whole one does, and is what its status says. */
static void check_log(const struct crashlog *c, bool truncated, size_t least)
{
	size_t size;
	char *text = (char *)scratch_read_file(NEW "vmcore-dmesg.txt", &size);
	const char *rest = truncated ? strchr(text, '\n') + 1 : text;
	size_t all = strlen(c->expected);
	size_t part = strlen(rest);
	char line[64];

	CHECK(part <= all && strcmp(c->expected + all - part, rest) == 0);
	CHECK(size >= least && (truncated || part == all));
	if (truncated)
		CHECK_HAS(text, "are left out here: no room]\n");
	CHECK_HAS(status, truncated ? "\nlog=truncated\n" : "\nlog=complete\n");
	snprintf(line, sizeof(line), "\nlog_bytes=%zu\nlog_crc32=%08x\n", size,
		 (unsigned int)crc_update(0, (uint8_t *)text, size));
	CHECK_HAS(status, line);
	free(text);
}

TEST("a log has room, or what fits of it is saved, with a status that says so")
{
	static const struct {
		unsigned int blocks;
		bool truncated;
		size_t least;
	} disks[] = {
		{200, false, 0},	{120, false, 0},	{90, true, 4 * BLOCK},
		{66, true, 30 * BLOCK}, {65, true, 30 * BLOCK}, {64, true, 30 * BLOCK},
		{63, true, 30 * BLOCK}, {20, true, 8 * BLOCK},	{10, true, 4 * BLOCK},
		{5, true, 2000},	{4, true, 2000},	{3, true, 2000},
		{2, true, 2000},
	};
	struct crashlog *c = build_log();

	for (unsigned int i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		test_note("%u blocks", disks[i].blocks);
		mount_disk(disks[i].blocks);
		CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
		check_log(c, disks[i].truncated, disks[i].least);
		CHECK(access(NEW "vmcore-dmesg.txt-incomplete", F_OK) != 0);
		REQUIRE(umount2("disk", MNT_DETACH) == 0);
	}
	crashlog_free(c);
}

TEST("the room that is to stay free is not taken by more of a log than most machines have")
{
	struct crashlog *c = build_log();

	mount_disk(1000);
	config.free = 3000 * 1024;
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
	check_log(c, false, 0);
	REQUIRE(umount2("disk", MNT_DETACH) == 0);
	mount_disk(1000);
	config.free = 4000 * 1024;
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
	check_log(c, true, 250 * 1024);
	CHECK_HAS(status, "result=log-only\n");
	crashlog_free(c);
}

TEST("where not a byte fits the attempt ends for want of room, and leaves no name behind")
{
	struct crashlog *c = build_log();

	mount_disk(1);
	scratch_write_file("disk/full", "x", 1);
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_NO_SPACE);
	CHECK(access(NEW "vmcore-dmesg.txt", F_OK) != 0);
	crashlog_free(c);
}

/* An old dump with memory, and a log. */
static void make_old(const char *name, bool memory, size_t bytes)
{
	static char zeros[512 * 1024];
	char path[128];

	(void)mkdir("disk/crash", 0700); /* or it is there */
	snprintf(path, sizeof(path), "disk/crash/%s", name);
	REQUIRE(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "disk/crash/%s/%s", name,
		 memory ? "vmcore" : "vmcore-dmesg.txt");
	scratch_write_file(path, zeros, bytes);
}

TEST("the oldest log goes for a log, a dump with memory does not")
{
	struct crashlog *c = build_log();

	mount_disk(100);
	make_old("0001-20231113T000000Z", true, 20 * BLOCK);
	make_old("0002-20231113T000000Z", true, 20 * BLOCK);
	CHECK_EQ(save(c, ATTEMPT_FULL), WORKER_DONE);
	CHECK(access("disk/crash/0001-20231113T000000Z/vmcore", F_OK) == 0);
	CHECK(access("disk/crash/0002-20231113T000000Z/vmcore", F_OK) == 0);
	CHECK(access("disk/crash/0003-20231114T221320Z/vmcore-dmesg.txt", F_OK) == 0);
	REQUIRE(umount2("disk", MNT_DETACH) == 0);
	mount_disk(100);
	make_old("0001-20231113T000000Z", false, 30 * BLOCK);
	make_old("0002-20231113T000000Z", false, 30 * BLOCK);
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
	CHECK(access("disk/crash/0001-20231113T000000Z", F_OK) != 0);
	CHECK(access("disk/crash/0002-20231113T000000Z", F_OK) == 0);
	crashlog_free(c);
}

/* What a capture leaves that could save nothing of the kernel that crashed. */
static enum worker_end save_failure(void)
{
	static const struct config_target target = {.name = "test", .path = "/crash"};
	const struct attempt attempt = {.kind = ATTEMPT_REPORT, .target = &target, .number = 3};
	struct worker_shared shared = {0};
	const struct worker worker = {
		.config = &config, .attempt = &attempt, .shared = &shared, .tell = say_nothing};
	const struct mount mount = {.dir = "disk"};
	struct status s;
	struct save report = {.worker = &worker, .mount = &mount, .status = &s};

	status_init(&s);
	return save_report(&report);
}

static bool matches(const char *pattern, unsigned int count)
{
	return scratch_shell("test $(ls -d %s 2>/dev/null | wc -l) = %u", pattern, count);
}

TEST("a crash that comes before the one of a test counts as any other, and old logs go for it")
{
	struct crashlog *c = crashlog_build("ring arm\nrecord 1.0 Kernel panic - not syncing: x\n");

	config.test = 1;
	mount_disk(1000);
	for (unsigned int i = 1; i <= 101; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%04u-20231113T000000Z", i);
		make_old(name, false, 1);
	}
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
	CHECK(matches("disk/crash/*", 100) && matches("disk/crash/0001-*", 0));
	CHECK(scratch_shell("grep -qx test=no disk/crash/0102-*/status"));
	crashlog_free(c);
}

TEST("a machine that has nothing to save each time keeps the newest of its reports, and all else")
{
	mount_disk(1000);
	make_old("0001-20231113T000000Z", false, 100);
	make_old("0002-20231113T000000Z", true, 100);
	make_old("0003-20231113T000000Z", true, 100);
	REQUIRE(rename("disk/crash/0003-20231113T000000Z/vmcore",
		       "disk/crash/0003-20231113T000000Z/vmcore-incomplete") == 0);
	for (unsigned int i = 0; i < 30; i++)
		REQUIRE(save_failure() == WORKER_DONE);
	CHECK(matches("disk/crash/*/status", 20));
	CHECK(matches("disk/crash/0014-*/status", 1) && matches("disk/crash/0033-*/status", 1));
	CHECK(matches("disk/crash/*", 23) && matches("disk/crash/000[123]-*/vmcore*", 3));
}

TEST("a log that was truncated is saved whole once the remains of others make room for that")
{
	struct crashlog *c = build_log();

	mount_disk(200);
	make_old("0001-20231113T000000Z", true, 120 * BLOCK);
	REQUIRE(rename("disk/crash/0001-20231113T000000Z/vmcore",
		       "disk/crash/0001-20231113T000000Z/vmcore-incomplete") == 0);
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
	check_log(c, false, 0);
	crashlog_free(c);
}

TEST("a whole log of an earlier attempt does not go for one that is truncated")
{
	struct crashlog *c = build_log();

	mount_disk(200);
	make_old("0001-20231114T221320Z", false, 110 * BLOCK);
	number = 2;
	CHECK_EQ(save(c, ATTEMPT_LOG), WORKER_DONE);
	CHECK(access("disk/crash/0001-20231114T221320Z/vmcore-dmesg.txt", F_OK) == 0);
	CHECK(access("disk/crash/0002-20231114T221320Z/vmcore-dmesg.txt", F_OK) == 0);
	crashlog_free(c);
}
