/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wrappers that strike: each stands between the product and libc, counts its call, and fails,
 * shortens, hangs or kills when the plan says so. In the harness itself they pass everything on.
 */
#include "tests/pid1/pid1_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define WRAPS(result, name, ...)                                                                   \
	result __wrap_##name(__VA_ARGS__);                                                         \
	result __real_##name(__VA_ARGS__)

WRAPS(ssize_t, read, int fd, void *data, size_t size);
WRAPS(ssize_t, pwrite, int fd, const void *data, size_t size, off_t at);
WRAPS(ssize_t, pread, int fd, void *data, size_t size, off_t at);
WRAPS(int, openat, int fd, const char *name, int flags, ...);
WRAPS(int, close, int fd);
WRAPS(int, fsync, int fd);
WRAPS(int, ftruncate, int fd, off_t size);
WRAPS(int, fcntl, int fd, int command, ...);
WRAPS(int, renameat, int from_fd, const char *from, int to_fd, const char *to);
WRAPS(int, mkdirat, int fd, const char *name, mode_t mode);
WRAPS(int, unlinkat, int fd, const char *name, int flags);
WRAPS(int, mkdir, const char *path, mode_t mode);
WRAPS(void *, mmap, void *at, size_t size, int protection, int flags, int fd, off_t offset);
WRAPS(int, statfs, const char *path, struct statfs *fs);
WRAPS(int, fstatfs, int fd, struct statfs *fs);
WRAPS(int, sync_file_range, int fd, off_t at, off_t size, unsigned int flags);
int __real_kill(pid_t pid, int number);

struct pid1_run *pid1_now;
struct pid1_fault *pid1_aimed;

static void note(unsigned int bit)
{
	pid_t self = getpid();

	if (self < PID1_PIDS)
		atomic_fetch_or(&pid1_now->child[self], (uint8_t)bit);
}

/* Threads included: the signal is for the process. */
static void die(int number)
{
	note(CHILD_VICTIM);
	signal(number, SIG_DFL);
	__real_kill(getpid(), number);
	for (;;)
		pause();
}

static void tick(bool gets_on)
{
	struct timespec step = {.tv_nsec = 250000000};

	nanosleep(&step, NULL);
	pid1_disk_works(gets_on);
}

static void hang(bool stuck)
{
	if (stuck)
		note(CHILD_UNKILLABLE);
	for (;;)
		tick(false);
}

static void be_busy(int seconds)
{
	for (int i = 0; i < seconds * 4; i++)
		tick(true);
}

static bool is_worker(void)
{
	pid_t self = getpid();

	return self < PID1_PIDS && (pid1_now->child[self] & CHILD_WORKER) != 0;
}

/* PID 1 neither dies nor hangs by a fault: nothing could be promised then. */
static bool may_strike(const struct pid1_fault *f, enum pid1_call call)
{
	if (f->call != call && f->call != CALL_ANY)
		return false;
	switch (f->kind) {
	case STRIKE_SIGNAL:
	case STRIKE_BUSY:
		return getpid() != 1;
	case STRIKE_HANG:
	case STRIKE_STUCK:
		return pid1_now->plan.hangs_early ? getpid() != 1 : is_worker();
	case STRIKE_TIMER:
	case STRIKES:
		return false;
	case STRIKE_ERROR:
	case STRIKE_SHORT:
		break;
	}
	return true;
}

/* From that call on nothing is done any more; the harness takes the namespace away. */
static void lose_power(void)
{
	unsigned int n = atomic_fetch_add(&pid1_now->calls, 1) + 1;

	if (pid1_now->plan.cut == 0 || n < pid1_now->plan.cut)
		return;
	pid1_now->dark = true;
	for (;;)
		pause();
}

/* This process has made the file of the log, and dies of what it reads for it. */
static bool is_doomed;

struct pid1_fault *pid1_strikes(enum pid1_call call)
{
	struct pid1_fault *hit = NULL;

	if (pid1_now == NULL)
		return NULL;
	if (is_doomed && (call == CALL_PREAD || call == CALL_MMAP))
		die(pid1_now->plan.log_kills);
	if (pid1_aimed != NULL) {
		pid1_arm(pid1_aimed);
		pid1_aimed = NULL;
	}
	lose_power();
	if (is_worker())
		pid1_now->pets_till_worker = pid1_now->pets;
	for (unsigned int i = 0; i < pid1_now->plan.faults; i++) {
		struct pid1_fault *f = &pid1_now->plan.fault[i];
		unsigned int n = may_strike(f, call) ? atomic_fetch_add(&f->seen, 1) + 1 : 0;

		if (n == 0 || n < f->nth || (n > f->nth + f->more && !f->on))
			continue;
		atomic_fetch_add(&f->struck, 1);
		if (getpid() == 1)
			f->in_pid1 = true;
		if (f->kind == STRIKE_SIGNAL)
			die(f->value);
		if (f->kind == STRIKE_HANG || f->kind == STRIKE_STUCK)
			hang(f->kind == STRIKE_STUCK);
		if (f->kind == STRIKE_BUSY)
			be_busy(f->value);
		else
			hit = f;
	}
	return hit;
}

