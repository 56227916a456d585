/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stopwatch of `make bench`, and the two floors that no way of saving memory gets below.
 *
 * meter run [-p] [-s FILE] COMMAND...  runs COMMAND (-p: as PID 1 of a namespace, which its
 *     reboot(2) ends; -s: FILE and its directory are fsynced afterwards, within the time)
 * meter read                           looks at each word of /proc/vmcore, through kdump-init's
 *                                      own windows, and writes nothing
 * meter write FILE MIB                 writes MIB from memory with O_DIRECT, and fsyncs
 * As PID 1 of a kernel it reboots, and does nothing else.
 *
 * Prints one line of KEY=VALUE: ms (of CLOCK_MONOTONIC), user_ms and system_ms (of the command and
 * what it waited for), largest_kib (the largest resident set of one process), tree_kib (the
 * most that the command and all below it had at once, looked at each 20 ms), free_kib (the least
 * memory that was free), faults, switches, code (how the command ended).
 */
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE_MS = 20, CHUNK = 1024 * 1024, ALIGN = 4096, DEPTH = 8 };

struct peaks {
	unsigned long tree_kib; /* the most */
	unsigned long free_kib; /* the least */
};

static void die(const char *what)
{
	fprintf(stderr, "meter: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* The text of /proc/PID/FILE, "" when the process is gone. */
static void proc_text(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, size - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
}

/* The resident sets of PID and all that descends from it, in KiB. */
static unsigned long tree_kib(pid_t pid, int depth)
{
	unsigned long pages = 0;
	unsigned long sum;
	char text[256];
	char children[64];
	char *next = text;
	char *end;

	proc_text(pid, "statm", text, sizeof(text));
	sscanf(text, "%*u %lu", &pages);
	sum = pages * (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
	snprintf(children, sizeof(children), "task/%d/children", (int)pid);
	proc_text(pid, children, text, sizeof(text));
	while (depth > 0) {
		pid_t child = (pid_t)strtol(next, &end, 10);

		if (end == next)
			break;
		sum += tree_kib(child, depth - 1);
		next = end;
	}
	return sum;
}

static void sample(pid_t pid, struct peaks *p)
{
	unsigned long tree = tree_kib(pid, DEPTH);
	struct sysinfo info = {0};
	unsigned long free_kib;

	sysinfo(&info);
	free_kib = info.freeram * info.mem_unit / 1024;
	if (tree > p->tree_kib)
		p->tree_kib = tree;
	if (free_kib < p->free_kib)
		p->free_kib = free_kib;
}

static void fsync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		die(path);
	close(fd);
}

static void make_durable(const char *path)
{
	char *copy = strdup(path);

	fsync_path(path);
	fsync_path(dirname(copy));
	free(copy);
}

static pid_t start(char **command, int as_pid1)
{
	pid_t pid;

	if (as_pid1 && unshare(CLONE_NEWPID) != 0)
		die("unshare");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO); /* standard output is for our line alone */
		execvp(command[0], command);
		die(command[0]);
	}
	return pid;
}

/*
 * What getrusage(2) of the kernel fills in, words of the machine throughout (linux/include/uapi/
 * linux/resource.h). kdump-init's own getrusage, with which this program is linked, leaves the
 * times out (base/libc.h).
 */
struct times_used {
	long user_s, user_us, system_s, system_us;
	long words[14];
};

enum { MAXRSS = 0, MINFLT = 4, MAJFLT = 5, NVCSW = 12, NIVCSW = 13 };

static void tell(long ms, int who, const struct peaks *p, int code)
{
	struct times_used u = {0};

	syscall(SYS_getrusage, who, &u);
	printf("ms=%ld user_ms=%ld system_ms=%ld largest_kib=%ld tree_kib=%lu free_kib=%lu "
	       "faults=%ld switches=%ld code=%d\n",
	       ms, u.user_s * 1000 + u.user_us / 1000, u.system_s * 1000 + u.system_us / 1000,
	       u.words[MAXRSS], p->tree_kib, p->free_kib, u.words[MINFLT] + u.words[MAJFLT],
	       u.words[NVCSW] + u.words[NIVCSW], code);
}

