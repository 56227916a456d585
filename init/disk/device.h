/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the name of a target to a block device, by the names of device_name.h. One look at what is
 * there now; whoever wants to wait looks again.
 */
#ifndef DISK_DEVICE_H
#define DISK_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "disk/superblock.h"

enum { DEVICE_PATH = 80, DEVICE_NOTE = 256 };

/* Whether there is another device of the same name. */
enum device_doubt {
	DEVICE_SURE,
	DEVICE_ROOT_WON,  /* there is; this is the one on the disk of root= */
	DEVICE_FIRST_WON, /* there is, and nothing says which was meant */
};

struct device {
	char path[DEVICE_PATH];	      /* a device node that opens it */
	char name[DEVICE_PATH];	      /* in /sys/class/block */
	dev_t number;		      /* its major and minor number */
	struct superblock superblock; /* its fstype is NULL when none was recognised */
	enum device_doubt doubt;
	char note[DEVICE_NOTE]; /* names the others when in doubt, or says why none is found; or ""
				 */
};

/*
 * Does NAME, that of a target with FSTYPE, stand for a block device? Otherwise it is HOST:/EXPORT,
 * the tag of a shared folder, or flash. Nothing is opened to find out.
 */
bool device_is_block(const char *name, const char *fstype);

/* Does FSTYPE say that there is to be no filesystem, and dumps stand on the device itself? */
bool device_is_raw(const char *fstype);

/* From here on, of devices with the same tag the one on the disk of ROOT, a name of root=, wins. */
void device_prefer(const char *root);

/*
 * Looks for the block device called NAME. Returns 0 with *D filled; -ENODEV when it is not there,
 * at least not yet; -EINVAL when NAME stands for no block device that could be had, as d->note then
 * says; -ETIMEDOUT when its disk hung before (hung.h); or the -errno of a failed read of the device
 * itself. Devices are opened read-only and closed again. A read may block for ever on a disk that
 * hangs. A device node that is missing is made in /dev.
 *
 * Of several with the same tag that which is free and no disk with partitions counts, then the one
 * on the disk of device_prefer, then the first by name, vda2 before vda10.
 */
int device_find(const char *name, struct device *d);

/*
 * Why nothing can be saved on D, which was found, as FSTYPE: NULL, or what is wrong and what to do,
 * in TEXT of SIZE bytes. It is not for what the kernel itself has mounted on /.
 */
const char *device_refusal(const struct device *d, const char *fstype, char *text, size_t size);

/* Is D mounted on /? */
bool device_is_root(const struct device *d);

#endif
