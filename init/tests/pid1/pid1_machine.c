/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that PID 1 believes in. reboot(2) and the calls that load modules are never passed
 * on, neither from here nor past here (a seccomp filter, pid1_world.c); sysrq is a file in the
 * root of the run; a mount of a device is a bind of one of its disks.
 */
#include "tests/pid1/pid1_calls.h"
#include "tests/pid1/pid1_scene.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/aio_abi.h>

#define WRAPS(result, name, ...)                                                                   \
	result __wrap_##name(__VA_ARGS__);                                                         \
	result __real_##name(__VA_ARGS__)

WRAPS(ssize_t, write, int fd, const void *data, size_t size);
WRAPS(int, open, const char *path, int flags, ...);
WRAPS(int, mount, const char *source, const char *dir, const char *type, unsigned long flags,
      const void *data);
WRAPS(int, umount2, const char *dir, int flags);
WRAPS(int, mknod, const char *path, mode_t mode, dev_t number);
WRAPS(int, kill, pid_t pid, int number);
WRAPS(pid_t, waitpid, pid_t pid, int *status, int options);
WRAPS(pid_t, fork, void);
WRAPS(long, syscall, long number, ...);
_Noreturn void __wrap__exit(int code);
_Noreturn void __real__exit(int code);
int __wrap_reboot(int command); /* there is no way to the real one */
int __real_mkdir(const char *path, mode_t mode);

enum { LEFTOVER_MS = 20000, EVENTS_MAX = 64 };

static int sysrq_fd = -1;
static int watchdog_fd = -1;
static int disk_used;		      /* the one that this process mounted last */
static volatile unsigned int refused; /* orders that the harness gave to see them refused */
static char *collected;
static size_t collected_size;

void pid1_collect(char *text, size_t size)
{
	collected = text;
	collected_size = size;
	if (text != NULL)
		text[0] = '\0';
}

static uint8_t known(pid_t pid)
{
	return pid > 0 && pid < PID1_PIDS ? pid1_now->child[pid] : 0;
}

static void know(pid_t pid, unsigned int bit)
{
	if (pid > 0 && pid < PID1_PIDS)
		atomic_fetch_or(&pid1_now->child[pid], (uint8_t)bit);
}

/* PID 1 buries its children while it waits for the one that asks here. */
static bool is_left_behind(pid_t pid)
{
	const unsigned int over = CHILD_KILLED | CHILD_ENDED | CHILD_WORKER;
	const int patience = pid1_now->plan.leaves_worker ? 200 : LEFTOVER_MS;
	struct timespec moment = {.tv_nsec = 5000000};

	for (int ms = 0; ms < patience; ms += 5) {
		uint8_t child = known(pid);

		if ((child & CHILD_FORKED) == 0 || (child & over) == 0 ||
		    (child & (CHILD_BURIED | CHILD_UNKILLABLE)) != 0 || __real_kill(pid, 0) != 0)
			return false;
		nanosleep(&moment, NULL);
	}
	return true;
}

static void look_for_leftovers(void)
{
	for (pid_t pid = 2; pid < PID1_PIDS; pid++) {
		if (pid != getpid() && is_left_behind(pid))
			pid1_break(pid1_now, "process %d was left behind", (int)pid);
	}
}

/* The harness ends the namespace when it sees this. */
static void end_machine(void)
{
	look_for_leftovers();
	pid1_now->done = true;
	for (;;)
		pause();
}

static int obey(enum pid1_order order)
{
	if (order == ORDER_WORKS)
		end_machine();
	while (order == ORDER_HANGS)
		pause();
	errno = EPERM;
	return order == ORDER_FAILS ? -1 : 0;
}

int __wrap_reboot(int command)
{
	if (pid1_now == NULL) {
		refused++;
		errno = EPERM;
		return -1;
	}
	if (pid1_now->reboots++ == 0)
		pid1_now->command = command;
	pid1_now->by_pid1 = getpid() == 1;
	return obey(getpid() == 1 ? ORDER_WORKS : pid1_now->plan.reboot);
}

static ssize_t sysrq(const char *text, size_t size)
{
	if (pid1_now->sysrqs++ == 0)
		pid1_now->sysrq = text[0];
	return obey(pid1_now->plan.sysrq) == 0 ? (ssize_t)size : -1;
}

static void collect(const char *data, size_t size)
{
	size_t used = strlen(collected);

	if (size >= collected_size - used)
		size = collected_size - used - 1;
	memcpy(collected + used, data, size);
	collected[used + size] = '\0';
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	const struct pid1_fault *f;

	if (pid1_now == NULL && collected != NULL && (fd == 1 || fd == 2)) {
		collect(data, size);
		return (ssize_t)size;
	}
	if (pid1_now != NULL && fd >= 0 && fd == sysrq_fd && size > 0)
		return sysrq(data, size);
	if (pid1_now != NULL && fd >= 0 && fd == watchdog_fd)
		pid1_now->pets++;
	f = pid1_strikes(CALL_WRITE);
	if (f != NULL && f->kind == STRIKE_ERROR) {
		errno = f->value;
		return -1;
	}
	pid1_ring_write(fd, data, size);
	pid1_mark(fd, true);
	return __real_write(fd, data, f != NULL && size > 1 ? size / 2 : size);
}

