/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init receive, as it is called: over the loopback interface.
 */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/connections.h"
#include "net/connect.h"
#include "store/layout.h"
#include "tests/scratch.h"
#include "tests/stream_scene.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 10, HANG_MS = 100000 };

/* The errors that accept4(2) has before it is called at all; 0 ends them. */
static const int *accept_errors;

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags);
int __real_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags);

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags)
{
	if (accept_errors == NULL || *accept_errors == 0)
		return __real_accept4(fd, from, size, flags);
	errno = *accept_errors++;
	return -1;
}

/* Runs "kdump-init receive" with the words of COMMAND, what it says going to the file "said". */
static int run(const char *command)
{
	char text[200], *words[WORDS + 2], *rest = text;
	int argc = 0;
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(99);
	snprintf(text, sizeof(text), "kdump-init receive%s%s", command[0] != '\0' ? " " : "",
		 command);
	while (argc < WORDS && (words[argc] = strsep(&rest, " ")) != NULL)
		argc++;
	words[argc] = NULL;
	return cli_main(argc, words);
}

static pid_t start(const char *command)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody who listens */
		_exit(run(command));
	}
	return pid;
}

static int end_of(pid_t pid)
{
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The port that it says it listens at. */
static uint16_t port_of(void)
{
	uint64_t until = clock_ms() + HANG_MS;

	while (clock_ms() < until) {
		size_t size;
		char *text;
		unsigned int port = 0;

		clock_pause(20);
		if (access("said", F_OK) != 0)
			continue;
		text = (char *)scratch_read_file("said", &size);
		sscanf(text, "waiting at port %u", &port);
		free(text);
		if (port != 0)
			return (uint16_t)port;
	}
	test_note("it does not listen");
	test_stop();
}

/* Sends the first SIZE bytes of the scene, and reads what is answered until it is over. */
static void send_scene(const struct address *to, uint16_t port, size_t size)
{
	static volatile uint32_t progress;
	struct net_wait w = {.until_ms = clock_ms() + HANG_MS, .progress = &progress};
	int fd = connect_to(to, port, &w);
	char answers[4096];

	REQUIRE(fd >= 0);
	CHECK_EQ(write(fd, stream_scene_bytes, size), (ssize_t)size);
	CHECK_EQ(shutdown(fd, SHUT_WR), 0);
	while (read(fd, answers, sizeof(answers)) > 0)
		;
	close(fd);
}

static const struct address loopback = {.family = ADDRESS_IPV4, .bytes = {127, 0, 0, 1}};

static void check_said(const char *what)
{
	size_t size;
	char *text = (char *)scratch_read_file("said", &size);

	CHECK_HAS(text, what);
	free(text);
}

TEST("receive: a dump comes by the network, is told, and ends it with --once")
{
	pid_t pid = start("--once --bind 127.0.0.1 --port 0 desk");

	stream_scene_dump();
	send_scene(&loopback, port_of(), stream_scene_size);
	CHECK_EQ(end_of(pid), CLI_DONE);
	check_said("desk/0001-20231114T221320Z: complete, 0 MiB from 127.0.0.1: made up");
	CHECK(scratch_shell("cd desk/0001-20231114T221320Z && ls | paste -s -d ' ' >../names && "
			    "grep -qx 'capture.log status vmcore vmcore-dmesg.txt' ../names"));
}

TEST("receive: with --once whoever sends nothing of a dump is not the one")
{
	static volatile uint32_t progress;
	struct net_wait w = {.until_ms = clock_ms() + HANG_MS, .progress = &progress};
	pid_t pid = start("--once --bind 127.0.0.1 --port 0 desk");
	uint16_t port = port_of();

	for (unsigned int i = 0; i < 3; i++) {
		int fd = connect_to(&loopback, port, &w);

		REQUIRE(fd >= 0);
		CHECK(i == 0 || write(fd, "GET / HTTP/1.0\r\n", 15 + i) > 0);
		close(fd);
	}
	stream_scene_dump();
	send_scene(&loopback, port, stream_scene_size);
	CHECK_EQ(end_of(pid), CLI_DONE);
	CHECK_EQ(scratch_count_entries("desk"), 1);
}

TEST("receive: what was cut off is told, and is no success")
{
	pid_t pid = start("--port 0 --bind 127.0.0.1 --once desk");

	stream_scene_dump();
	send_scene(&loopback, port_of(), stream_scene_size - 100);
	CHECK_EQ(end_of(pid), CLI_NO);
	check_said("cut off after 0 MiB from 127.0.0.1");
	check_said("log and memory are there, without a status");
}

TEST("receive: of a sealed dump that was cut off, what there is is told as of another")
{
	pid_t pid = start("--port 0 --bind 127.0.0.1 --once desk");

	stream_scene_begin();
	stream_scene_add(STREAM_MAKE, STREAM_VERSION, 1700000000, NULL, 0);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_SEALED_LOG, 0, "sealed", 6);
	stream_scene_add(STREAM_COMMIT, LAYOUT_IS_SEALED_LOG, 6, NULL, 0);
	send_scene(&loopback, port_of(), stream_scene_size);
	CHECK_EQ(end_of(pid), CLI_NO);
	check_said("only the log is there");
}

