/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several devices with one tag is meant, and whether that can be known.
 */
#include "disk/device_search.h"

#include "base/dirlist.h"
#include "disk/sysfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char preferred[256]; /* the name of root=, or "" */

void device_prefer(const char *root)
{
	snprintf(preferred, sizeof(preferred), "%s", root);
}

/* A superblock below a partition table is a leftover, and what another device uses is its part. */
static bool is_covered(const char *name)
{
	char path[SEARCH_NAME * 2];
	struct dirlist list;
	const char *entry;
	bool covered = false;
	int fd;

	snprintf(path, sizeof(path), SYSFS_BLOCK "/%s", name);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	dirlist_begin(&list, fd);
	while (!covered && (entry = dirlist_next(&list)) != NULL)
		covered = strncmp(entry, name, strlen(name)) == 0 && sysfs_partition(entry) != 0;
	close(fd); /* read only */
	return covered || sysfs_is_held(name);
}

unsigned int search_uncover(struct search *s)
{
	struct search kept = *s;

	kept.count = 0;
	for (unsigned int i = 0; i < s->count && i < SEARCH_FOUND; i++) {
		if (!is_covered(s->name[i]))
			search_add(&kept, s->name[i]);
	}
	if (kept.count == 0)
		return s->count;
	if (s->count > SEARCH_FOUND)
		kept.count += s->count - SEARCH_FOUND;
	*s = kept;
	return kept.count;
}

/* The disk of root=: what is mounted there, or what its name leads to without a doubt. */
static bool find_preferred(char disk[SEARCH_NAME])
{
	char name[SEARCH_NAME] = "";
	struct device_name n;
	struct search s;
	struct stat st;

	device_name_read(preferred, "auto", &n);
	if (stat("/", &st) == 0 && search_number(st.st_dev, name)) {
		search_disk(name, disk);
		return true;
	}
	if (n.kind == DEVICE_NUMBER && !search_number(n.number, name))
		return false;
	if (n.kind == DEVICE_NODE && strlen(n.value) < SEARCH_NAME)
		strcpy(name, n.value);
	if (n.kind == DEVICE_TAGGED) {
		search_tagged(&s, &n);
		if (search_uncover(&s) == 1)
			strcpy(name, s.name[0]);
	}
	search_disk(name, disk);
	return name[0] != '\0';
}

unsigned int search_choose(const struct search *s, struct device *d)
{
	char disk[SEARCH_NAME];
	char on[SEARCH_NAME];
	unsigned int chosen = 0;
	bool preference = find_preferred(disk);
	int used = 0;

	d->doubt = DEVICE_FIRST_WON;
	for (unsigned int i = 0; i < s->count && i < SEARCH_FOUND && preference; i++) {
		search_disk(s->name[i], on);
		if (strcmp(on, disk) == 0) {
			chosen = i;
			d->doubt = DEVICE_ROOT_WON;
			break;
		}
	}
	for (unsigned int i = 0; i < s->count && i < SEARCH_FOUND && used < DEVICE_NOTE; i++)
		used += snprintf(d->note + used, DEVICE_NOTE - (size_t)used, "%s/dev/%s",
				 i == 0		     ? ""
				 : i + 1 == s->count ? " and "
						     : ", ",
				 s->name[i]);
	if (s->count > SEARCH_FOUND && used < DEVICE_NOTE)
		snprintf(d->note + used, DEVICE_NOTE - (size_t)used, " and %u more",
			 s->count - SEARCH_FOUND);
	return chosen;
}
