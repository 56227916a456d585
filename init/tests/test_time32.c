/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels of 32 bits have calls with a time of 32 bits (CONFIG_COMPAT_32BIT_TIME, which tinyconfig
 * leaves out), with one of 64 bits (since Linux 5.1), or both: whichever is missing, what waits
 * waits, and the memory is written by AIO.
 */
#include "base/clock.h"
#include "base/libc.h"
#include "output/writer.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

enum { WAIT_MS = 200 };

#ifdef SYS_rt_sigtimedwait_time64
enum {
	WAIT_32 = SYS_rt_sigtimedwait,
	EVENTS_32 = SYS_io_getevents,
	WAIT_64 = SYS_rt_sigtimedwait_time64,
	EVENTS_64 = SYS_io_pgetevents_time64,
};
#else /* machines of 64 bits have one call of each kind, which stays */
enum { WAIT_32 = -1, EVENTS_32 = -1, WAIT_64 = -1, EVENTS_64 = -1 };
#endif

/* From here on these two calls are not there. */
static void take_away(int wait, int events)
{
#define MISSING(number)                                                                            \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(number), 0, 1),                             \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		MISSING(wait),
		MISSING(events),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	test_needs("seccomp");
	REQUIRE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	REQUIRE(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void check_wait(void)
{
	const struct timespec most = {.tv_nsec = WAIT_MS * 1000000L};
	const struct timespec long_enough = {.tv_sec = 30};
	uint64_t from = clock_ms();
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	REQUIRE(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	CHECK_EQ(libc_sigtimedwait(&set, NULL, &most), -1);
	CHECK_EQ(errno, EAGAIN);
	CHECK(clock_ms() - from >= WAIT_MS - 1);
	REQUIRE(kill(getpid(), SIGCHLD) == 0);
	CHECK_EQ(libc_sigtimedwait(&set, &info, &long_enough), SIGCHLD);
	CHECK_EQ(info.si_signo, SIGCHLD);
}

static void check_writer(void)
{
	static struct writer w;
	static volatile uint32_t progress;
	int fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0);
	writer_begin(&w, fd, true, &progress);
	CHECK(w.context != 0 || !w.file.direct); /* tmpfs takes no direct writes */
	CHECK_EQ(writer_end(&w), 0);
	close(fd);
}

TEST("a kernel without calls of 32-bit time waits for a signal, and has AIO")
{
	take_away(WAIT_32, EVENTS_32);
	check_wait();
	check_writer();
}

TEST("a kernel without calls of 64-bit time waits for a signal, and has AIO")
{
	take_away(WAIT_64, EVENTS_64);
	check_wait();
	check_writer();
}
