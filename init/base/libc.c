/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of libc in a tenth of their size, for the static binary: one name of sysconf(3) is
 * asked for, no ioctl here has a time in it that 32-bit kernels would want converted, and there
 * are no threads whose locks a fork would have to hold. printf.c, libc_files.c, libc_text.c,
 * libc_sort.c and libc_error.c are of the same kind.
 */
#include "base/libc.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

long libc_sysconf(int name)
{
	if (name == _SC_PAGESIZE)
		return (long)getauxval(AT_PAGESZ);
	errno = EINVAL;
	return -1;
}

int libc_ioctl(int fd, int request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

int libc_fcntl(int fd, int command, ...)
{
#ifdef SYS_fcntl64
	static const long call = SYS_fcntl64;
#else
	static const long call = SYS_fcntl;
#endif
	va_list args;
	int number;

	va_start(args, command);
	number = va_arg(args, int);
	va_end(args);
	return (int)syscall(call, fd, command, number);
}

int libc_prctl(int option, ...)
{
	va_list args;
	int number;

	va_start(args, option);
	number = va_arg(args, int);
	va_end(args);
	return (int)syscall(SYS_prctl, option, number, 0, 0, 0);
}

/*
 * The offset of 32-bit machines is in units of 4096 bytes, whatever the size of a page (mmap2(2)).
 * What is cut off in them would lead to another place of the file.
 */
void *libc_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
#ifdef SYS_mmap2
	unsigned long units = (unsigned long)(offset >> 12);

	if ((off_t)units << 12 != offset) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap2, at, size, protection, flags, fd, units);
#else
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
#endif
}

/* The kernel has four words of times before the numbers that follow; libc's times are larger. */
int libc_getrusage(int who, struct rusage *usage)
{
	char *words = (char *)usage + offsetof(struct rusage, ru_maxrss) - 4 * sizeof(long);

	return (int)syscall(SYS_getrusage, who, words);
}

/* clone(2) that shares nothing; the order of its arguments, which machines differ in, is no matter.
 */
pid_t libc_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

/* Of the process, not of a thread: what libc noted of the thread is its parent's after libc_fork.
 */
int libc_raise(int signal_number)
{
	return kill(getpid(), signal_number);
}
