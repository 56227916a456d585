/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was made durable, by inode: what is written is unsafe until fsync of the file, what gets or
 * loses a name until fsync of its directory. Without locks: whoever writes here may be killed.
 */
#include "tests/pid1/pid1_calls.h"
#include "tests/pid1/pid1_scene.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const finals[] = {"vmcore-dmesg.txt", "vmcore", "capture.log", "status"};

void pid1_break(struct pid1_run *run, const char *format, ...)
{
	va_list args;

	if (atomic_exchange(&run->is_broken, true))
		return;
	va_start(args, format);
	vsnprintf(run->broken, sizeof(run->broken), format, args);
	va_end(args);
}

static uint64_t key_of(const struct stat *st)
{
	return ((uint64_t)st->st_dev << 40 ^ (uint64_t)st->st_ino) | UINT64_C(1) << 63;
}

static struct pid1_inode *inode_of(struct pid1_run *run, uint64_t key)
{
	for (unsigned int i = 0; i < PID1_INODES; i++) {
		uint64_t none = 0;

		if (run->inode[i].key == key ||
		    atomic_compare_exchange_strong(&run->inode[i].key, &none, key) || none == key)
			return &run->inode[i];
	}
	pid1_break(run, "the test has room for %d inodes", PID1_INODES);
	return &run->inode[0];
}

static bool is_target(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

void pid1_mark(int fd, bool unsafe)
{
	struct stat st;

	if (pid1_now != NULL && fstat(fd, &st) == 0 && is_target(&st))
		inode_of(pid1_now, key_of(&st))->unsafe = unsafe;
}

void pid1_synced(int fd)
{
	struct stat st;

	if (pid1_now == NULL || fstat(fd, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode) ? pid1_now->plan.dirsync_lies : pid1_now->plan.fsync_is_lie)
		return;
	inode_of(pid1_now, key_of(&st))->unsafe = false;
	if (pid1_now->log_dir == key_of(&st)) {
		atomic_fetch_add(&pid1_now->logs, 1);
		pid1_now->log_dir = 0;
	}
}

bool pid1_is_unsafe(const struct pid1_run *run, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	for (unsigned int i = 0; i < PID1_INODES; i++) {
		if (run->inode[i].key == key_of(&st))
			return run->inode[i].unsafe;
	}
	return false;
}

/* Nothing that may happen keeps the log from being saved first. */
static bool has_log_to_save(const struct pid1_plan *plan)
{
	return plan->dmesg && plan->faults == 0 && plan->log_kills == 0 && !plan->dirsync_lies &&
	       plan->corruption == CORRUPT_NOT && pid1_image[plan->image].log != NULL;
}

/* Promise 2, where it could be broken: a final name goes to a durable file only. */
void pid1_named(int dir_fd, const char *from, const char *to)
{
	struct stat dir;
	struct stat st;

	if (fstatat(dir_fd, from, &st, AT_SYMLINK_NOFOLLOW) != 0 || fstat(dir_fd, &dir) != 0)
		return;
	for (unsigned int i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		if (strcmp(to, finals[i]) != 0)
			continue;
		if (inode_of(pid1_now, key_of(&st))->unsafe)
			pid1_break(pid1_now, "%s got its name before its fsync", to);
		if (i == 0)
			pid1_now->log_dir = key_of(&dir);
		if (i == 1 && has_log_to_save(&pid1_now->plan) && pid1_now->logs == 0)
			pid1_break(pid1_now, "%s got its name before there was a log", to);
		return;
	}
	pid1_now->log_dir = 0; /* a name that is taken back */
}
