/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is not known, of a name or of a filesystem, contradicts nothing.
 */
#include "config/config_clash.h"

#include "base/address.h"
#include "base/fstype.h"
#include "base/text.h"

#include <string.h>

/* HOST:/EXPORT, or flash; mtdblock and ubiblock are disks. */
static bool is_share(const char *name)
{
	size_t dev = text_begins(name, "/dev/");

	return (dev == 0 && strstr(name, ":/") != NULL) ||
	       (text_begins(name + dev, "ubi|mtd") != 0 &&
		text_begins(name + dev, "ubiblock|mtdblock") == 0);
}

const char *config_clash(const struct config_target *t, const char *fstype)
{
	if (t->raw != 0)
		return strcmp(fstype, "raw") == 0 ? NULL : "its target is raw";
	if (strcmp(fstype, "auto") == 0)
		return NULL;
	if (address_is_tcp(t->name))
		return strcmp(fstype, "tcp") == 0 ? NULL : "its target is a stream";
	if (text_begins(t->name, "UUID=|LABEL=|PARTUUID=|PARTLABEL=") != 0)
		return fstype_is_of_share(fstype) ? "its target is a disk" : NULL;
	return is_share(t->name) && fstype_is_of_disk(fstype) ? "its target is no disk" : NULL;
}
