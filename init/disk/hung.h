/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of the disks that hung. The search for a target by its tag reads one disk after the other,
 * so that a single one that hangs would hold up each attempt anew. Disks are called by their names
 * in /sys/class/block.
 */
#ifndef DISK_HUNG_H
#define DISK_HUNG_H

#include <stdbool.h>

enum { HUNG_DISKS = 8, HUNG_NAME = 32 };

/* It has to be in memory that outlives the process that hangs. */
struct hung {
	char touching[HUNG_NAME];	  /* the disk that is being used now; "" for none */
	char disk[HUNG_DISKS][HUNG_NAME]; /* the disks that hung; "" where there is none (yet) */
};

/*
 * From here on this process notes in H which disk it uses, until it ends. Without this call nothing
 * is noted, and no disk is left alone.
 */
void hung_use(struct hung *h);

/*
 * To be called before DISK is read or written, or with NULL when none is in use any more. Returns
 * false when it is one of those that hung: then it must be left alone.
 */
bool hung_touch(const char *disk);

/*
 * To be called when the process that used H has stalled: puts the disk that it used on the list.
 * Returns the name of that disk, which is in H; or NULL when it used none, or the disk is on the
 * list already, or the list is full. Whatever that process wrote to H, nothing outside H is
 * touched.
 */
const char *hung_add(struct hung *h);

#endif
