/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must not be written to, or cannot be: told before mount(2) is asked, which would take a
 * half of a mirror as gladly as the whole.
 */
#include "disk/device.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool device_is_root(const struct device *d)
{
	struct stat st;

	return d != NULL && stat("/", &st) == 0 && st.st_dev == d->number;
}

bool device_is_raw(const char *fstype)
{
	return strcmp(fstype, "raw") == 0;
}

const char *device_refusal(const struct device *d, const char *fstype, char *text, size_t size)
{
	const struct superblock *sb = &d->superblock;
	bool named = strcmp(fstype, "auto") != 0;
	const char *why = NULL;

	if (sb->use == SUPERBLOCK_MEMBER)
		why = "it is a member of a RAID or of LVM; give a plain partition";
	else if (sb->use == SUPERBLOCK_ENCRYPTED)
		why = "it is encrypted or protected; give a plain partition";
	else if (device_is_raw(fstype) && sb->type != NULL)
		why = "wipefs -a it if nothing on it is needed";
	else if (named)
		return NULL;
	else if (sb->use == SUPERBLOCK_AMBIGUOUS)
		why = "one of them is a leftover; name the fstype, or wipefs(8) the other";
	else if (sb->use == SUPERBLOCK_OTHER)
		why = "it has no place for files; give another target";
	else if (sb->type != NULL &&
		 text_begins(sb->type, "squashfs|iso9660|erofs|cramfs|romfs") != 0)
		why = "it can only be read; give another target";
	if (why == NULL)
		return NULL;
	snprintf(text, size, "%s holds %s%s%s: %s", d->path, sb->type,
		 sb->other == NULL ? "" : " and ", sb->other == NULL ? "" : sb->other, why);
	return text;
}
