/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways to end, the polite one first. reboot(2) runs the drivers' shutdown, which may hang on
 * half-initialised hardware, so a child calls it; sysrq-b and sysrq-o skip the drivers
 * (kernel/reboot.c, drivers/tty/sysrq.c), and so does the reboot after a panic (kernel/panic.c).
 * With all of them hanging and failing that takes 50 s. Nothing is synced here: what matters was
 * fsynced.
 */
#include "pid1/finish.h"

#include "base/clock.h"
#include "base/log.h"
#include "board/pseudofs.h"
#include "pid1/child.h"
#include "pid1/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long each way to end the machine, and the output of the last words, may take. */
enum { REBOOT_MS = 10000, DRAIN_MS = 5000, SYSRQ_ROUNDS = 3 };

struct way {
	const char *name;     /* for the log */
	unsigned int command; /* the argument of reboot(2) */
	const char *sysrq;    /* the letter that is tried when reboot(2) does not end the machine */
};

/* Whether the kernel reboots after a panic, so that the exit of PID 1 is a way to reboot. */
static bool panic_reboots;

static const struct way ways[] = {
	[ENDING_REBOOT] = {"rebooting", RB_AUTOBOOT, "b"},
	[ENDING_POWEROFF] = {"powering off", RB_POWER_OFF, "o"},
	[ENDING_HALT] = {"halting", RB_HALT_SYSTEM, "b"},
};

static int drain(void *unused)
{
	(void)unused;
	log_drain();
	return 0;
}

static int call_reboot(void *arg)
{
	const struct way *way = arg;

	reboot((int)way->command);
	return errno;
}

/* The shell gets the console of the kernel and a session, as a login would. */
static int run_shell(void *unused)
{
	static char name[] = "sh";
	char *words[] = {name, NULL};
	int fd = open("/dev/console", O_RDWR);

	(void)unused;
	setsid(); /* a fresh child is no group leader: cannot fail */
	if (fd >= 0) {
		ioctl(fd, TIOCSCTTY, 1); /* without it the shell only lacks job control */
		for (int i = 0; i < 3; i++)
			dup2(fd, i);
	}
	execv("/bin/sh", words);
	execv("/bin/busybox", words);
	return errno;
}

static void shell(void)
{
	struct child_limits limits = {.deadline_ms = UINT64_MAX};
	struct child_result r;

	log_line("a shell on the console; leave it to reboot");
	guard_pet_while_waiting(true);
	r = child_run(run_shell, NULL, &limits);
	guard_pet_while_waiting(false);
	if (r.end == CHILD_EXITED && (r.code == ENOENT || r.code == EACCES))
		log_line("there is no /bin/sh to run: %s", strerror(r.code));
}

static int wait_for_ever(void *unused)
{
	(void)unused;
	while (pause() != 0)
		; /* until it is killed */
	return 0;
}

void finish_wait(uint32_t seconds)
{
	struct child_limits limits = {.deadline_ms = clock_ms() + (uint64_t)seconds * 1000};

	log_line("waiting for %u s", (unsigned int)seconds);
	guard_pet_while_waiting(true);
	(void)child_run(wait_for_ever, NULL, &limits); /* CHILD_LATE, or there is no waiting */
	guard_pet_while_waiting(false);
}

/* The last way. reboot(2) goes through the drivers, one of which may hang. */
static _Noreturn void panic_or_reboot(void)
{
	if (!panic_reboots)
		reboot(RB_AUTOBOOT);
	_exit(1); /* panics the kernel, whose panic= timeout reboots */
}

_Noreturn void finish(enum config_ending ending)
{
	struct child_limits limits = {.deadline_ms = clock_ms() + DRAIN_MS};
	struct way way;

	if (ending == ENDING_SHELL) {
		shell();
		ending = ENDING_REBOOT;
	}
	guard_end();
	way = ways[ending];
	log_line("%s", way.name);
	limits.deadline_ms = clock_ms() + DRAIN_MS;
	(void)child_run(drain, NULL, &limits); /* the console's last words may be lost */
	limits.deadline_ms = clock_ms() + REBOOT_MS;
	(void)child_run(call_reboot, &way, &limits); /* we are still here: it failed */
	for (unsigned int i = 0; i < SYSRQ_ROUNDS; i++) {
		log_line("reboot(2) did not end the machine; trying sysrq-%s", way.sysrq);
		(void)pseudofs_write("/proc/sysrq-trigger", way.sysrq);
		clock_pause(REBOOT_MS);
		way.sysrq = "b";
	}
	/*
	 * The panic comes first where it reboots: reboot(2) would wait for a child that hangs in
	 * it, since they share a lock. But the child's may have failed at once.
	 */
	panic_or_reboot();
}

void finish_reboot_on_panic(void)
{
	static const char path[] = "/proc/sys/kernel/panic";
	char text[16];

	if (pseudofs_read(path, text, sizeof(text)) > 0)
		panic_reboots = text[0] != '0' || pseudofs_write(path, "5") == 0;
}

/* Only system calls: the stack may be all that is left. */
static void on_fatal(int signal_number)
{
	static const char text[] = "kdump-init: fatal signal in PID 1, rebooting\n";

	(void)signal_number;
	/* a console held by flow control must not hold this; where it cannot be told, it cannot */
	(void)fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	panic_or_reboot();
}

void finish_on_fatal_signals(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};
	struct sigaction action = {.sa_handler = on_fatal};
	sigset_t others;

	sigfillset(&others);
	for (unsigned int i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		sigaction(fatal[i], &action, NULL); /* valid signals: neither can fail */
		sigdelset(&others, fatal[i]);	    /* blocked, it would kill unhandled */
	}
	sigprocmask(SIG_BLOCK, &others, NULL);
}
