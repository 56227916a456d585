/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libc.c, libc_files.c and libc_signals.c offer under names of their own, for the tests. With
 * SMALL_LIBC, which the Makefile sets where it links musl, the names are libc's and the linker
 * takes these.
 */
#ifndef BASE_LIBC_H
#define BASE_LIBC_H

#include <signal.h>
#include <sys/types.h>

#ifdef SMALL_LIBC
#define libc_access	  access
#define libc_faccessat	  faccessat
#define libc_fcntl	  fcntl
#define libc_fork	  fork
#define libc_fstat	  fstat
#define libc_fstatat	  fstatat
#define libc_getrusage	  getrusage
#define libc_ioctl	  ioctl
#define libc_mmap	  mmap
#define libc_open	  open
#define libc_openat	  openat
#define libc_prctl	  prctl
#define libc_raise	  raise
#define libc_readlink	  readlink
#define libc_readlinkat	  readlinkat
#define libc_sigaction	  sigaction
#define libc_sigaddset	  sigaddset
#define libc_sigdelset	  sigdelset
#define libc_signal	  signal
#define libc_sigprocmask  sigprocmask
#define libc_sigtimedwait sigtimedwait
#define libc_stat	  stat
#define libc_sysconf	  sysconf
#endif

struct rusage;
struct stat;
struct timespec;

/* As sysconf(3), of _SC_PAGESIZE only: -1 with EINVAL for any other name. */
long libc_sysconf(int name);

/* As fcntl(2), prctl(2) with a number, and ioctl(2) of requests without a time in them. */
int libc_fcntl(int fd, int command, ...);
int libc_prctl(int option, ...);
int libc_ioctl(int fd, int request, ...);

/* As mmap(2), and getrusage(2) but for its times. */
void *libc_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
int libc_getrusage(int who, struct rusage *usage);

/* As fork(2) and raise(3) of a process without threads. */
pid_t libc_fork(void);
int libc_raise(int signal_number);

/* As the calls of these names; faccessat has no flags, and the times in *ST mean nothing. */
int libc_access(const char *path, int mode);
int libc_faccessat(int at, const char *path, int mode, int flags);
int libc_open(const char *path, int flags, ...);
int libc_openat(int at, const char *path, int flags, ...);
ssize_t libc_readlink(const char *path, char *target, size_t size);
ssize_t libc_readlinkat(int at, const char *path, char *target, size_t size);
int libc_fstat(int fd, struct stat *st);
int libc_fstatat(int at, const char *path, struct stat *st, int flags);
int libc_stat(const char *path, struct stat *st);

/* As the calls of these names; BEFORE is NULL, signal() tells of an error only. */
int libc_sigaddset(sigset_t *set, int signal_number);
int libc_sigdelset(sigset_t *set, int signal_number);
int libc_sigaction(int signal_number, const struct sigaction *action, struct sigaction *before);
sighandler_t libc_signal(int signal_number, sighandler_t handler);
int libc_sigprocmask(int how, const sigset_t *set, sigset_t *before);
int libc_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *most);

#endif
