/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process does with signals, as the kernel knows it. libc also keeps threads, abort(3) and
 * its own signals apart, of which there are none here.
 */
#include "base/libc.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LONG_BITS = 8 * sizeof(long) };
enum { SET_BYTES = 8 }; /* a bit for each signal: _NSIG of asm-generic/signal.h */

/* The words of struct sigaction as the kernel has it (include/linux/signal_types.h). */
enum { HANDLER, FLAGS, RESTORER, MASK, WORDS = MASK + SET_BYTES / sizeof(long) };

/*
 * A handler returns through rt_sigreturn(2). x86_64 wants the code for that from the process
 * (arch/x86/kernel/signal_64.c); the kernels of the other machines bring their own.
 */
#ifdef __x86_64__
__attribute__((naked)) static void restore(void)
{
	__asm__("movl $15, %eax\n\tsyscall");
}

static void give_restorer(unsigned long *action)
{
	action[FLAGS] |= 0x04000000; /* SA_RESTORER of its asm/signal.h */
	action[RESTORER] = (unsigned long)restore;
}
#else
static void give_restorer(const unsigned long *action)
{
	(void)action;
}
#endif

/* cppcheck-suppress constParameter ; the type is sigaction(2)'s */
int libc_sigaction(int signal_number, const struct sigaction *action, struct sigaction *before)
{
	unsigned long words[WORDS] = {
		[HANDLER] = (unsigned long)action->sa_handler,
		[FLAGS] = (unsigned long)action->sa_flags,
	};

	if (before != NULL) {
		errno = EINVAL;
		return -1;
	}
	give_restorer(words);
	memcpy(&words[MASK], &action->sa_mask, SET_BYTES);
	return (int)syscall(SYS_rt_sigaction, signal_number, words, NULL, SET_BYTES);
}

sighandler_t libc_signal(int signal_number, sighandler_t handler)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	return libc_sigaction(signal_number, &action, NULL) == 0 ? SIG_DFL : SIG_ERR;
}

static int put_in_set(sigset_t *set, int signal_number, bool in)
{
	unsigned int at = (unsigned int)signal_number - 1;
	unsigned long *word = (unsigned long *)(void *)set + at / LONG_BITS;
	unsigned long bit = 1UL << at % LONG_BITS;

	*word = in ? *word | bit : *word & ~bit;
	return 0;
}

int libc_sigaddset(sigset_t *set, int signal_number)
{
	return put_in_set(set, signal_number, true);
}

int libc_sigdelset(sigset_t *set, int signal_number)
{
	return put_in_set(set, signal_number, false);
}

int libc_sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
	return (int)syscall(SYS_rt_sigprocmask, how, set, before, SET_BYTES);
}

/*
 * The time is in words of the machine on every kernel but those of 32 bits that were built without
 * CONFIG_COMPAT_32BIT_TIME. They have the call of Linux 5.1 alone, whose time has 64 bits.
 */
int libc_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *most)
{
	long time[] = {(long)most->tv_sec, most->tv_nsec};
	int r = (int)syscall(SYS_rt_sigtimedwait, set, info, time, SET_BYTES);

#ifdef SYS_rt_sigtimedwait_time64
	if (r < 0 && errno == ENOSYS) {
		int64_t time64[] = {most->tv_sec, most->tv_nsec};

		r = (int)syscall(SYS_rt_sigtimedwait_time64, set, info, time64, SET_BYTES);
	}
#endif
	return r;
}
