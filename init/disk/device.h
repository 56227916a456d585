/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the name of a target to a block device: /dev/NAME, UUID=, LABEL=, PARTUUID=, PARTLABEL=.
 * One look at what is there now; whoever wants to wait looks again.
 */
#ifndef DISK_DEVICE_H
#define DISK_DEVICE_H

#include <stdbool.h>
#include <sys/types.h>

#include "disk/superblock.h"

enum { DEVICE_PATH = 80 };

struct device {
	char path[DEVICE_PATH]; /* a node that opens the device */
	dev_t number;
	struct superblock superblock; /* fstype NULL when none was recognised */
};

/* Is NAME a block device at all, rather than HOST:/EXPORT or the tag of a shared folder? */
bool device_is_block(const char *name);

/*
 * Looks for the device called NAME. Returns 0 with *D filled, -ENODEV when it is not there
 * (yet), -EINVAL when NAME has no form known here, -ETIMEDOUT when it hung before (hung.h), or the
 * -errno of a failed read of the device itself. The device is opened read-only and closed again.
 */
int device_find(const char *name, struct device *d);

#endif
