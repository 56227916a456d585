/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which counters of /sys and /proc show that the kernel gets on with a disk. They stand in a root
 * directory of their own, to which a child goes for its looks.
 */
#include "disk/activity.h"
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYS "root/sys/class/block/"

static void say(const char *path, const char *text)
{
	scratch_write_file(path, text, strlen(text));
}

static const char *const directories[] = {
	"root",
	"root/proc",
	"root/proc/77",
	"root/sys",
	"root/sys/class",
	"root/sys/class/block",
	SYS "vda",
	SYS "vdb",
	SYS "dm-0",
	SYS "dm-0/slaves",
	SYS "dm-0/slaves/dm-1",
	SYS "dm-1",
	SYS "dm-1/slaves",
	SYS "dm-1/slaves/vdb",
};

static void build(void)
{
	for (unsigned int i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		REQUIRE(mkdir(directories[i], 0700) == 0);
	say(SYS "dm-0/stat", "1 1 1 1 1 1 1 1 0 0 0\n");
	say(SYS "dm-1/stat", "1 1 1 1 1 1 1 1 0 0 0\n");
}

/* NULL: at the process 77. */
static bool look(struct activity *a, const char *disk)
{
	return disk == NULL ? activity_of_process(a, 77) : activity_moved(a, disk);
}

/* Looks at DISK twice; between the looks FILE, of the root directory, becomes what AFTER says. */
static bool moved(const char *disk, const char *file, const char *before, const char *after)
{
	struct activity a = {0};
	char outside[PID1_PATH];
	int status = 0;
	pid_t pid;

	pid1_path(outside, "root%s", file);
	say(outside, before);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		if (chroot("root") != 0 || look(&a, disk))
			_exit(2);
		say(file, after);
		_exit(look(&a, disk));
	}
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	CHECK(WEXITSTATUS(status) < 2); /* the first look says nothing */
	return WEXITSTATUS(status) == 1;
}

/* What requests that ended leave, and what one leaves that never ends. */
static const struct {
	const char *after;
	bool moved;
} counters[] = {
	{"5 0 40 8 9 2 72 7 1 50 60 3 0 24 1 4 9\n", false},
	{"5 0 40 8 9 2 72 7 7 51 99 3 0 24 1 4 9\n", false}, /* in flight, and for how long */
	{"6 0 40 8 9 2 72 7 1 50 60 3 0 24 1 4 9\n", true},
	{"5 0 48 8 9 2 72 7 1 50 60 3 0 24 1 4 9\n", true}, /* a part of a read */
	{"5 0 40 8 9 2 80 7 1 50 60 3 0 24 1 4 9\n", true}, /* of a write */
	{"5 0 40 8 9 2 72 7 1 50 60 4 0 24 1 4 9\n", true}, /* a discard */
	{"5 0 40 8 9 2 72 7 1 50 60 3 0 24 1 5 9\n", true}, /* a flush */
	{"", true},					    /* there is no harm in one look more */
};

static int looks_at_counters(void)
{
	const char *before = counters[0].after;
	bool good = true;
	char line[2][128];

	build();
	for (unsigned int i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		const char *after = counters[i].after;
		bool want = counters[i].moved;

		snprintf(line[0], sizeof(line[0]), " 253  0 vda %s 8 0 sda 1 1\n", before);
		snprintf(line[1], sizeof(line[1]), " 253  0 vda %s 8 0 sda 1 1\n", after);
		good &= CHECK_EQ(moved("vda", "/sys/class/block/vda/stat", before, after), want);
		good &= CHECK_EQ(moved("dm-0", "/sys/class/block/vdb/stat", before, after), want);
		good &= CHECK_EQ(moved("", "/proc/diskstats", line[0], line[1]), want);
	}
	good &= CHECK(!moved("vda", "/sys/class/block/vdb/stat", before, "9 9\n"));
	good &= CHECK(!moved("../block/vda", "/sys/class/block/vda/stat", before, "9 9\n"));
	good &= CHECK(!moved("nosuch", "/sys/class/block/vda/stat", before, "9 9\n"));
	return !good;
}

static int looks_at_a_process(void)
{
	static const char stat[] = "77 (kdump-init) D 1 77 77 0 -1 4194304 9 0 2 0 3 40 0 0 20 0";
	static const char later[] = "77 (kdump-init) D 1 77 77 0 -1 4194304 9 0 2 0 3 41 0 0 20 0";
	static const char waits[] = "State:\tD\nvoluntary_ctxt_switches:\t19\n";
	static const char woken[] = "State:\tD\nvoluntary_ctxt_switches:\t20\n";
	bool good = true;

	build();
	good &= CHECK(!moved(NULL, "/proc/other", "", "1\n")); /* there is no such process */
	good &= CHECK(!moved(NULL, "/proc/77/stat", stat, stat));
	good &= CHECK(moved(NULL, "/proc/77/stat", stat, later));
	good &= CHECK(!moved(NULL, "/proc/77/status", waits, waits));
	good &= CHECK(moved(NULL, "/proc/77/status", waits, woken));
	return !good;
}

TEST("a process gets on when it ran, or what it waited for came")
{
	pid1_test(looks_at_a_process);
}

TEST("a disk gets on when a request ended on it or below it, and not while one waits")
{
	pid1_test(looks_at_counters);
}
