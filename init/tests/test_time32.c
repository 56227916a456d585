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

/* From here on the calls with a time of 32 bits, or the ones with one of 64, are not there. */
static void take_away(bool of_64)
{
#define MISSING(number)                                                                            \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                                       \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)
#define ALL    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
	struct sock_filter time32[] = {
		NUMBER,
#ifdef SYS_rt_sigtimedwait_time64
		MISSING(SYS_rt_sigtimedwait),
		MISSING(SYS_io_getevents),
#endif
		ALL,
	};
	struct sock_filter time64[] = {
		NUMBER,
#ifdef SYS_rt_sigtimedwait_time64
		MISSING(SYS_rt_sigtimedwait_time64),
		MISSING(SYS_io_pgetevents_time64),
#endif
		ALL,
	};
	struct sock_fprog program = {
		of_64 ? sizeof(time64) / sizeof(time64[0]) : sizeof(time32) / sizeof(time32[0]),
		of_64 ? time64 : time32,
	};

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
	take_away(false);
	check_wait();
	check_writer();
}

TEST("a kernel without calls of 64-bit time waits for a signal, and has AIO")
{
	take_away(true);
	check_wait();
	check_writer();
}
