/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /sys/class/block tells of a block device, without touching it.
 */
#ifndef DISK_SYSFS_H
#define DISK_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#define SYSFS_BLOCK "/sys/class/block"

/* Reads the small file FILE of DEVICE as text. Returns its length or -errno. */
int sysfs_read(const char *device, const char *file, char *text, size_t size);

/* The value of KEY= in DEVICE's uevent, as the kernel tells PARTNAME and PARTUUID. */
bool sysfs_uevent(const char *device, const char *key, char *value, size_t size);

/* The disk of the partition NAME. */
bool sysfs_disk(const char *name, char *disk, size_t size);

#endif
