/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks that hung. Looking for a target by its tag probes one disk after the other, so that a
 * single one that hangs would hold up each attempt anew.
 */
#ifndef DISK_HUNG_H
#define DISK_HUNG_H

#include <stdbool.h>

enum { HUNG_DISKS = 8, HUNG_NAME = 32 };

/* In memory that outlives the process that hangs. Disks by their names in /sys/class/block. */
struct hung {
	char touching[HUNG_NAME];	  /* what is being used now; "": none */
	char disk[HUNG_DISKS][HUNG_NAME]; /* those to leave alone */
};

/* From here on this process notes in H what it touches. Without it nothing is noted. */
void hung_use(struct hung *h);

/* DISK is going to be touched, or none (NULL). False when it is one of those to leave alone. */
bool hung_touch(const char *disk);

/*
 * Puts what was being touched on the list, as whoever did it has stalled. Returns its name, or
 * NULL when there was nothing, or it is there already, or the list is full.
 */
const char *hung_add(struct hung *h);

#endif
