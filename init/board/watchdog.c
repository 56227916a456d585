/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documentation/watchdog/watchdog-api.rst: opening starts the timer, any write starts it anew, and
 * only a written 'V' before the close would stop it. None is ever written here.
 */
#include "board/watchdog.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/watchdog.h>

/* POSIX has int for the request, as musl does; the requests themselves are unsigned. */
#ifdef __GLIBC__
typedef unsigned long request;
#else
typedef int request;
#endif

/* /dev/watchdog0 to 7 are tried, and no timeout below two seconds. */
enum { DEVICES = 8, SHORTEST_S = 2 };

static int open_path(struct watchdog *w)
{
	w->fd = io_result(open(w->path, O_WRONLY | O_CLOEXEC));
	if (w->fd >= 0)
		return 0;
	/* a node without a driver is no watchdog either */
	return w->fd == -ENOENT || w->fd == -ENXIO ? -ENODEV : w->fd;
}

/* /dev/watchdog is one of the others, or the only one where the driver is older than 3.5. */
static int open_first(struct watchdog *w)
{
	int error = -ENODEV;

	for (unsigned int i = 0; i <= DEVICES && error != 0; i++) {
		struct watchdog next = {.path = "/dev/watchdog"};
		int r;

		if (i < DEVICES)
			snprintf(next.path, sizeof(next.path), "/dev/watchdog%u", i);
		r = open_path(&next);
		if (r == 0 || error == -ENODEV) { /* else the path is of the one that refused */
			*w = next;
			error = r;
		}
	}
	return error;
}

int watchdog_open(struct watchdog *w, const char *name)
{
	if (strcmp(name, "auto") == 0)
		return open_first(w);
	snprintf(w->path, sizeof(w->path), "%s", name);
	return open_path(w);
}

void watchdog_set(struct watchdog *w, uint32_t seconds)
{
	int given = 0;
	int r = -1;

	/* a driver refuses what its hardware cannot count to, and does not say how far that is */
	for (uint32_t try = seconds; r != 0 && try >= SHORTEST_S; try -= 1 + try / 4) {
		given = (int)try;
		r = ioctl(w->fd, (request)WDIOC_SETTIMEOUT, &given);
	}
	if (r != 0)
		given = 0;
	(void)ioctl(w->fd, (request)WDIOC_GETTIMEOUT,
		    &given); /* or what SETTIMEOUT has written back */
	w->timeout = given > 0 ? (uint32_t)given : 0;
}

int watchdog_pet(const struct watchdog *w)
{
	return write(w->fd, "", 1) == 1 ? 0 : -errno;
}
