/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /sys/class/block tells of a block device, without touching it.
 */
#ifndef DISK_SYSFS_H
#define DISK_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/dirlist.h"

#define SYSFS_BLOCK "/sys/class/block"

enum { SYSFS_NAME = 40 }; /* bytes for the name of a device, with the NUL */

/*
 * Copies the one line of the file FILE of DEVICE, a name in /sys/class/block, to TEXT: up to SIZE
 * bytes with the NUL that it gets. Returns false, with TEXT "", when there is none.
 */
bool sysfs_line(const char *device, const char *file, char *text, size_t size);

/* Lists what is in the directory DIR of DEVICE. To be ended by dirlist_close. */
void sysfs_list(struct dirlist *list, const char *device, const char *dir);

/*
 * Copies the value of KEY, as in "KEY=", in DEVICE's uevent to VALUE (SIZE bytes, with the NUL; cut
 * where it is longer). Kernels put PARTNAME there, and newer ones PARTUUID. Returns false when
 * there is no KEY.
 */
bool sysfs_uevent(const char *device, const char *key, char *value, size_t size);

/* Reads the number of DEVICE. Returns false when there is no such device. */
bool sysfs_number(const char *device, dev_t *number);

/* The number of the partition that DEVICE is, or 0 when it is none. */
unsigned int sysfs_partition(const char *device);

/* Is DEVICE a part of another one, of RAID or device-mapper? */
bool sysfs_is_held(const char *device);

/* The name of the disk that DEVICE is, or is a partition of. */
void sysfs_disk(const char *device, char disk[SYSFS_NAME]);

#endif