bool pid1_fails(enum pid1_call call)
{
	const struct pid1_fault *f = pid1_strikes(call);

	if (f == NULL || f->kind != STRIKE_ERROR)
		return false;
	errno = f->value;
	return true;
}

/* How much of SIZE is done: half where it is cut short, -1 for an error. */
static ssize_t part(enum pid1_call call, size_t size)
{
	const struct pid1_fault *f = pid1_strikes(call);

	if (f == NULL || (f->kind == STRIKE_SHORT && size < 2))
		return (ssize_t)size;
	if (f->kind == STRIKE_SHORT)
		return (ssize_t)(size >= 8192 ? size / 2 / 4096 * 4096 : size / 2);
	errno = f->value;
	return -1;
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
	ssize_t n = part(CALL_READ, size);

	return n < 0 ? n : __real_read(fd, data, (size_t)n);
}

ssize_t __wrap_pread(int fd, void *data, size_t size, off_t at)
{
	ssize_t n = part(CALL_PREAD, size);

	return n < 0 ? n : __real_pread(fd, data, (size_t)n, at);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at)
{
	ssize_t n = part(CALL_PWRITE, size);

	if (n < 0)
		return n;
	pid1_mark(fd, true);
	return __real_pwrite(fd, data, (size_t)n, at);
}

int __wrap_openat(int fd, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list args;
	int r;

	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (pid1_fails(CALL_OPENAT))
		return -1;
	r = __real_openat(fd, name, flags, mode);
	if (r >= 0 && (flags & O_CREAT) != 0) {
		pid1_mark(fd, true);
		pid1_mark(r, true);
		if (pid1_now != NULL && pid1_now->plan.log_kills != 0)
			is_doomed = strncmp(name, "vmcore-dmesg.txt", 16) == 0;
	}
	return r;
}

/* Linux closes the descriptor even when it tells an error: close(2). */
int __wrap_close(int fd)
{
	bool failed = pid1_fails(CALL_CLOSE);
	int error = errno;
	int r = __real_close(fd);

	if (!failed)
		return r;
	errno = error;
	return -1;
}

int __wrap_fsync(int fd)
{
	if (pid1_fails(CALL_FSYNC))
		return -1;
	pid1_synced(fd);
	return pid1_now == NULL ? __real_fsync(fd) : 0;
}

int __wrap_ftruncate(int fd, off_t size)
{
	if (pid1_fails(CALL_FTRUNCATE))
		return -1;
	pid1_mark(fd, true);
	return __real_ftruncate(fd, size);
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list args;
	long arg;

	va_start(args, command);
	arg = va_arg(args, long);
	va_end(args);
	if (pid1_fails(CALL_FCNTL))
		return -1;
	if (pid1_now != NULL && command == F_SETFL && (arg & O_DIRECT) != 0 &&
	    !pid1_now->plan.direct) {
		errno = EINVAL;
		return -1;
	}
	return __real_fcntl(fd, command, arg);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	int r;

	if (pid1_fails(CALL_RENAMEAT))
		return -1;
	if (pid1_is_immutable(from_fd, from)) {
		errno = EPERM;
		return -1;
	}
	if (pid1_now != NULL)
		pid1_named(from_fd, from, to);
	r = __real_renameat(from_fd, from, to_fd, to);
	pid1_mark(from_fd, true);
	pid1_mark(to_fd, true);
	return r;
}

int __wrap_mkdirat(int fd, const char *name, mode_t mode)
{
	if (pid1_fails(CALL_MKDIRAT))
		return -1;
	pid1_mark(fd, true);
	return __real_mkdirat(fd, name, mode);
}

int __wrap_unlinkat(int fd, const char *name, int flags)
{
	if (pid1_fails(CALL_UNLINKAT))
		return -1;
	if (pid1_is_immutable(fd, name)) {
		errno = EPERM;
		return -1;
	}
	return __real_unlinkat(fd, name, flags);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	return pid1_fails(CALL_MKDIR) ? -1 : __real_mkdir(path, mode);
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (pid1_fails(CALL_MMAP))
		return MAP_FAILED;
	return __real_mmap(at, size, protection, flags, fd, offset);
}

int __wrap_statfs(const char *path, struct statfs *fs)
{
	return pid1_fails(CALL_STATFS) ? -1 : __real_statfs(path, fs);
}

int __wrap_fstatfs(int fd, struct statfs *fs)
{
	return pid1_fails(CALL_STATFS) ? -1 : __real_fstatfs(fd, fs);
}

int __wrap_sync_file_range(int fd, off_t at, off_t size, unsigned int flags)
{
	return pid1_fails(CALL_SYNC_RANGE) ? -1 : __real_sync_file_range(fd, at, size, flags);
}
