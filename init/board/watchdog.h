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
	uint32_t timeout;	  /* seconds, as the driver has it; 0: it does not tell */
	char path[WATCHDOG_PATH]; /* of the device that was tried last */
};

/*
 * Opens the device NAME, or for "auto" the first of /dev/watchdogN that can be had, and so starts
 * it. Returns 0; -ENODEV when there is none yet; or the -errno of one that is there, with its
 * path: -EBUSY when somebody else has it.
 */
int watchdog_open(struct watchdog *w, const char *name);

/* Asks for a timeout of SECONDS, or what comes next below that, and fills in what was given. */
void watchdog_set(struct watchdog *w, uint32_t seconds);

/* Starts the timeout anew. Returns 0 or -errno. */
int watchdog_pet(const struct watchdog *w);

#endif
