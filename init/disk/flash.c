/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names are those that open_ubi (fs/ubifs/super.c) and get_tree_mtd (drivers/mtd/mtdsuper.c)
 * take; what there is stands in /sys/class/ubi and /sys/class/mtd.
 */
#include "disk/flash.h"

#include "base/dirlist.h"
#include "base/io.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool flash_is_name(const char *name)
{
	return strncmp(name, "ubi", 3) == 0 || strncmp(name, "mtd", 3) == 0;
}

/* Is TEXT what the file NAME/name of the class says? */
static bool has_name(int class_fd, const char *entry, const char *text)
{
	char path[160];
	char told[130];
	size_t n;
	int fd;

	snprintf(path, sizeof(path), "%.100s/name", entry);
	fd = openat(class_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = io_read(fd, told, sizeof(told) - 1);
	close(fd); /* read only */
	told[n] = '\0';
	told[strcspn(told, "\n")] = '\0';
	return strcmp(told, text) == 0;
}

bool flash_is_there(const char *name)
{
	size_t device =
		strcspn(name, ":!"); /* ubi0 of ubi0:dump; without a number it is ubi0, too */
	bool bare = device == 3;
	struct dirlist list;
	const char *entry;
	bool found = false;
	int fd = open(name[0] == 'u' ? "/sys/class/ubi" : "/sys/class/mtd",
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	dirlist_begin(&list, fd);
	while (!found && (entry = dirlist_next(&list)) != NULL) {
		bool of_device = bare || strncmp(entry, name, device) == 0;

		found = name[device] == '\0' ? strcmp(entry, name) == 0
					     : of_device && has_name(fd, entry, name + device + 1);
	}
	close(fd); /* read only */
	return found;
}
