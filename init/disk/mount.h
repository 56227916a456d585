/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a target writable: mounts it, or remounts it when it is the root filesystem of this kernel,
 * and undoes that afterwards. All calls may block for ever on a disk that hangs.
 */
#ifndef DISK_MOUNT_H
#define DISK_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* What to mount. Strings are the caller's and are read during mount_target only. */
struct mount_request {
	const char *name;	     /* of the target, for what is not a block device */
	const char *address;	     /* of its server; NULL: it has none */
	const struct device *device; /* NULL when NAME is not a block device */
	const char *fstype;	     /* a name, or "auto" */
	const char *options;	     /* as for mount(8), or "" */
};

struct mount {
	const char *dir; /* the directory where it is mounted */
	bool is_root;	 /* it is "/", which was remounted */
	bool direct;	 /* O_DIRECT is worth trying */
	bool sparse;	 /* the filesystem keeps holes in files */
	char fstype[32]; /* the type with which it was mounted; "" for "/" */
};

/*
 * Mounts or remounts what is requested. Returns 0 with *M filled, after which mount_release has to
 * be called, or -errno: -ENODEV means that this kernel has no such filesystem.
 */
int mount_target(struct mount *m, const struct mount_request *request);

/*
 * Unmounts the target, or makes "/" read-only. Returns 0 when the filesystem on the device is clean
 * and complete; or -errno, when its journal may have to be replayed.
 */
int mount_release(struct mount *m);

/* Unmounts all that workers which died left mounted. Failures are ignored: nobody could act on
 * them. */
void mount_abandon(void);

/*
 * Splits OPTIONS, as for mount(8), into the flags of mount(2), which are changed, and text for the
 * filesystem, which is added to DATA (SIZE bytes, with the NUL). Returns 0, or -E2BIG when DATA is
 * too small. Public for the tests.
 */
int mount_options(const char *options, unsigned long *flags, char *data, unsigned int size);

#endif
