/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board that crashed has something to say at once; who says nothing is none, or hangs. One that
 * has begun a dump may be silent for as long as nobody needs its place.
 */
#include "cli/connections.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of each connection, shared with its process. */
struct place {
	uint32_t heard; /* when something came last, in seconds of clock_ms */
	uint8_t worth;	/* an enum connection_worth */
	uint8_t told;	/* another one is to have this place */
};

enum {
	LOOK_MS = 50,
	END_S = 10 /* for the steps that one takes to its end */
};

uint32_t connections_patience[WORTHS] = {0, 30, 120};

static pid_t pids[CONNECTIONS];	   /* 0: none */
static uint32_t told[CONNECTIONS]; /* when it was told to end, in seconds; 0: it was not */
static uint64_t since_ms[CONNECTIONS];
static volatile struct place *places; /* or NULL */
static unsigned int own;	      /* which one this process is */

static uint32_t now_s(void)
{
	return (uint32_t)(clock_ms() / 1000);
}

void connections_begin(void)
{
	void *map = mmap(NULL, CONNECTIONS * sizeof(places[0]), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	places = map != MAP_FAILED ? map : NULL; /* without it all are waited for */
}

/* Takes note of those that are over. */
static void reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (unsigned int i = 0; i < CONNECTIONS; i++)
			pids[i] = pids[i] == pid ? 0 : pids[i];
	}
}

static unsigned int free_place(void)
{
	unsigned int i = 0;

	while (i < CONNECTIONS && pids[i] != 0)
		i++;
	return i;
}

/* Those that have brought nothing: the oldest of them ends at once, for it leaves nothing. */
static bool end_worthless(void)
{
	unsigned int oldest = CONNECTIONS;

	for (unsigned int i = 0; i < CONNECTIONS; i++) {
		if (places[i].worth == WORTH_NOTHING &&
		    (oldest == CONNECTIONS || since_ms[i] < since_ms[oldest]))
			oldest = i;
	}
	if (oldest < CONNECTIONS)
		(void)kill(pids[oldest], SIGKILL); /* or it is over, and not reaped yet */
	return oldest < CONNECTIONS;
}

/*
 * The one that is silent for longest, of those whose time is over, is told to end: it makes what
 * there is durable, and says so. One that does not end is killed, and the next one is told as well.
 */
static void end_silent(uint32_t now)
{
	unsigned int silent = CONNECTIONS;
	uint32_t longest = 0;

	for (unsigned int i = 0; i < CONNECTIONS; i++) {
		uint32_t silence = now - places[i].heard;

		if (told[i] != 0 && now - told[i] < END_S)
			return;
		if (told[i] != 0)
			(void)kill(pids[i], SIGKILL);
		if (told[i] != 0 || silence < connections_patience[places[i].worth] ||
		    (silent < CONNECTIONS && silence <= longest))
			continue;
		longest = silence;
		silent = i;
	}
	if (silent == CONNECTIONS)
		return;
	told[silent] = now;
	places[silent].told = 1;
}

int connections_fork(void)
{
	unsigned int place;
	pid_t pid;

	reap();
	while ((place = free_place()) == CONNECTIONS) {
		if (places != NULL && !end_worthless())
			end_silent(now_s());
		clock_pause(LOOK_MS);
		reap();
	}
	if (places != NULL) {
		places[place].heard = now_s();
		places[place].worth = WORTH_NOTHING;
		places[place].told = 0;
	}
	told[place] = 0;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		own = place;
		return 1;
	}
	pids[place] = pid;
	since_ms[place] = clock_ms();
	return 0;
}

void connections_heard(enum connection_worth worth)
{
	if (places == NULL)
		return;
	places[own].heard = now_s();
	places[own].worth = (uint8_t)worth;
}

bool connections_unwanted(void)
{
	return places != NULL && places[own].told != 0;
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

int connections_listen(const char *at, uint16_t port)
{
	struct address a = {.family = ADDRESS_IPV6};
	int fd;

	if (at != NULL)
		return address_read(at, &a) ? listen_at(&a, port) : -EADDRNOTAVAIL;
	fd = listen_at(&a, port);
	if (fd != -EAFNOSUPPORT && fd != -EADDRNOTAVAIL)
		return fd;
	a.family = ADDRESS_IPV4; /* a machine without IPv6 */
	return listen_at(&a, port);
}

unsigned int connections_port(int fd)
{
	union address_socket at;
	socklen_t size = sizeof(at);

	if (getsockname(fd, &at.any, &size) != 0)
		return 0;
	return ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
}

/* All others are of one connection, of the network, or of what this machine lacks for now:
 * accept(2).
 */
bool connections_ended(int error)
{
	return error == EBADF || error == EINVAL || error == ENOTSOCK || error == EFAULT;
}
