/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link may need seconds until it passes anything on (spanning tree, the check of an IPv6 address
 * for doubles), and a server may be late: every error is a reason to try once more.
 */
#include "net/connect.h"

#include "base/clock.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

enum { TRY_MS = 5000, STEP_MS = 50, GONE_MS = 30000 };

/* Who is asked and does not answer is gone, and so is who takes nothing: tcp(7). */
static void watch(int fd)
{
	static const struct {
		int level, option, value;
	} options[] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 10},
		{IPPROTO_TCP, TCP_KEEPINTVL, 5},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, GONE_MS},
	};

	for (unsigned int i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].option, &options[i].value,
				 sizeof(int)); /* without it PID 1 sees that nothing moves */
}

/* connect(2) that does not wait tells by a second call how the first one ended. */
static int try_once(const union address_socket *at, socklen_t size, const struct net_wait *w)
{
	int fd =
		io_result(socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	uint64_t until = clock_ms() + TRY_MS;
	int r;

	if (fd < 0)
		return fd;
	r = io_result(connect(fd, &at->any, size));
	while ((r == -EINPROGRESS || r == -EALREADY) && clock_ms() < until) {
		*w->progress = *w->progress + 1;
		clock_pause(STEP_MS);
		r = io_result(connect(fd, &at->any, size));
	}
	if (r == -EISCONN)
		r = 0;
	if (r == 0)
		r = io_result(fcntl(fd, F_SETFL, 0)); /* from here on calls wait */
	if (r != 0)
		close(fd);
	return r != 0 ? r : fd;
}

int connect_to(const struct address *server, uint16_t port, const struct net_wait *w)
{
	union address_socket at;
	socklen_t size = address_socket(server, port, &at);
	int fd;

	while ((fd = try_once(&at, size, w)) < 0 && clock_ms() < w->until_ms) {
		*w->progress = *w->progress + 1; /* a try may end at once, as without a route */
		clock_pause(STEP_MS * 10);
	}
	if (fd >= 0)
		watch(fd);
	return fd == -EINPROGRESS || fd == -EALREADY ? -ETIMEDOUT : fd;
}
