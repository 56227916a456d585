/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documentation/ABI/testing/sysfs-block, and the uevents of block/genhd.c. Nothing here can hang:
 * the kernel answers from its own memory.
 */
#include "disk/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
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