/* /dev/kdump-254-N is disk N. */
static int disk_number(const char *source)
{
	unsigned int n;
	char more;

	if (source == NULL ||
	    (sscanf(source, "/dev/kdump-254-%u%c", &n, &more) != 1 &&
	     sscanf(source, "ubi0_%u%c", &n, &more) != 1) ||
	    n == 0 || n > PID1_DISKS)
		return 0;
	return (int)n;
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;
	int fd;

	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (pid1_fails(CALL_OPEN))
		return -1;
	fd = __real_open(path, flags, mode);
	if (pid1_now != NULL && fd >= 0 && strcmp(path, "/proc/sysrq-trigger") == 0)
		sysrq_fd = fd;
	else if (fd == sysrq_fd)
		sysrq_fd = -1;
	if (pid1_now != NULL && fd >= 0 && (flags & O_EXCL) != 0 && disk_number(path) != 0) {
		disk_used = disk_number(path); /* it is a target without a filesystem */
		know(getpid(), CHILD_WORKER);
		atomic_fetch_add(&pid1_now->workers, 1);
	}
	if (pid1_now != NULL && fd >= 0 && strcmp(path, "/dev/watchdog0") == 0)
		watchdog_fd = fd;
	return fd;
}

/* Flash has no counters; but who waits for it has, of how often (fs/proc/array.c). */
static void process_works(unsigned int waits)
{
	char path[64];
	char text[64];
	int fd;
	int n;

	snprintf(path, sizeof(path), "/proc/%d", (int)getpid());
	(void)__real_mkdir(path, 0700);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)getpid());
	n = snprintf(text, sizeof(text), "State:\tD\nvoluntary_ctxt_switches:\t%u\n", waits);
	fd = __real_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (pwrite(fd, text, (size_t)n, 0) != n)
		pid1_break(pid1_now, "the test cannot write %s: %s", path, strerror(errno));
	close(fd);
}

/*
 * Counters as the kernel has them (Documentation/block/stat.rst). Of a disk that answers nothing
 * three still change: what is in flight, and the time that it has been (block/genhd.c).
 */
void pid1_disk_works(bool gets_on)
{
	static unsigned int done, waited;
	char path[64];
	char text[256];
	int fd;
	int n;

	done += gets_on;
	waited += 250;
	if (pid1_now->plan.flash) {
		process_works(done);
		return;
	}
	snprintf(path, sizeof(path), "/sys/class/block/vda%d/stat", disk_used > 0 ? disk_used : 1);
	n = snprintf(text, sizeof(text),
		     "%8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u %8u\n", 3U,
		     0U, 24U, 1U, 7 + done, 0U, 56 + done * 8, done, 1 + waited / 250 % 3, waited,
		     waited, 0U, 0U, 0U, 0U, 0U, 0U);
	fd = __real_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (pwrite(fd, text, (size_t)n, 0) != n)
		pid1_break(pid1_now, "the test cannot write %s: %s", path, strerror(errno));
	close(fd);
}

static int mount_disk(int n, const char *dir, const char *type)
{
	enum pid1_disk kind = pid1_now->plan.disk[n - 1];
	char disk[16];

	know(getpid(), CHILD_WORKER);
	atomic_fetch_add(&pid1_now->workers, 1);
	if (kind == DISK_FOREIGN || strcmp(type, pid1_now->plan.flash ? "ubifs" : "ext4") != 0) {
		errno = EINVAL;
		return -1;
	}
	snprintf(disk, sizeof(disk), "/disk%d", n);
	if (__real_mount(disk, dir, NULL, MS_BIND, NULL) != 0)
		return -1;
	if (kind == DISK_READ_ONLY)
		return __real_mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
	return 0;
}

int __wrap_mount(const char *source, const char *dir, const char *type, unsigned long flags,
		 const void *data)
{
	int disk = disk_number(source);

	(void)data;
	if (pid1_now == NULL)
		return __real_mount(source, dir, type, flags, data);
	disk_used = disk;
	if (pid1_fails(CALL_MOUNT))
		return -1;
	if (disk != 0)
		return mount_disk(disk, dir, type);
	return 0; /* /proc, /sys and /dev are directories here */
}

int __wrap_umount2(const char *dir, int flags)
{
	if (pid1_now == NULL)
		return __real_umount2(dir, flags);
	if (pid1_fails(CALL_UMOUNT))
		return -1;
	if (strncmp(dir, "/dev/", 5) == 0)
		return __real_umount2(dir, flags);
	errno = EINVAL;
	return -1;
}

/* A file stands for the device: in a user namespace there are no nodes. */
int __wrap_mknod(const char *path, mode_t mode, dev_t number)
{
	(void)path;
	(void)mode;
	(void)number;
	errno = EEXIST;
	return -1;
}

