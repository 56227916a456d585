/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices by name, number or tag. What exists is told by /sys/class/block, never by /dev, so
 * that a kernel without devtmpfs is served as well: a missing node is made.
 */
#include "disk/device.h"

#include "base/io.h"
#include "base/text.h"
#include "disk/device_search.h"
#include "disk/hung.h"
#include "disk/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool device_is_block(const char *name, const char *fstype)
{
	struct device_name n;

	device_name_read(name, fstype, &n);
	return n.kind != DEVICE_SHARED;
}

static void replace(char *text, char from, char to)
{
	for (; *text != '\0'; text++) {
		if (*text == from)
			*text = to;
	}
}

int device_locate(struct device *d)
{
	struct stat st;
	int r;

	if (!sysfs_number(d->name, &d->number))
		return -ENODEV;
	snprintf(d->path, sizeof(d->path), "/dev/%.*s", SYSFS_NAME, d->name);
	replace(d->path, '!', '/'); /* as in mapper!..., cciss!c0d0 */
	if (stat(d->path, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == d->number)
		return 0;
	snprintf(d->path, sizeof(d->path), "/dev/kdump-%u-%u", major(d->number), minor(d->number));
	r = io_result(mknod(d->path, S_IFBLK | 0600, d->number));
	return r == -EEXIST ? 0 : r;
}

int device_open(const struct device *d)
{
	int fd = io_result(open(d->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));

	return fd == -ENXIO || fd == -ENOMEDIUM ? -ENODEV : fd;
}

int device_probe(struct device *d)
{
	int fd = device_open(d);
	int r;

	if (fd < 0)
		return fd;
	r = superblock_probe(fd, &d->superblock);
	close(fd); /* read only */
	return r;
}

static bool has_mapper_name(const char *name, const void *wanted)
{
	char text[128];

	return sysfs_line(name, "dm/name", text, sizeof(text)) && strcmp(text, wanted) == 0;
}

/* What device-mapper made bears its name in a file only. */
static int find_mapped(const char *volume, struct device *d)
{
	if (search_first(has_mapper_name, volume, d->name))
		return 0;
	snprintf(d->note, sizeof(d->note),
		 "nobody sets up LVM or encryption in the capture kernel: give a plain partition");
	return -ENODEV;
}

/* GROUP/VOLUME of LVM is the mapping GROUP-VOLUME, with the dashes of each doubled. */
static int find_volume(const char *path, struct device *d)
{
	char volume[128];
	size_t n = 0;

	for (; *path != '\0' && n + 2 < sizeof(volume); path++) {
		volume[n++] = *path == '/' ? '-' : *path;
		if (*path == '-')
			volume[n++] = '-';
	}
	volume[n] = '\0';
	return find_mapped(volume, d);
}

static int find_node(const char *path, struct device *d)
{
	size_t mapper = text_begins(path, "mapper/");

	if (mapper != 0)
		return find_mapped(path + mapper, d);
	if (strlen(path) >= SYSFS_NAME)
		return -ENODEV;
	strcpy(d->name, path);
	replace(d->name, '/', '!');
	if (strchr(path, '/') != NULL && !sysfs_number(d->name, &d->number))
		return find_volume(path, d);
	return 0;
}

static int find_root(struct device *d)
{
	if (search_root(d->name))
		return 0;
	snprintf(d->note, sizeof(d->note), "nothing of a disk is mounted there; name the device");
	return -EINVAL;
}

static int find(const struct device_name *n, struct device *d)
{
	switch (n->kind) {
	case DEVICE_TAGGED:
		return search_tag(n, d);
	case DEVICE_NODE:
		return find_node(n->value, d);
	case DEVICE_NUMBER:
		return search_number(n->number, d->name) ? 0 : -ENODEV;
	case DEVICE_ROOT:
		return find_root(d);
	case DEVICE_NEVER:
		snprintf(d->note, sizeof(d->note), "%s", n->remedy);
		break;
	case DEVICE_SHARED:
		break;
	}
	return -EINVAL;
}

int device_find(const char *name, struct device *d)
{
	struct device_name n;
	int r;

	memset(d, 0, sizeof(*d));
	device_name_read(name, "auto", &n);
	r = find(&n, d);
	if (r == 0 && !search_may_touch(d->name))
		r = -ETIMEDOUT;
	if (r == 0)
		r = device_locate(d);
	if (r == 0)
		r = device_probe(d);
	return r;
}
