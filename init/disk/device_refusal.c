/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must not be written to, or cannot be: told before mount(2) is asked, which would take a
 * half of a mirror as gladly as the whole.
 */
#include "disk/device.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool device_is_root(const struct device *d)
{
	struct stat st;

	return d != NULL && stat("/", &st) == 0 && st.st_dev == d->number;
}

static bool only_reads(const char *type)
{
	static const char *const readers[] = {"squashfs", "squashfs3", "iso9660",
					      "erofs",	  "cramfs",    "romfs"};

	for (unsigned int i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strcmp(readers[i], type) == 0)
			return true;
	}
	return false;
}

const char *device_refusal(const struct device *d, const char *fstype, char *text, size_t size)
{
	const struct superblock *sb = &d->superblock;
	bool named = strcmp(fstype, "auto") != 0;
	const char *why = NULL;

	if (sb->use == SUPERBLOCK_MEMBER)
		why = "is a member of a RAID or of LVM, not to be written alone; name the device "
		      "that is made of it";
	else if (sb->use == SUPERBLOCK_ENCRYPTED)
		why = "is encrypted or protected, and nobody opens it here; give another target";
	else if (sb->use == SUPERBLOCK_OTHER && !named)
		why = "has no place for files; give another target";
	else if (sb->type != NULL && only_reads(sb->type) && !named)
		why = "can only be read; give another target";
	if (why != NULL)
		snprintf(text, size, "%s holds %s: it %s", d->path, sb->type, why);
	else if (sb->use == SUPERBLOCK_AMBIGUOUS && !named)
		snprintf(text, size,
			 "%s holds %s and %s, and one of them is a leftover: name the right one as "
			 "fstype, or remove the other with wipefs(8)",
			 d->path, sb->type, sb->other);
	else
		return NULL;
	return text;
}
