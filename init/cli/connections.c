/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board that crashed has something to say at once; who says nothing is none, or hangs.
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

static pid_t pids[CONNECTIONS]; /* 0: none */
static uint64_t since_ms[CONNECTIONS];
static volatile uint8_t *kept; /* a byte for each, shared with them; or NULL */
static unsigned int own;       /* which one this process is */

void connections_begin(void)
{
	void *map =
		mmap(NULL, CONNECTIONS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	kept = map != MAP_FAILED ? map : NULL; /* without it all are waited for */
}

/* Takes note of those that are over; with WAIT of one at least. */
static void reap(bool wait)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, wait ? 0 : WNOHANG)) > 0) {
		for (unsigned int i = 0; i < CONNECTIONS; i++)
			pids[i] = pids[i] == pid ? 0 : pids[i];
		wait = false;
	}
}

static unsigned int free_place(void)
{
	unsigned int i = 0;

	while (i < CONNECTIONS && pids[i] != 0)
		i++;
	return i;
}

static void end_silent(void)
{
	unsigned int oldest = CONNECTIONS;

	for (unsigned int i = 0; i < CONNECTIONS && kept != NULL; i++) {
		if (kept[i] == 0 && (oldest == CONNECTIONS || since_ms[i] < since_ms[oldest]))
			oldest = i;
	}
	if (oldest < CONNECTIONS)
		(void)kill(pids[oldest], SIGKILL); /* or it is over, and not reaped yet */
}

int connections_fork(void)
{
	unsigned int place;
	pid_t pid;

	reap(false);
	while ((place = free_place()) == CONNECTIONS) {
		end_silent();
		reap(true);
	}
	if (kept != NULL)
		kept[place] = 0;
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

void connections_keep(void)
{
	if (kept != NULL)
		kept[own] = 1;
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
