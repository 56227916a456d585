/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a target writable: mounts it, or remounts it when the running system stands on it, and
 * undoes that afterwards.
 */
#ifndef DISK_MOUNT_H
#define DISK_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* What to mount. Strings are the caller's and are read during mount_target only. */
struct mount_request {
	const char *name;	     /* of the target, for what is not a block device */
	const struct device *device; /* NULL when NAME is not a block device */
	const char *fstype;	     /* a name, or "auto" */
	const char *options;	     /* as for mount(8), or "" */
};

struct mount {
	const char *dir; /* where it is */
	bool is_root;	 /* it is "/", which was remounted */
	bool direct;	 /* O_DIRECT is worth trying */
	bool sparse;	 /* it keeps holes */
	char fstype[32]; /* with which it was mounted; "" for "/" */
};

/*
 * Mounts or remounts. Returns 0 with *M filled, or -errno: -ENODEV here means that the kernel
 * knows no such filesystem.
 */
int mount_target(struct mount *m, const struct mount_request *request);

/*
 * Unmounts, or makes "/" read-only. When it returns 0 the filesystem is clean
 * on the device.
 */
int mount_release(struct mount *m);

/* Unmounts what a worker that died left mounted. Errors end here: nobody could act on them. */
void mount_abandon(void);

/*
 * Splits OPTIONS into the flags of mount(2) and the DATA left for the filesystem (SIZE bytes).
 * Returns 0 or -E2BIG. Public for the tests.
 */
int mount_options(const char *options, unsigned long *flags, char *data, unsigned int size);

#endif
