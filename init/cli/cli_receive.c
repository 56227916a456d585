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
#include "cli/connections.h"
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
#include <unistd.h>

enum {
	SILENT_S = 600,	 /* that a sender may be silent for: it may be reading memory */
	SLICE_S = 1,	 /* after that it is asked whether another one waits */
	FREE = 16 << 20, /* bytes that stay free, as the key free has it */
	SHOW_MS = 1000,
	RETRY_MS = 200, /* after a connection that could not be taken */
	PEER = INET6_ADDRSTRLEN,
};

struct options {
	const char *dir, *bind;
	uint16_t port;
	bool once;
};

static struct store store;

static bool unwanted; /* this connection was ended for another one */

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
		return unwanted ? "nothing came, and another board needed the place"
				: "nothing came for 10 minutes";
	default:
		return strerror(-error);
	}
}

static char peer[PEER];
static uint64_t shown_ms;

static bool shows;

static enum connection_worth worth_of(const struct receive *r)
{
	if (r->store->name[0] == '\0')
		return WORTH_NOTHING;
	return r->files != 0 ? WORTH_FILE : WORTH_NAME;
}

static uint64_t heard_ms;

static bool waits(const struct receive *r, bool some)
{
	if (some) {
		heard_ms = clock_ms();
		connections_heard(worth_of(r));
	}
	unwanted = connections_unwanted();
	return !unwanted && clock_ms() < heard_ms + SILENT_S * UINT64_C(1000);
}

static void moved(const struct receive *r)
{
	char line[160];
	uint64_t now = clock_ms();

	heard_ms = now;
	connections_heard(worth_of(r));
	if (!shows || now < shown_ms + SHOW_MS)
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
	bool lacks;

	if (r->store->name[0] == '\0') {
		cli_say("%s: %s", peer, error != 0 ? reason(error) : "nothing came");
		return CLI_FAILED;
	}
	if (r->complete && status_load(r->store->dump_fd, &t) > 0) {
		status_value(&t, "result", result, sizeof(result));
		status_value(&t, "panic", panic, sizeof(panic));
		lacks = !has(r, LAYOUT_IS_MEMORY) &&
			(status_is(&t, "result", "complete") || status_is(&t, "result", "partial"));
		cli_tame(result);
		cli_tame(panic);
		cli_tell("%s/%s: %s%s, %" PRIu64 " MiB from %s: %s", dir, r->store->name, result,
			 lacks ? " by its status, but the memory did not come" : "", r->bytes >> 20,
			 peer, panic);
		return lacks ? CLI_NO : CLI_DONE;
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
	struct receive r = {
		.in = fd, .out = fd, .store = &store, .free = FREE, .moved = moved, .waits = waits};
	enum cli_exit end;
	int dir = io_result(open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int error = dir < 0 ? dir : store_open(&store, dir, "");

	if (error != 0) {
		cli_say("%s: %s", o->dir, strerror(-error));
		return CLI_FAILED;
	}
	heard_ms = clock_ms();
	shows = isatty(STDOUT_FILENO) == 1;
	error = receive_dump(&r);
	if (shows)
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
	const struct timeval most = {.tv_sec = SILENT_S}, slice = {.tv_sec = SLICE_S};

	for (unsigned int i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].option, &options[i].value,
				 sizeof(int)); /* without one it only takes longer */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof(slice));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
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

/* Has the connection FD taken care of by a process of its own. */
static void receive_apart(int listener, int fd, const struct options *o)
{
	int r = connections_fork();

	if (r == 1) {
		close(listener);
		_exit((int)receive(fd, o));
	}
	if (r < 0)
		cli_say("%s: %s", peer, strerror(-r));
}

/* Takes connections for ever, or with once until a dump was begun. Returns the exit code. */
static enum cli_exit serve(int listener, const struct options *o)
{
	enum cli_exit end = CLI_FAILED;

	for (;;) {
		union address_socket from;
		socklen_t size = sizeof(from);
		int fd = accept4(listener, &from.any, &size, SOCK_CLOEXEC);

		if (fd < 0 && connections_ended(errno)) {
			cli_say("no more connections: %s", strerror(errno));
			return CLI_FAILED;
		}
		if (fd < 0) {
			clock_pause(RETRY_MS);
			continue;
		}
		watch_peer(fd);
		name_peer(&from);
		if (o->once)
			end = receive(fd, o);
		else
			receive_apart(listener, fd, o);
		close(fd); /* it is the child's, or over */
		if (o->once && store.name[0] != '\0')
			return end;
	}
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
	connections_begin();
	listener = connections_listen(o.bind, o.port);
	if (listener < 0) {
		cli_say("cannot listen at %s port %u: %s",
			o.bind != NULL ? o.bind : "::", (unsigned int)o.port, strerror(-listener));
		return CLI_FAILED;
	}
	cli_tell("waiting at port %u for dumps to %s", connections_port(listener), o.dir);
	return (int)serve(listener, &o);
}
