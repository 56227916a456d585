/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules that the capture kernel needs for its targets, where it is the running kernel once
 * more: their filesystems, what these ask for when they are mounted, and the drivers of their
 * disks.
 */
#ifndef CLI_DRIVERS_CHECK_H
#define CLI_DRIVERS_CHECK_H

#include "config/config.h"

struct drivers_check {
	const struct config *config;
	/* Is the module NAME, with _ and no -, in the archive? */
	bool (*has)(const char *name);
	/* Takes WHAT is not there: "the module ext4, the filesystem of target X". */
	void (*lacks)(const char *what);
};

/* Tells of each module that a target of the configuration needs and that is not there. */
void drivers_check(const struct drivers_check *d);

#endif
