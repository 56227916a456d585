/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hardware watchdog: opened, set, petted, and never disarmed. Each call runs a driver and may
 * block on its device.
 */
#ifndef BOARD_WATCHDOG_H
#define BOARD_WATCHDOG_H

#include <stdint.h>

enum { WATCHDOG_PATH = 64 };

struct watchdog {
	int fd;
	uint32_t timeout;	  /* in seconds, as the driver has it; 0: it does not tell */
	char path[WATCHDOG_PATH]; /* the device that was opened, or that was tried last */
};

/*
 * Opens the device NAME, or for "auto" the first of /dev/watchdogN that can be opened, which starts
 * its timer. Returns 0; -ENODEV when there is none, at least not yet; or the -errno of one that is
 * there, whose path is in *W: -EBUSY when another process holds it. It is never closed here.
 */
int watchdog_open(struct watchdog *w, const char *name);

/*
 * Sets a timeout of SECONDS, or the longest below that which the driver takes, in steps of a
 * quarter. What it is in the end is in w->timeout.
 */
void watchdog_set(struct watchdog *w, uint32_t seconds);

/* Starts the timer anew. Returns 0 or -errno. */
int watchdog_pet(const struct watchdog *w);

#endif
