/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How files are opened and looked at: plain system calls that every kernel has. Those that libc
 * tries first came with Linux 4.11 (statx) and 5.8 (faccessat2), and what they tell beyond these
 * nobody here asks for: a time, or access by the real user.
 */
#include "base/libc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * With 32-bit words struct stat begins as the kernel's stat64 (the kernel's asm/stat.h, musl's
 * bits/stat.h): what libc adds are the times in 64 bits. Else it is the kernel's.
 */
#ifdef SYS_fstatat64
enum { CALL_FSTAT = SYS_fstat64, CALL_FSTATAT = SYS_fstatat64 };
#else
enum { CALL_FSTAT = SYS_fstat, CALL_FSTATAT = SYS_newfstatat };
#endif

int libc_fstat(int fd, struct stat *st)
{
	return (int)syscall(CALL_FSTAT, fd, st);
}

int libc_fstatat(int at, const char *path, struct stat *st, int flags)
{
	return (int)syscall(CALL_FSTATAT, at, path, st, flags);
}

int libc_stat(const char *path, struct stat *st)
{
	return libc_fstatat(AT_FDCWD, path, st, 0);
}

ssize_t libc_readlinkat(int at, const char *path, char *target, size_t size)
{
	return (ssize_t)syscall(SYS_readlinkat, at, path, target, size);
}

ssize_t libc_readlink(const char *path, char *target, size_t size)
{
	return libc_readlinkat(AT_FDCWD, path, target, size);
}

int libc_faccessat(int at, const char *path, int mode, int flags)
{
	if (flags == 0)
		return (int)syscall(SYS_faccessat, at, path, mode);
	errno = EINVAL;
	return -1;
}

int libc_access(const char *path, int mode)
{
	return libc_faccessat(AT_FDCWD, path, mode, 0);
}

/* O_LARGEFILE: files may be larger than 2 GiB, which 32-bit kernels want to be told. */
static int open_file(int at, const char *path, int flags, va_list args)
{
	mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;

	return (int)syscall(SYS_openat, at, path, flags | O_LARGEFILE, mode);
}

int libc_openat(int at, const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = open_file(at, path, flags, args);
	va_end(args);
	return fd;
}

int libc_open(const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = open_file(AT_FDCWD, path, flags, args);
	va_end(args);
	return fd;
}
