/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init receive: waits for boards that crash, and makes of what each of them sends the
 * directory that it would have made on a disk. Each connection has a process of its own, so that
 * one that hangs, or is no board, is in nobody's way. Nothing that is there is ever removed.
 */
#include "cli/cli_command.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "cli/cli_print.h"
#include "cli/receive.h"
#include "store/layout.h"
#include "store/status_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CONNECTIONS = 16, /* at once */
	SILENT_S = 600,	  /* that a sender may take for its next frame: it may be reading memory */
	FREE = 16 << 20,  /* bytes that stay free, as the key free has it */
	SHOW_MS = 1000,
	PEER = INET6_ADDRSTRLEN,
};

struct options {
	const char *dir, *bind;
	uint16_t port;
	bool once;
};

static struct store store;

/* What ended a connection, for people. */
static const char *reason(int error)
{
	switch (error) {
	case 0:
		return "the sender gave up";
	case -EBADMSG:
		return "what came is not what kdump-init sends, or was damaged on the way";
	case -EPROTO:
		return "what came was out of turn, or of another version";
	case -EAGAIN:
		return "nothing came for 10 minutes";
	default:
		return strerror(-error);
	}
}

static char peer[PEER];
static uint64_t shown_ms;

static void show(const struct receive *r)
{
	char line[160];
	uint64_t now = clock_ms();

	if (now < shown_ms + SHOW_MS)
		return;
	shown_ms = now;
	snprintf(line, sizeof(line), "\r%s from %s: %" PRIu64 " MiB ", r->store->name, peer,
		 r->bytes >> 20);
	(void)io_write(STDOUT_FILENO, line, strlen(line)); /* it is for the eye alone */
}

static bool has(const struct receive *r, enum layout_file file)
{
	return ((r->files >> file | r->files >> layout_sealed(file, true)) & 1) != 0;
}

/* What is there of the dump when the connection is over; ERROR is why it is. */
static enum cli_exit tell_end(const struct receive *r, const char *dir, int error)
{
	static struct status_text t;
	char result[32] = "", panic[200] = "";

	if (r->store->name[0] == '\0') {
		cli_say("%s: %s", peer, error != 0 ? reason(error) : "nothing came");
		return CLI_FAILED;
	}
	if (r->complete && status_load(r->store->dump_fd, &t) > 0) {
		status_value(&t, "result", result, sizeof(result));
		status_value(&t, "panic", panic, sizeof(panic));
		cli_tame(result);
		cli_tame(panic);
		cli_tell("%s/%s: %s, %" PRIu64 " MiB from %s: %s", dir, r->store->name, result,
			 r->bytes >> 20, peer, panic);
		return CLI_DONE;
	}
	cli_say("%s/%s: cut off after %" PRIu64 " MiB from %s (%s): %s", dir, r->store->name,
		r->bytes >> 20, peer, reason(error),
		has(r, LAYOUT_IS_MEMORY) ? "log and memory are there, without a status"
		: has(r, LAYOUT_IS_LOG)	 ? "only the log is there"
					 : "nothing of it is whole");
	return CLI_NO;
}

/* One dump, in a process of its own. */
static enum cli_exit receive(int fd, const struct options *o)
{
	struct receive r = {.in = fd, .out = fd, .store = &store, .free = FREE};
	enum cli_exit end;
	int dir = io_result(open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int error = dir < 0 ? dir : store_open(&store, dir, "");

	if (error != 0) {
		cli_say("%s: %s", o->dir, strerror(-error));
		return CLI_FAILED;
	}
	if (isatty(STDOUT_FILENO) == 1)
		r.moved = show;
	error = receive_dump(&r);
	if (r.moved != NULL)
		(void)io_write(STDOUT_FILENO, "\r", 1);
	end = tell_end(&r, o->dir, error);
	if (r.files == 0)
		store_drop(&store); /* refused where something is in it */
	(void)store_end(&store);    /* each step was made durable */
	return end;
}

/* A board that lost its power says nothing more: the kernel finds out. */
static void watch_peer(int fd)
{
	static const struct {
		int level, option, value;
	} options[] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 30},
		{IPPROTO_TCP, TCP_KEEPINTVL, 10},
		{IPPROTO_TCP, TCP_KEEPCNT, 6},
	};
	const struct timeval most = {.tv_sec = SILENT_S};

	for (unsigned int i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].option, &options[i].value,
				 sizeof(int)); /* without one it only takes longer */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
}

