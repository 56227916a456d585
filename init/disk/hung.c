/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A partition hangs with its disk, so disks are what is listed. A name too long for the list is
 * not noted.
 */
#include "disk/hung.h"

#include <stddef.h>
#include <string.h>

static struct hung *shared;

void hung_use(struct hung *h)
{
	shared = h;
}

static bool is_listed(const struct hung *h, const char *disk)
{
	for (unsigned int i = 0; i < HUNG_DISKS; i++) {
		if (strncmp(h->disk[i], disk, HUNG_NAME) == 0)
			return true;
	}
	return false;
}

bool hung_touch(const char *disk)
{
	if (shared == NULL)
		return true;
	shared->touching[0] = '\0';
	if (disk == NULL || strlen(disk) >= HUNG_NAME)
		return true;
	if (is_listed(shared, disk))
		return false;
	strcpy(shared->touching, disk);
	return true;
}

const char *hung_add(struct hung *h)
{
	h->touching[HUNG_NAME - 1] = '\0'; /* by a process that may have gone wrong */
	if (h->touching[0] == '\0' || is_listed(h, h->touching))
		return NULL;
	for (unsigned int i = 0; i < HUNG_DISKS; i++) {
		if (h->disk[i][0] == '\0') {
			memcpy(h->disk[i], h->touching, HUNG_NAME);
			return h->disk[i];
		}
	}
	return NULL;
}
