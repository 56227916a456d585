/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces. The harness stands in a user, mount and PID namespace of its own, in a tmpfs; each
 * run gets a PID and a mount namespace below that, and a root directory. When the harness dies,
 * all of it is gone.
 */
#include "tests/pid1/pid1_calls.h"
#include "tests/pid1/pid1_scene.h"

#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int product_main(int argc, char **argv);

static int own_pid_namespace = -1;

/* What the harness keeps in vain is copied with each fork. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

static bool say(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

/* Root in the namespace is whoever started the tests; the host's root where it was that. */
static bool map_ids(uid_t uid, gid_t gid)
{
	char text[32];

	snprintf(text, sizeof(text), "0 %u 1\n", (unsigned int)uid);
	if (!say("/proc/self/uid_map", text))
		return false;
	(void)say("/proc/self/setgroups", "deny"); /* root needs it not */
	snprintf(text, sizeof(text), "0 %u 1\n", (unsigned int)gid);
	return say("/proc/self/gid_map", text);
}

/* A user namespace takes from root what it could do to the host; a sandbox may refuse it. */
static bool enter(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER) == 0) {
		if (!map_ids(uid, gid))
			return false;
	} else if (uid != 0) {
		return false;
	}
	return unshare(CLONE_NEWNS | CLONE_NEWPID) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", ".", "tmpfs", MS_NOSUID | MS_NODEV, "size=1g,mode=700") == 0;
}

/* The process that is PID 1 of the harness's own namespace. */
static _Noreturn void stand(int (*inside)(void), const char *dir)
{
	struct rlimit none = {0, 0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setrlimit(RLIMIT_CORE, &none); /* dumps of workers that are shot help nobody */
	own_pid_namespace = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (own_pid_namespace < 0 || chdir(dir) != 0)
		_exit(98);
	_exit(inside());
}

int pid1_world(int (*inside)(void))
{
	char dir[4096];
	pid_t pid = fork();
	pid_t inner;
	int status;

	REQUIRE(pid >= 0);
	if (pid > 0) {
		REQUIRE(waitpid(pid, &status, 0) == pid);
		REQUIRE(WIFEXITED(status));
		return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getcwd(dir, sizeof(dir)) == NULL || !enter()) {
		printf("no namespaces: %s\n", strerror(errno));
		fflush(stdout);
		_exit(99);
	}
	inner = fork();
	if (inner == 0)
		stand(inside, dir);
	if (inner < 0 || waitpid(inner, &status, 0) != inner || !WIFEXITED(status))
		_exit(98);
	_exit(WEXITSTATUS(status));
}

/* The machine underneath cannot be ended from here, not even by a call that nobody wraps. */
static bool forbid(void)
{
#define DENY(number)                                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                                       \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		DENY(SYS_reboot),
		DENY(SYS_kexec_load),
#ifdef SYS_kexec_file_load /* not every machine has it */
		DENY(SYS_kexec_file_load),
#endif
		DENY(SYS_init_module),
		DENY(SYS_finit_module),
		DENY(SYS_swapon),
		DENY(SYS_settimeofday),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Nothing of the harness stays open, and "/" is the directory of the run. */
static bool confine(const char *dir)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s.err", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (fd < 0)
		return false;
	for (int i = 0; i < 3; i++) {
		if (dup2(fd, i) != i)
			return false;
	}
	return close_range(3, ~0U, 0) == 0 && unshare(CLONE_NEWNS) == 0 && chroot(dir) == 0 &&
	       chdir("/") == 0 && forbid();
}

static _Noreturn void become_pid1(struct pid1_run *run, const char *dir)
{
	static char name[] = "/sbin/kdump-init";
	char *argv[] = {name, NULL};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getpid() != 1 || !confine(dir))
		_exit(96);
	pid1_now = run;
	if (run->plan.leaves_worker)
		pid1_leave_worker();
	_exit(product_main(1, argv));
}

pid_t pid1_start(struct pid1_run *run, const char *dir)
{
	pid_t pid;

	REQUIRE(pid1_is_safe());
	fflush(stdout);
	REQUIRE(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	if (pid == 0)
		become_pid1(run, dir);
	REQUIRE(pid > 0);
	REQUIRE(setns(own_pid_namespace, CLONE_NEWPID) == 0);
	return pid;
}
