/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for a tag reads every disk, so that a second device of the same name is not
 * overlooked; those that hung before are left out (hung.h).
 */
#include "disk/device_search.h"

#include "base/dirlist.h"
#include "base/text.h"
#include "disk/hung.h"
#include "disk/partition.h"
#include "disk/sysfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

static char inside[DEVICE_NOTE]; /* why the tags inside of a device do not count, or "" */

/* Adds NAME to the list, which stays sorted: the last one makes room when it is full. */
static void add(struct search *s, const char *name)
{
	unsigned int i = s->listed;

	while (i > 0 && strverscmp(s->name[i - 1], name) > 0)
		i--;
	if (s->listed == SEARCH_FOUND)
		s->more++;
	else
		s->listed++;
	if (i == SEARCH_FOUND)
		return;
	memmove(s->name[i + 1], s->name[i], (s->listed - i - 1) * sizeof(s->name[0]));
	strcpy(s->name[i], name);
}

/* Lists each device of which MATCH says true. */
static void search_all(struct search *s, search_match *match, const void *wanted)
{
	struct dirlist list;
	const char *name;

	s->listed = s->more = 0;
	dirlist_open(&list, SYSFS_BLOCK);
	while ((name = dirlist_next(&list)) != NULL) {
		if (strlen(name) < SYSFS_NAME && match(name, wanted))
			add(s, name);
	}
	dirlist_close(&list);
}

bool search_first(search_match *match, const void *wanted, char name[SYSFS_NAME])
{
	struct search s;

	search_all(&s, match, wanted);
	if (s.listed > 0)
		strcpy(name, s.name[0]);
	return s.listed > 0;
}

static bool has_number(const char *name, const void *wanted)
{
	dev_t number;

	return sysfs_number(name, &number) && number == *(const dev_t *)wanted;
}

bool search_number(dev_t number, char name[SYSFS_NAME])
{
	return search_first(has_number, &number, name);
}

bool search_root(char name[SYSFS_NAME])
{
	struct stat st;

	return stat("/", &st) == 0 && search_number(st.st_dev, name);
}

bool search_may_touch(const char *name)
{
	char disk[SYSFS_NAME];

	sysfs_disk(name, disk);
	return hung_touch(disk);
}

static bool read_table(const char *name, struct partition *p)
{
	unsigned int number = sysfs_partition(name);
	struct device disk;
	int sector = 512;
	int fd;
	int r;

	sysfs_disk(name, disk.name);
	if (number == 0 || device_locate(&disk) != 0)
		return false;
	fd = device_open(&disk);
	if (fd < 0)
		return false;
	if (ioctl(fd, BLKSSZGET, &sector) != 0 || sector < 512)
		sector = 512;
	r = partition_read(fd, (unsigned int)sector, number, p);
	close(fd); /* read only */
	return r == 0;
}

static bool has_partition_tag(const char *name, const struct device_name *n)
{
	struct partition p;
	bool told = n->tag == TAG_PARTUUID
			    ? sysfs_uevent(name, "PARTUUID=", p.uuid, sizeof(p.uuid))
			    : sysfs_uevent(name, "PARTNAME=", p.label, sizeof(p.label));

	if (!told && !read_table(name, &p))
		return false;
	return n->tag == TAG_PARTUUID ? strcasecmp(p.uuid, n->value) == 0
				      : strcmp(p.label, n->value) == 0;
}

static bool has_tag(const char *name, const void *wanted)
{
	const struct device_name *n = wanted;
	struct device d = {0};
	const struct superblock *sb = &d.superblock;

	/* What cannot hold a target is not worth the risk of a read that hangs. */
	if (text_begins(name, "ram|loop|zram|nbd|sr|fd|mtdblock") != 0 || !search_may_touch(name))
		return false;
	if (n->tag == TAG_PARTUUID || n->tag == TAG_PARTLABEL)
		return has_partition_tag(name, n);
	strcpy(d.name, name);
	if (device_locate(&d) != 0 || device_probe(&d) != 0)
		return false;
	if (sb->use >= SUPERBLOCK_MEMBER)
		(void)device_refusal(&d, "auto", inside, sizeof(inside)); /* always one */
	return n->tag == TAG_UUID ? strcasecmp(sb->uuid, n->value) == 0
				  : strcmp(sb->label, n->value) == 0;
}

/* A partition by its number. */
struct place {
	char disk[SYSFS_NAME];
	unsigned int number;
};

static bool is_at(const char *name, const void *wanted)
{
	const struct place *place = wanted;
	char disk[SYSFS_NAME];

	sysfs_disk(name, disk);
	return sysfs_partition(name) == place->number && strcmp(disk, place->disk) == 0;
}

/* PARTNROFF: from the partition in D to another one of its disk. */
static int move(int offset, struct device *d)
{
	struct place place;

	place.number = sysfs_partition(d->name) + (unsigned int)offset;
	sysfs_disk(d->name, place.disk);
	return place.number != 0 && search_first(is_at, &place, d->name) ? 0 : -ENODEV;
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