int __wrap_kill(pid_t pid, int number)
{
	if (pid1_now != NULL && number != 0) {
		know(pid, CHILD_KILLED);
		if ((known(pid) & CHILD_UNKILLABLE) != 0)
			return 0;
	}
	return __real_kill(pid, number);
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	pid_t got = __real_waitpid(pid, status, options);
	int error = errno;

	if (pid1_now != NULL && got > 0) {
		if (status != NULL && WIFSIGNALED(*status) &&
		    (known(got) & (CHILD_KILLED | CHILD_VICTIM)) == 0)
			pid1_break(pid1_now, "process %d died by itself of signal %d", (int)got,
				   WTERMSIG(*status));
		know(got, CHILD_BURIED);
	}
	if (pid1_now != NULL && getpid() == 1 && pid1_now->plan.fatal != 0)
		__real_kill(1, pid1_now->plan.fatal);
	errno = error;
	return got;
}

/* The kernel sends the signal, wherever the process is then. */
void pid1_arm(struct pid1_fault *f)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = f->value};
	struct itimerspec when = {.it_value = {.tv_sec = f->delay_us / 1000000,
					       .tv_nsec = f->delay_us % 1000000 * 1000 + 1}};
	timer_t timer;

	know(getpid(), CHILD_VICTIM);
	atomic_fetch_add(&f->struck, 1);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
	    timer_settime(timer, 0, &when, NULL) != 0)
		pid1_break(pid1_now, "the test cannot set a timer: %s", strerror(errno));
}

/* Aimed now, armed at the first call: until then the child has the handlers of PID 1. */
static void after_fork(void)
{
	pid1_aimed = NULL;
	for (unsigned int i = 0; i < pid1_now->plan.faults; i++) {
		struct pid1_fault *f = &pid1_now->plan.fault[i];

		if (f->kind == STRIKE_TIMER && atomic_fetch_add(&f->seen, 1) + 1 == f->nth)
			pid1_aimed = f;
	}
}

/* The child tells first, since it may end before its parent goes on. */
pid_t __wrap_fork(void)
{
	pid_t pid;

	if (pid1_fails(CALL_FORK))
		return -1;
	pid = __real_fork();
	if (pid1_now == NULL || pid < 0)
		return pid;
	know(pid == 0 ? getpid() : pid, CHILD_FORKED);
	if (pid == 0)
		after_fork();
	return pid;
}

_Noreturn void __wrap__exit(int code)
{
	if (pid1_now != NULL)
		know(getpid(), CHILD_ENDED);
	__real__exit(code);
}

/* As if PID 1 had forgotten one. */
void pid1_leave_worker(void)
{
	pid_t pid = __real_fork();

	while (pid == 0)
		pause();
	know(pid, CHILD_FORKED | CHILD_WORKER);
}

static void mark_submitted(long count, struct iocb *const *list)
{
	for (long i = 0; i < count; i++)
		pid1_mark((int)list[i]->aio_fildes, true);
}

/* What was written asynchronously fails, or was cut short, when it is asked for. */
static void spoil(struct io_event *events, long count)
{
	const struct pid1_fault *f = count > 0 ? pid1_strikes(CALL_EVENTS) : NULL;

	if (f == NULL)
		return;
	if (f->kind == STRIKE_ERROR)
		events[0].res = f->value == EINTR ? -EIO : -f->value;
	else if (events[0].res >= 8192)
		events[0].res = events[0].res / 2 / 4096 * 4096;
}

static bool is_forbidden(long number)
{
	return number == SYS_reboot || number == SYS_kexec_load || number == SYS_init_module ||
	       number == SYS_finit_module;
}

static bool fails_asynchronously(long number)
{
	if (number == SYS_getdents64)
		return pid1_fails(CALL_GETDENTS);
	return (number == SYS_io_setup || number == SYS_io_submit) && pid1_fails(CALL_ASYNC);
}

long __wrap_syscall(long number, ...)
{
	va_list args;
	long a[5];
	long r;

	va_start(args, number);
	for (unsigned int i = 0; i < 5; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_reboot)
		return __wrap_reboot((int)a[2]);
	if (is_forbidden(number)) {
		errno = EPERM;
		return -1;
	}
	if (fails_asynchronously(number))
		return -1;
	if (pid1_now != NULL && number == SYS_io_submit)
		mark_submitted(a[1], (struct iocb *const *)a[2]);
	r = __real_syscall(number, a[0], a[1], a[2], a[3], a[4]);
	if (pid1_now != NULL && number == SYS_io_getevents)
		spoil((struct io_event *)a[3], r);
	return r;
}

/* An order that no kernel knows: if the wrapper were not there, it would fail otherwise. */
bool pid1_is_safe(void)
{
	unsigned int before = refused;

	return reboot(-1) == -1 && errno == EPERM && refused == before + 1 &&
	       syscall(SYS_reboot, 0, 0, -1, 0) == -1 && refused == before + 2;
}