static void name_peer(const union address_socket *a)
{
	const void *bytes = a->any.sa_family == AF_INET6 ? (const void *)&a->six.sin6_addr
							 : (const void *)&a->four.sin_addr;

	if (inet_ntop(a->any.sa_family, bytes, peer, sizeof(peer)) == NULL)
		snprintf(peer, sizeof(peer), "?");
	if (text_begins(peer, "::ffff:") != 0 && strchr(peer, '.') != NULL)
		memmove(peer, peer + 7, strlen(peer + 7) + 1); /* IPv4 at a socket of IPv6 */
}

/* Takes connections for ever, or with once the first. Returns the exit code. */
static enum cli_exit serve(int listener, const struct options *o)
{
	unsigned int running = 0;

	for (;;) {
		union address_socket from;
		socklen_t size = sizeof(from);
		int fd = accept4(listener, &from.any, &size, SOCK_CLOEXEC);
		pid_t pid;

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0) {
			cli_say("no more connections: %s", strerror(errno));
			return CLI_FAILED;
		}
		watch_peer(fd);
		name_peer(&from);
		if (o->once)
			return receive(fd, o);
		while (running > 0 && waitpid(-1, NULL, running < CONNECTIONS ? WNOHANG : 0) > 0)
			running--;
		pid = fork();
		if (pid == 0) {
			close(listener);
			_exit((int)receive(fd, o));
		}
		if (pid > 0)
			running++;
		else
			cli_say("%s: %s", peer, strerror(errno));
		close(fd); /* it is the child's */
	}
}

/* A socket that listens at A, or -errno. One of IPv6 for all addresses takes IPv4 as well. */
static int listen_at(const struct address *a, uint16_t port)
{
	static const int yes = 1, no = 0;
	union address_socket at;
	socklen_t size = address_socket(a, port, &at);
	int fd = io_result(socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
	int r;

	if (fd < 0)
		return fd;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)); /* else later */
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));  /* of IPv4 none */
	r = io_result(bind(fd, &at.any, size));
	if (r == 0)
		r = io_result(listen(fd, CONNECTIONS));
	if (r != 0)
		close(fd);
	return r != 0 ? r : fd;
}

static int open_listener(const struct options *o)
{
	struct address a = {.family = ADDRESS_IPV6};
	int fd;

	if (o->bind != NULL)
		return address_read(o->bind, &a) ? listen_at(&a, o->port) : -EADDRNOTAVAIL;
	fd = listen_at(&a, o->port);
	if (fd != -EAFNOSUPPORT && fd != -EADDRNOTAVAIL)
		return fd;
	a.family = ADDRESS_IPV4; /* a machine without IPv6 */
	return listen_at(&a, o->port);
}

/* [--port N] [--bind ADDRESS] [--once] DIR */
static bool parse(int argc, char **argv, struct options *o)
{
	uint64_t port;

	*o = (struct options){.port = ADDRESS_PORT};
	for (; argc > 1; argc--, argv++) {
		const char *value = argv[1];

		if (strcmp(argv[0], "--once") == 0) {
			o->once = true;
			continue;
		}
		if (strcmp(argv[0], "--bind") == 0) {
			o->bind = value;
		} else if (strcmp(argv[0], "--port") == 0 && text_number(&value, 10, &port) &&
			   *value == '\0' && port <= UINT16_MAX) {
			o->port = (uint16_t)port;
		} else {
			return false;
		}
		argc--;
		argv++;
	}
	o->dir = argc == 1 ? argv[0] : "-";
	return o->dir[0] != '-';
}

static unsigned int port_of(int fd)
{
	union address_socket at;
	socklen_t size = sizeof(at);

	if (getsockname(fd, &at.any, &size) != 0)
		return 0;
	return ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
}

int cli_receive(int argc, char **argv)
{
	struct options o;
	int listener;

	if (!parse(argc, argv, &o))
		return cli_usage();
	if (mkdir(o.dir, 0700) != 0 && errno != EEXIST) {
		cli_say("%s: %s", o.dir, strerror(errno));
		return CLI_FAILED;
	}
	signal(SIGPIPE, SIG_IGN); /* a valid signal: cannot fail */
	listener = open_listener(&o);
	if (listener < 0) {
		cli_say("cannot listen at %s port %u: %s",
			o.bind != NULL ? o.bind : "::", (unsigned int)o.port, strerror(-listener));
		return CLI_FAILED;
	}
	cli_tell("waiting at port %u for dumps to %s", port_of(listener), o.dir);
	return (int)serve(listener, &o);
}
