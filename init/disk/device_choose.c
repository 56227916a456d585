/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several devices with one tag is meant, and whether that can be known.
 */
#include "disk/device_search.h"

#include "base/dirlist.h"
#include "disk/sysfs.h"

#include <stdio.h>
#include <string.h>

static char preferred[256]; /* the name of root=, or "" */

void device_prefer(const char *root)
{
	snprintf(preferred, sizeof(preferred), "%s", root);
}

/* A superblock below a partition table is a leftover, and what another device uses is its part. */
static bool is_covered(const char *name)
{
	bool covered = sysfs_is_held(name);
	struct dirlist list;
	const char *entry;

	sysfs_list(&list, name, "");
	while (!covered && (entry = dirlist_next(&list)) != NULL)
		covered = sysfs_partition(entry) != 0;
	dirlist_close(&list);
	return covered;
}

unsigned int search_uncover(struct search *s)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < s->listed; i++) {
		if (!is_covered(s->name[i]))
			memmove(s->name[kept++], s->name[i], sizeof(s->name[0]));
	}
	if (kept > 0)
		s->listed = kept;
	return s->listed + s->more;
}

/* What is mounted as root=, or what its name leads to without a doubt; else NAME stays "". */
static void find_preferred(char name[SYSFS_NAME])
{
	struct device_name n;
	struct search s;

	name[0] = '\0';
	if (search_root(name))
		return;
	device_name_read(preferred, "auto", &n);
	if (n.kind == DEVICE_NUMBER) {
		(void)search_number(n.number, name); /* there may be none */
	} else if (n.kind == DEVICE_NODE && strlen(n.value) < SYSFS_NAME) {
		strcpy(name, n.value);
	} else if (n.kind == DEVICE_TAGGED) {
		search_tagged(&s, &n);
		if (search_uncover(&s) == 1)
			strcpy(name, s.name[0]);
	}
}

/* Puts the next name in the note of D. */
static void tell(struct device *d, const char *before, const char *name)
{
	size_t n = strlen(d->note);

	snprintf(d->note + n, sizeof(d->note) - n, "%s/dev/%s", before, name);
}

unsigned int search_choose(const struct search *s, struct device *d)
{
	char disk[SYSFS_NAME];
	char on[SYSFS_NAME];
	unsigned int chosen = 0;
	size_t n;

	find_preferred(on);
	sysfs_disk(on, disk);
	d->doubt = DEVICE_FIRST_WON;
	for (unsigned int i = 0; i < s->listed; i++) {
		tell(d,
		     i == 0				  ? ""
		     : i + 1 == s->listed && s->more == 0 ? " and "
							  : ", ",
		     s->name[i]);
		sysfs_disk(s->name[i], on);
		if (d->doubt == DEVICE_FIRST_WON && strcmp(on, disk) == 0) {
			d->doubt = DEVICE_ROOT_WON;
			chosen = i;
		}
	}
	n = strlen(d->note);
	if (s->more > 0)
		snprintf(d->note + n, sizeof(d->note) - n, " and %u more", s->more);
	return chosen;
}