static int run(char **args)
{
	struct timespec pause = {.tv_nsec = SAMPLE_MS * 1000000L};
	struct peaks peaks = {.free_kib = ~0UL};
	const char *durable = NULL;
	int as_pid1 = 0;
	int status = 0;
	long begin;
	pid_t pid;

	for (; args[0] != NULL && args[0][0] == '-'; args++) {
		if (strcmp(args[0], "-p") == 0)
			as_pid1 = 1;
		else
			durable = *++args;
	}
	begin = now_ms();
	pid = start(args, as_pid1);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		sample(pid, &peaks);
		nanosleep(&pause, NULL);
	}
	if (durable != NULL)
		make_durable(durable);
	/* what the reboot(2) of a namespace does to its PID 1 is no failure */
	tell(now_ms() - begin, RUSAGE_CHILDREN, &peaks,
	     WIFEXITED(status) ? WEXITSTATUS(status)
	     : as_pid1	       ? 0
			       : 128 + WTERMSIG(status));
	return 0;
}

/* Each word is added up, a page with nothing but zeros is counted. */
static int read_all(void)
{
	struct status status;
	volatile uint32_t progress = 0;
	struct capture c = {.status = &status, .progress = &progress};
	struct peaks none = {0};
	uint64_t nonzero = 0;
	uint64_t sum = 0;
	uint64_t at;
	long begin = now_ms();

	status_init(&status);
	if (capture_open(&c, "/proc/vmcore") != 0)
		return 1;
	at = c.image->elf.data_start & ~(uint64_t)(ALIGN - 1);
	while (at < c.image->elf.file_size) {
		size_t size = 0;
		const uint8_t *data = window_at(c.window, at, WINDOW_BYTES, &size);

		if (data == NULL)
			break;
		for (size_t page = 0; page + ALIGN <= size; page += ALIGN) {
			const uint32_t *w = (const void *)(data + page);
			uint32_t any = 0;

			for (size_t i = 0; i < ALIGN / sizeof(*w); i += 8)
				any |= w[i] | w[i + 1] | w[i + 2] | w[i + 3] | w[i + 4] | w[i + 5] |
				       w[i + 6] | w[i + 7];
			nonzero += any != 0;
			sum += any;
		}
		at += size;
	}
	capture_close(&c);
	printf("nonzero_kib=%llu sum=%llx ", (unsigned long long)nonzero * (ALIGN / 1024),
	       (unsigned long long)sum);
	tell(now_ms() - begin, RUSAGE_SELF, &none, 0);
	return 0;
}

static int write_all(const char *path, unsigned int mib)
{
	struct peaks none = {0};
	long begin = now_ms();
	uint8_t *data =
		mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0600);

	if (fd < 0 || data == MAP_FAILED)
		die(path);
	memset(data, 0x5a, CHUNK);
	for (unsigned int i = 0; i < mib; i++) {
		if (write(fd, data, CHUNK) != CHUNK)
			die(path);
	}
	make_durable(path);
	tell(now_ms() - begin, RUSAGE_SELF, &none, 0);
	return 0;
}

/* The least that an init can do. What it says goes to the console that the kernel opened. */
static void only_reboot(void)
{
	puts("meter: rebooting");
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (getpid() == 1)
		only_reboot();
	if (argc >= 3 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	if (argc == 2 && strcmp(argv[1], "read") == 0)
		return read_all();
	if (argc == 4 && strcmp(argv[1], "write") == 0)
		return write_all(argv[2], (unsigned int)atoi(argv[3]));
	fprintf(stderr, "usage: meter run [-p] [-s FILE] COMMAND... | read | write FILE MIB\n");
	return 2;
}
