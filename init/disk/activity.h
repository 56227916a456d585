/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the kernel get on with a disk? A mount(2) that replays a journal, an fsync(2) or an unlink
 * shows no progress of its own for minutes, but the disk's counters move meanwhile. Nothing here
 * touches a disk, or can hang on one.
 */
#ifndef DISK_ACTIVITY_H
#define DISK_ACTIVITY_H

#include <stdbool.h>
#include <stdint.h>

struct activity {
	uint32_t seen; /* of the counters, at the last look; 0: there was none */
};

/*
 * Has DISK, a name in /sys/class/block, or a disk that it is made of, got on with anything since
 * the last look with A? "" stands for all disks together. False at the first look, and where there
 * is nothing to see: no such disk, or one that keeps no counters.
 */
bool activity_moved(struct activity *a, const char *disk);

/*
 * The same of a process, since flash keeps no counters: has PID run since the last look, or waited
 * for something and got it?
 */
bool activity_of_process(struct activity *a, uint32_t pid);

#endif
