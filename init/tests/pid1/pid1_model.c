/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was made durable, by inode: what is written is unsafe until fsync of the file, what gets or
 * loses a name until fsync of its directory. Without locks: whoever writes here may be killed.
 */
#include "store/dumps.h"
#include "store/ring_header.h"
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

static void mark(const struct stat *st, bool unsafe)
{
	if (!durable_mark(&pid1_now->durable, durable_key(st), unsafe))
		pid1_break(pid1_now, "the test has room for %d inodes", DURABLE_INODES);
}

static bool is_target(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

void pid1_mark(int fd, bool unsafe)
{
	struct stat st;

	if (pid1_now != NULL && fstat(fd, &st) == 0 && is_target(&st))
		mark(&st, unsafe);
}

void pid1_synced(int fd)
{
	struct stat st;

	if (pid1_now == NULL || fstat(fd, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode) ? pid1_now->plan.dirsync_lies : pid1_now->plan.fsync_is_lie)
		return;
	mark(&st, false);
	if (pid1_now->ring == durable_key(&st)) {
		atomic_fetch_add(&pid1_now->logs, (pid1_now->ring_files & DUMP_HAS_LOG) != 0);
		pid1_now->ring_saved |= (pid1_now->ring_files & DUMP_HAS_STATUS) != 0;
		pid1_now->ring = 0;
	}
	if (pid1_now->log_dir == durable_key(&st)) {
		atomic_fetch_add(&pid1_now->logs, 1);
		pid1_now->log_dir = 0;
	}
}

bool pid1_is_unsafe(const struct pid1_run *run, const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && durable_is_unsafe(&run->durable, durable_key(&st), false);
}

/* Nothing that may happen keeps the log from being saved first. */
static bool has_log_to_save(const struct pid1_plan *plan)
{
	return plan->dmesg && plan->faults == 0 && plan->log_kills == 0 && !plan->dirsync_lies &&
	       plan->corruption == CORRUPT_NOT && pid1_image[plan->image].log != NULL;
}

/*
 * The same in a ring, where a header stands for all names of a dump. After a fault what is written
 * and not durable may be what no header has.
 */
void pid1_ring_write(int fd, const void *data, size_t size)
{
	struct ring_dump d;
	struct stat st;

	if (pid1_now == NULL || size != RING_BLOCK || ring_header_read(data, &d) != RING_HEADER ||
	    d.number == 0 || fstat(fd, &st) != 0)
		return;
	if (pid1_now->plan.faults == 0 &&
	    durable_is_unsafe(&pid1_now->durable, durable_key(&st), false))
		pid1_break(pid1_now, "a header was written before the fsync of what it has");
	if ((d.files & DUMP_HAS_MEMORY) != 0 && (d.files & DUMP_HAS_LOG) == 0 &&
	    has_log_to_save(&pid1_now->plan))
		pid1_break(pid1_now, "a header has memory, and there was no log before");
	pid1_now->ring = durable_key(&st);
	pid1_now->ring_files = d.files;
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
		if (durable_is_unsafe(&pid1_now->durable, durable_key(&st), false))
			pid1_break(pid1_now, "%s got its name before its fsync", to);
		if (i == 0)
			pid1_now->log_dir = durable_key(&dir);
		if (i == 1 && has_log_to_save(&pid1_now->plan) && pid1_now->logs == 0)
			pid1_break(pid1_now, "%s got its name before there was a log", to);
		return;
	}
	pid1_now->log_dir = 0; /* a name that is taken back */
}
