/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wrappers. Durability is modelled by durable.h: what write, pwrite and ftruncate change is
 * unsafe until fsync of that file; what mkdirat, openat (that creates) and renameat change is
 * unsafe until fsync of that directory, and the file that gets a name until its own. fsync itself
 * is not passed on: the model is judge.
 */
#include "tests/faults/faults.h"

#include "tests/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/aio_abi.h>

#define WRAPS(result, name, ...)                                                                   \
	result __wrap_##name(__VA_ARGS__);                                                         \
	result __real_##name(__VA_ARGS__)

WRAPS(ssize_t, write, int fd, const void *data, size_t size);
WRAPS(ssize_t, pwrite, int fd, const void *data, size_t size, off_t at);
WRAPS(int, fsync, int fd);
WRAPS(int, close, int fd);
WRAPS(int, renameat, int from_fd, const char *from, int to_fd, const char *to);
WRAPS(int, mkdirat, int fd, const char *name, mode_t mode);
WRAPS(int, openat, int fd, const char *name, int flags, ...);
WRAPS(int, ftruncate, int fd, off_t size);
WRAPS(int, fcntl, int fd, int command, ...);
WRAPS(int, sync_file_range, int fd, off_t at, off_t size, unsigned int flags);
WRAPS(int, posix_fadvise, int fd, off_t at, off_t size, int advice);
WRAPS(void *, mmap, void *at, size_t size, int protection, int flags, int fd, off_t offset);
WRAPS(long, syscall, long number, ...);
WRAPS(int, unlinkat, int fd, const char *name, int flags);
WRAPS(int, fstatat, int fd, const char *name, struct stat *st, int flags);
WRAPS(ssize_t, read, int fd, void *data, size_t size);
WRAPS(ssize_t, pread, int fd, void *data, size_t size, off_t at);
WRAPS(int, open, const char *path, int flags, ...);

static struct durable durable;
static bool counting;
static unsigned int calls;
static struct fault fault;
static struct fault_hit hit;
static char broken[128];
static int aio_fd = -1; /* of the file that AIO writes */

/* faults_device() */
static struct {
	const char *path;
	void (*before)(const void *data, size_t size, uint64_t at);
	void (*after)(bool synced);
} device;

void faults_device(const char *path, void (*before)(const void *data, size_t size, uint64_t at),
		   void (*after)(bool synced))
{
	device.path = path;
	device.before = before;
	device.after = after;
}

