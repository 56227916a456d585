/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices by name or tag. What exists is told by /sys/class/block, never by /dev, so
 * that a kernel without devtmpfs is served as well: a missing node is made.
 */
#include "disk/device.h"

#include "base/dirlist.h"
#include "disk/hung.h"
#include "disk/partition.h"
#include "disk/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fs.h>

enum tag { TAG_UUID, TAG_LABEL, TAG_PARTUUID, TAG_PARTLABEL, TAG_NONE };

static const char *const tag_names[] = {
	[TAG_UUID] = "UUID=",
	[TAG_LABEL] = "LABEL=",
	[TAG_PARTUUID] = "PARTUUID=",
	[TAG_PARTLABEL] = "PARTLABEL=",
};

static enum tag tag_of(const char *name, const char **value)
{
	for (unsigned int t = 0; t < TAG_NONE; t++) {
		size_t len = strlen(tag_names[t]);

		if (strncmp(name, tag_names[t], len) == 0) {
			*value = name + len;
			return (enum tag)t;
		}
	}
	return TAG_NONE;
}

bool device_is_block(const char *name)
{
	const char *value;

	return strncmp(name, "/dev/", 5) == 0 || tag_of(name, &value) != TAG_NONE;
}

/* Takes a decimal number and the SEPARATOR behind it off the front of *TEXT. */
static bool take_number(const char **text, char separator, unsigned int *number)
{
	const char *p = *text;
	unsigned int value = 0;

	for (; *p >= '0' && *p <= '9' && value < UINT_MAX / 16; p++)
		value = value * 10 + (unsigned int)(*p - '0');
	if (p == *text || *p != separator)
		return false;
	*text = p + 1;
	*number = value;
	return true;
}

/* Fills number and path from sysfs, and makes the node when devtmpfs did not. */
static int locate(const char *name, struct device *d)
{
	char text[32];
	const char *rest = text;
	unsigned int major_number;
	unsigned int minor_number;
	struct stat st;
	int r = sysfs_read(name, "dev", text, sizeof(text));

	if (r < 0)
		return -ENODEV;
	if (!take_number(&rest, ':', &major_number) || !take_number(&rest, '\n', &minor_number))
		return -ENODEV;
	d->number = makedev(major_number, minor_number);
	snprintf(d->path, sizeof(d->path), "/dev/%s", name);
	for (char *p = d->path + 5; *p != '\0'; p++) {
		if (*p == '!') /* sysfs writes '/' so: mapper/..., cciss/c0d0 */
			*p = '/';
	}
	if (stat(d->path, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == d->number)
		return 0;
	snprintf(d->path, sizeof(d->path), "/dev/kdump-%u-%u", major_number, minor_number);
	if (mknod(d->path, S_IFBLK | 0600, d->number) != 0 && errno != EEXIST)
		return -errno;
	return 0;
}

/* An empty drive has no medium to read: that is a device that is not there. */
static int open_device(const struct device *d)
{
	int fd = open(d->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	return errno == ENXIO || errno == ENOMEDIUM ? -ENODEV : -errno;
}

static int probe(struct device *d)
{
	int fd = open_device(d);
	int r;

	if (fd < 0)
		return fd;
	r = superblock_probe(fd, &d->superblock);
	close(fd); /* read only */
	return r;
}

static bool read_table(const char *name, struct partition *p)
{
	char number[16];
	const char *rest = number;
	unsigned int index;
	struct device disk;
	char disk_name[64];
	int sector = 512;
	int fd;
	int r;

	if (sysfs_read(name, "partition", number, sizeof(number)) < 0 ||
	    !take_number(&rest, '\n', &index) || !sysfs_disk(name, disk_name, sizeof(disk_name)) ||
	    locate(disk_name, &disk) != 0)
		return false;
	fd = open_device(&disk);
	if (fd < 0)
		return false;
	if (ioctl(fd, BLKSSZGET, &sector) != 0 || sector < 512)
		sector = 512;
	r = partition_read(fd, (unsigned int)sector, index, p);
	close(fd); /* read only */
	return r == 0;
}

static bool has_partition_tag(const char *name, enum tag tag, const char *value)
{
	char told[PARTITION_LABEL];
	struct partition p;

	if (sysfs_uevent(name, tag == TAG_PARTUUID ? "PARTUUID" : "PARTNAME", told, sizeof(told)))
		return tag == TAG_PARTUUID ? strcasecmp(told, value) == 0
					   : strcmp(told, value) == 0;
	if (!read_table(name, &p))
		return false;
	return tag == TAG_PARTUUID ? strcasecmp(p.uuid, value) == 0 : strcmp(p.label, value) == 0;
}

static bool matches(const char *name, enum tag tag, const char *value, struct device *d)
{
	if (tag == TAG_PARTUUID || tag == TAG_PARTLABEL)
		return has_partition_tag(name, tag, value) && locate(name, d) == 0;
	if (locate(name, d) != 0 || probe(d) != 0)
		return false;
	return tag == TAG_UUID ? strcasecmp(d->superblock.uuid, value) == 0
			       : strcmp(d->superblock.label, value) == 0;
}

/* What cannot hold a target is not worth the risk of a read that hangs. */
static bool is_candidate(const char *name)
{
	static const char *const others[] = {"ram", "loop", "zram", "nbd", "sr", "fd", "mtdblock"};

	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return false;
	}
	return true;
}

/* False when the disk that NAME is, or is on, hung before. */
static bool may_touch(const char *name)
{
	char text[64];

	if (sysfs_read(name, "partition", text, sizeof(text)) < 0 ||
	    !sysfs_disk(name, text, sizeof(text)))
		return hung_touch(name);
	return hung_touch(text);
}

static int find_by_tag(enum tag tag, const char *value, struct device *d)
{
	int fd = open(SYSFS_BLOCK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirlist list;
	const char *name;
	bool found = false;

	if (fd < 0)
		return -ENODEV;
	dirlist_begin(&list, fd);
	while (!found && (name = dirlist_next(&list)) != NULL) {
		memset(d, 0, sizeof(*d));
		found = is_candidate(name) && may_touch(name) && matches(name, tag, value, d);
	}
	close(fd); /* read only */
	if (!found)
		(void)hung_touch(NULL); /* nothing is being touched any more */
	return found ? 0 : -ENODEV;
}

static int find_by_name(const char *path, struct device *d)
{
	char name[64];

	if (strlen(path) >= sizeof(name))
		return -EINVAL;
	snprintf(name, sizeof(name), "%s", path);
	for (char *p = name; *p != '\0'; p++) {
		if (*p == '/')
			*p = '!';
	}
	if (!may_touch(name))
		return -ETIMEDOUT;
	return locate(name, d);
}

int device_find(const char *name, struct device *d)
{
	const char *value;
	enum tag tag = tag_of(name, &value);
	int r;

	memset(d, 0, sizeof(*d));
	if (tag == TAG_NONE && strncmp(name, "/dev/", 5) != 0)
		return -EINVAL;
	r = tag == TAG_NONE ? find_by_name(name + 5, d) : find_by_tag(tag, value, d);
	if (r == 0 && d->superblock.fstype == NULL)
		r = probe(d);
	return r;
}
