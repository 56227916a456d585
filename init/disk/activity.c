/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters are those of Documentation/block/stat.rst, in /proc/diskstats behind three columns
 * more (Documentation/admin-guide/iostats.rst). Three of them also move while a dead disk keeps a
 * request: what is in flight, and the times that it has been there (part_stat_show in
 * block/genhd.c, from 5.18 on; part_round_stats before 5.0). They do not count.
 */
#include "disk/activity.h"

#include "base/dirlist.h"
#include "disk/sysfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	IN_FLIGHT = 9,	    /* the first of the three columns */
	TIME_IN_QUEUE = 11, /* the last one */
	DISKSTATS_BEFORE = 3,
	READS = 64, /* of a piece of the file, so that it ends */
	DEPTH = 3,  /* of disks that are made of others */
	SLAVES = 32,
};

/* A number that is another one when a column that counts is: FNV-1a. 0 where there is none. */
static uint32_t digest_file(const char *path, unsigned int before)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint32_t digest = fd < 0 ? 0 : UINT32_C(2166136261);
	unsigned int column = 0;
	bool inside = false;
	char text[256];
	ssize_t n = 1;

	for (unsigned int reads = 0; fd >= 0 && reads < READS && n > 0; reads++) {
		n = read(fd, text, sizeof(text));
		for (ssize_t i = 0; i < n; i++) {
			bool space = text[i] == ' ' || text[i] == '\n';

			column += !space && !inside;
			inside = !space;
			if (inside &&
			    (column < before + IN_FLIGHT || column > before + TIME_IN_QUEUE))
				digest = (digest ^ (uint8_t)text[i]) * UINT32_C(16777619);
			if (text[i] == '\n')
				column = 0;
		}
	}
	if (fd >= 0)
		close(fd); /* read only */
	return digest;
}

/* The disk, and those that a mapping or an array is made of. */
static uint32_t digest_disk(const char *disk, unsigned int depth)
{
	char path[sizeof(SYSFS_BLOCK) + 80];
	unsigned int slaves = 0;
	struct dirlist list;
	const char *name;
	uint32_t digest;
	int fd;

	if (strlen(disk) > 64 || disk[0] == '.' || strchr(disk, '/') != NULL)
		return 0; /* written by a process that went wrong: it leads out of sysfs */
	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s/stat", disk);
	digest = digest_file(path, 0);
	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s/slaves", disk);
	fd = depth == 0 ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return digest;
	dirlist_begin(&list, fd);
	while (slaves++ < SLAVES && (name = dirlist_next(&list)) != NULL)
		digest += digest_disk(name, depth - 1);
	close(fd); /* read only */
	return digest;
}

bool activity_moved(struct activity *a, const char *disk)
{
	uint32_t now = disk[0] == '\0' ? digest_file("/proc/diskstats", DISKSTATS_BEFORE)
				       : digest_disk(disk, DEPTH);
	bool moved = now != 0 && a->seen != 0 && now != a->seen;

	if (now != 0)
		a->seen = now;
	return moved;
}
