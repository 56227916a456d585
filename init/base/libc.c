/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three functions of libc in a twentieth of their size, for the static binary: there is no
 * haystack here worth a two-way search, one name of sysconf(3) is asked for, and no ioctl here
 * has a time in it that 32-bit kernels would want converted. printf.c is the fourth.
 */
#include "base/libc.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

char *libc_strstr(const char *text, const char *word)
{
	size_t size = strlen(word);

	for (; strncmp(text, word, size) != 0; text++) {
		if (*text == '\0')
			return NULL;
	}
	return (char *)(uintptr_t)text; /* the caller knows whether it may be written */
}

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
