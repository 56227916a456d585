/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The block devices that sysfs lists, and what the files device*.c do with one of them.
 */
#ifndef DISK_DEVICE_SEARCH_H
#define DISK_DEVICE_SEARCH_H

#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/sysfs.h"

enum { SEARCH_FOUND = 8 };

/* Names in /sys/class/block, in their order; what is beyond the list is counted only. */
struct search {
	char name[SEARCH_FOUND][SYSFS_NAME];
	unsigned int listed, more;
};

/* Says of one device whether it is WANTED. */
typedef bool search_match(const char *name, const void *wanted);

/* The first device of which MATCH says true; false when there is none. */
bool search_first(search_match *match, const void *wanted, char name[SYSFS_NAME]);

/* Lists those with the tag of N. */
void search_tagged(struct search *s, const struct device_name *n);

/* Drops disks with partitions and parts of other devices, unless there is nothing else. Returns how
 * many are left. */
unsigned int search_uncover(struct search *s);

/* Which one of the list it is, as device_find says; fills the doubt and the note of D. */
unsigned int search_choose(const struct search *s, struct device *d);

/* Finds by the tag of N. Returns as device_find, with the name in *D, and a note when in doubt. */
int search_tag(const struct device_name *n, struct device *d);

/* Finds the name of the device with that number. */
bool search_number(dev_t number, char name[SYSFS_NAME]);

/* Finds the name of what is mounted on "/". */
bool search_root(char name[SYSFS_NAME]);

/* False when that disk hung before. */
bool search_may_touch(const char *name);

/* By the name of D its number and path; makes the node when devtmpfs did not. 0 or -errno. */
int device_locate(struct device *d);

/* Opens it read-only: a descriptor or -errno; an empty drive is one that is not there. */
int device_open(const struct device *d);

/* Reads its superblock: 0 or -errno. */
int device_probe(struct device *d);

#endif