void faults_break(const char *format, ...)
{
	va_list args;

	if (broken[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(broken, sizeof(broken), format, args);
	va_end(args);
}

static bool is_device(int fd)
{
	struct stat of, st;

	return counting && device.path != NULL && stat(device.path, &of) == 0 &&
	       fstat(fd, &st) == 0 && of.st_dev == st.st_dev && of.st_ino == st.st_ino;
}

static void before_write(int fd, const void *data, size_t size, off_t at)
{
	if (is_device(fd))
		device.before(data, size, (uint64_t)(at < 0 ? lseek(fd, 0, SEEK_CUR) : at));
}

void faults_begin(const struct fault *f)
{
	memset(&durable, 0, sizeof(durable));
	calls = 0;
	broken[0] = '\0';
	hit = (struct fault_hit){0};
	fault = *f;
	counting = true;
}

void faults_end(void)
{
	counting = false;
}

unsigned int faults_calls(void)
{
	return calls;
}

struct fault_hit faults_hit(void)
{
	return hit;
}

const char *faults_broken_promise(void)
{
	return broken[0] == '\0' ? NULL : broken;
}

bool faults_all_durable(const char **what)
{
	static char text[64];
	uint64_t key = durable_any_unsafe(&durable);

	snprintf(text, sizeof(text), "inode %#llx", (unsigned long long)key);
	*what = text;
	return key == 0;
}

static void mark_fd(int fd, bool unsafe)
{
	struct stat st;

	if (counting && fstat(fd, &st) == 0 && !durable_mark(&durable, durable_key(&st), unsafe))
		snprintf(broken, sizeof(broken), "the test has room for %d inodes", DURABLE_INODES);
}

/*
 * Counts a call. True when this one is to fail; then it is noted, with the reason for which its
 * failure may go unreported (NULL: it may not).
 */
static bool fails(const char *name, const char *reason)
{
	bool now = false;

	if (!counting)
		return false;
	calls++;
	if (fault.call != 0)
		now = calls == fault.call || (fault.from_there_on && calls > fault.call);
	if (now && hit.call == NULL)
		hit = (struct fault_hit){name, reason == NULL, reason};
	else if (now && reason == NULL)
		hit.matters = true;
	return now;
}

/* Like fails, for calls that only know FAULT_ERROR; sets errno. */
static bool fails_plainly(const char *name, const char *reason)
{
	if (fault.kind != FAULT_ERROR || fault.error == EINTR)
		return false;
	if (!fails(name, reason))
		return false;
	errno = fault.error;
	return true;
}

/* How much of SIZE bytes a write that is hit still writes, or -1 for an error. */
static ssize_t part_of(size_t size)
{
	bool grid = size % 512 == 0;

	switch (fault.kind) {
	case FAULT_ERROR:
		errno = fault.error;
		return -1;
	case FAULT_SHORT:
		if (size % 4096 == 0 && size > 4096)
			return (ssize_t)(size / 2 / 4096 * 4096);
		return (ssize_t)(grid ? size : (size + 1) / 2);
	case FAULT_TORN:
		return (ssize_t)(grid ? (size - 512) / 2 / 512 * 512 + 512 : (size + 1) / 2);
	case FAULT_ZERO:
		return 0;
	}
	return -1;
}

static bool is_direct(int fd)
{
	return (__real_fcntl(fd, F_GETFL) & O_DIRECT) != 0;
}

/* What is short or interrupted is to be continued; nothing or an error is to be reported. */
static const char *write_reason(int fd)
{
	if (fault.kind == FAULT_SHORT || fault.kind == FAULT_TORN)
		return "a short write can be continued";
	if (fault.kind == FAULT_ERROR && fault.error == EINTR)
		return "an interrupted write is repeated";
	if (fault.kind == FAULT_ERROR && fault.error == EINVAL && is_direct(fd))
		return "it can be written through the page cache";
	return NULL;
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	ssize_t part = (ssize_t)size;

	if (fails("write", write_reason(fd)))
		part = part_of(size);
	if (part <= 0)
		return part;
	before_write(fd, data, (size_t)part, -1);
	part = __real_write(fd, data, (size_t)part);
	mark_fd(fd, true);
	return part;
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at)
{
	ssize_t part = (ssize_t)size;

	if (fails("pwrite", write_reason(fd)))
		part = part_of(size);
	if (part <= 0)
		return part;
	before_write(fd, data, (size_t)part, at);
	part = __real_pwrite(fd, data, (size_t)part, at);
	mark_fd(fd, true);
	return part;
}

/* EINVAL is how a filesystem says that it has no fsync for directories. */
int __wrap_fsync(int fd)
{
	struct stat st;
	bool unknown = fault.error == EINVAL && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	bool failed = fails_plainly("fsync", unknown ? "directories have no fsync here" : NULL);
	bool of_device = is_device(fd);

	if (of_device) {
		counting = false;
		device.after(!failed);
		counting = true;
	}
	if (failed)
		errno = fault.error;
	if (failed && !unknown)
		return -1;
	mark_fd(fd, false);
	if (failed) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* Linux closes the descriptor even when it tells an error: close(2). */
int __wrap_close(int fd)
{
	bool reads_only = (__real_fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
	bool failed = fails_plainly("close", reads_only ? "nothing was written through it" : NULL);
	int r = __real_close(fd);

	if (!failed)
		return r;
	errno = fault.error;
	return -1;
}

static bool is_incomplete(const char *name)
{
	static const char tail[] = "-incomplete";
	size_t n = strlen(name);

	return n > sizeof(tail) - 1 && strcmp(name + n - (sizeof(tail) - 1), tail) == 0;
}

/* On FAT a new name has the length 0 until the inode is written once more. */
static void mark_file(int dir_fd, const char *name)
{
	struct stat st;

	if (counting && __real_fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !durable_mark(&durable, durable_key(&st), true))
		snprintf(broken, sizeof(broken), "the test has room for %d inodes", DURABLE_INODES);
}

/* Promise 2, at the moment it could be broken: a final name goes to a durable file only. */
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat st;
	int r;

	if (fails_plainly("renameat", NULL))
		return -1;
	if (!is_incomplete(to) && __real_fstatat(from_fd, from, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    durable_is_unsafe(&durable, durable_key(&st), true)) /* never written is not known */
		snprintf(broken, sizeof(broken), "%s got its name before its fsync", to);
	r = __real_renameat(from_fd, from, to_fd, to);
	if (r == 0) {
		mark_fd(from_fd, true);
		mark_fd(to_fd, true);
		mark_file(to_fd, to);
	}
	return r;
}

int __wrap_mkdirat(int fd, const char *name, mode_t mode)
{
	int r;

	if (fails_plainly("mkdirat", NULL))
		return -1;
	r = __real_mkdirat(fd, name, mode);
	if (r == 0)
		mark_fd(fd, true);
	return r;
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
	if (fails_plainly("openat", NULL))
		return -1;
	r = __real_openat(fd, name, flags, mode);
	if (r >= 0 && (flags & O_CREAT) != 0) {
		mark_fd(fd, true);
		mark_fd(r, true);
	}
	return r;
}

int __wrap_ftruncate(int fd, off_t size)
{
	int r;

	if (fails_plainly("ftruncate", NULL))
		return -1;
	r = __real_ftruncate(fd, size);
	mark_fd(fd, true);
	return r;
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list args;
	long arg;

	va_start(args, command);
	arg = va_arg(args, long);
	va_end(args);
	if (command == F_SETFL && (arg & O_DIRECT) != 0 &&
	    fails_plainly("fcntl", "without O_DIRECT it is written through the page cache"))
		return -1;
	if (command == F_SETFL && (arg & O_DIRECT) == 0 && fails_plainly("fcntl", NULL))
		return -1;
	return __real_fcntl(fd, command, arg);
}

int __wrap_sync_file_range(int fd, off_t at, off_t size, unsigned int flags)
{
	/* an error of writeback that is told here is not told again at fsync */
	if (fails_plainly("sync_file_range", fault.error == EINVAL ? "not offered here" : NULL))
		return -1;
	return __real_sync_file_range(fd, at, size, flags);
}

int __wrap_posix_fadvise(int fd, off_t at, off_t size, int advice)
{
	if (fails_plainly("posix_fadvise", "it only spares memory"))
		return fault.error;
	return __real_posix_fadvise(fd, at, size, advice);
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (fd >= 0 && fails_plainly("mmap", "the same bytes can be read"))
		return MAP_FAILED;
	return __real_mmap(at, size, protection, flags, fd, offset);
}

/* Any run that AIO is given may get nothing or only a part of its way: the kernel tells. */
static void aio_submitted(const struct iocb *const *list, long count)
{
	for (long i = 0; i < count; i++) {
		struct iocb *run =
			(struct iocb *)(uintptr_t)list[i]; /* the caller's, and writable */
		ssize_t part;

		if (!fails("aio", "the run is written once more"))
			continue;
		part = fault.kind == FAULT_ERROR ? 0 : part_of((size_t)run->aio_nbytes);
		run->aio_nbytes = (uint64_t)part;
	}
	for (long i = 0; i < count; i++)
		before_write((int)list[i]->aio_fildes, NULL, (size_t)list[i]->aio_nbytes,
			     (off_t)list[i]->aio_offset);
	aio_fd = count > 0 ? (int)list[0]->aio_fildes : -1;
	mark_fd(aio_fd, true);
}

static bool syscall_fails(long number, long min)
{
	switch (number) {
	case SYS_getdents64:
		return fails_plainly("getdents64", NULL);
	case SYS_io_setup:
		return fails_plainly("io_setup", "each run can be written at once");
	case SYS_io_submit:
		return fails_plainly("io_submit", "each run can be written at once");
	case SYS_io_getevents:
		return fails_plainly("io_getevents", min == 0 ? "it is only a trial" : NULL);
	default:
		return false;
	}
}

long __wrap_syscall(long number, ...)
{
	va_list args;
	long arg[5];
	long n;

	va_start(args, number);
	for (unsigned int i = 0; i < 5; i++)
		arg[i] = va_arg(args, long); /* as libc's own: what is not there is not used */
	va_end(args);
	if (syscall_fails(number, arg[1]))
		return -1;
	if (number == SYS_io_submit)
		aio_submitted((const struct iocb *const *)arg[2], arg[1]);
	n = __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4]);
	if (number == SYS_io_getevents && n > 0) /* an fsync before that has not covered it */
		mark_fd(aio_fd, true);
	return n;
}

int __wrap_unlinkat(int fd, const char *name, int flags)
{
	if (fails_plainly("unlinkat", "what stays is named as it was"))
		return -1;
	return __real_unlinkat(fd, name, flags);
}

int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags)
{
	if (fails_plainly("fstatat", "what cannot be looked at is left alone"))
		return -1;
	return __real_fstatat(fd, name, st, flags);
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
	if (fails_plainly("read", "what cannot be looked at is left alone"))
		return -1;
	return __real_read(fd, data, size);
}

ssize_t __wrap_pread(int fd, void *data, size_t size, off_t at)
{
	bool header = size == 4096 && at < 11 * 4096; /* one of those that the tests use, at most */

	if (header && is_device(fd) && fails_plainly("pread", "what cannot be read is no header"))
		return -1;
	return __real_pread(fd, data, size, at);
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (device.path != NULL && strcmp(path, device.path) == 0 && fails_plainly("open", NULL))
		return -1;
	return __real_open(path, flags, mode);
}
