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
	char path[DEVICE_PATH];	      /* a device node that opens it */
	dev_t number;		      /* its major and minor number */
	struct superblock superblock; /* its fstype is NULL when none was recognised */
};

/*
 * Does NAME, that of a target, stand for a block device? Otherwise it is HOST:/EXPORT or the tag of
 * a shared folder. Nothing is opened to find out.
 */
bool device_is_block(const char *name);

/*
 * Looks for the block device called NAME. Returns 0 with *D filled; -ENODEV when it is not there,
 * at least not yet; -EINVAL when NAME stands for no block device; -ETIMEDOUT when its disk hung
 * before (hung.h); or the -errno of a failed read of the device itself. Devices are opened
 * read-only and closed again. A read may block for ever on a disk that hangs. A device node that is
 * missing is made in /dev.
 */
int device_find(const char *name, struct device *d);

#endif
