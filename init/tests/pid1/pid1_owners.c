/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps that are somebody else's, or protected. In a user namespace there is one user, and a tmpfs
 * knows no chattr(1): who owns an inode, and whether it may be removed, is written down beside the
 * run by its number, and the calls that would tell or remove it are answered by that.
 */
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_calls.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRAPS(result, name, ...)                                                                   \
	result __wrap_##name(__VA_ARGS__);                                                         \
	result __real_##name(__VA_ARGS__)

WRAPS(int, fstat, int fd, struct stat *st);
WRAPS(int, fstatat, int fd, const char *name, struct stat *st, int flags);
WRAPS(int, ioctl, int fd, unsigned long request, ...);

enum { SOMEBODY = 1000 };

static const char stranger[] = PID1_STRANGER;
static const char said[] = "result=complete\nkernel=6.1.0\nformat=elf\n";

static void remember(uint64_t *list, const char *dir, const char *name)
{
	char path[PID1_PATH];
	struct stat st;

	pid1_path(path, "%s/%s", dir, name);
	REQUIRE(lstat(path, &st) == 0);
	for (unsigned int i = 0; i < PID1_OWNED; i++) {
		if (list[i] == 0) {
			list[i] = durable_key(&st);
			return;
		}
	}
	REQUIRE(false);
}

static bool is_among(const uint64_t *list, const struct stat *st)
{
	uint64_t key = durable_key(st);

	for (unsigned int i = 0; i < PID1_OWNED && list[i] != 0; i++) {
		if (list[i] == key)
			return true;
	}
	return false;
}

/* Looks like the newest complete dump of all, and is not ours. */
static void make_stranger(struct pid1_run *run, const char *path)
{
	mode_t open = run->plan.stranger == STRANGER_OPEN ? 0777 : 0755;
	char file[PID1_PATH];
	char dir[PID1_PATH];

	pid1_path(dir, "%s/%s", path, stranger);
	REQUIRE(mkdir(dir, 0700) == 0);
	pid1_path(file, "%s/status", dir);
	scratch_write_file(file, said, sizeof(said) - 1);
	pid1_path(file, "%s/vmcore", dir);
	scratch_write_file(file, said, sizeof(said) - 1);
	REQUIRE(chmod(dir, open) == 0);
	if (run->plan.stranger != STRANGER_OWNER)
		return;
	remember(run->strange, path, stranger);
	remember(run->strange, dir, "status");
	remember(run->strange, dir, "vmcore");
}

static void protect(struct pid1_run *run, const char *path)
{
	char dir[PID1_PATH];
	char name[40];

	pid1_earlier(0, name, sizeof(name));
	pid1_path(dir, "%s/%s", path, name);
	if (run->plan.protect == PROTECT_DIRECTORY)
		remember(run->immutable, path, name);
	else
		remember(run->immutable, dir, "vmcore");
}

void pid1_owners(struct pid1_run *run, const char *dir)
{
	const struct pid1_plan *p = &run->plan;
	char path[PID1_PATH];
	struct stat st;

	for (unsigned int n = 1; n <= pid1_disks(p); n++) {
		pid1_path(path, "%s/disk%u%s", dir, n, pid1_path_of(p, n));
		if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		if (p->stranger != STRANGER_NOT)
			make_stranger(run, path);
		if (p->protect != PROTECT_NOT && p->earlier > 0)
			protect(run, path);
	}
}

/* Is the stranger's directory in PATH as it was made, if it was? */
bool pid1_stranger_is_well(const char *path)
{
	static const char *const names[] = {"status", "vmcore"};
	char file[PID1_PATH];
	bool well = true;

	pid1_path(file, "%s/%s", path, stranger);
	if (scratch_count_entries(file) != 2)
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		size_t size;
		char *text;

		pid1_path(file, "%s/%s/%s", path, stranger, names[i]);
		text = (char *)scratch_read_file(file, &size);
		well &= strcmp(text, said) == 0;
		free(text);
	}
	return well;
}

bool pid1_is_immutable(int dir_fd, const char *name)
{
	struct stat st;

	if (pid1_now == NULL)
		return false;
	if (__real_fstat(dir_fd, &st) == 0 && is_among(pid1_now->immutable, &st))
		return true;
	return __real_fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       is_among(pid1_now->immutable, &st);
}

static void disown(struct stat *st)
{
	if (pid1_now == NULL || !is_among(pid1_now->strange, st))
		return;
	st->st_uid = SOMEBODY;
	st->st_gid = SOMEBODY;
}

int __wrap_fstat(int fd, struct stat *st)
{
	int r = __real_fstat(fd, st);

	if (r == 0)
		disown(st);
	return r;
}

int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags)
{
	int r = __real_fstatat(fd, name, st, flags);

	if (r == 0)
		disown(st);
	return r;
}

/* As ext4 and f2fs answer it: ioctl_iflags(2). */
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct stat st;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (pid1_now == NULL || request != FS_IOC_GETFLAGS)
		return __real_ioctl(fd, request, arg);
	if (__real_fstat(fd, &st) != 0)
		return -1;
	*(int *)arg = is_among(pid1_now->immutable, &st) ? FS_IMMUTABLE_FL : 0;
	return 0;
}