/* The last ones may be on their way out. */
static bool comes_to(const char *command)
{
	uint64_t until = clock_ms() + HANG_MS;

	while (!scratch_shell("%s", command)) {
		if (clock_ms() >= until)
			return false;
		clock_pause(100);
	}
	return true;
}

TEST("receive: one connection after the other, and one that hangs is in nobody's way")
{
	static volatile uint32_t progress;
	struct net_wait w = {.until_ms = clock_ms() + HANG_MS, .progress = &progress};
	pid_t pid = start("--port 0 --bind 127.0.0.1 desk");
	uint16_t port = port_of();
	int hanging = connect_to(&loopback, port, &w);

	REQUIRE(hanging >= 0);
	stream_scene_dump();
	for (unsigned int i = 0; i < 20; i++)
		send_scene(&loopback, port, i % 4 == 3 ? 50 : stream_scene_size);
	CHECK(comes_to(
		"[ \"$(ls desk | wc -l)\" = 15 ] && [ \"$(ls desk/*/status | wc -l)\" = 15 ]"));
	close(hanging);
	kill(pid, SIGTERM);
	CHECK_EQ(end_of(pid), -1);
}

TEST("receive: whoever says nothing, however many, does not keep a board out")
{
	static volatile uint32_t progress;
	struct net_wait w = {.until_ms = clock_ms() + HANG_MS, .progress = &progress};
	pid_t pid = start("--port 0 --bind 127.0.0.1 desk");
	uint16_t port = port_of();
	uint64_t since;
	int silent[40];

	for (unsigned int i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		silent[i] = connect_to(&loopback, port, &w);
		REQUIRE(silent[i] >= 0);
	}
	stream_scene_dump();
	since = clock_ms();
	send_scene(&loopback, port, stream_scene_size);
	CHECK(clock_ms() - since < 300000); /* it would wait for ten minutes */
	CHECK(access("desk/0001-20231114T221320Z/status", F_OK) == 0);
	kill(pid, SIGTERM);
	CHECK_EQ(end_of(pid), -1);
}

/* A connection that has sent the first SIZE bytes of the scene, and got so many answers. */
static int begun(uint16_t port, size_t size, unsigned int answers)
{
	static volatile uint32_t progress;
	struct net_wait w = {.until_ms = clock_ms() + 60000, .progress = &progress};
	int fd = connect_to(&loopback, port, &w);
	char answer[STREAM_HEAD];

	REQUIRE(fd >= 0);
	CHECK_EQ(write(fd, stream_scene_bytes, size), (ssize_t)size);
	while (answers-- > 0)
		CHECK_EQ(recv(fd, answer, sizeof(answer), MSG_WAITALL), sizeof(answer));
	return fd;
}

TEST("receive: whoever only begins a dump, however many, does not keep a board out")
{
	int silent[CONNECTIONS];
	uint16_t port;
	pid_t pid;

	connections_patience[WORTH_NAME] = 1;
	pid = start("--port 0 --bind 127.0.0.1 desk");
	port = port_of();
	stream_scene_dump();
	for (unsigned int i = 0; i < CONNECTIONS; i++)
		silent[i] = begun(port, STREAM_HEAD, 1);
	alarm(120); /* it would wait for ten minutes */
	for (unsigned int i = 0; i < 3; i++)
		send_scene(&loopback, port, stream_scene_size);
	alarm(0);
	CHECK(scratch_shell("[ \"$(ls desk/*/status | wc -l)\" = 3 ]"));
	check_said("another board needed the place");
	for (unsigned int i = 0; i < CONNECTIONS; i++)
		close(silent[i]);
	kill(pid, SIGTERM);
	CHECK_EQ(end_of(pid), -1);
}

/* Sends the bytes of a head one by one. */
static pid_t start_slow(int fd)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid > 0)
		return pid;
	for (unsigned int i = 1; i < STREAM_HEAD && send(fd, "k", 1, MSG_NOSIGNAL) == 1; i++)
		clock_pause(300);
	_exit(0);
}

