/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/io: all of it is read and written, in however many parts it comes and whatever interrupts
 * it; the end of a file and an error are told apart.
 */
#include "base/io.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 512 * 1024 /* more than a pipe holds */, PART_US = 20000, HANG_S = 200 };

static uint8_t data[SIZE], got[SIZE];
static volatile sig_atomic_t alarms;

/* The harness has the same timer for what hangs. */
static void on_alarm(int number)
{
	(void)number;
	if (++alarms > HANG_S * 8 * (1000000 / PART_US))
		_exit(1);
}

/* A signal every few milliseconds, after which no call is restarted. */
static void interrupt_often(void)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	const struct itimerval often = {{0, PART_US / 8}, {0, PART_US / 8}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void fill(void)
{
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (uint8_t)test_random();
}

TEST("what comes in parts, late and with interruptions is read whole, and what follows it is not")
{
	int fds[2], go[2];
	pid_t child;

	fill();
	REQUIRE(pipe(fds) == 0 && pipe(go) == 0);
	child = fork();
	if (child == 0) {
		close(go[1]); /* where the test ends early there is no go */
		if (read(go[0], got, 1) != 1)
			_exit(1);
		for (unsigned int i = 0; i < 5; i++) {
			usleep(PART_US);
			if (write(fds[1], data + i * 100, 100) != 100)
				_exit(1);
		}
		_exit(0);
	}
	REQUIRE(child > 0);
	close(fds[1]);
	interrupt_often();
	REQUIRE(write(go[1], "", 1) == 1);
	CHECK_EQ(io_read(fds[0], got, 450), 450);
	CHECK_EQ(errno, 0);
	CHECK_EQ(io_read(fds[0], got + 450, SIZE), 50);
	CHECK_EQ(errno, 0);
	CHECK(alarms > 0);
	CHECK_MEM(got, data, 500);
	waitpid(child, NULL, 0);
}

TEST("what a slow reader takes in parts, with interruptions, is written whole")
{
	int fds[2];
	pid_t child;
	int status = -1;

	fill();
	REQUIRE(pipe(fds) == 0);
	child = fork();
	if (child == 0) {
		close(fds[1]);
		usleep(PART_US);
		for (size_t used = 0; used < SIZE;) {
			ssize_t n = read(fds[0], got + used, 4096);

			if (n <= 0)
				_exit(1);
			used += (size_t)n;
			usleep(PART_US / 100);
		}
		_exit(memcmp(got, data, SIZE) == 0 ? 0 : 2);
	}
	REQUIRE(child > 0);
	close(fds[0]);
	interrupt_often();
	CHECK_EQ(io_write(fds[1], data, SIZE), 0);
	CHECK(alarms > 0);
	close(fds[1]); /* the child sees the end, too early or not */
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	CHECK_EQ(status, 0);
}

TEST("at an offset it is read from there, and where the descriptor stands does not change")
{
	int fd;

	fill();
	scratch_write_file("file", data, 10000);
	fd = open("file", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	CHECK_EQ(io_read_at(fd, got, 1000, 9000), 1000);
	CHECK_MEM(got, data + 9000, 1000);
	CHECK_EQ(io_read_at(fd, got, 1000, 9500), 500);
	CHECK_EQ(errno, 0);
	CHECK_EQ(io_read_at(fd, got, 1000, 10000), 0);
	CHECK_EQ(errno, 0);
	CHECK_EQ(io_read(fd, got, 100), 100);
	CHECK_MEM(got, data, 100);
	close(fd);
}

TEST("an error is told, and is no end")
{
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && full >= 0);
	CHECK_EQ(io_read(fd, got, 100), 0);
	CHECK_EQ(errno, EISDIR);
	CHECK_EQ(io_read_at(fd, got, 100, 0), 0);
	CHECK_EQ(errno, EISDIR);
	CHECK_EQ(io_write(fd, data, 100), -EBADF);
	CHECK_EQ(io_write(full, data, 100), -ENOSPC);
	close(fd);
	close(full);
}

TEST("only a regular file is opened to be read: no link, directory, FIFO or socket")
{
	int at = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	REQUIRE(at >= 0);
	CHECK_EQ(io_open_regular(at, "nothing"), -ENOENT);
	scratch_write_file("file", "abc", 3);
	fd = io_open_regular(at, "file");
	REQUIRE(fd >= 0);
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) == 0);
	close(fd);
	REQUIRE(symlink("file", "link") == 0 && mkfifo("fifo", 0600) == 0 &&
		mkdir("dir", 0700) == 0);
	CHECK_EQ(io_open_regular(at, "link"), -EINVAL);
	CHECK_EQ(io_open_regular(at, "fifo"), -EINVAL);
	CHECK_EQ(io_open_regular(at, "dir"), -EINVAL);
	CHECK_EQ(io_open_regular(AT_FDCWD, "/dev/null"), -EINVAL);
	CHECK_EQ(io_open_regular(-1, "file"), -EBADF);
	close(at);
}
