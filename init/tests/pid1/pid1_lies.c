/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the judge see a broken promise? Each test breaks one: by a system that lies to the product,
 * or by changing what a good run left.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DUMP "disk1/crash/0002-20231114T221320Z"

static void change(const char *dir, const char *file, long at, const char *text)
{
	char path[PID1_PATH];
	int fd;

	pid1_path(path, "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && lseek(fd, at, at < 0 ? SEEK_END : SEEK_SET) >= 0);
	REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void cut(const char *dir, const char *file)
{
	char path[PID1_PATH];
	struct stat st;

	pid1_path(path, "%s/%s", dir, file);
	REQUIRE(stat(path, &st) == 0 && truncate(path, st.st_size - 1) == 0);
}

static void lose(const char *dir, const char *file)
{
	char path[PID1_PATH];

	pid1_path(path, "%s/%s", dir, file);
	REQUIRE(unlink(path) == 0);
}

static void cut_vmcore(const char *dir)
{
	cut(dir, DUMP "/vmcore");
}

static void cut_vmcore_alone(const char *dir)
{
	cut(dir, DUMP "/vmcore");
	lose(dir, DUMP "/status");
}

static void change_vmcore(const char *dir)
{
	change(dir, DUMP "/vmcore", -1, "?");
}

static void change_vmcore_alone(const char *dir)
{
	change(dir, DUMP "/vmcore", -1, "?");
	lose(dir, DUMP "/status");
}

static void lose_vmcore(const char *dir)
{
	lose(dir, DUMP "/vmcore");
}

/* As if the log had been all that there was room for. */
static void keep_the_log_only(const char *dir)
{
	lose_vmcore(dir);
	change(dir, DUMP "/status", 0, "result=log-only\n");
}

static void lose_earlier(const char *dir)
{
	char path[PID1_PATH];

	keep_the_log_only(dir);
	pid1_path(path, "%s/disk1/crash/0001-20260101T000000Z", dir);
	scratch_remove(path);
}

static void cut_log(const char *dir)
{
	cut(dir, DUMP "/vmcore-dmesg.txt");
}

static void change_log(const char *dir)
{
	change(dir, DUMP "/vmcore-dmesg.txt", 3, "?");
}

static void lose_status(const char *dir)
{
	lose(dir, DUMP "/status");
}

static void cut_log_alone(const char *dir)
{
	cut_log(dir);
	lose_status(dir);
}

static void change_log_alone(const char *dir)
{
	change_log(dir);
	lose_status(dir);
}

static void damage_earlier(const char *dir)
{
	change(dir, "disk1/crash/0001-20260101T000000Z/vmcore", -1, "?");
}

static void write_outside(const char *dir)
{
	char path[PID1_PATH];

	pid1_path(path, "%s/disk1/outside/file", dir);
	scratch_write_file(path, "x", 1);
}

static void write_beside(const char *dir)
{
	char path[PID1_PATH];

	pid1_path(path, "%s/disk1/file", dir);
	scratch_write_file(path, "x", 1);
}

static void change_witness(const char *dir)
{
	change(dir, "disk1/witness", 0, "N");
}

static void open_to_all(const char *dir)
{
	char path[PID1_PATH];

	pid1_path(path, "%s/" DUMP "/vmcore", dir);
	REQUIRE(chmod(path, 0644) == 0);
}

static void complain(const char *dir)
{
	char path[PID1_PATH];

	pid1_path(path, "%s.err", dir);
	scratch_write_file(path, "runtime error: load of misaligned address", 40);
}

static bool flagged(const struct pid1_plan *plan, void (*tamper)(const char *dir), const char *why)
{
	struct pid1_verdict v = pid1_one(plan, tamper);

	return CHECK_HAS(v.why, why);
}

static int flags_what_is_on_the_disk(void)
{
	static const struct {
		void (*tamper)(const char *dir);
		const char *why;
	} cases[] = {
		{cut_vmcore, "not as long as its status says"},
		{lose_vmcore, "No such file"},
		{keep_the_log_only, "the dump is not complete"},
		{lose_earlier, "nothing newer is whole"},
		{cut_vmcore_alone, "bytes, and not"},
		{change_vmcore, "the checksum that its status says"},
		{change_vmcore_alone, "is not what the image was"},
		{cut_log, "shorter than status says (log_bytes)"},
		{cut_log_alone, "is cut short"},
		{change_log, "its content is not what was written (log_crc32)"},
		{change_log_alone, "is not what it should be"},
		{lose_status, "nothing has a status"},
		{damage_earlier, "an earlier dump is damaged"},
		{write_outside, "is not empty"},
		{write_beside, "outside the path"},
		{change_witness, "was changed"},
		{open_to_all, "no file of mode 0600"},
		{complain, "standard error"},
	};
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	good = CHECK_STR(pid1_one(&plan, NULL).why, "");
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		good &= flagged(&plan, cases[i].tamper, cases[i].why);
	plan.format = 1;
	good &= CHECK_STR(pid1_one(&plan, NULL).why, "");
	good &= flagged(&plan, cut_vmcore_alone, "no whole kdump file");
	return !good;
}

static int flags_lies_of_durability(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.fsync_is_lie = true;
	good = flagged(&plan, NULL, "got its name before its fsync");
	plan = pid1_quiet();
	plan.dirsync_lies = true;
	good &= flagged(&plan, NULL, "no dump is durable");
	return !good;
}

static int flags_what_never_ends(void)
{
	struct pid1_plan plan = pid1_quiet();
	struct pid1_verdict v;
	bool good;

	pid1_images();
	plan.reboot = ORDER_HANGS;
	v = pid1_one(&plan, NULL);
	good = CHECK_HAS(v.why, "did not end the machine in time");
	plan = pid1_quiet();
	plan.leaves_worker = true;
	good &= flagged(&plan, NULL, "was left behind");
	return !good;
}

static int flags_what_was_not_saved(void)
{
	struct pid1_plan plan = pid1_quiet();
	bool good;

	pid1_images();
	plan.faults = 1;
	plan.fault[0] = (struct pid1_fault){.call = CALL_MKDIRAT, .nth = 1, .on = true, .value = 5};
	good = CHECK_EQ(pid1_one(&plan, NULL).saved, false);
	plan.targets = 2;
	plan.fault[0].on = false;
	good &= CHECK_STR(pid1_one(&plan, NULL).why, "");
	good &= CHECK_EQ(pid1_last(0)->workers, 2);
	return !good;
}

TEST("the judge sees what is not whole, not durable, damaged or elsewhere on the disk")
{
	pid1_test(flags_what_is_on_the_disk);
}

TEST("the judge sees a name that came before fsync, and a directory without one")
{
	pid1_test(flags_lies_of_durability);
}

TEST("the judge sees a run that does not end, and a process that is left")
{
	pid1_test(flags_what_never_ends);
}

TEST("a fault of a disk is seen by what was saved, and where")
{
	pid1_test(flags_what_was_not_saved);
}
