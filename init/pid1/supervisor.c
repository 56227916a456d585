/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1: makes the machine ready, lets attempts.c run workers, and ends the machine within a
 * bounded time whatever they do. It parses nothing of the crashed kernel and makes no
 * call that can block on a device.
 */
#include "pid1/supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/version.h"
#include "board/modules.h"
#include "board/pseudofs.h"
#include "config/config_source.h"
#include "disk/activity.h"
#include "pid1/attempts.h"
#include "pid1/child.h"
#include "pid1/finish.h"
#include "pid1/guard.h"
#include "pid1/handover.h"
#include "worker/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CMDLINE = 4096, FINDINGS_TOLD = 40, CONFIG_MS = 30000, CONFIG_MOST_MS = 4 * CONFIG_MS };

static struct config config;
static struct worker_shared *shared;
static char cmdline[CMDLINE];

/* Descriptors 0 to 2 exist, so that no later open gets one of them by accident. */
static void open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd > 2)
		close(fd); /* nothing was written */
}

/*
 * From here on a dead PID 1 reboots the machine, and its code stays in memory when the disk it
 * came from hangs. The OOM killer spares PID 1 anyway.
 */
static void protect(void)
{
	extern char __executable_start[];
	extern char _edata[];

	finish_reboot_on_panic();
	(void)mlock(__executable_start,
		    (uintptr_t)_edata - (uintptr_t)__executable_start); /* else as without */
}

static bool crashed(void)
{
	return access(VMCORE_PATH, F_OK) == 0;
}

/* True in a kernel that came up after a crash. For any other one nothing is changed for good. */
static bool prepare(void)
{
	bool crash_kernel;
	int no_cmdline;
	int error;

	finish_on_fatal_signals();
	umask(077);
	error = pseudofs_mount();
	no_cmdline = pseudofs_read("/proc/cmdline", cmdline, sizeof(cmdline));
	crash_kernel = crashed() || handover_is_crash_kernel(cmdline);
	if (crash_kernel)
		protect();
	open_standard_descriptors();
	log_open();
	log_open_consoles();
	if (error != 0)
		log_line("cannot mount /dev, /proc or /sys: %s", strerror(-error));
	if (no_cmdline < 0)
		log_line("cannot read /proc/cmdline: %s", strerror(-no_cmdline));
	shared = child_memory(sizeof(*shared));
	return crash_kernel;
}

static unsigned int findings;

/* Of a file that is none of ours every line may be bad: the log has room for what comes after. */
static void report(const char *finding)
{
	if (findings++ < FINDINGS_TOLD)
		log_line("%s", finding);
}

/* How many there were beyond that, of those since the last call. */
static void report_more(void)
{
	if (findings > FINDINGS_TOLD)
		log_line("%u more like these: kdump-init check tells all of them",
			 findings - FINDINGS_TOLD);
	findings = 0;
}

/* For child_limits: a job that reads files, or probes, may wait for any disk. */
static bool disks_work(void *arg)
{
	if (!activity_moved(arg, ""))
		return false;
	guard_step();
	return true;
}

/*
 * Runs JOB(ARG) in a child until DEADLINE_MS, as long as a disk works. One that a signal met, such
 * as the kernel sends for want of memory, is made once more; but not after FINAL (0: whatever it
 * was). False: it did not end.
 */
static bool run(int (*job)(void *arg), void *arg, uint64_t deadline_ms, uint32_t stall_ms,
		int final)
{
	struct activity disks = {0};
	struct child_limits limits = {
		.deadline_ms = deadline_ms,
		.stall_ms = stall_ms,
		.cap_ms = guard_cap_ms(),
		.works = disks_work,
		.works_arg = &disks,
	};
	struct child_result r = child_run(job, arg, &limits);

	guard_step();
	if (r.end == CHILD_SIGNALED && r.code != final) {
		r = child_run(job, arg, &limits);
		guard_step();
	}
	return r.end == CHILD_EXITED;
}

/* The file may be on a disk that hangs. ARG is a struct config in shared memory. */
static int read_file(void *arg)
{
	struct config *c = arg;
	char path[256];
	int bad;

	config_read_init(c); /* one before may have been killed in the middle */
	if (!config_cmdline_value(cmdline, "kdump.config", path, sizeof(path)))
		snprintf(path, sizeof(path), CONFIG_PATH);
	bad = config_read_file(c, path, report);
	report_more();
	if (bad < 0)
		log_line("no %s (%s): defaults", path, strerror(-bad));
	else
		log_line("configuration %s%s", path, bad > 0 ? ", bad lines skipped" : "");
	return 0;
}

static void configure(void)
{
	struct config *c = child_memory(sizeof(*c));

	config_read_init(&config);
	config.unread = true;
	if (c != NULL && run(read_file, c, clock_ms() + CONFIG_MOST_MS, CONFIG_MS, 0))
		config = *c; /* from here on no child can change it */
	else
		log_line("the configuration cannot be read in time: defaults");
	(void)config_read_cmdline(&config, cmdline, report); /* each bad word was reported */
	report_more();
}

static int load_module(void *arg)
{
	const struct config_module *m = arg;
	int error = modules_load(m->path, m->parameters);

	if (error != 0)
		log_line("module %s: %s", m->path,
			 error == -ENODEV ? "not for this hardware" : strerror(-error));
	return 0;
}

/*
 * A module's probe may hang on its device, or oops: each has a child of its own. An oops ends that
 * by SIGSEGV (make_task_dead in the kernel's kernel/exit.c), and leaves the module half loaded.
 */
static void load_modules(uint64_t deadline_ms)
{
	if (config.modules > 0)
		log_line("loading %u modules", config.modules);
	for (unsigned int i = 0; i < config.modules; i++) {
		struct config_module *m = &config.module[i];

		if (!run(load_module, m, deadline_ms, config.stall * 1000, SIGSEGV))
			log_line("module %s: loading it did not end; going on", m->path);
	}
}

static bool capture(bool image)
{
	uint32_t half_ms = config.timeout * 500;
	uint64_t modules_ms = clock_ms() + half_ms;
	uint64_t deadline_ms = modules_ms + half_ms;

	guard_start(&config, &shared->progress);
	load_modules(modules_ms); /* half is the attempts' */
	if (config.targets == 0)
		log_line("no target: give target = in the configuration, or root=");
	if (image)
		return attempts_run(&config, shared, deadline_ms);
	attempts_report(&config, shared, deadline_ms);
	return false;
}

/* How the machine is to end. The worker counted the crashes; what is done about them is asked here.
 */
static enum config_ending choose_ending(bool saved)
{
	const struct config_loop *loop = &config.loop;

	if (!saved)
		return config.on_failure;
	if (loop->crashes == 0 || shared->loop == 0)
		return config.on_success;
	log_line("the machine crashes again and again: on_loop");
	if (loop->ending == ENDING_REBOOT)
		finish_wait(loop->wait);
	return loop->ending;
}

_Noreturn void supervise(char **argv)
{
	bool saved = false;

	if (!prepare()) {
		handover(argv);
		log_line("no crash, and no other init");
		protect();
	}
	log_line("version " KDUMP_VERSION);
	configure();
	if (!crashed())
		log_line("there is no " VMCORE_PATH ": the crashed kernel's header cannot be read");
	if (shared == NULL)
		log_line("out of memory");
	else
		saved = capture(crashed());
	if (!saved)
		log_line("nothing was saved");
	finish(choose_ending(saved));
}
