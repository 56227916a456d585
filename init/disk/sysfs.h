/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /sys/class/block tells of a block device, without touching it.
 */
#ifndef DISK_SYSFS_H
#define DISK_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SYSFS_BLOCK "/sys/class/block"

/*
 * Reads the file FILE of DEVICE, a name in /sys/class/block, as text: up to SIZE bytes with the NUL
 * that it gets. Returns its length or -errno.
 */
int sysfs_read(const char *device, const char *file, char *text, size_t size);

/*
 * Copies the value of KEY= in DEVICE's uevent to VALUE (SIZE bytes, with the NUL; cut where it is
 * longer). Kernels put PARTNAME there, and newer ones PARTUUID. Returns false when there is no KEY.
 */
bool sysfs_uevent(const char *device, const char *key, char *value, size_t size);

/* Reads the number of DEVICE. Returns false when there is no such device. */
bool sysfs_number(const char *device, dev_t *number);

/* The number of the partition that DEVICE is, or 0 when it is none. */
unsigned int sysfs_partition(const char *device);

/* Is DEVICE a part of another one, of RAID or device-mapper? */
bool sysfs_is_held(const char *device);

/*
 * Copies the name of the disk that the partition NAME is on to DISK (SIZE bytes, with the NUL).
 * Returns false when sysfs has no such partition, or the name does not fit.
 */
bool sysfs_disk(const char *name, char *disk, size_t size);

#endif
