/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small calls of libc do what libc's do, as far as they are used; those on text and rows are
 * in test_libc_text.c.
 */
#include "base/libc.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TEST("sysconf knows the size of a page, and says of all else that it does not")
{
	CHECK_EQ(libc_sysconf(_SC_PAGESIZE), sysconf(_SC_PAGESIZE));
	errno = 0;
	CHECK_EQ(libc_sysconf(_SC_OPEN_MAX), -1);
	CHECK_EQ(errno, EINVAL);
}

TEST("ioctl passes its argument on, and tells what the kernel says")
{
	int ends[2];
	int waiting = 0;

	REQUIRE(pipe(ends) == 0 && write(ends[1], "four", 4) == 4);
	CHECK_EQ(libc_ioctl(ends[0], FIONREAD, &waiting), 0);
	CHECK_EQ(waiting, 4);
	close(ends[0]);
	close(ends[1]);
	errno = 0;
	CHECK_EQ(libc_ioctl(ends[0], FIONREAD, &waiting), -1);
	CHECK_EQ(errno, EBADF);
}

TEST("fcntl sets what a descriptor may do")
{
	int ends[2];

	REQUIRE(pipe(ends) == 0);
	CHECK_EQ(libc_fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	CHECK((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
	CHECK_EQ(libc_fcntl(ends[0], F_SETFL, 0), 0);
	CHECK((fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0);
	close(ends[0]);
	close(ends[1]);
	CHECK_EQ(libc_fcntl(ends[0], F_SETFL, 0), -1);
	CHECK_EQ(errno, EBADF);
}

TEST("prctl sets what its number says, and refuses what it does not know")
{
	CHECK_EQ(libc_prctl(PR_SET_PDEATHSIG, SIGKILL), 0);
	CHECK_EQ(libc_prctl(PR_SET_DUMPABLE, 0), 0);
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
	CHECK_EQ(libc_prctl(PR_SET_PDEATHSIG, 1000), -1);
	CHECK_EQ(errno, EINVAL);
}

TEST("a child of fork has its own memory, and a signal that it raises is its own")
{
	volatile int here = 1;
	int status;
	pid_t pid = libc_fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		here = 2;
		libc_raise(SIGKILL);
		_exit(1);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK_EQ(here, 1);
}

static volatile int told;
static volatile uintptr_t told_at;
static int short_fd = -1; /* a file that grows when it is read behind its end */

static void tell(int signal_number)
{
	told = signal_number;
}

static void tell_where(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	told = signal_number;
	told_at = (uintptr_t)info->si_addr;
	if (short_fd >= 0 && ftruncate(short_fd, 65536) != 0)
		_exit(1);
}

TEST("a handler runs, and what it interrupted goes on behind it")
{
	struct sigaction action = {.sa_handler = tell};

	CHECK_EQ(libc_sigaction(SIGUSR1, &action, NULL), 0);
	REQUIRE(kill(getpid(), SIGUSR1) == 0);
	CHECK_EQ(told, SIGUSR1);
	action = (struct sigaction){.sa_sigaction = tell_where, .sa_flags = SA_SIGINFO};
	CHECK_EQ(libc_sigaction(SIGUSR2, &action, NULL), 0);
	for (int i = 0; i < 2; i++) {
		told = 0;
		REQUIRE(kill(getpid(), SIGUSR2) == 0);
		CHECK_EQ(told, SIGUSR2);
	}
	CHECK(libc_signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	told = 0;
	REQUIRE(kill(getpid(), SIGUSR1) == 0);
	CHECK_EQ(told, 0);
	CHECK(libc_signal(SIGKILL, SIG_IGN) == SIG_ERR);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(libc_sigaction(SIGUSR1, &action, &action), -1);
	CHECK_EQ(errno, EINVAL);
}

TEST("a page that faults is told with its address, and may be mended meanwhile")
{
	struct sigaction action = {.sa_sigaction = tell_where, .sa_flags = SA_SIGINFO};
	volatile char *map;

	test_needs("sigbus");
	short_fd = open("short", O_RDWR | O_CREAT, 0600);
	REQUIRE(short_fd >= 0);
	map = mmap(NULL, 65536, PROT_READ, MAP_SHARED, short_fd, 0);
	REQUIRE(map != MAP_FAILED && libc_sigaction(SIGBUS, &action, NULL) == 0);
	CHECK_EQ(map[1000], 0);
	CHECK_EQ(told, SIGBUS);
	CHECK_EQ(told_at, (uintptr_t)map + 1000);
}

TEST("a signal that is blocked is waited for, as long as was said")
{
	struct timespec never = {.tv_nsec = 1000000}, long_enough = {.tv_sec = 30};
	sigset_t set, none;
	siginfo_t info;

	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK_EQ(libc_sigprocmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(libc_sigtimedwait(&set, NULL, &never), -1);
	CHECK_EQ(errno, EAGAIN);
	REQUIRE(kill(getpid(), SIGCHLD) == 0);
	CHECK_EQ(libc_sigtimedwait(&set, &info, &long_enough), SIGCHLD);
	CHECK_EQ(info.si_pid, getpid());
	CHECK_EQ(libc_sigprocmask(SIG_SETMASK, &none, &set), 0);
	CHECK_EQ(sigismember(&set, SIGCHLD), 1);
	CHECK_EQ(sigismember(&set, SIGUSR1), 0);
}

TEST("a signal more, or less, in a set is one bit of it")
{
	sigset_t set, as;

	memset(&set, 0,
	       sizeof(set)); /* what is behind the signals that there are is not looked at */
	memset(&as, 0, sizeof(as));
	for (int n = 1; n < 65; n++) {
		if (n >= 32 && n < SIGRTMIN) /* libc's own: it refuses them */
			continue;
		sigemptyset(&set);
		sigemptyset(&as);
		sigaddset(&as, n);
		CHECK_EQ(libc_sigaddset(&set, n), 0);
		CHECK_MEM(&set, &as, sizeof(set));
		sigfillset(&set);
		sigfillset(&as);
		sigdelset(&as, n);
		CHECK_EQ(libc_sigdelset(&set, n), 0);
		CHECK_MEM(&set, &as, sizeof(set));
	}
}

TEST("a file is mapped from an offset beyond 2 and 4 GiB, and what cannot be tells why")
{
	/* within a page; and with words of 32 bits, beyond as many units of 4096 bytes */
	static const int64_t cut[] = {1, 2048, INT64_C(1) << 44, (INT64_C(1) << 62) + 4096};
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	REQUIRE(fd >= 0);
	for (off_t gib = 1; gib < 8; gib++) {
		void *map, *as; /* an emulator may lose the offset, and then libc's as well */

		REQUIRE(pwrite(fd, &gib, sizeof(gib), gib << 30) == sizeof(gib));
		map = libc_mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, gib << 30);
		as = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, gib << 30);
		REQUIRE(map != MAP_FAILED && as != MAP_FAILED);
		CHECK_MEM(map, as, 4096);
		if (gib < 4)
			CHECK_MEM(map, &gib, sizeof(gib));
		CHECK(munmap(map, 4096) == 0 && munmap(as, 4096) == 0);
	}
	CHECK(libc_mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	CHECK_EQ(errno, EINVAL);
	for (unsigned int i = 0; i < (sizeof(long) == 4 ? 4 : 2); i++) {
		errno = 0;
		CHECK(libc_mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, cut[i]) == MAP_FAILED);
		CHECK_EQ(errno, EINVAL);
	}
	close(fd);
}

TEST("getrusage tells how much memory was used at most, and touches nothing beside its result")
{
	struct {
		struct rusage usage;
		char behind[64];
	} got;
	struct rusage before, after;

	memset(&got, 0x5a, sizeof(got));
	REQUIRE(getrusage(RUSAGE_SELF, &before) == 0);
	CHECK_EQ(libc_getrusage(RUSAGE_SELF, &got.usage), 0);
	REQUIRE(getrusage(RUSAGE_SELF, &after) == 0);
	CHECK(got.usage.ru_maxrss >= before.ru_maxrss && got.usage.ru_maxrss <= after.ru_maxrss);
	for (size_t i = 0; i < sizeof(got.behind); i++)
		CHECK_EQ(got.behind[i], 0x5a);
}

TEST("readlink and readlinkat tell where a link leads, and how far there is room for it")
{
	char target[8];

	REQUIRE(symlink("elsewhere", "link") == 0);
	CHECK_EQ(libc_readlink("link", target, sizeof(target)), 8);
	CHECK_MEM(target, "elsewher", 8);
	CHECK_EQ(libc_readlinkat(AT_FDCWD, "link", target, 3), 3);
	CHECK_EQ(libc_readlink("missing", target, sizeof(target)), -1);
	CHECK_EQ(errno, ENOENT);
}

/* glibc's struct stat of 32-bit words is not the kernel's. */
#if defined(__GLIBC__) && __SIZEOF_LONG__ == 4
enum { KNOWS_STAT = 0 };
#else
enum { KNOWS_STAT = 1 };
#endif

static void check_stat(int got, const struct stat *st, int want, const struct stat *as)
{
	CHECK_EQ(got, want);
	if (got != 0 || !KNOWS_STAT)
		return;
	CHECK(st->st_dev == as->st_dev && st->st_ino == as->st_ino && st->st_rdev == as->st_rdev);
	CHECK_EQ(st->st_mode, as->st_mode);
	CHECK_EQ(st->st_nlink, as->st_nlink);
	CHECK_EQ(st->st_uid, as->st_uid);
	CHECK_EQ(st->st_gid, as->st_gid);
	CHECK_EQ(st->st_size, as->st_size);
	CHECK_EQ(st->st_blocks, as->st_blocks);
}

TEST("stat, fstat and fstatat tell of any kind of file what libc's tell, but for its times")
{
	static const char *const names[] = {"file",    "link",	    "dir", "fifo",
					    "missing", "/dev/null", "/"};
	struct stat st, as;

	REQUIRE(scratch_shell(
		"echo text >file; truncate -s 5G file; ln -s file link; mkdir dir; mkfifo fifo"));
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int want = stat(names[i], &as);
		int fd = open(names[i], O_RDONLY | O_NONBLOCK);

		test_note("%s", names[i]);
		check_stat(libc_stat(names[i], &st), &st, want, &as);
		check_stat(libc_fstatat(AT_FDCWD, names[i], &st, 0), &st, want, &as);
		check_stat(libc_fstat(fd, &st), &st, want, &as);
		want = fstatat(AT_FDCWD, names[i], &as, AT_SYMLINK_NOFOLLOW);
		check_stat(libc_fstatat(AT_FDCWD, names[i], &st, AT_SYMLINK_NOFOLLOW), &st, want,
			   &as);
		close(fd);
	}
	CHECK_EQ(libc_stat("missing", &st), -1);
	CHECK_EQ(errno, ENOENT);
}

TEST("access finds what is there, and refuses what it does not know")
{
	REQUIRE(scratch_shell("touch file; mkdir dir; touch dir/file"));
	CHECK_EQ(libc_access("file", F_OK), 0);
	CHECK_EQ(libc_access("file", X_OK), -1);
	CHECK_EQ(errno, EACCES);
	CHECK_EQ(libc_access("missing", F_OK), -1);
	CHECK_EQ(errno, ENOENT);
	CHECK_EQ(libc_faccessat(AT_FDCWD, "dir/file", R_OK, 0), 0);
	CHECK_EQ(libc_faccessat(AT_FDCWD, "dir/file", R_OK, AT_EACCESS), -1);
	CHECK_EQ(errno, EINVAL);
}

TEST("open and openat make a file with its mode, larger than 2 GiB, and tell what fails")
{
	struct stat st;
	int dir, fd;

	umask(0);
	REQUIRE(mkdir("dir", 0700) == 0);
	fd = libc_open("file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	CHECK(fd >= 0 && ftruncate(fd, 5000000000) == 0 && fstat(fd, &st) == 0);
	CHECK_EQ(st.st_mode & 07777, 0640);
	CHECK_EQ(st.st_size, 5000000000);
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	dir = libc_open("dir", O_RDONLY | O_DIRECTORY);
	fd = libc_openat(dir, "inside", O_WRONLY | O_CREAT, 0600);
	CHECK(fd >= 0 && stat("dir/inside", &st) == 0 && (st.st_mode & 07777) == 0600);
	close(fd);
	fd = libc_openat(dir, "inside", O_RDONLY);
	CHECK(fd >= 0);
	close(fd);
	CHECK_EQ(libc_openat(dir, "missing", O_RDONLY), -1);
	CHECK_EQ(errno, ENOENT);
	close(dir);
}
