/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libc.c offers under names of its own, for the tests. With SMALL_LIBC, which the Makefile
 * sets where it links musl, the names are libc's and the linker takes these.
 */
#ifndef BASE_LIBC_H
#define BASE_LIBC_H

#ifdef SMALL_LIBC
#define libc_strstr  strstr
#define libc_sysconf sysconf
#define libc_ioctl   ioctl
#endif

/* As strstr(3). */
char *libc_strstr(const char *text, const char *word);

/* As sysconf(3), of _SC_PAGESIZE only: -1 with EINVAL for any other name. */
long libc_sysconf(int name);

/* As ioctl(2), for requests without a time in them. */
int libc_ioctl(int fd, int request, ...);

#endif