TEST("receive: a board that is slow keeps its place, and so does one that has sent a file")
{
	int board[CONNECTIONS];
	uint16_t port;
	pid_t pid, slow;

	connections_patience[WORTH_NAME] = 3;
	pid = start("--port 0 --bind 127.0.0.1 desk");
	port = port_of();
	stream_scene_begin();
	stream_scene_add(STREAM_MAKE, STREAM_VERSION, 1700000000, NULL, 0);
	stream_scene_add(STREAM_COMMIT, LAYOUT_IS_LOG, 0, NULL, 0);
	for (unsigned int i = 0; i < CONNECTIONS; i++)
		board[i] = i < 2 ? begun(port, STREAM_HEAD, 1) : begun(port, stream_scene_size, 2);
	stream_scene_dump();
	alarm(120);
	slow = start_slow(board[1]);
	send_scene(&loopback, port, stream_scene_size); /* in the place of the first */
	alarm(0);
	CHECK(kill(slow, SIGKILL) == 0 && waitpid(slow, NULL, 0) == slow);
	CHECK(scratch_shell("[ \"$(ls desk/*/status | wc -l)\" = 1 ]"));
	CHECK(scratch_shell("[ \"$(grep -c 'needed the place' said)\" = 1 ]"));
	for (unsigned int i = 0; i < CONNECTIONS; i++) {
		char byte;

		CHECK_EQ(recv(board[i], &byte, 1, MSG_DONTWAIT), i == 0 ? 0 : -1);
		close(board[i]);
	}
	kill(pid, SIGTERM);
	CHECK_EQ(end_of(pid), -1);
}

TEST("receive: what is not the listener's fault does not end it")
{
	static const int errors[] = {EMFILE, ENFILE, ENOMEM, ENOBUFS, EPROTO, ENETDOWN, EINTR, 0};
	static const int own[] = {EINVAL, 0};
	pid_t pid;

	accept_errors = errors;
	pid = start("--once --bind 127.0.0.1 --port 0 desk");
	stream_scene_dump();
	send_scene(&loopback, port_of(), stream_scene_size);
	CHECK_EQ(end_of(pid), CLI_DONE);
	accept_errors = own;
	CHECK_EQ(end_of(start("--bind 127.0.0.1 --port 0 desk")), CLI_FAILED);
	check_said("no more connections");
	accept_errors = NULL;
}

TEST("receive: a status that claims a memory which did not come is no success")
{
	static const char text[] = "result=complete\npanic=made up\n";
	pid_t pid = start("--port 0 --bind 127.0.0.1 --once desk");

	stream_scene_begin();
	stream_scene_add(STREAM_MAKE, STREAM_VERSION, 1700000000, NULL, 0);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_STATUS, 0, text, sizeof(text) - 1);
	stream_scene_add(STREAM_COMMIT, LAYOUT_IS_STATUS, sizeof(text) - 1, NULL, 0);
	send_scene(&loopback, port_of(), stream_scene_size);
	CHECK_EQ(end_of(pid), CLI_NO);
	check_said("complete by its status, but the memory did not come");
}

TEST("receive: IPv6, where this machine has it")
{
	static const struct address six = {.family = ADDRESS_IPV6, .bytes = {[15] = 1}};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	union address_socket at;
	socklen_t size = address_socket(&six, 0, &at);
	bool there = fd >= 0 && bind(fd, &at.any, size) == 0;
	pid_t pid;

	if (fd >= 0)
		close(fd);
	if (!there)
		return;
	pid = start("--once --bind ::1 --port 0 desk");
	stream_scene_dump();
	send_scene(&six, port_of(), stream_scene_size);
	CHECK_EQ(end_of(pid), CLI_DONE);
	check_said("from ::1: made up");
}

TEST("receive: options that make no sense, and places where nothing can be kept")
{
	static const char *const wrong[] = {
		"",	  "--port desk",  "--port 70000 desk", "--port x desk",	 "--bind desk",
		"--once", "--never desk", "desk more",	       "--port 0 --port"};

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		test_note("receive %s", wrong[i]);
		CHECK_EQ(end_of(start(wrong[i])), CLI_USAGE);
	}
	scratch_write_file("file", "x", 1);
	CHECK_EQ(end_of(start("--bind 127.0.0.1 --port 0 no/where/desk")), CLI_FAILED);
	check_said("no/where/desk: No such file");
	CHECK_EQ(end_of(start("--bind 203.0.113.1 --port 0 desk")), CLI_FAILED);
	check_said("cannot listen at 203.0.113.1");
	CHECK_EQ(end_of(start("--bind desk --port 0 desk")), CLI_FAILED);
}
