/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters are those of Documentation/block/stat.rst, in /proc/diskstats behind three columns
 * more (Documentation/admin-guide/iostats.rst). Three of them also move while a dead disk keeps a
 * request: what is in flight, and the times that it has been there (part_stat_show in
 * block/genhd.c, from 5.18 on; part_round_stats before 5.0). They do not count.
 */
#include "disk/activity.h"

#include "board/pseudofs.h"
#include "disk/sysfs.h"

#include <stdio.h>
#include <string.h>

enum {
	IN_FLIGHT = 9,	    /* the first of the three columns */
	TIME_IN_QUEUE = 11, /* the last one */
	DISKSTATS_BEFORE = 3,
	TEXT = 16 * 1024, /* of the file: more disks than that are not looked at */
	DEPTH = 3,	  /* of disks that are made of others */
	SLAVES = 32,
};

/* A number that is another one when a column that counts is: FNV-1a. 0 where there is none. */
static uint32_t digest_file(const char *path, unsigned int before)
{
	static char text[TEXT];
	uint32_t digest = UINT32_C(2166136261);
	unsigned int column = 0;
	bool inside = false;

	if (pseudofs_read(path, text, sizeof(text)) < 0)
		return 0;
	for (const char *p = text; *p != '\0'; p++) {
		bool space = *p == ' ' || *p == '\n';

		column += !space && !inside;
		inside = !space;
		if (inside && (column < before + IN_FLIGHT || column > before + TIME_IN_QUEUE))
			digest = (digest ^ (uint8_t)*p) * UINT32_C(16777619);
		if (*p == '\n')
			column = 0;
	}
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

	if (strlen(disk) > 64 || disk[0] == '.' || strchr(disk, '/') != NULL)
		return 0; /* written by a process that went wrong: it leads out of sysfs */
	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s/stat", disk);
	digest = digest_file(path, 0);
	if (depth == 0)
		return digest;
	sysfs_list(&list, disk, "slaves");
	while (slaves++ < SLAVES && (name = dirlist_next(&list)) != NULL)
		digest += digest_disk(name, depth - 1);
	dirlist_close(&list);
	return digest;
}

/* NOW is a digest of them, or 0. */
static bool differs(struct activity *a, uint32_t now)
{
	bool moved = now != 0 && a->seen != 0 && now != a->seen;

	if (now != 0)
		a->seen = now;
	return moved;
}

bool activity_moved(struct activity *a, const char *disk)
{
	return differs(a, disk[0] == '\0' ? digest_file("/proc/diskstats", DISKSTATS_BEFORE)
					  : digest_disk(disk, DEPTH));
}

/* Its times, and how often it waited and was woken: fs/proc/array.c. */
bool activity_of_process(struct activity *a, uint32_t pid)
{
	char path[32];
	uint32_t digest;

	snprintf(path, sizeof(path), "/proc/%u/stat", (unsigned int)pid);
	digest = digest_file(path, 0);
	snprintf(path, sizeof(path), "/proc/%u/status", (unsigned int)pid);
	return differs(a, digest + digest_file(path, 0));
}
