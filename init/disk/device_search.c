/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for a tag reads every disk, so that a second device of the same name is not
 * overlooked; those that hung before are left out (hung.h).
 */
#include "disk/device_search.h"

#include "base/dirlist.h"
#include "disk/hung.h"
#include "disk/partition.h"
#include "disk/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fs.h>

static char inside[DEVICE_NOTE]; /* a device whose content has other tags than its own, or "" */

/* Keeps the list sorted: the last one makes room when it is full. */
void search_add(struct search *s, const char *name)
{
	unsigned int used = s->count++;
	unsigned int i = 0;

	if (used > SEARCH_FOUND)
		used = SEARCH_FOUND;
	while (i < used && strverscmp(s->name[i], name) < 0)
		i++;
	if (i == SEARCH_FOUND)
		return;
	memmove(s->name[i + 1], s->name[i],
		(used - i - (used == SEARCH_FOUND)) * sizeof(s->name[0]));
	snprintf(s->name[i], sizeof(s->name[i]), "%s", name);
}

void search_all(struct search *s, bool (*match)(const char *name, const void *wanted),
		const void *wanted)
{
	int fd = open(SYSFS_BLOCK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirlist list;
	const char *name;

	s->count = 0;
	if (fd < 0)
		return;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		if (strlen(name) < SEARCH_NAME && match(name, wanted))
			search_add(s, name);
	}
	close(fd); /* read only */
}

static bool has_number(const char *name, const void *wanted)
{
	dev_t number;

	return sysfs_number(name, &number) && number == *(const dev_t *)wanted;
}

bool search_number(dev_t number, char name[SEARCH_NAME])
{
	struct search s;

	search_all(&s, has_number, &number);
	if (s.count > 0)
		memcpy(name, s.name[0], SEARCH_NAME);
	return s.count > 0;
}

void search_disk(const char *name, char disk[SEARCH_NAME])
{
	if (sysfs_partition(name) == 0 || !sysfs_disk(name, disk, SEARCH_NAME))
		snprintf(disk, SEARCH_NAME, "%s", name);
}

bool search_may_touch(const char *name)
{
	char disk[SEARCH_NAME];

	search_disk(name, disk);
	return hung_touch(disk);
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

static bool read_table(const char *name, struct partition *p)
{
	unsigned int index = sysfs_partition(name);
	char disk_name[SEARCH_NAME];
	struct device disk;
	int sector = 512;
	int fd;
	int r;

	search_disk(name, disk_name);
	if (index == 0 || device_locate(disk_name, &disk) != 0)
		return false;
	fd = device_open(&disk);
	if (fd < 0)
		return false;
	if (ioctl(fd, BLKSSZGET, &sector) != 0 || sector < 512)
		sector = 512;
	r = partition_read(fd, (unsigned int)sector, index, p);
	close(fd); /* read only */
	return r == 0;
}

static bool has_partition_tag(const char *name, const struct device_name *n)
{
	bool by_uuid = n->tag == TAG_PARTUUID;
	struct partition p = {{0}, {0}};
	const char *told = by_uuid ? p.uuid : p.label;

	if (!sysfs_uevent(name, by_uuid ? "PARTUUID" : "PARTNAME", by_uuid ? p.uuid : p.label,
			  by_uuid ? sizeof(p.uuid) : sizeof(p.label)) &&
	    !read_table(name, &p))
		return false;
	return by_uuid ? strcasecmp(told, n->value) == 0 : strcmp(told, n->value) == 0;
}

static bool has_tag(const char *name, const void *wanted)
{
	const struct device_name *n = wanted;
	struct device d = {0};

	if (!is_candidate(name) || !search_may_touch(name))
		return false;
	if (n->tag == TAG_PARTUUID || n->tag == TAG_PARTLABEL)
		return has_partition_tag(name, n);
	if (device_locate(name, &d) != 0 || device_probe(&d) != 0)
		return false;
	if (d.superblock.use > SUPERBLOCK_FILESYSTEM && d.superblock.use != SUPERBLOCK_OTHER)
		snprintf(inside, sizeof(inside), "/dev/%s holds %s%s%s, which hides what is inside",
			 name, d.superblock.type, d.superblock.other == NULL ? "" : " and ",
			 d.superblock.other == NULL ? "" : d.superblock.other);
	return n->tag == TAG_UUID ? strcasecmp(d.superblock.uuid, n->value) == 0
				  : strcmp(d.superblock.label, n->value) == 0;
}

static bool is_neighbour(const char *name, const void *wanted)
{
	const struct device *d =
		wanted; /* its note is the disk, its number that of the partition */
	char disk[SEARCH_NAME];

	search_disk(name, disk);
	return sysfs_partition(name) == (unsigned int)d->number && strcmp(disk, d->note) == 0;
}

/* PARTNROFF: from the partition in D to another one of its disk. */
static int move(int offset, struct device *d)
{
	struct device wanted = {.number = 0};
	struct search s;
	long number = (long)sysfs_partition(d->name) + offset;

	if (number <= 0)
		return -ENODEV;
	search_disk(d->name, wanted.note);
	wanted.number = (dev_t)number;
	search_all(&s, is_neighbour, &wanted);
	if (s.count == 0)
		return -ENODEV;
	strcpy(d->name, s.name[0]);
	return 0;
}

void search_tagged(struct search *s, const struct device_name *n)
{
	search_all(s, has_tag, n);
}

int search_tag(const struct device_name *n, struct device *d)
{
	struct search s;
	unsigned int count;
	int r = -ENODEV;

	inside[0] = '\0';
	search_tagged(&s, n);
	count = search_uncover(&s);
	if (count > 0) {
		strcpy(d->name, s.name[count > 1 ? search_choose(&s, d) : 0]);
		r = n->offset != 0 ? move(n->offset, d) : 0;
	}
	if (r != 0) {
		snprintf(d->note, sizeof(d->note), "%s", inside);
		(void)hung_touch(NULL); /* nothing is being touched any more */
	}
	return r;
}
