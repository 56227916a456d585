/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documentation/ABI/testing/sysfs-block, and the uevents of block/genhd.c. Nothing here can hang:
 * the kernel answers from its own memory.
 */
#include "disk/sysfs.h"

#include "base/dirlist.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int sysfs_read(const char *device, const char *file, char *text, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;
	int r;

	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s/%s", device, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	r = n < 0 ? -errno : (int)n;
	close(fd); /* read only */
	text[n > 0 ? n : 0] = '\0';
	return r;
}

bool sysfs_uevent(const char *device, const char *key, char *value, size_t size)
{
	char text[1024];
	char *line = text;
	size_t key_len = strlen(key);

	if (sysfs_read(device, "uevent", text, sizeof(text)) < 0)
		return false;
	while (line != NULL) {
		char *next = strchr(line, '\n');

		if (next != NULL)
			*next++ = '\0';
		if (strncmp(line, key, key_len) == 0 && line[key_len] == '=') {
			snprintf(value, size, "%s", line + key_len + 1);
			return true;
		}
		line = next;
	}
	return false;
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

bool sysfs_number(const char *device, dev_t *number)
{
	char text[32];
	const char *rest = text;
	unsigned int major_number;
	unsigned int minor_number;

	if (sysfs_read(device, "dev", text, sizeof(text)) < 0 ||
	    !take_number(&rest, ':', &major_number) || !take_number(&rest, '\n', &minor_number))
		return false;
	*number = makedev(major_number, minor_number);
	return true;
}

unsigned int sysfs_partition(const char *device)
{
	char text[16];
	const char *rest = text;
	unsigned int number;

	if (sysfs_read(device, "partition", text, sizeof(text)) < 0 ||
	    !take_number(&rest, '\n', &number))
		return 0;
	return number;
}

bool sysfs_is_held(const char *device)
{
	char path[PATH_MAX];
	struct dirlist list;
	bool held;
	int fd;

	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s/holders", device);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	dirlist_begin(&list, fd);
	held = dirlist_next(&list) != NULL;
	close(fd); /* read only */
	return held;
}

/* The disk is the directory above it: .../mmcblk0/mmcblk0p2. */
bool sysfs_disk(const char *name, char *disk, size_t size)
{
	char link[64];
	char target[PATH_MAX];
	char *end;
	ssize_t n;

	snprintf(link, sizeof(link), SYSFS_BLOCK "/%.40s", name);
	n = readlink(link, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	end = strrchr(target, '/');
	if (end == NULL)
		return false;
	*end = '\0';
	end = strrchr(target, '/');
	end = end == NULL ? target : end + 1;
	if (strlen(end) >= size)
		return false;
	memcpy(disk, end, strlen(end) + 1);
	return true;
}
