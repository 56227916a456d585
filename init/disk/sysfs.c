/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documentation/ABI/testing/sysfs-block, and the uevents of block/genhd.c. Nothing here can hang:
 * the kernel answers from its own memory.
 */
#include "disk/sysfs.h"

#include "base/text.h"
#include "board/pseudofs.h"
#include "disk/device_name.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 160 };

static void path_of(char path[PATH], const char *device, const char *file)
{
	snprintf(path, PATH, SYSFS_BLOCK "/%s/%s", device, file);
}

bool sysfs_line(const char *device, const char *file, char *text, size_t size)
{
	char path[PATH];
	int r;

	path_of(path, device, file);
	r = pseudofs_read(path, text, size);
	text[strcspn(text, "\n")] = '\0';
	return r >= 0;
}

void sysfs_list(struct dirlist *list, const char *device, const char *dir)
{
	char path[PATH];

	path_of(path, device, dir);
	dirlist_open(list, path);
}

bool sysfs_uevent(const char *device, const char *key, char *value, size_t size)
{
	char text[1024];
	char path[PATH];
	const char *line = text;

	path_of(path, device, "uevent");
	if (pseudofs_read(path, text, sizeof(text)) < 0)
		return false;
	while (text_begins(line, key) == 0) {
		line = strchr(line, '\n');
		if (line++ == NULL)
			return false;
	}
	line += strlen(key);
	snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
	return true;
}

bool sysfs_number(const char *device, dev_t *number)
{
	char text[32];

	return sysfs_line(device, "dev", text, sizeof(text)) && device_name_number(text, number);
}

unsigned int sysfs_partition(const char *device)
{
	char text[16];
	const char *rest = text;
	uint64_t number;

	return sysfs_line(device, "partition", text, sizeof(text)) &&
			       text_number(&rest, 10, &number)
		       ? (unsigned int)number
		       : 0;
}

bool sysfs_is_held(const char *device)
{
	struct dirlist list;
	bool held;

	sysfs_list(&list, device, "holders");
	held = dirlist_next(&list) != NULL;
	dirlist_close(&list);
	return held;
}

/* The disk of a partition is the directory above it: .../mmcblk0/mmcblk0p2. */
void sysfs_disk(const char *device, char disk[SYSFS_NAME])
{
	char path[PATH];
	char target[PATH_MAX];
	const char *name = device;
	char *slash;
	ssize_t n;

	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s", device);
	n = sysfs_partition(device) == 0 ? 0 : readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	for (int up = 0; up < 2 && (slash = strrchr(target, '/')) != NULL; up++) {
		*slash = '\0';
		name = slash + 1;
	}
	snprintf(disk, SYSFS_NAME, "%s", name);
}
